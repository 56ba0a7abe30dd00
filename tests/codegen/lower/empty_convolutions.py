"""Convolutions whose weights have a dimension of 0: sums of nothing, and so the bias.

Needs `ingot` in PATH. onnxruntime refuses most of them; what they give follows from the formula.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from onnx import helper, numpy_helper

# Operator, x, weights, attributes, the result's shape.
ROWS = [("Conv", [1, 3, 8, 8], [0, 3, 3, 3], {}, [1, 0, 6, 6]),
        ("Conv", [1, 0, 8, 8], [4, 0, 3, 3], {}, [1, 4, 6, 6]),
        ("Conv", [1, 0, 8, 8], [4, 0, 1, 1], {}, [1, 4, 8, 8]),
        ("Conv", [1, 4, 8, 8], [0, 1, 3, 3], {"group": 4}, [1, 0, 6, 6]),
        ("Conv", [2, 0, 8], [4, 0, 3], {}, [2, 4, 6]),
        ("ConvTranspose", [1, 3, 8, 8], [3, 0, 3, 3], {}, [1, 0, 10, 10]),
        ("ConvTranspose", [1, 0, 8, 8], [0, 4, 3, 3], {}, [1, 4, 10, 10]),
        ("ConvTranspose", [1, 0, 8, 8], [0, 4, 2, 2], {"strides": [2, 2]}, [1, 4, 16, 16])]


def check(folder, operator, shape, weights, attributes, wanted, batch):
    name = f"{operator} {shape} {weights} {attributes} {batch}"
    bias = np.arange(1, wanted[1] + 1, dtype=np.float32)
    graph = helper.make_graph(
        [helper.make_node(operator, ["x", "w", "b"], ["y"], **attributes)], "g",
        [helper.make_tensor_value_info("x", 1, [batch, *shape[1:]])],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(np.zeros(weights, np.float32), "w"),
         numpy_helper.from_array(bias, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    (folder / "m.onnx").write_bytes(model.SerializeToString())
    np.save(folder / "x.npy", np.ones(shape, np.float32))
    done = subprocess.run(["ingot", "run", folder / "m.onnx", f"--input=x={folder / 'x.npy'}",
                           "--output-dir", folder], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"{name}: status {done.returncode} {done.stderr[-300:]}"
    got = np.load(folder / "y.npy")
    expected = np.broadcast_to(bias.reshape(-1, *[1] * (len(shape) - 2)), wanted)
    return None if np.array_equal(got, expected) else f"{name}: {got.shape} {got.ravel()[:5]}"


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for row in ROWS:
            for batch in row[1][0], "n":
                failures.append(check(pathlib.Path(folder), *row, batch))
    failures = [each for each in failures if each]
    print("\n".join(failures) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
