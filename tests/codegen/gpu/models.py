"""python models.py FOLDER: writes mlp.onnx, chain.onnx and host.onnx, the models of ptx.test."""
import pathlib
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper


def _save(path, nodes, shape, weights):
    rng = np.random.default_rng(0)
    graph = helper.make_graph(
        nodes, path.stem, [helper.make_tensor_value_info("x", 1, shape)],
        [helper.make_tensor_value_info("y", 1, None)],
        [numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
         for name, shape in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(onnx.shape_inference.infer_shapes(model), path)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    node = helper.make_node
    _save(folder / "mlp.onnx",
          [node("Gemm", ["x", "w0", "b0"], ["g"]), node("Relu", ["g"], ["h"]),
           node("MatMul", ["h", "w1"], ["y"])], ["batch", 64],
          {"w0": [64, 128], "b0": [128], "w1": [128, 10]})
    _save(folder / "chain.onnx",
          [node("Exp", ["x"], ["a"]), node("Add", ["a", "x"], ["b"]), node("Tanh", ["b"], ["y"])],
          [64, 100], {})
    _save(folder / "host.onnx",
          [node("MatMul", ["x", "w"], ["a"]), node("Softmax", ["a"], ["y"], name="prob")],
          [32, 64], {"w": [64, 20]})
    _save(folder / "none.onnx", [node("Softmax", ["x"], ["y"])], [32, 64], {})


if __name__ == "__main__":
    main()
