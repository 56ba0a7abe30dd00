"""Layers as torch.onnx writes them, shared by the builders of PyTorch models."""
import numpy as np


def dim(g, x, axis):
    """x.size(axis) as a scalar: Shape, Constant, Gather."""
    return g.op("Gather", g.op("Shape", x), g.const(np.int64(axis)), axis=0)


def shape_vector(g, dims):
    """A shape from numbers and scalar values: Unsqueeze each, then Concat."""
    axis = [g.op("Unsqueeze", each if isinstance(each, str) else g.const(np.int64(each)),
                 g.const(np.array([0], np.int64))) for each in dims]
    return g.op("Concat", *axis, axis=0)


def view(g, x, dims):
    """x.view(dims): the chain of Unsqueeze and Concat around Reshape."""
    return g.op("Reshape", x, shape_vector(g, dims))


def fixed_view(g, x, dims):
    """Reshape to a constant shape, as a static export writes it."""
    return g.op("Reshape", x, g.const(np.array(dims, np.int64)))


def linear(g, x, out_features, in_features, name, rank=2, bias=True, gain=1.0):
    """nn.Linear: Gemm with transB on matrices, MatMul + Add on higher ranks."""
    with g.scope(name):
        path = ".".join(g.scopes)
        if rank == 2:
            terms = [g.weight(path + ".weight", (out_features, in_features), gain=gain)]
            terms += [g.bias(path + ".bias", out_features)] if bias else []
            return g.op("Gemm", x, *terms, alpha=1.0, beta=1.0, transB=1)
        y = g.op("MatMul", x, g.matmul_weight(path, in_features, out_features, gain))
        return g.op("Add", g.bias(path + ".bias", out_features), y) if bias else y


def layer_norm(g, x, size, name, epsilon=1e-5, fused=True):
    """LayerNormalization (opset 17), or the ReduceMean chain that older exports hold."""
    with g.scope(name):
        path = ".".join(g.scopes)
        scale = g.init(path + ".weight", 1 + 0.1 * g.rng.standard_normal(
            size, dtype=np.float32))
        shift = g.bias(path + ".bias", size)
        if fused:
            return g.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)
        mean = g.op("ReduceMean", x, axes=[-1])
        centered = g.op("Sub", x, mean)
        power = g.op("Pow", centered, g.const(np.float32(2)))
        variance = g.op("ReduceMean", power, axes=[-1])
        deviation = g.op("Sqrt", g.op("Add", variance, g.const(np.float32(epsilon))))
        normalized = g.op("Div", centered, deviation)
        return g.op("Add", g.op("Mul", normalized, scale), shift)


def gelu_erf(g, x):
    """x · (1 + erf(x/√2)) · ½, the exact form as torch.onnx spells it."""
    erf = g.op("Erf", g.op("Div", x, g.const(np.float32(np.sqrt(2)))))
    return g.op("Mul", g.op("Mul", x, g.op("Add", erf, g.const(np.float32(1)))),
                g.const(np.float32(0.5)))


def gelu_tanh(g, x):
    """GPT-2's gelu_new: ½x(1 + tanh(√(2/π)(x + 0.044715x³)))."""
    half = g.op("Mul", x, g.const(np.float32(0.5)))
    cube = g.op("Pow", x, g.const(np.float32(3)))
    inner = g.op("Add", x, g.op("Mul", cube, g.const(np.float32(0.044715))))
    tanh = g.op("Tanh", g.op("Mul", inner, g.const(np.float32(np.sqrt(2 / np.pi)))))
    return g.op("Mul", half, g.op("Add", tanh, g.const(np.float32(1))))


def silu(g, x):
    return g.op("Mul", x, g.op("Sigmoid", x))


def conv(g, x, out_channels, in_channels, kernel, name, stride=1, pad=None, groups=1,
         dilation=1, bias=True, gain=np.sqrt(2)):
    """nn.Conv2d; gain √2 suits a ReLU behind it."""
    with g.scope(name):
        path = ".".join(g.scopes)
        pad = dilation * (kernel // 2) if pad is None else pad
        terms = [g.weight(path + ".weight",
                          (out_channels, in_channels // groups, kernel, kernel), gain=gain)]
        terms += [g.bias(path + ".bias", out_channels)] if bias else []
        return g.op("Conv", x, *terms, kernel_shape=[kernel] * 2, strides=[stride] * 2,
                    pads=[pad] * 4, dilations=[dilation] * 2, group=groups)


def batch_norm(g, x, channels, name):
    """BatchNormalization left in the graph, statistics near those of the data."""
    with g.scope(name):
        path = ".".join(g.scopes)
        scale = g.init(path + ".weight", g.rng.uniform(0.8, 1.2, channels).astype(np.float32))
        shift = g.bias(path + ".bias", channels)
        mean = g.bias(path + ".running_mean", channels)
        variance = g.init(path + ".running_var",
                          g.rng.uniform(0.8, 1.2, channels).astype(np.float32))
        return g.op("BatchNormalization", x, scale, shift, mean, variance, epsilon=1e-5,
                    momentum=0.9)


def split_heads(g, x, heads, head_dim):
    """[batch, seq, heads·head_dim] → [batch, heads, seq, head_dim], dynamic."""
    shaped = view(g, x, [dim(g, x, 0), dim(g, x, 1), heads, head_dim])
    return g.op("Transpose", shaped, perm=[0, 2, 1, 3])


def merge_heads(g, x, hidden):
    """[batch, heads, seq, head_dim] → [batch, seq, hidden], dynamic."""
    back = g.op("Transpose", x, perm=[0, 2, 1, 3])
    return view(g, back, [dim(g, back, 0), dim(g, back, 1), hidden])


def attend(g, query, key, value, head_dim, mask=None):
    """softmax(q·kᵀ/√d + mask)·v on split heads, eager form."""
    scores = g.op("MatMul", query, g.op("Transpose", key, perm=[0, 1, 3, 2]))
    scores = g.op("Div", scores, g.const(np.float32(np.sqrt(head_dim))))
    if mask:
        scores = g.op("Add", scores, mask)
    return g.op("MatMul", g.op("Softmax", scores, axis=-1), value)
