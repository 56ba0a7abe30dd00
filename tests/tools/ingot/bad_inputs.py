"""python -m tests.tools.ingot.bad_inputs, with the program `ingot` in PATH.

Bad models and bad values, by the rows of the list of bad inputs. TABLE says where each row is
tested; what needs the whole program is here.
"""
import pathlib
import re
import resource
import subprocess
import unittest

import numpy as np
import onnx
from onnx import helper, numpy_helper, parser

from .program import TOOL, ProgramTest

ROOT = pathlib.Path(__file__).resolve().parents[3]
_MALFORMED, _NAMES = "tests/frontend/onnx/MalformedTest.cpp", "tests/frontend/onnx/NamesTest.cpp"
_EXTERNAL = "tests/frontend/onnx/ExternalDataTest.cpp"
_TENSOR, _MODEL = "tests/frontend/onnx/TensorTest.cpp", "tests/frontend/onnx/ModelTest.cpp"
_ERRORS = "tests/frontend/onnx/import/ErrorsTest.cpp"
_CHECKS, _HERE = "tests/runtime/checks_test.cpp", "tests/tools/ingot/bad_inputs.py"
_COMPILING, _ENTRIES = "tests/tools/ingot/compiling.py", "tests/tools/ingot/entries.py"

# Row: (file, names of tests in it).
TABLE = {
    1: [(_MALFORMED, "CutAtEveryByte EveryByteFlipped RandomBytesOverwritten SaysWhere"),
        (_COMPILING, "test_a_failure_leaves_the_old_output")],
    2: [(_MALFORMED, "SizeLimit FileOfManyGigabytes LengthBomb ManySmallNodes")],
    3: [(_TENSOR, "ShapesThatCannotBe"), (_HERE, "test_shapes_that_cannot_be")],
    4: [(_TENSOR, "ShapesThatCannotBe"), (_HERE, "test_shapes_that_cannot_be")],
    5: [(_TENSOR, "RawDataHasExactlyTheLengthOfItsShape DataInTwoPlacesOrTheWrongOne")],
    6: [(_EXTERNAL, "Paths")],
    8: [(_EXTERNAL, "OffsetsAndLengths SizeIsCheckedBeforeUse Overlaps")],
    9: [(_EXTERNAL, "RegularFilesOnly")],
    10: [(_NAMES, "CyclesAreShown Undefined BehindACycle")],
    11: [(_NAMES, "DoNotCallThemselves")],
    12: [(_NAMES, "Duplicates Shadowed Empty")],
    13: [(_MALFORMED, "DeepSubgraphs DeepTypes")],
    15: [(_ERRORS, "ListAllUnsupportedOperatorsInOneRun"),
         (_MODEL, "NewerIrIsUnsupportedButStillRead"),
         (_HERE, "test_all_that_is_unsupported_is_listed")],
    16: [(_ERRORS, "NameTheNodeAndWhatIsExpected"),
         (_HERE, "test_wrong_operands_and_attributes_of_every_operator "
                 "test_attributes_and_constants_out_of_range")],
    17: [(_MODEL, "UndefinedTypesAndEnums")],
    18: [(_ERRORS, "ShowBothShapesWhereTheFileContradictsItself"),
         (_HERE, "test_declared_shapes_that_differ_show_both")],
    19: [(_HERE, "test_small_models_of_huge_tensors")],
    21: [("tests/kinds/edges.py", "zero-size dimensions|rank 0|high rank")],
    22: [(_HERE, "test_constant_indices_out_of_range")],
    23: [(_HERE, "test_hostile_names_in_headers_and_messages"),
         (_COMPILING, "test_hostile_names_are_only_names"),
         ("tests/tools/ingot/embedding.py", "test_hostile_names_are_no_parameters")],
    26: [(_COMPILING, "test_a_full_disk_leaves_the_old_output test_outputs_that_cannot_be_written"),
         ("tests/tools/ingot/commands.py", "test_output_is_never_the_model")],
    31: [(_COMPILING, "test_hostile_names_are_only_names")],
    32: [(_CHECKS, "NumberOfInputs NumberOfOutputs Kind ElementType Rank StaticDimension")],
    33: [(_CHECKS, "DimensionsThatDisagreeNameBothInputs DimensionAboveItsMaximum "
                   "DimensionsWhoseProductLeaves64Bits"),
         (_ENTRIES, "test_are_checked_before_anything_runs"),
         (_HERE, "test_dimensions_that_disagree test_dimensions_whose_product_is_huge "
                 "test_dimensions_that_would_become_negative")],
    34: [(_CHECKS, "ShortInput ShortOutput NullInput OutputOverInput OutputOverOutput "
                   "MisalignedBuffersAreCopied ReadsAndWritesNothingBeyondTheBuffers"),
         ("tests/tools/ingot/calling.py", "test_no_access_beyond_a_buffer_is_in_generated_code")],
}


