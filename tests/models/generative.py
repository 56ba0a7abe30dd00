"""Row 15: the DCGAN generator and one step of a diffusion U-Net."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import attend, batch_norm, conv, fixed_view, linear, silu


def dcgan(size):
    """z 100 → 3×64×64 by transposed convolutions, batch norms left in the graph."""
    z, base = (100, 64) if size == "full" else (12, 4)
    g = Graph("dcgan")
    value, channels = g.input("z", [1, z, 1, 1]), z
    for index, width in enumerate([8 * base, 4 * base, 2 * base, base, 3]):
        with g.scope(f"main.{3 * index}"):
            # Of 4×4 taps each output pixel meets 4 at stride 2, and one at the first.
            taps = channels * (4 if index else 1)
            weight = g.weight(f"main.{3 * index}.weight", (channels, width, 4, 4), taps,
                              np.sqrt(2))
            value = g.op("ConvTranspose", value, weight, kernel_shape=[4, 4],
                         strides=[2, 2] if index else [1, 1],
                         pads=[1] * 4 if index else [0] * 4, dilations=[1, 1], group=1)
        if index < 4:
            value = g.op("Relu", batch_norm(g, value, width, f"main.{3 * index + 1}"))
        channels = width
    g.output(g.op("Tanh", value), "image", [1, 3, 64, 64])
    return g.model(), two(lambda rng: {"z": normal(rng, 1, z, 1, 1)})


class _UNet:
    """The blocks of the U-Net; extents are static, as such models are exported."""

    def __init__(self, g, groups, heads, embed):
        self.g, self.groups, self.heads, self.embed = g, groups, heads, embed

    def group_norm(self, x, channels, edge, name):
        """torch.nn.GroupNorm: InstanceNormalization between two reshapes, Mul, Add."""
        g = self.g
        with g.scope(name):
            flat = fixed_view(g, x, [0, self.groups, -1])
            ones = g.const(np.ones(self.groups, np.float32))
            zeros = g.const(np.zeros(self.groups, np.float32))
            y = g.op("InstanceNormalization", flat, ones, zeros, epsilon=1e-5)
            y = fixed_view(g, y, [1, channels, edge, edge])
            path = ".".join(g.scopes)
            scale = g.init(path + ".weight", 1 + 0.1 * g.rng.standard_normal(
                (channels, 1, 1), dtype=np.float32))
            return g.op("Add", g.op("Mul", y, scale), g.bias(path + ".bias", (channels, 1, 1)))

    def residual(self, x, inp, out, edge, time, name):
        g = self.g
        with g.scope(name):
            y = silu(g, self.group_norm(x, inp, edge, "norm1"))
            y = conv(g, y, out, inp, 3, "conv1", gain=1.5)
            shift = linear(g, silu(g, time), out, self.embed, "time_emb_proj")
            shift = g.op("Unsqueeze", shift, g.const(np.array([2, 3])))
            y = silu(g, self.group_norm(g.op("Add", y, shift), out, edge, "norm2"))
            y = conv(g, y, out, out, 3, "conv2", gain=1.2)
            if inp != out:
                x = conv(g, x, out, inp, 1, "conv_shortcut", gain=1.0)
            return g.op("Add", x, y)

    def attention(self, x, channels, edge, name):
        g, depth = self.g, channels // self.heads
        with g.scope(name):
            y = self.group_norm(x, channels, edge, "group_norm")
            y = g.op("Transpose", fixed_view(g, y, [1, channels, edge * edge]),
                     perm=[0, 2, 1])
            q, k, v = (g.op("Transpose", fixed_view(
                g, linear(g, y, channels, channels, part, 3, gain=gain),
                [1, edge * edge, self.heads, depth]), perm=[0, 2, 1, 3])
                for part, gain in (("to_q", 1.4), ("to_k", 1.4), ("to_v", 1.0)))
            y = g.op("Transpose", attend(g, q, k, v, depth), perm=[0, 2, 1, 3])
            y = linear(g, fixed_view(g, y, [1, edge * edge, channels]), channels, channels,
                       "to_out.0", 3)
            y = fixed_view(g, g.op("Transpose", y, perm=[0, 2, 1]), [1, channels, edge, edge])
            return g.op("Add", y, x)

    def time(self, steps, width):
        """Sinusoidal embedding of the time step, then two linear layers."""
        g = self.g
        with g.scope("time_embedding"):
            half = width // 2
            rate = np.exp(-np.log(10000) * np.arange(half) / half).astype(np.float32)
            at = g.op("Unsqueeze", g.op("Cast", steps, to=1), g.const(np.array([1])))
            angle = g.op("Mul", at, g.const(rate[None]))
            table = g.op("Concat", g.op("Cos", angle), g.op("Sin", angle), axis=-1)
            y = silu(g, linear(g, table, self.embed, width, "linear_1", gain=1.5))
            return linear(g, y, self.embed, self.embed, "linear_2", gain=1.5)


def diffusion_unet(size):
    """4×32×32 latents, 128-256-512, two residual blocks a level, attention at 16², 8²."""
    full = size == "full"
    edge, widths, heads = (32, (128, 256, 512), 8) if full else (8, (8, 16), 2)
    g = Graph("diffusion_unet", opset=18)
    net = _UNet(g, 32 if full else 4, heads, 4 * widths[0])
    sample = g.input("sample", [1, 4, edge, edge])
    time = net.time(g.input("timestep", [1], np.int64), widths[0])
    value, channels, at = conv(g, sample, widths[0], 4, 3, "conv_in", gain=1.0), widths[0], edge
    skips = [(value, channels)]
    for level, width in enumerate(widths):
        for block in range(2):
            value = net.residual(value, channels, width, at, time,
                                 f"down_blocks.{level}.resnets.{block}")
            channels = width
            if level:
                value = net.attention(value, width, at, f"down_blocks.{level}.attn.{block}")
            skips.append((value, channels))
        if level < len(widths) - 1:
            value, at = conv(g, value, width, width, 3, f"down_blocks.{level}.down", 2,
                             gain=1.0), at // 2
            skips.append((value, channels))
    value = net.residual(value, channels, channels, at, time, "mid_block.resnets.0")
    value = net.attention(value, channels, at, "mid_block.attn")
    value = net.residual(value, channels, channels, at, time, "mid_block.resnets.1")
    for level, width in reversed(list(enumerate(widths))):
        for block in range(3):
            skip, extra = skips.pop()
            value = net.residual(g.op("Concat", value, skip, axis=1), channels + extra, width,
                                 at, time, f"up_blocks.{level}.resnets.{block}")
            channels = width
            if level:
                value = net.attention(value, width, at, f"up_blocks.{level}.attn.{block}")
        if level:
            value = g.op("Resize", value, None, g.const(np.array([1, 1, 2, 2], np.float32)),
                         coordinate_transformation_mode="asymmetric", mode="nearest",
                         nearest_mode="floor")
            at *= 2
            value = conv(g, value, width, width, 3, f"up_blocks.{level}.up", gain=1.0)
    value = silu(g, net.group_norm(value, channels, at, "conv_norm_out"))
    g.output(conv(g, value, 4, channels, 3, "conv_out", gain=1.5), "noise",
             [1, 4, edge, edge])
    times = iter([981, 21])
    return g.model(), two(lambda rng: {"sample": normal(rng, 1, 4, edge, edge),
                                       "timestep": np.array([next(times)])})
