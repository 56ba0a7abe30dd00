"""Row 3: a Keras CNN as tf2onnx writes it.

The graph is NHWC outside and NCHW around each convolution. tf2onnx cancels most
of its transposes, but leaves those it cannot pass through a Reshape; the flatten
keeps its Shape → Cast → Slice → Concat → Cast → Reshape chain in int32 and int64.
"""
import numpy as np

from .graph import Graph, normal, two


def _conv(g, x, name, in_channels, out_channels):
    weight = g.weight(f"{name}/convolution/ReadVariableOp:0",
                      (out_channels, in_channels, 3, 3), gain=np.sqrt(2))
    bias = g.bias(f"{name}/BiasAdd/ReadVariableOp:0", out_channels)
    y = g.op("Conv", x, weight, bias, name=f"{name}/BiasAdd",
             outputs=[f"{name}/BiasAdd:0"], auto_pad="VALID", kernel_shape=[3, 3],
             strides=[1, 1], dilations=[1, 1], group=1)
    y = g.op("Relu", y, name=f"{name}/Relu", outputs=[f"{name}/Relu:0"])
    pool = name.replace("conv2d", "max_pooling2d")
    return g.op("MaxPool", y, name=f"{pool}/MaxPool", outputs=[f"{pool}/MaxPool:0"],
                auto_pad="VALID", kernel_shape=[2, 2], strides=[2, 2])


def _flatten(g, x, features, sample):
    """Back to NHWC, then the flatten whose shape is computed at run time."""
    nhwc = g.op("Transpose", x, name="Transpose__40", outputs=["Transpose__40:0"],
                perm=[0, 2, 3, 1])
    shape = g.op("Cast", g.op("Shape", nhwc), to=6)
    zero = g.init("const_starts__22", np.array([0], np.int64))
    one = g.init("const_ends__24", np.array([1], np.int64))
    batch = g.op("Slice", shape, zero, one, zero)
    rest = g.init("const_fold_opt__43", np.array([features], np.int32))
    target = g.op("Cast", g.op("Concat", batch, rest, axis=0), to=7)
    return g.op("Reshape", nhwc, target, name=f"{sample}/flatten/Reshape",
                outputs=[f"{sample}/flatten/Reshape:0"])


def _dense(g, x, name, fan_in, fan_out, gain):
    weight = g.weight(f"{name}/MatMul/ReadVariableOp:0", (fan_in, fan_out), fan_in, gain)
    bias = g.bias(f"{name}/BiasAdd/ReadVariableOp:0", fan_out)
    y = g.op("MatMul", x, weight, name=f"{name}/MatMul", outputs=[f"{name}/MatMul:0"])
    return g.op("Add", y, bias, name=f"{name}/BiasAdd", outputs=[f"{name}/BiasAdd:0"])


def keras_cnn(size):
    """28×28×1: conv 32, pool, conv 64, pool, dense 64, dense 10; dynamic batch."""
    channels, hidden = ((32, 64), 64) if size == "full" else ((4, 8), 16)
    g = Graph("tf2onnx", opset=15, producer="tf2onnx", domains={"ai.onnx.ml": 2},
              ir_version=8)
    x = g.input("image", ["unk__44", 28, 28, 1])
    # With one channel NHWC → NCHW is a Reshape, and that is what tf2onnx writes.
    value = g.op("Reshape", x, g.init("new_shape__42", np.array([-1, 1, 28, 28])),
                 name="sequential/conv2d/Conv2D__6",
                 outputs=["sequential/conv2d/Conv2D__6:0"])
    value = _conv(g, value, "sequential/conv2d", 1, channels[0])
    # Kept where a layer between two convolutions hides the cancellation.
    value = g.op("Transpose", value, name="Transpose__28", outputs=["Transpose__28:0"],
                 perm=[0, 2, 3, 1])
    value = g.op("Transpose", value, name="Transpose__31", outputs=["Transpose__31:0"],
                 perm=[0, 3, 1, 2])
    value = _conv(g, value, "sequential/conv2d_1", channels[0], channels[1])
    features = 5 * 5 * channels[1]
    value = _flatten(g, value, features, "sequential")
    value = _dense(g, value, "sequential/dense", features, hidden, np.sqrt(2))
    value = g.op("Relu", value, name="sequential/dense/Relu",
                 outputs=["sequential/dense/Relu:0"])
    value = _dense(g, value, "sequential/dense_1", hidden, 10, 1.5)
    g.output(g.op("Softmax", value, axis=-1), "Identity:0", ["unk__45", 10])
    return g.model(), two(lambda rng: {"image": normal(rng, 1, 28, 28, 1)})
