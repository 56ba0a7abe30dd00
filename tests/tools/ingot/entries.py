"""python -m tests.tools.ingot.entries, with the program `ingot` in PATH.

Bounded dimensions, several entry points over one copy of the weights, and states.
"""
import re
import unittest

import numpy as np
from onnx import numpy_helper, parser

from .program import ProgramTest


def perceptron():
    """y = x w v v for any number of rows."""
    model = parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[rows, 4] x) => (float[rows, 3] y) {
  m = MatMul(x, w)
  n = MatMul(m, v)
  y = MatMul(n, v)
}""")
    for name, rows in ("w", 4), ("v", 3):
        values = np.random.default_rng(rows).standard_normal((rows, 3)).astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(values, name))
    return model


def appender():
    """A list of rows that grows by those of x, and their sums."""
    return parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[2, n, 3] x, float[2, kept, 3] past, int64[2] other, string[2] words)
    => (float[2, m, 3] present, float[2, 1, 3] total, float[2, m, 4] wide, int64[2] next,
        float[2, c, 3] born, string[2] said)
    <int64[1] axis = {1}, int64[6] pads = {0, 0, 0, 0, 0, 1}, float zero = {0},
     int64[1] two = {2}, int64[1] three = {3}> {
  present = Concat<axis = 1>(past, x)
  total = ReduceSum(present, axis)
  wide = Pad(present, pads)
  next = Identity(other)
  said = Identity(words)
  positive = Greater(x, zero)
  at = NonZero(positive)
  shape = Shape<start = 1>(at)
  whole = Concat<axis = 0>(two, shape, three)
  one = Constant<value_float = 1.0>()
  born = Expand(one, whole)
}""")


def two_rates():
    """A branch for rows of 4 and one for rows of 6, as models for several sample rates have."""
    return parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[1, n] x, bool short) => (float[1, 2] y)
    <float[4, 2] v = {1, 2, 3, 4, 5, 6, 7, 8}, float[6, 2] w = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}> {
  [rate] y = If(short) <then_branch = a () => (float[1, 2] s) { [four] s = MatMul(x, v) },
                        else_branch = b () => (float[1, 2] t) { [six] t = MatMul(x, w) }>
}""")


class BranchTest(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "r.onnx").write_bytes(two_rates().SerializeToString())
        np.save(self.folder / "x.npy", np.ones((1, 4), np.float32))
        for name in True, False:
            np.save(self.folder / f"{name}.npy", np.bool_(name))

    def test_a_branch_that_given_shapes_do_not_fit_is_required_not_to_be_taken(self):
        done = self.ingot("compile", "r.onnx", "-o", "r.so", "--shape=x:1x4")
        self.assertRegex(done.stderr, r"warning: node 'rate' \(If\): its else_branch has no run with "
                                      r"the shapes given \(.*node 'six' \(MatMul\)")
        self.ingot("run", "r.so", "--input", "x=x.npy", "--input", "short=True.npy",
                   "--output-dir", ".")
        np.testing.assert_array_equal(np.load(self.folder / "y.npy"), [[16, 20]])
        message = self.error("run", "r.so", "--input", "x=x.npy", "--input", "short=False.npy",
                             status=1)
        self.assertIn("a branch of the model that is not valid", message)

    def test_shapes_that_no_branch_fits_are_an_error_of_both(self):
        message = self.error("compile", "r.onnx", "-o", "r.so", "--shape=x:1x5", status=1)
        self.assertIn("node 'four'", message)
        self.assertIn("node 'six'", message)


class EntryTest(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "m.onnx").write_bytes(perceptron().SerializeToString())
        (self.folder / "s.onnx").write_bytes(appender().SerializeToString())

    def save(self, name, shape):
        np.save(self.folder / name, np.ones(shape, np.float32))
        return name


class Bounds(EntryTest):
    def test_are_checked_before_anything_runs(self):
        self.ingot("compile", "m.onnx", "-o", "m.so", "--shape=x:2..9x4")
        for rows in 2, 9:
            self.ingot("run", "m.so", "--input", f"x={self.save('x.npy', (rows, 4))}")
        for rows, what in (1, "at least 2, but is 1"), (10, "at most 9, but is 10"):
            message = self.error("run", "m.so", "--input", f"x={self.save('x.npy', (rows, 4))}",
                                 "--output-dir=out", status=1)
            self.assertIn(f"input 'x', dimension 0 ('rows') must be {what}", message)
        self.assertNotIn("out", self.files())

    def test_bound_the_arena(self):
        """Without a bound the arena is planned in every run, with one it is known."""
        for shape, dynamic in ("?x4", True), ("1..64x4", False):
            self.ingot("compile", "m.onnx", "-o", "m.so", "--reference", f"--shape=x:{shape}")
            arena, buffers = re.search(r"arena (\d+) bytes.* (\d+) buffers of dynamic size",
                                       self.ingot("inspect", "m.so").stdout).groups()
            self.assertEqual(int(buffers) > 0 and int(arena) == 0, dynamic, shape)

    def test_are_those_of_the_symbols(self):
        """The end of a slice, as tf2onnx writes "all", is no bound."""
        model = parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[rows, 4] x) => (float[r, 4] y)
    <int64[1] from = {0}, int64[1] to = {1000000000}> {
  s = Slice(x, from, to, from)
  t = Softmax(s)
  y = Softmax(t)
}""")
        (self.folder / "all.onnx").write_bytes(model.SerializeToString())
        self.ingot("compile", "all.onnx", "-o", "all.so")
        self.assertIn(" arena 0 bytes", self.ingot("inspect", "all.so").stdout)
        self.ingot("run", "all.so", "--input", f"x={self.save('x.npy', (5, 4))}")


