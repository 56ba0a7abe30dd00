"""Row 7: Faster R-CNN: region proposals by TopK and NonMaxSuppression, RoiAlign on
them, class-wise boxes. Image sizes are dynamic; so is everything after the trunk."""
import numpy as np

from .detection_boxes import column, decode, gather_kept, suppress
from .graph import Graph, normal, two
from .torch_layers import conv, dim, linear, view


def _grid_anchors(g, features, stride, sizes):
    """Anchors from the feature map's own height and width: Range, Expand, Concat."""
    axes = []
    for axis in (2, 3):
        count = dim(g, features, axis)
        at = g.op("Range", g.const(np.int64(0)), count, g.const(np.int64(1)))
        at = g.op("Mul", g.op("Cast", at, to=1), g.const(np.float32(stride)))
        axes.append(g.op("Add", at, g.const(np.float32(stride / 2))))
    y = g.op("Unsqueeze", axes[0], g.const(np.array([1])))
    x = g.op("Unsqueeze", axes[1], g.const(np.array([0])))
    shape = g.op("Concat", g.op("Shape", axes[0]), g.op("Shape", axes[1]), axis=0)
    minus = g.const(np.array([-1]))
    flat = [g.op("Reshape", g.op("Expand", each, shape), minus) for each in (x, y)]
    centres = g.op("Concat", *[g.op("Unsqueeze", each, g.const(np.array([1])))
                               for each in flat], axis=1)
    # [cells, 1, 2] beside [1, anchors, 2], both broadcast to [cells, anchors, 4].
    centres = g.op("Unsqueeze", centres, g.const(np.array([1])))
    extents = np.array([[s * r, s / r] for s in sizes for r in (0.7, 1.4)], np.float32)
    zero = g.const(np.zeros((1, len(extents), 2), np.float32))
    cells = g.op("Add", centres, zero)
    wide = g.op("Add", g.op("Mul", centres, g.const(np.float32(0))),
                g.init("anchor_extents", extents[None]))
    both = g.op("Concat", cells, wide, axis=2)
    return view(g, both, [-1, 4]), len(extents)


def _proposals(g, features, channels, edge, before, after):
    """The region proposal network: [proposals, 4] corners."""
    with g.scope("rpn"):
        anchor, per_cell = _grid_anchors(g, features, 8, (edge / 8, edge / 3))
        hidden = g.op("Relu", conv(g, features, channels, channels, 3, "conv"))
        logits = conv(g, hidden, per_cell, channels, 1, "cls_logits", gain=1.0)
        deltas = conv(g, hidden, 4 * per_cell, channels, 1, "bbox_pred", gain=1.0)
        logits = view(g, g.op("Transpose", logits, perm=[0, 2, 3, 1]), [-1])
        deltas = view(g, g.op("Transpose", deltas, perm=[0, 2, 3, 1]), [-1, 4])
        count = g.op("Min", g.op("Shape", logits), g.const(np.array([before])))
        best, order = g.op("TopK", logits, count, outputs=2, axis=0)
        boxes = decode(g, g.op("Gather", deltas, order, axis=0),
                       g.op("Gather", anchor, order, axis=0), edge)
        row = g.const(np.array([0]))
        scores = g.op("Sigmoid", best)
        kept = suppress(g, g.op("Unsqueeze", boxes, row),
                        g.op("Unsqueeze", g.op("Unsqueeze", scores, row), row),
                        after, 0.7, 0.0)
        return gather_kept(g, boxes, kept, 2)[0]


def _regions(g, features, proposals, channels, hidden):
    """RoiAlign 7×7 and the two fully connected layers of the box head."""
    with g.scope("roi_heads"):
        count = g.op("Slice", g.op("Shape", proposals), g.const(np.array([0])),
                     g.const(np.array([1])))
        batch = g.op("ConstantOfShape", count, value=np.array([0], np.int64))
        pooled = g.op("RoiAlign", features, proposals, batch, output_height=7,
                      output_width=7, sampling_ratio=2, spatial_scale=0.125,
                      coordinate_transformation_mode="half_pixel", mode="avg")
        flat = g.op("Flatten", pooled, axis=1)
        y = g.op("Relu", linear(g, flat, hidden, channels * 49, "fc6", gain=np.sqrt(2)))
        return g.op("Relu", linear(g, y, hidden, hidden, "fc7", gain=np.sqrt(2)))


def faster_rcnn(size):
    full = size == "full"
    edge, classes, hidden = (320, 91, 1024) if full else (64, 4, 24)
    widths = (64, 128, 256) if full else (8, 12, 16)
    g = Graph("faster_rcnn")
    image = g.input("image", [1, 3, "height", "width"])
    value, channels = image, 3
    for index, width in enumerate(widths):
        with g.scope(f"backbone.{index}"):
            value = g.op("Relu", conv(g, value, width, channels, 3, "0", 2))
            value = g.op("Relu", conv(g, value, width, width, 3, "1"))
        channels = width
    proposals = _proposals(g, value, channels, edge, *((1000, 200) if full else (60, 12)))
    regions = _regions(g, value, proposals, channels, hidden)
    scores = g.op("Softmax", linear(g, regions, classes, hidden, "cls_score", gain=2.0),
                  axis=-1)
    deltas = linear(g, regions, 4, hidden, "bbox_pred")
    boxes = decode(g, deltas, _centre_form(g, proposals), edge)
    row = g.const(np.array([0]))
    kept = suppress(g, g.op("Unsqueeze", boxes, row),
                    g.op("Unsqueeze", g.op("Transpose", scores, perm=[1, 0]), row),
                    20, 0.5, 1.2 / classes)
    chosen, place = gather_kept(g, boxes, kept, 2)
    label = g.op("Squeeze", column(g, kept, 1, 1), g.const(np.array([1])))
    pair = g.op("Concat", g.op("Unsqueeze", place, g.const(np.array([1]))),
                g.op("Unsqueeze", label, g.const(np.array([1]))), axis=1)
    g.output(chosen, "boxes", ["kept", 4])
    g.output(g.op("GatherND", scores, pair), "scores", ["kept"])
    g.output(label, "labels", ["kept"], np.int64)
    sizes = iter([(edge, edge), (edge, edge * 3 // 4)])
    return g.model(), two(lambda rng: {"image": normal(rng, 1, 3, *next(sizes))})


def _centre_form(g, corners):
    low, high = g.op("Split", corners, g.const(np.array([2, 2])), outputs=2, axis=1)
    extent = g.op("Sub", high, low)
    centre = g.op("Add", low, g.op("Mul", extent, g.const(np.float32(0.5))))
    return g.op("Concat", centre, extent, axis=1)
