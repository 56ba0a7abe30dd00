"""Row 7: a YOLOv8-like detector: C2f blocks with SiLU, SPPF, a Resize/Concat neck,
the distribution-focal-loss head, and NonMaxSuppression at the end."""
import numpy as np

from .detection_boxes import suppress
from .graph import Graph, normal, two
from .torch_layers import conv, fixed_view, silu


class _Yolo:
    def __init__(self, g, widths, depths, classes, bins):
        self.g, self.widths, self.depths = g, widths, depths
        self.classes, self.bins = classes, bins

    def cbs(self, x, out, inp, kernel, name, stride=1):
        # SiLU passes 0.36 of a unit variance and half of a large one. A gain in between keeps
        # the scores off the sigmoid's flat end, where they would tie.
        return silu(self.g, conv(self.g, x, out, inp, kernel, name, stride, gain=1.45))

    def c2f(self, x, out, inp, depth, shortcut, name):
        """Split, a chain of bottlenecks, all parts concatenated."""
        g, half = self.g, out // 2
        with g.scope(name):
            y = self.cbs(x, out, inp, 1, "cv1")
            first, last = g.op("Split", y, g.const(np.array([half, half])), outputs=2, axis=1)
            parts = [first, last]
            for index in range(depth):
                y = self.cbs(last, half, half, 3, f"m.{index}.cv1")
                y = self.cbs(y, half, half, 3, f"m.{index}.cv2")
                last = g.op("Add", last, y) if shortcut else y
                parts.append(last)
            return self.cbs(g.op("Concat", *parts, axis=1), out, (2 + depth) * half, 1, "cv2")

    def sppf(self, x, width, name):
        g = self.g
        with g.scope(name):
            parts = [self.cbs(x, width // 2, width, 1, "cv1")]
            for _ in range(3):
                parts.append(g.op("MaxPool", parts[-1], kernel_shape=[5, 5],
                                  strides=[1, 1], pads=[2] * 4, dilations=[1, 1],
                                  ceil_mode=0))
            return self.cbs(g.op("Concat", *parts, axis=1), width, 2 * width, 1, "cv2")

    def trunk(self, x):
        w, d = self.widths, self.depths
        x = self.cbs(x, w[0], 3, 3, "model.0", 2)
        levels = []
        for index in range(4):
            x = self.cbs(x, w[index + 1], w[index], 3, f"model.{2 * index + 1}", 2)
            x = self.c2f(x, w[index + 1], w[index + 1], d[index], True,
                         f"model.{2 * index + 2}")
            levels.append(x)
        levels[3] = self.sppf(levels[3], w[4], "model.9")
        return levels[1:]

    def up(self, x, skip):
        grown = self.g.op("Resize", x, None, self.g.const(np.array([1, 1, 2, 2], np.float32)),
                          coordinate_transformation_mode="asymmetric", mode="nearest",
                          nearest_mode="floor", cubic_coeff_a=-0.75)
        return self.g.op("Concat", grown, skip, axis=1)

    def neck(self, p3, p4, p5):
        _, _, w3, w4, w5 = self.widths
        d = self.depths[0]
        n4 = self.c2f(self.up(p5, p4), w4, w5 + w4, d, False, "model.12")
        n3 = self.c2f(self.up(n4, p3), w3, w4 + w3, d, False, "model.15")
        down = self.cbs(n3, w3, w3, 3, "model.16", 2)
        n4 = self.c2f(self.g.op("Concat", down, n4, axis=1), w4, w3 + w4, d, False, "model.18")
        down = self.cbs(n4, w4, w4, 3, "model.19", 2)
        n5 = self.c2f(self.g.op("Concat", down, p5, axis=1), w5, w4 + w5, d, False, "model.21")
        return list(zip((n3, n4, n5), (w3, w4, w5)))

    def head(self, levels):
        """[1, 4·bins + classes, cells] of all levels."""
        g, outs = self.g, []
        for index, (x, width) in enumerate(levels):
            box, cls = x, x
            for part in range(2):
                box = self.cbs(box, width, width, 3, f"cv2.{index}.{part}")
                cls = self.cbs(cls, width, width, 3, f"cv3.{index}.{part}")
            box = conv(g, box, 4 * self.bins, width, 1, f"cv2.{index}.2", gain=2.0)
            cls = conv(g, cls, self.classes, width, 1, f"cv3.{index}.2", gain=3.0)
            joined = g.op("Concat", box, cls, axis=1)
            outs.append(fixed_view(g, joined, [1, 4 * self.bins + self.classes, -1]))
        return g.op("Concat", *outs, axis=2)

    def decode(self, x, edge):
        """Softmax over bins, expectation as a 1×1 convolution, distances to corners."""
        g = self.g
        box, cls = g.op("Split", x, g.const(np.array([4 * self.bins, self.classes])),
                        outputs=2, axis=1)
        cells = sum((edge // s) ** 2 for s in (8, 16, 32))
        box = fixed_view(g, box, [1, 4, self.bins, cells])
        box = g.op("Softmax", g.op("Transpose", box, perm=[0, 2, 1, 3]), axis=1)
        bins = g.init("dfl.conv.weight",
                      np.arange(self.bins, dtype=np.float32).reshape(1, -1, 1, 1))
        box = fixed_view(g, g.op("Conv", box, bins, kernel_shape=[1, 1]), [1, 4, cells])
        points, strides = _points(edge)
        near, far = g.op("Split", box, g.const(np.array([2, 2])), outputs=2, axis=1)
        low = g.op("Sub", g.init("anchor_points", points), near)
        high = g.op("Add", far, g.init("anchor_points_1", points))
        corners = g.op("Mul", g.op("Concat", low, high, axis=1), g.init("strides", strides))
        return corners, g.op("Sigmoid", cls)


def _points(edge):
    """Cell centres [1, 2, cells] and strides [1, cells] of the three levels."""
    points, strides = [], []
    for stride in (8, 16, 32):
        at = np.arange(edge // stride, dtype=np.float32) + 0.5
        y, x = np.meshgrid(at, at, indexing="ij")
        points.append(np.stack([x.ravel(), y.ravel()]))
        strides.append(np.full(x.size, stride, np.float32))
    return np.concatenate(points, 1)[None], np.concatenate(strides)[None]


def yolo(size):
    """YOLOv8n at 320×320; small: a fifth of the channels at 64×64."""
    full = size == "full"
    edge, classes = (320, 80) if full else (64, 6)
    widths = (16, 32, 64, 128, 256) if full else (4, 8, 8, 12, 16)
    depths = (1, 2, 2, 1) if full else (1, 1, 1, 1)
    g = Graph("yolo")
    net = _Yolo(g, widths, depths, classes, 16 if full else 4)
    image = g.input("images", [1, 3, edge, edge])
    boxes, scores = net.decode(net.head(net.neck(*net.trunk(image))), edge)
    rows = g.op("Transpose", boxes, perm=[0, 2, 1])
    kept = suppress(g, rows, scores, 20, 0.5, 0.72 if full else 0.6)
    g.output(g.op("Concat", boxes, scores, axis=1), "output0",
             [1, 4 + classes, sum((edge // s) ** 2 for s in (8, 16, 32))])
    g.output(g.op("GatherND", scores, kept), "kept_scores", ["kept"])
    g.output(kept, "kept", ["kept", 3], np.int64)
    return g.model(), two(lambda rng: {"images": normal(rng, 1, 3, edge, edge)})
