"""Pools between a convolution and Flatten, against onnxruntime.

The convolution gives channels-last, Flatten takes row-major. Needs `ingot` in PATH. Channel counts
are below, at and above whole vectors.
"""
import pathlib
import sys
import tempfile

import numpy as np
from onnx import helper

from tests import oracle

POOLS = {
    "max": ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    "max ceil": ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}),
    "average": ("AveragePool", {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1]}),
    "average with padding": ("AveragePool", {"kernel_shape": [2, 2], "pads": [1, 1, 0, 0],
                                             "count_include_pad": 1}),
}


def build(channels, pool, attributes):
    """image -> Conv -> Relu -> pool -> Flatten."""
    rng = np.random.default_rng(channels)
    weight = rng.standard_normal((channels, 3, 3, 3)).astype(np.float32)
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"]),
             helper.make_node("Relu", ["c"], ["r"]),
             helper.make_node(pool, ["r"], ["p"], **attributes),
             helper.make_node("Flatten", ["p"], ["y"])]
    made = oracle.model(nodes, {"x": [2, 3, 9, 11]}, {"w": weight})
    return made, rng.standard_normal((2, 3, 9, 11))


def check(folder, name, channels, pool, attributes):
    """One message where something is wrong, else none."""
    model, x = build(channels, pool, attributes)
    x = x.astype(np.float32)
    return oracle.compare(folder, name, model, {"x": x}, oracle.near(1e-4, 1e-4), vectorized=True)


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (pool, attributes) in POOLS.items():
            for channels in (5, 16, 37):
                failures.append(check(pathlib.Path(folder), f"{name}, {channels} channels",
                                      channels, pool, attributes))
    return oracle.report(failures)


if __name__ == "__main__":
    sys.exit(main())
