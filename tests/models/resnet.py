"""Row 5: ResNet-18 with its batch norms in the graph, ResNet-50 with them folded.

torch.onnx folds BatchNormalization in eval mode; with constant folding switched
off, and in other exporters, the nodes stay, and the compiler must fold them.
"""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import batch_norm, conv, linear


class _Net:
    """The pieces both share; `folded` tells whether convolutions carry the bias."""

    def __init__(self, name, folded):
        self.g, self.folded = Graph(name), folded

    def conv(self, x, out, inp, kernel, name, stride=1, gain=np.sqrt(2)):
        y = conv(self.g, x, out, inp, kernel, name, stride, bias=self.folded, gain=gain)
        return y if self.folded else batch_norm(self.g, y, out, name + "_bn")

    def relu(self, x):
        return self.g.op("Relu", x)

    def stem(self, x, width):
        y = self.relu(self.conv(x, width, 3, 7, "conv1", 2))
        return self.g.op("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4,
                         dilations=[1, 1], ceil_mode=0)

    def basic(self, x, inp, width, stride):
        y = self.relu(self.conv(x, width, inp, 3, "conv1", stride))
        y = self.conv(y, width, width, 3, "conv2", gain=0.7)
        return self.join(x, y, inp, width, stride), width

    def bottleneck(self, x, inp, width, stride):
        y = self.relu(self.conv(x, width, inp, 1, "conv1"))
        y = self.relu(self.conv(y, width, width, 3, "conv2", stride))
        y = self.conv(y, 4 * width, width, 1, "conv3", gain=0.7)
        return self.join(x, y, inp, 4 * width, stride), 4 * width

    def join(self, x, y, inp, out, stride):
        if stride != 1 or inp != out:
            x = self.conv(x, out, inp, 1, "downsample.0", stride, gain=0.7)
        return self.relu(self.g.op("Add", y, x))

    def head(self, x, channels, classes):
        y = self.g.op("Flatten", self.g.op("GlobalAveragePool", x), axis=1)
        return linear(self.g, y, classes, channels, "fc", gain=2.0)


def _resnet(name, block, blocks, width, classes, edge, batch, folded):
    net = _Net(name, folded)
    value = net.stem(net.g.input("image", [batch, 3, edge, edge]), width)
    channels = width
    for stage, count in enumerate(blocks):
        for index in range(count):
            with net.g.scope(f"layer{stage + 1}"), net.g.scope(str(index)):
                value, channels = getattr(net, block)(
                    value, channels, width << stage, 2 if stage and not index else 1)
    net.g.output(net.head(value, channels, classes), "logits", [batch, classes])
    return net.g.model(), two(lambda rng: {"image": normal(rng, 1, 3, edge, edge)})


def resnet18(size):
    """Batch norms unfolded, dynamic batch."""
    if size == "full":
        return _resnet("resnet18", "basic", (2, 2, 2, 2), 64, 1000, 224, "batch", False)
    return _resnet("resnet18", "basic", (1, 1, 2), 8, 10, 48, "batch", False)


def resnet50(size):
    """Batch norms folded, static."""
    if size == "full":
        return _resnet("resnet50", "bottleneck", (3, 4, 6, 3), 64, 1000, 224, 1, True)
    return _resnet("resnet50", "bottleneck", (1, 2, 1), 8, 10, 56, 1, True)
