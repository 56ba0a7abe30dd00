"""Box arithmetic of detectors, as torchvision's exports write it."""
import numpy as np


def anchors(feature_sizes, scales, ratios, edge):
    """Centre-form anchors [count, 4] (cx, cy, w, h in pixels), cell by cell."""
    rows = []
    for feature, scale in zip(feature_sizes, scales):
        step = edge / feature
        for y in range(feature):
            for x in range(feature):
                for ratio in ratios:
                    rows.append([(x + 0.5) * step, (y + 0.5) * step,
                                 scale * np.sqrt(ratio), scale / np.sqrt(ratio)])
    return np.array(rows, np.float32)


def column(g, x, index, axis=-1):
    """x[..., index:index+1] as Slice."""
    return g.op("Slice", x, g.const(np.array([index])), g.const(np.array([index + 1])),
                g.const(np.array([axis])))


def decode(g, deltas, anchor, edge):
    """Deltas (dx, dy, dw, dh) against anchors → corners (x1, y1, x2, y2), clipped."""
    anchor = g.init(g.unique("anchors"), anchor) if isinstance(anchor, np.ndarray) else anchor
    weights = (10.0, 10.0, 5.0, 5.0)
    d = [g.op("Div", column(g, deltas, i), g.const(np.float32(w)))
         for i, w in enumerate(weights)]
    a = [column(g, anchor, i) for i in range(4)]
    limit = g.const(np.float32(np.log(1000 / 16)))
    centre = [g.op("Add", g.op("Mul", d[i], a[i + 2]), a[i]) for i in range(2)]
    extent = [g.op("Mul", g.op("Exp", g.op("Min", d[i + 2], limit)), a[i + 2])
              for i in range(2)]
    half = [g.op("Mul", each, g.const(np.float32(0.5))) for each in extent]
    corners = [g.op("Sub", centre[i], half[i]) for i in range(2)] + [
        g.op("Add", centre[i], half[i]) for i in range(2)]
    boxes = g.op("Concat", *corners, axis=-1)
    return g.op("Clip", boxes, g.const(np.float32(0)), g.const(np.float32(edge)))


def suppress(g, boxes, scores, most, overlap, least):
    """NonMaxSuppression on [batch, n, 4], [batch, classes, n] → [kept, 3] int64."""
    return g.op("NonMaxSuppression", boxes, scores, g.const(np.array([most])),
                g.const(np.array([overlap], np.float32)),
                g.const(np.array([least], np.float32)))


def gather_kept(g, values, kept, index_column):
    """values[kept[:, index_column]]: Slice, Squeeze, Gather."""
    index = g.op("Squeeze", column(g, kept, index_column, 1), g.const(np.array([1])))
    return g.op("Gather", values, index, axis=0), index
