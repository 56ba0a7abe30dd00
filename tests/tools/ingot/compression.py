"""--quantize=dynamic-int8 and --prune=magnitude:0.8 on the MLP and the Keras CNN in full size.

The stated tolerance of dynamic-int8 on these two: probabilities within 0.03 of the float model's,
and the same class first. Pruning is checked against onnxruntime on the model pruned by numpy.
"""
import re
import unittest

import numpy as np
import onnx
from onnx import numpy_helper

from tests.models import MODELS, dataset, reference

from .program import ProgramTest

NAMES = ("mlp_batch", "keras_cnn")


def layers(model):
    """Products and convolutions, by the names of their weights."""
    return {each.input[1]: each for each in model.graph.node
            if each.op_type in ("Gemm", "MatMul", "Conv")}


def weight_sizes(model):
    return [int(np.prod(each.dims)) for each in model.graph.initializer
            if each.name in layers(model)]


def layer_names(model):
    return [each.name for each in layers(model).values()]


def prune(model, fraction):
    """The smallest of every weight of a product or convolution become 0; equal ones in order."""
    pruned = onnx.ModelProto()
    pruned.CopyFrom(model)
    weights = layers(model)
    for tensor in pruned.graph.initializer:
        if tensor.name in weights:
            value = numpy_helper.to_array(tensor).copy()
            order = np.argsort(np.abs(value), axis=None, kind="stable")
            value.reshape(-1)[order[:round(fraction * value.size)]] = 0
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
    return pruned


class Compression(ProgramTest):
    def write(self, name):
        """The model with its data; its outputs per sample."""
        model, samples = MODELS[name]("full")
        outputs = reference.outputs(model, samples)
        dataset.write(self.folder / name, model, samples, outputs)
        return model, samples, [each[0] for each in outputs]

    def compiled(self, name, *flags):
        """Size of the artifact, whose kernels must all be fast ones."""
        artifact = self.folder / f"{name}.so"
        self.said = self.ingot("compile", self.folder / name / "model.onnx", "-o", artifact,
                               *flags).stderr
        self.assertNotIn("reference lowering", self.said)
        return int(re.search(r"(\d+) bytes of weights", self.said).group(1))

    def results(self, name, samples):
        for sample in samples:
            inputs = []
            for key, value in sample.items():
                np.save(self.folder / "in.npy", value)
                inputs += ["--input", f"{key}={self.folder / 'in.npy'}"]
            for old in self.folder.glob("out/*"):
                old.unlink()
            self.ingot("run", self.folder / f"{name}.so", *inputs, "--output-dir", "out")
            yield np.load(next(self.folder.glob("out/*.npy")))

    def test_eight_bits_are_smaller_and_close(self):
        for name in NAMES:
            _, samples, expected = self.write(name)
            whole = self.compiled(name)
            small = self.compiled(name, "--quantize=dynamic-int8")
            self.assertLess(small, whole / 3, name)
            clear = 0
            for got, wanted in zip(self.results(name, samples), expected):
                self.assertLess(np.abs(got - wanted).max(), 0.03, name)
                # Beyond twice the tolerance between the first two, their order must be kept.
                best = wanted.max(axis=-1) - np.sort(wanted, axis=-1)[:, -2] > 0.06
                clear += best.sum()
                self.assertTrue((got.argmax(-1) == wanted.argmax(-1))[best].all(), name)
            self.assertGreater(clear, 0, f"{name}: no sample has a class that is clearly first")
            self.ingot("verify", self.folder / f"{name}.so", "--data", self.folder / name,
                       "--rtol", "0.03", "--atol", "0.03")

    def test_pruned_models_are_those_that_numpy_prunes(self):
        for name in NAMES:
            model, samples, plain = self.write(name)
            expected = reference.outputs(prune(model, 0.8), samples)
            self.compiled(name, "--prune=magnitude:0.8")
            # Each layer says what was made of it: its name, and numbers that add up.
            lines = re.findall(r"^(.*): (\d+) of (\d+) weights are 0$", self.said, re.MULTILINE)
            sizes = [int(total) for _, _, total in lines]
            self.assertEqual(sorted(sizes), sorted(weight_sizes(model)), self.said)
            self.assertEqual([int(zeros) for _, zeros, _ in lines],
                             [round(0.8 * size) for size in sizes])
            for (line, _, _), node in zip(sorted(lines), sorted(layer_names(model))):
                self.assertIn(node, line)
            for got, wanted, whole in zip(self.results(name, samples), expected, plain):
                np.testing.assert_allclose(got, wanted[0], rtol=1e-4, atol=1e-6, err_msg=name)
                self.assertGreater(np.abs(got - whole).max(), 1e-3, name)


if __name__ == "__main__":
    unittest.main()