class Entries(EntryTest):
    def test_share_one_copy_of_the_weights(self):
        weights = []
        for shapes in [["--shape=x:1x4"], ["--shape=x:1x4", "--shape=x:2..8x4", "--shape=x:?x4"]]:
            self.ingot("compile", "m.onnx", "-o", "m.so", *shapes)
            text = self.ingot("inspect", "m.so").stdout
            self.assertEqual(text.count("entry point"), len(shapes))
            weights.append(re.search(r"weights \d+", text).group())
        self.assertEqual(*weights)

    def test_are_chosen_by_name_or_by_what_the_inputs_fit(self):
        self.ingot("compile", "m.onnx", "-o", "m.so", "--shape=x:1x4", "--shape=x:2..8x4")
        run = "run", "m.so", "--input", f"x={self.save('x.npy', (5, 4))}"
        self.assertIn("float[5,3]", self.ingot(*run).stdout)
        self.assertIn("float[5,3]", self.ingot(*run, "--entry=main2").stdout)
        self.assertIn("has 1 as dimension 0, but got 5",
                      self.error(*run, "--entry=main", status=1))
        self.assertIn("there is 'main', 'main2'", self.error(*run, "--entry=x", status=2))
        run = "run", "m.so", "--input", f"x={self.save('x.npy', (9, 4))}"
        self.assertIn("has 1 as dimension 0, but got 9", self.error(*run, status=1))

    def test_are_numbers_in_the_header(self):
        self.ingot("compile", "m.onnx", "-o", "m.o", "--name=net", "--shape=x:1x4",
                   "--shape=x:2..8x4")
        header = (self.folder / "m.h").read_text()
        self.assertIn("#define NET_ENTRY_MAIN 0\n", header)
        self.assertIn("#define NET_ENTRY_MAIN2 1\n", header)
        self.assertIn("input 0, 'x': float[rows (2 to 8), 4]", header)
        self.assertNotIn("_run(", header)


class States(EntryTest):
    def test_are_kept_until_they_are_full(self):
        self.ingot("compile", "s.onnx", "-o", "s.so", "--state=past:present:1=5")
        text = self.ingot("inspect", "s.so").stdout
        self.assertIn("state 'past': float[2, up to 5, 3]", text)
        inputs = ["--input", f"x={self.save('x.npy', (2, 6, 3))}"]
        self.assertIn("state 'past' has room for 5 along dimension 1, but needs 6",
                      self.error("run", "s.so", *inputs, status=1))

    def test_that_cannot_be_kept_are_an_error(self):
        for spec, message in [
                ("gone:present:1=4", "'gone' is no input of the model"),
                ("past:gone:1=4", "'gone' is no output of the model"),
                ("past:present", "dimension 1 of 'past' must be fixed"),
                ("past:present:3=4", "expected an axis below the rank of 3, but got 3"),
                ("past:wide:1=4", "dimension 2 is 3 in the input, but 4 in the output"),
                ("past:next:1=4", "one type, but got float of rank 3 and int64 of rank 1"),
                ("past:born:1=4", "known only inside the run"),
                ("words:said", "expected tensors of numbers"),
                ("other:next:0=4", "dimension 0 is fixed at 2")]:
            with self.subTest(spec):
                self.assertIn(message, self.error("compile", "s.onnx", "-o", "s.so",
                                                  f"--state={spec}", status=1))
        self.assertIn("belongs to another state already",
                      self.error("compile", "s.onnx", "-o", "s.so", "--state=past:present:1=4",
                                 "--state=past:total:1=4", status=1))
        self.error("compile", "s.onnx", "-o", "s.so", "--state=past", status=2)
        self.assertEqual(self.files(), ["m.onnx", "s.onnx"])


if __name__ == "__main__":
    unittest.main()
