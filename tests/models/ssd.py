"""Row 7: SSD with a MobileNet-like trunk; the number of detections is born in the run."""
import numpy as np

from .detection_boxes import anchors, decode, suppress
from .graph import Graph, normal, two
from .torch_layers import conv, dim, view


def _head(g, x, channels, per_cell, columns, name, gain=1.0):
    """[n, per_cell·columns, h, w] → [n, h·w·per_cell, columns], as torchvision does."""
    y = conv(g, x, per_cell * columns, channels, 3, name, gain=gain)
    n, h, w = dim(g, y, 0), dim(g, y, 2), dim(g, y, 3)
    y = view(g, y, [n, per_cell, columns, h, w])
    y = g.op("Transpose", y, perm=[0, 3, 4, 1, 2])
    return view(g, y, [n, -1, columns])


def ssd(size):
    """320×320 (64×64 small): trunk, 3 levels of heads, decode, NMS, gather, TopK."""
    full = size == "full"
    edge, classes, most = (320, 91, 100) if full else (64, 5, 10)
    widths = (32, 64, 128, 256, 512, 256, 256) if full else (8, 8, 12, 16, 16, 16, 16)
    ratios = (1.0, 2.0, 0.5)
    g = Graph("ssd")
    value, channels, levels, sizes = g.input("image", [1, 3, edge, edge]), 3, [], []
    extent = edge
    for index, width in enumerate(widths):
        with g.scope(f"backbone.{index}"):
            value = g.op("Relu", conv(g, value, width, channels, 3, "0", 2))
            value = g.op("Relu", conv(g, value, width, width, 3, "1", groups=width,
                                      gain=1.6))
            value = g.op("Relu", conv(g, value, width, width, 1, "2"))
        channels, extent = width, (extent + 1) // 2
        if index >= 3 and extent >= 2:
            levels.append((value, width))
            sizes.append(extent)
    deltas = g.op("Concat", *[_head(g, x, c, 3, 4, f"regression.{i}")
                              for i, (x, c) in enumerate(levels)], axis=1)
    logits = g.op("Concat", *[_head(g, x, c, 3, classes, f"classification.{i}", 0.6)
                              for i, (x, c) in enumerate(levels)], axis=1)
    scales = [edge * (0.2 + 0.7 * i / len(sizes)) for i in range(len(sizes))]
    boxes = decode(g, g.op("Squeeze", deltas, g.const(np.array([0]))),
                   anchors(sizes, scales, ratios, edge), edge)
    scores = g.op("Transpose", g.op("Softmax", logits, axis=-1), perm=[0, 2, 1])
    kept = suppress(g, g.op("Unsqueeze", boxes, g.const(np.array([0]))), scores,
                    most, 0.45, 1.5 / classes)
    _gather(g, boxes, scores, kept, most)
    return g.model(), two(lambda rng: {"image": normal(rng, 1, 3, edge, edge)})


def _gather(g, boxes, scores, kept, most):
    """The best `most` of all classes: GatherND of scores, TopK limited by the count."""
    score = g.op("GatherND", scores, kept)
    label = g.op("Gather", kept, g.const(np.int64(1)), axis=1)
    place = g.op("Gather", kept, g.const(np.int64(2)), axis=1)
    count = g.op("Min", g.op("Shape", score), g.const(np.array([most])))
    best, order = g.op("TopK", score, count, outputs=2, axis=0, largest=1, sorted=1)
    chosen = g.op("Gather", place, order, axis=0)
    g.output(g.op("Gather", boxes, chosen, axis=0), "boxes", ["kept", 4])
    g.output(best, "scores", ["kept"])
    g.output(g.op("Gather", label, order, axis=0), "labels", ["kept"], np.int64)
