"""python -m tests.tools.ingot.quantized [CLASS], with the program `ingot` in PATH.

Quantized graphs, as quantizers write them, run on integer kernels: no product of theirs is left to
floats. The numbers are compared by tests.conformance.
"""
import collections
import os
import pathlib
import re
import unittest

import onnx

from tests.models import MODELS

from .program import ProgramTest

PRODUCTS = ("Conv", "Gemm", "MatMul", "QLinearConv", "QLinearMatMul", "QGemm")
# What the CPU has for sums of 8-bit products, and what saturates.
INSTRUCTIONS = {"x86-64-v3": r"\bvpmaddwd\b", "sapphirerapids": r"\bvpdpbusd\b"}
SATURATING = r"\bvpmaddubsw\b|\bvpdpbusds\b|\bvpdpwssds\b"


class QuantizedTest(ProgramTest):
    def check(self, path):
        counts = collections.Counter(node.op_type for node in onnx.load(path).graph.node)
        products = sum(counts[each] for each in PRODUCTS)
        self.assertGreater(products, 1)
        said = self.ingot("compile", path, "-o", "m.mlir").stderr
        text = (self.folder / "m.mlir").read_text()
        made = re.findall(r"ingot\.(conv_integer|matmul_integer) .*: \(tensor<([^>]*)>, "
                          r"tensor<([^>]*)>", text)
        # A data-dependent correction is a sum of products too, hence "at least".
        self.assertGreaterEqual(len(made), products)
        for _, left, right in made:
            self.assertRegex(f"{left} {right}", r"^\S*[su]i8 \S*[su]i8$")
        self.assertEqual(re.findall(r"ingot\.(?:matmul|conv|conv_transpose|recurrence) .*", text),
                         [], said)
        for cpu, instruction in INSTRUCTIONS.items():
            said = self.ingot("compile", path, "-o", "m.s", f"--cpu={cpu}").stderr
            self.assertNotIn("by reference lowerings", said)
            code = (self.folder / "m.s").read_text()
            self.assertRegex(code, instruction)
            self.assertNotRegex(code, SATURATING)


class Models(QuantizedTest):
    """Small forms of those of tests.models."""

    def test_run_on_integers(self):
        for name in "qdq_mlp", "qdq_resnet", "qoperator_resnet":
            with self.subTest(name):
                model, _ = MODELS[name]("small")
                (self.folder / "model.onnx").write_bytes(model.SerializeToString())
                self.check(self.folder / "model.onnx")


class Exports(QuantizedTest):
    """What a quantizer wrote; $INGOT_EXPORTS says where."""

    def test_run_on_integers(self):
        for name in "quant_mlp_qdq", "quant_resnet18_qdq_perchannel", "quant_resnet18_qoperator":
            with self.subTest(name):
                self.check(pathlib.Path(os.environ["INGOT_EXPORTS"]) / name / "model.onnx")


if __name__ == "__main__":
    unittest.main()
