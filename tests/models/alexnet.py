"""Row 4: AlexNet as torchvision exports it, and the LRN variant of the ONNX zoo."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import conv, linear


def _samples(edge):
    return two(lambda rng: {"image": normal(rng, 1, 3, edge, edge)})


def _pool(g, x):
    return g.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[0] * 4,
                dilations=[1, 1], ceil_mode=0)


def alexnet(size):
    """torchvision.models.alexnet: AdaptiveAvgPool at its own size exports as AveragePool."""
    full = size == "full"
    widths = (64, 192, 384, 256, 256) if full else (8, 12, 16, 12, 12)
    hidden, classes, edge = (4096, 1000, 224) if full else (32, 10, 224)
    g = Graph("main_graph", opset=17)
    x = g.input("image", [1, 3, edge, edge])
    plan = [(11, 4, 2, True), (5, 1, 2, True), (3, 1, 1, False), (3, 1, 1, False),
            (3, 1, 1, True)]
    value, channels = x, 3
    for layer, (width, (kernel, stride, pad, pool)) in enumerate(zip(widths, plan)):
        value = g.op("Relu", conv(g, value, width, channels, kernel, f"features.{layer}",
                                  stride, pad))
        value, channels = (_pool(g, value) if pool else value), width
    value = g.op("AveragePool", value, kernel_shape=[1, 1], strides=[1, 1])
    value = g.op("Flatten", value, axis=1)
    flat = channels * 36
    value = g.op("Relu", linear(g, value, hidden, flat, "classifier.1", gain=np.sqrt(2)))
    value = g.op("Relu", linear(g, value, hidden, hidden, "classifier.4", gain=np.sqrt(2)))
    g.output(linear(g, value, classes, hidden, "classifier.6"), "logits", [1, classes])
    return g.model(), _samples(edge)


def alexnet_lrn(size):
    """The original of 2012: grouped convolutions and local response normalization,
    with Dropout left in as Caffe2's exporter left it."""
    full = size == "full"
    widths = (96, 256, 384, 384, 256) if full else (8, 16, 16, 16, 12)
    hidden, classes, edge = (4096, 1000, 224) if full else (32, 10, 99)
    g = Graph("bvlc_alexnet", opset=13, producer="onnx-caffe2", ir_version=7)
    value, channels, extent = g.input("data_0", [1, 3, edge, edge]), 3, edge
    plan = [(11, 4, 0, 1, True), (5, 1, 2, 2, True), (3, 1, 1, 1, False),
            (3, 1, 1, 2, False), (3, 1, 1, 2, True)]
    for layer, (width, (kernel, stride, pad, groups, pool)) in enumerate(zip(widths, plan)):
        value = g.op("Relu", conv(g, value, width, channels, kernel, f"conv{layer + 1}",
                                  stride, pad, groups))
        extent, channels = (extent + 2 * pad - kernel) // stride + 1, width
        if layer < 2:
            value = g.op("LRN", value, size=5, alpha=1e-4, beta=0.75, bias=1.0)
        if pool:
            value, extent = _pool(g, value), (extent - 3) // 2 + 1
    flat = channels * extent * extent
    value = g.op("Reshape", value, g.init("OC2_DUMMY_1", np.array([1, flat])))
    for layer, fan_in in ((6, flat), (7, hidden)):
        value = g.op("Relu", linear(g, value, hidden, fan_in, f"fc{layer}",
                                    gain=np.sqrt(2)))
        value = g.op("Dropout", value, g.init(f"ratio{layer}", np.float32(0.5)))
    value = linear(g, value, classes, hidden, "fc8")
    g.output(g.op("Softmax", value, axis=1), "prob_1", [1, classes])
    return g.model(), two(lambda rng: {"data_0": normal(rng, 1, 3, edge, edge)})
