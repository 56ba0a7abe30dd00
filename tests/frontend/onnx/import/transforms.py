"""Fourier transforms, mel filters, determinants, resizes, slices, grid samples and Col2Im, against
onnxruntime.

Needs `ingot` in PATH.
"""
import pathlib
import sys
import tempfile

import numpy as np
from onnx import helper, numpy_helper

from tests import oracle


def check(folder, what, node, feeds, constants):
    """One message where the two differ, else none."""
    graph = helper.make_graph(
        [node], "transforms",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype),
                                       value.shape)
         for name, value in feeds.items()],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(value, name) for name, value in constants.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return oracle.compare(folder, what, made, feeds, oracle.near(1e-3, share=1e-5))


def fourier(rng):
    number = lambda value: np.array(value, np.int64)
    for size, length, parts in ((9, None, 1), (16, None, 2), (10, 7, 1), (10, 12, 2)):
        x = rng.normal(size=(2, size, 3, parts)).astype(np.float32)
        constants = {"axis": number(1)}
        if length:
            constants["length"] = number(length)
        for inverse, onesided in ((0, 0), (1, 0), (0, 1)):
            if onesided and parts == 2 or inverse and parts == 1:
                continue
            yield (f"dft {size} {length} {parts} inverse {inverse} onesided {onesided}",
                   helper.make_node("DFT", ["x", "length" if length else "", "axis"], ["y"],
                                    inverse=inverse, onesided=onesided), {"x": x}, constants)


def frames(rng):
    for size, step, length, windowed, onesided in ((40, 7, 16, True, 1), (40, 5, 12, False, 0),
                                                   (33, 33, 33, True, 1), (64, 8, 9, True, 0)):
        x = rng.normal(size=(2, size, 1)).astype(np.float32)
        constants = {"step": np.array(step, np.int64), "length": np.array(length, np.int64)}
        if windowed:
            constants["window"] = np.hanning(length).astype(np.float32)
        yield (f"stft {size} {step} {length} {windowed} {onesided}",
               helper.make_node("STFT", ["x", "step", "window" if windowed else "", "length"],
                                ["y"], onesided=onesided), {"x": x}, constants)


def mel_filters(rng):
    """Wide and narrow filters, some narrower than a bin; sizes known before the run or not."""
    names = ("filters", "length", "rate", "lower", "upper")
    for filters, length, rate, lower, upper in (
            (8, 16, 8192, 0, 4096), (80, 400, 16000, 0, 8000), (13, 63, 22050, 133.3, 6854),
            (1, 2, 8000, 20, 4000)):
        values = {name: np.array(value, np.int64 if name in names[:3] else np.float32)
                  for name, value in zip(names, (filters, length, rate, lower, upper))}
        node = helper.make_node("MelWeightMatrix", names, ["y"])
        x = {"unused": np.zeros(1, np.float32)}
        yield f"mel {filters} {length} {rate} constant", node, x, values
        yield f"mel {filters} {length} {rate}", node, values, {}


def determinants(rng):
    for shape in ([1, 1], [3, 2, 2], [2, 2, 5, 5], [7, 7]):
        x = rng.normal(size=shape).astype(np.float32)
        if shape[-1] == 5:
            x[0, 0, 0, 0] = 0
            x[0, 1, 2] = x[0, 1, 4]  # singular
        yield f"det {shape}", helper.make_node("Det", ["x"], ["y"]), {"x": x}, {}


def resizes(rng):
    """Sampled as TensorFlow's nearest neighbour does."""
    x = {"x": rng.normal(size=(1, 2, 6, 5)).astype(np.float32)}
    for scale in (2, 0.5, 1.6, 0.7):
        for rounding in "floor", "ceil", "round_prefer_floor", "round_prefer_ceil":
            yield (f"resize {scale} {rounding}",
                   helper.make_node("Resize", ["x", "", "s"], ["y"], mode="nearest",
                                    nearest_mode=rounding,
                                    coordinate_transformation_mode="tf_half_pixel_for_nn"),
                   x, {"s": np.array([1, 1, scale, scale], np.float32)})


def slices(rng):
    """Steps past the tensor, known before the run and by it alone."""
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    x = {"x": rng.normal(size=(10, 3)).astype(np.float32)}
    for start, end, step in ((-1, low, low), (0, high, high), (2, 2, high),
                             (5, -20, 1 - (1 << 62))):
        values = {name: np.array([value], np.int64)
                  for name, value in (("s", start), ("e", end), ("t", step))}
        axes = {"a": np.array([0], np.int64)}
        node = helper.make_node("Slice", ["x", "s", "e", "a", "t"], ["y"])
        yield f"slice {start} {end} {step}", node, x, values | axes
        yield f"slice {start} {end} {step} of the run", node, x | values, axes


def grids(rng):
    for spatial, out in (([5, 7], [4, 6]), ([1, 3], [2, 2]), ([3, 4, 5], [2, 3, 4])):
        x = rng.normal(size=[2, 3, *spatial]).astype(np.float32)
        grid = rng.uniform(-1.7, 1.7, [2, *out, len(spatial)]).astype(np.float32)
        for mode in ("linear", "nearest", "cubic"):
            if mode == "cubic" and len(spatial) == 3:
                continue
            for padding in ("zeros", "border", "reflection"):
                for corners in (0, 1):
                    if corners and padding == "reflection" and 1 in spatial:
                        continue  # onnxruntime divides by 0
                    yield (f"grid of {spatial} {mode} {padding} corners {corners}",
                           helper.make_node("GridSample", ["x", "g"], ["y"], mode=mode,
                                            padding_mode=padding, align_corners=corners),
                           {"x": x, "g": grid}, {})


def columns(rng):
    for strides, dilations, pads in (([1, 1], [1, 1], [0, 0, 0, 0]), ([2, 1], [1, 2], [1, 0, 2, 1]),
                                     ([3, 3], [1, 1], [0, 1, 1, 0])):
        image, block = [9, 8], [3, 2]
        count = 1
        for d in range(2):
            room = image[d] + pads[d] + pads[2 + d] - dilations[d] * (block[d] - 1) - 1
            count *= room // strides[d] + 1
        x = rng.normal(size=(2, 5 * 6, count)).astype(np.float32)
        yield (f"col2im {strides} {dilations} {pads}",
               helper.make_node("Col2Im", ["x", "image", "block"], ["y"], strides=strides,
                                dilations=dilations, pads=pads), {"x": x},
               {"image": np.array(image, np.int64), "block": np.array(block, np.int64)})


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for family in (fourier, frames, mel_filters, determinants, resizes, slices, grids,
                       columns):
            for case in family(np.random.default_rng(0)):
                failures.append(check(pathlib.Path(folder), *case))
    return oracle.report(failures)


if __name__ == "__main__":
    sys.exit(main())