HOSTILE = ["int", "*/ #error", "new\nline", "\x1b[31mred", "<script>", "a" * 1_000_000, "_Bool",
           "1st", "ü", "a-b", "a_b", "??/", "\\"]


def named(names):
    """A model with inputs, outputs and nodes of these names."""
    nodes, inputs, outputs = [], [], []
    for name in names:
        nodes.append(helper.make_node("Relu", [name], [name + "'"], name))
        inputs.append(helper.make_tensor_value_info(name, 1, [2]))
        outputs.append(helper.make_tensor_value_info(name + "'", 1, [2]))
    graph = helper.make_graph(nodes, names[0], inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Table(unittest.TestCase):
    def test_names_tests_that_exist(self):
        """As definitions: a GoogleTest, a method of unittest, or a row of the table of kinds."""
        for row, places in TABLE.items():
            for file, names in places:
                text = (ROOT / file).read_text()
                for name in names.split("|" if "|" in names else None):
                    name = re.escape(name)
                    kinds = {".cpp": rf"^(TEST|TEST_F|TEST_P|TYPED_TEST)\(\w+, {name}\)",
                             ".py": rf"^    (def {name}\(self|Kind\(\"{name}\",)"}
                    definition = kinds[pathlib.Path(file).suffix]
                    with self.subTest(f"row {row}: {file}"):
                        self.assertRegex(text, f"(?m){definition}")


class BadInputTest(ProgramTest):
    def write(self, model, opset=21, domains=""):
        if isinstance(model, str):
            model = parser.parse_model(
                f'<ir_version: 10, opset_import: ["": {opset}{domains}]>\n{model}')
        (self.folder / "m.onnx").write_bytes(model.SerializeToString())

    def refused(self, model, *expected, status=1, **options):
        """Compiles to one kind of failure, whose message has all of `expected`, and to no file."""
        self.write(model, **options)
        message = self.error("compile", "m.onnx", "-o", "m.so", status=status)
        for text in expected:
            self.assertIn(text, message)
        self.assertEqual(self.files(), ["m.onnx"])
        return message


class Models(BadInputTest):
    def test_shapes_that_cannot_be(self):
        for size, message in (-2, "negative"), (1 << 62, "bits|bytes|large"):
            graph = helper.make_graph(
                [helper.make_node("Relu", ["x"], ["y"], "n")], "g",
                [helper.make_tensor_value_info("x", 1, [size, 8])],
                [helper.make_tensor_value_info("y", 1, None)])
            model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
            self.assertRegex(self.refused(model), message)

    def test_attributes_and_constants_out_of_range(self):
        big = "[4611686018427387904, 1]"
        for body, constants, expected in [
                (f"MaxPool<kernel_shape = {big}>(x)", "", "kernel_shape of at most 2147483647"),
                ("MaxPool<kernel_shape = [0, 1]>(x)", "", "kernel_shape of at least 1"),
                ("Conv<group = 0>(x, w)", "float[1, 1, 1, 1] w = {1}", "group of at least 1"),
                ("DepthToSpace<blocksize = 3>(x)", "", "channels that blocks of 3x3 divide"),
                ("SpaceToDepth<blocksize = 4294967296>(x)", "", "positive blocksize"),
                ("Reshape(x, s)", "int64[2] s = {4611686018427387904, 4611686018427387904}",
                 "do not fit 64 bits"),
                ("Range(a, s, b)", "int64 a = {0}, int64 b = {1}, int64 s = {9223372036854775807}",
                 "do not fit 64 bits"),
                ("Resize(x, no, s, t)", "float[0] no = {}, float[4] s = {1, 1, 1, 1},"
                 " int64[4] t = {1, 4, 4, 4}", "scales or sizes, but got both"),
                ("Clip(x, w)", "float[4] w = {1, 2, 3, 4}", "scalar bounds")]:
            with self.subTest(body):
                constants = f"<{constants}>" if constants else ""
                message = self.refused(f"g (float[1, 4, 4, 4] x) => (y) {constants}"
                                       f" {{ [bad] t1 = {body}\n [after] y = Neg(t1) }}",
                                       "node 'bad' (", expected)
                self.assertEqual(message.count("error: "), 1, message)
        message = self.refused("g (float[2, 3] x) => (y, z) <int64[2] s = {-1, 4}> {\n"
                               "[bad] y, z = Split<axis = 1>(x, s) }", "0 or more elements")
        dims = ", ".join(["1"] * 65)
        self.refused(f"g (float[{dims}] x) => (float[{dims}] y) {{ y = Neg(x) }}",
                     "input 'x': tensors of more than 64 dimensions", status=3)

    def test_all_that_is_unsupported_is_listed(self):
        message = self.refused("""g (float[2] x) => (float[2] y, float[2] z, float[2] w) {
  [one] y = NoSuchOperator(x)
  [two] z = no.such.domain.Thing(x)
  [three] w = Another(x)
}""", "one", "two", "three", status=3, domains=', "no.such.domain": 1')
        self.assertEqual(message.count("nsupported"), 3, message)
        self.refused("g (float[2] x) => (float[2] y) { y = Relu(x) }", "99", status=3, opset=99)

    def test_declared_shapes_that_differ_show_both(self):
        """Of an output or an intermediate the file's word is advice; of an input it is binding."""
        for text in ("g (float[2, 3] x) => (float y) <float[3, 3] t>"
                     " { [turn] t = Transpose(x) [same] y = Identity(t) }",
                     "g (float[2, 3] x) => (double[3] y) { [turn] y = Transpose(x) }"):
            self.write(text)
            done = self.ingot("compile", "m.onnx", "-o", "m.so")
            self.assertIn("m.onnx: warning: node 'turn' (Transpose): ", done.stderr)
            self.assertIn("[3, 2], although the file declares", done.stderr)
            self.assertNotIn("error", done.stderr)
            (self.folder / "m.so").unlink()
        self.refused("g (float[2, 3] x) => (float y) <float[3] x = {1, 2, 3}> { y = Relu(x) }",
                     "[2, 3]", "[3]")

    def test_loops_that_never_end(self):
        for condition, goes_on in ("", "Identity(c)"), ("", "Not(c)"), ("go", "Identity(c)"):
            with self.subTest(condition=condition, goes_on=goes_on):
                self.write(f"""g (float[1] x) => (float[1] y) <bool go = {{1}}> {{
  [round] y = Loop(, {condition}, x)
    <body = b (int64 i, bool c, float[1] v) => (bool d, float[1] w) {{
      d = {goes_on} w = Relu(v) }}> }}""")
                done = self.ingot("compile", "m.onnx", "-o", "m.so")
                self.assertIn("m.onnx: warning: node 'round' (Loop): never ends: it has no trip "
                              "count, and no condition that could become false\n", done.stderr)

    def test_constant_indices_out_of_range(self):
        for number in -4, 3, 1 << 40:
            with self.subTest(number):
                self.refused(f"""g (float[3, 2] x) => (float[1, 2] y)
    <int64[1] at = {{{number}}}> {{ [pick] y = Gather(x, at) }}""", "pick", str(number))
                self.refused(f"""g (float[3, 2] x, float[1, 2] u) => (float[3, 2] y)
    <int64[1, 2] at = {{{number}, 0}}> {{ [put] y = ScatterElements(x, at, u) }}""",
                             "put", str(number))

    def test_small_models_of_huge_tensors(self):
        """A kilobyte that would become terabytes: an artifact or a message, in little memory."""
        bombs = {
            "Tile": "<int64[1] n = {1000000000000}> { t = Tile(x, n)  y = ReduceSum<keepdims=0>(t) }",
            "Expand": "<int64[2] n = {1000000, 1000000}>"
                      " { t = Expand(x, n)  y = ReduceSum<keepdims=0>(t) }",
            "ConstantOfShape": "<int64[1] n = {1000000000000}>"
                               " { t = ConstantOfShape(n)  y = ReduceSum<keepdims=0>(t) }",
            "Range": "<int64 a = {0}, int64 n = {1000000000000}, int64 s = {1}>"
                     " { r = Range(a, n, s)  t = Cast<to=1>(r)  y = ReduceSum<keepdims=0>(t) }",
            "Loop": """<int64 n = {1000000000000}, bool go = {1}> {
  y = Loop(n, go, x) <body = b (int64 i, bool c, float[1] v) => (bool d, float[k] w)
      { w = Concat<axis = 0>(v, v)  d = Identity(c) }> }"""}
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        for name, body in bombs.items():
            with self.subTest(name):
                result = "float[many] y" if name == "Loop" else "float y"
                self.write(f"g (float[1] x) => ({result}) {body}")
                done = subprocess.run([TOOL, "compile", "m.onnx", "-o", "m.so"], cwd=self.folder,
                                      capture_output=True, text=True, preexec_fn=limit,
                                      timeout=60, check=False)
                self.assertIn(done.returncode, (0, 1, 3), done.stderr)
                if done.returncode:
                    self.assertIn("error: ", done.stderr)

    def test_wrong_operands_and_attributes_of_every_operator(self):
        """Every operator without inputs, with one too many, and with each attribute of another
        type: every node is named, and nothing crashes."""
        nodes = []
        for schema in onnx.defs.get_all_schemas():
            if schema.domain or schema.support_level.name == "EXPERIMENTAL" or schema.deprecated:
                continue
            least, most = schema.min_input, schema.max_input
            outputs = max(schema.min_output, 1)
            if least:
                nodes.append((schema, "without_inputs", 0, {}, outputs))
            if most < 100:
                nodes.append((schema, "one_input_too_many", most + 1, {}, outputs))
            nodes.append((schema, "unknown_attribute", least, {"no_such_attribute": 1}, outputs))
            for name, attribute in schema.attributes.items():
                if (schema.name, name) == ("Dropout", "seed"):
                    continue  # nothing is dropped, so nobody reads it
                isText = attribute.type.name in ("STRING", "STRINGS")
                nodes.append((schema, "mistyped_" + name, least, {name: 7 if isText else "seven"},
                              outputs))
        chunk = 15
        missing = []
        for first in range(0, len(nodes), chunk):
            missing += self.checkNodes(nodes[first:first + chunk])
        self.assertEqual(missing, [])

    def checkNodes(self, nodes):
        made, results, names = [], [], []
        for schema, what, count, attributes, outputs in nodes:
            name = f"{schema.name}_{what}"
            values = [f"{name}_{i}" for i in range(outputs)]
            made.append(helper.make_node(schema.name, ["x"] * count, values, name, **attributes))
            results.append(helper.make_value_info(values[0], helper.make_tensor_type_proto(1, None)))
            names.append(name)
        graph = helper.make_graph(made, "g", [helper.make_tensor_value_info("x", 1, [2, 3, 4, 5])],
                                  results)
        self.write(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 28)],
                                     ir_version=10))
        done = subprocess.run([TOOL, "compile", "m.onnx", "-o", "m.so"], cwd=self.folder,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertIn(done.returncode, (1, 3), f"{names}\n{done.stderr}")
        return [name for name in names if name not in done.stderr]


class Names(BadInputTest):
    def test_hostile_names_in_headers_and_messages(self):
        """Row 23: escaped in messages, mangled and cut in headers; embedding.py compiles these."""
        self.write(named(HOSTILE))
        done = self.ingot("compile", "m.onnx", "-o", "m.o", "--name=net")
        self.assertNotIn("\x1b", done.stderr)
        header = (self.folder / "m.h").read_text()
        self.assertLess(len(header), 20_000)
        self.assertNotRegex(header, r"[\x00-\x09\x0b-\x1f\x7f]")
        for name in HOSTILE:
            graph = helper.make_graph([helper.make_node("MatMul", [name], ["y"], name)], "g",
                                      [helper.make_tensor_value_info(name, 1, [2])],
                                      [helper.make_tensor_value_info("y", 1, [2])])
            self.write(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
            message = self.error("compile", "m.onnx", "-o", "n.so", status=1)
            self.assertNotIn("\x1b", message)
            self.assertLess(len(message), 2000)
            self.assertRegex(message.splitlines()[-1], "^m.onnx: error: ")


class Values(BadInputTest):
    """Row 33, in a compiled model: sizes that nothing but the run can compare."""

    def run_with(self, status=0, **shapes):
        flags = []
        for name, shape in shapes.items():
            np.save(self.folder / f"{name}.npy", np.ones(shape, np.float32))
            flags += ["--input", f"{name}={name}.npy"]
        done = self.ingot("run", "m.so", *flags, status=status)
        return done.stdout if status == 0 else done.stderr

    def compile(self, text):
        self.write(text)
        self.ingot("compile", "m.onnx", "-o", "m.so")

    def test_dimensions_that_disagree(self):
        for body, good, bad in [
                ("[sum] y = Add(a, b)", [(4, 3), (4, 3)], [(4, 3), (2, 3)]),
                ("[sum] y = Add(a, b)", [(4, 3), (1, 3)], [(3, 3), (3, 4)]),
                ("[sum] y = MatMul(a, b)", [(2, 3), (3, 5)], [(2, 3), (4, 5)]),
                ("[sum] y = Concat<axis = 0>(a, b)", [(2, 3), (7, 3)], [(2, 3), (2, 4)]),
                ("s = Shape(b)\n[sum] y = Reshape(a, s)", [(6, 2), (3, 4)], [(6, 2), (3, 3)])]:
            with self.subTest(body):
                self.compile(f"g (float[p, q] a, float[r, s] b) => (float[t, u] y) {{ {body} }}")
                self.run_with(a=good[0], b=good[1])
                message = self.run_with(status=1, a=bad[0], b=bad[1])
                self.assertRegex(message, "do not fit each other: node 'sum'.* must be ")

    def test_dimensions_that_disagree_in_a_branch_not_taken(self):
        self.compile("""g (float[p] a, float[r] b) => (float[t] y)
    <int64[1] zero = {0}, int64[1] one = {1}> {
  n = Shape(b)
  few = Less(n, one)
  flag = Squeeze(few)
  y = If(flag) <then_branch = t () => (float[k] u) { [sum] u = Add(a, b) },
                else_branch = e () => (float[l] v) { v = Relu(a) }>
}""")
        self.run_with(a=(4,), b=(2,))

    def test_dimensions_that_would_become_negative(self):
        """Windows larger than what they slide over, in a model and in one of its branches."""
        window = "float[1, 1, 5] w = {1, 2, 3, 4, 5}"
        self.compile(f"""g (float[1, 1, n] x) => (float[1, 1, m] y) <{window}> {{
  [slide] c = Conv<strides = [2]>(x, w)
  y = Relu(c)
}}""")
        self.assertIn("generated float[1,1,4]", self.ingot("run", "m.so").stderr)
        self.assertIn("2 runs", self.ingot("bench", "--runs=2", "m.so").stdout)
        for length in 5, 4, 3:
            self.run_with(x=(1, 1, length))
        for length in 0, 1, 2:
            message = self.run_with(status=1, x=(1, 1, length))
            self.assertRegex(message, "do not fit .*node 'slide'.* must not be negative")
        self.compile(f"""g (float[1, 1, n] x, float[k] flag) => (float z)
    <{window}, int64[1] one = {{1}}> {{
  size = Shape(flag)
  few = Less(size, one)
  short = Squeeze(few)
  y = If(short) <then_branch = t () => (float[1, 1, p] u) {{ u = Neg(x) }},
                 else_branch = e () => (float[1, 1, q] v) {{ [slide] v = Conv(x, w) }}>
  z = ReduceSum<keepdims = 0>(y)
}}""")
        self.run_with(x=(1, 1, 8), flag=(1,))
        self.run_with(x=(1, 1, 1), flag=(0,))
        message = self.run_with(status=1, x=(1, 1, 1), flag=(1,))
        self.assertRegex(message, "do not fit .*node 'slide'.* must not be negative")

    def test_dimensions_whose_product_is_huge(self):
        """No elements go in, but what the model makes of them would not fit any memory."""
        self.compile("""g (float[p, q] a, float[q, r] b) => (float z) {
  c = MatMul(a, b)
  d = Softmax<axis = 0>(c)
  e = Softmax<axis = 1>(d)
  z = ReduceMax<keepdims = 0>(e)
}""")
        self.run_with(a=(4, 3), b=(3, 5))
        message = self.run_with(status=1, a=(1 << 40, 0), b=(0, 1 << 40))
        self.assertRegex(message, "memory|bytes|bounds")


if __name__ == "__main__":
    unittest.main()
