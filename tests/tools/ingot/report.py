"""--report, --time-report and --save-temps: what they say of a compilation.

No kernel of a benchmark model may use a reference lowering; the report names each that does.
"""
import html.parser
import json
import unittest

import numpy as np
import onnx
from onnx import helper

from tests.models import MODELS, real
from tools.bench.bars import JUDGED, SMALLEST

from .compiling import small_model
from .program import ProgramTest

HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "&amp;", "'", "\x1b[31m",
           "new\nline", "</td></table>", "ü", "<!--", "a" * 100_000]


class ReportTest(ProgramTest):
    def report(self, model, *flags, output="m.so"):
        """What --report says of compiling a ModelProto, in both forms."""
        path = self.folder / "model.onnx"
        if model is not None:
            path.write_bytes(model.SerializeToString())
        self.ingot("compile", path, "-o", output, "--name=net", "--report=r.json", *flags)
        return json.loads((self.folder / "r.json").read_text())


class Benchmarks(ReportTest):
    def test_no_kernel_uses_a_reference_lowering(self):
        """In the form that is measured, with fixed shapes, and as the file says, with dynamic ones."""
        found, absent = [], []
        for name in [*JUDGED, *SMALLEST, "alexnet_lrn", "bert_dynamic", "lstm", "bilstm", "wavenet",
                     "dcgan", "diffusion_unet", "dlrm"]:
            try:
                model, samples = {**MODELS, **real.REAL}[name]("small")
            except real.Unavailable as why:
                absent.append(str(why))
                continue
            fixed = [f"--shape={each.name}:{'x'.join(map(str, samples[0][each.name].shape))}"
                     for each in model.graph.input
                     if each.name in samples[0] and samples[0][each.name].ndim]
            for flags in fixed, []:
                # Kernels are lowered for the report, but nothing is emitted.
                report = self.report(model, *flags, output="m.mlir")
                self.assertTrue(report["kernels"], name)
                slow = [each for each in report["kernels"] if each["reference"]]
                self.assertEqual(report["reference_kernels"], len(slow))
                found += [f"{name} {flags}: {each['name']} {each['operators']} {each['nodes']}"
                          for each in slow]
        self.assertEqual(found, [], "\n".join(found))
        # A test that lit runs cannot be half skipped: it would count as passed.
        self.assertEqual(absent, [], "not checked")


class Reference(ReportTest):
    def test_every_kernel_is_named_with_reference(self):
        """Also those that are one algorithm by nature (TopK), and element-wise ones."""
        model = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["" : 17]>
g (float[4, 64] x) => (float[4, 64] y, float[4, 64] e, float[4, 3] values, int64[4, 3] indices)
    <float[64, 64] w, int64[1] k = {3}> {
  [product] p = MatMul(x, w)
  [rows] s = Softmax(p)
  [sums] r = ReduceSum<keepdims = 1>(p)
  y = Sub(s, r)
  [chain] e = Exp(x)
  [best] values, indices = TopK(p, k)
}""")
        model.graph.initializer.append(onnx.numpy_helper.from_array(
            np.eye(64, dtype=np.float32), "w"))
        fast, slow = self.report(model), self.report(None, "--reference")
        self.assertEqual({each["lowering"] for each in fast["kernels"]},
                         {"tiled", "rows", "body", "pointwise"})
        self.assertEqual(fast["reference_kernels"], 0)
        self.assertEqual({each["lowering"] for each in slow["kernels"]}, {"reference"})
        self.assertEqual(slow["reference_kernels"], len(slow["kernels"]))
        self.assertEqual(slow["changes_numbers"], ["--reference: sums in another order"])
        nodes = " ".join(node for each in slow["kernels"] for node in each["nodes"])
        for node in "product", "rows", "sums", "chain", "best":
            self.assertIn(f"node '{node}'", nodes)

    def test_scalar_loops_are_called_by_their_name(self):
        """Of complex numbers and packed ones there are no vectors."""
        graph = onnx.parser.parse_model("""<ir_version: 10, opset_import: ["" : 21]>
g (float[8, 8] x) => (int4[8, 8] y) <float scale = {0.1}, int4 zero = {0}> {
  [pack] y = QuantizeLinear(x, scale, zero)
}""")
        report = self.report(graph)
        self.assertEqual([(each["lowering"], each["reference"]) for each in report["kernels"]],
                         [("reference", True)])


class Contents(ReportTest):
    def test_the_facts_of_a_small_model(self):
        model = onnx.load_from_string(small_model(3))
        report = self.report(model, "--cpu=x86-64-v3")
        self.assertEqual((report["name"], report["emit"]), ("net", "shared"))
        self.assertEqual(report["target"]["cpu"], "x86-64-v3")
        entry, = report["entries"]
        self.assertEqual(entry["inputs"], [{"name": "x", "type": "float", "dims": [2, 4],
                                            "state": False}])
        self.assertEqual([each["name"] for each in entry["outputs"]], ["y"])
        self.assertEqual(report["sizes"]["artifact"], (self.folder / "m.so").stat().st_size)
        self.assertEqual([each["name"] for each in report["phases"]],
                         ["import", "fuse", "plan", "emit", "link"])
        self.assertEqual(len(report["kernels"]), 3)
        for kernel, rows in zip(report["kernels"], (4, 5, 6)):
            self.assertEqual(kernel["anchor"], "matmul")
            self.assertEqual(kernel["operators"], ["matmul", "max"])
            self.assertEqual((kernel["lowering"], kernel["launches"]), ("tiled", 1))
            self.assertEqual(kernel["weight_bytes"], rows * 16 * 4)  # panels are 16 wide
        self.assertEqual(sum(each["weight_bytes"] for each in report["kernels"]),
                         report["sizes"]["weights"])
        self.assertEqual((report["changes_numbers"], report["compression"]), ([], []))

    def test_equal_layers_are_one_kernel_with_all_nodes(self):
        model, _ = MODELS["bert"]("small")
        report = self.report(model, "-O1")
        shared = [each for each in report["kernels"] if each["launches"] > 1]
        self.assertTrue(shared)
        for kernel in report["kernels"]:
            self.assertEqual(len(kernel["nodes"]), kernel["launches"])

    def test_dynamic_dimensions_have_their_names(self):
        model = onnx.parser.parse_model('<ir_version: 8, opset_import: ["" : 17]> '
                                        "g (float[batch, 4] x) => (float[batch, 4] y) "
                                        "{ y = Relu(x) }")
        entry, = self.report(model)["entries"]
        self.assertEqual(entry["inputs"][0]["dims"], ["batch", 4])

    def test_compression_layer_by_layer(self):
        model, _ = MODELS["mlp_batch"]("full")
        report = self.report(model, "--quantize=dynamic-int8", "--prune=magnitude:0.8")
        self.assertEqual(report["changes_numbers"],
                         ["--quantize=dynamic-int8", "--prune=magnitude:0.8"])
        pruned, small = [[each for each in report["compression"] if each["method"] == method]
                         for method in ("prune", "dynamic-int8")]
        self.assertEqual([each["weights"] for each in pruned], [1024 * 100, 100 * 10])
        for layer in pruned:
            self.assertEqual(layer["zeroed"], round(0.8 * layer["weights"]))
        self.assertEqual([(each["weights"], each["bits"]) for each in small], [(1024 * 100, 8)])
        self.assertRegex(pruned[0]["node"], r"^node '.*' \(\w+\)$")

    def test_forms_without_code_have_kernels_too(self):
        for output in "m.mlir", "m.ll", "m.o":
            (self.folder / "m.onnx").write_bytes(small_model())
            self.ingot("compile", "m.onnx", "-o", output, "--report=r.json")
            report = json.loads((self.folder / "r.json").read_text())
            self.assertEqual([each["lowering"] for each in report["kernels"]], ["tiled"])
            self.assertEqual(report["sizes"]["artifact"], (self.folder / output).stat().st_size)


class Page(ReportTest):
    def test_names_are_text(self):
        """Row 23: no name of the model or a file is markup, a control character or endless."""
        nodes, inputs, outputs = [], [], []
        for name in HOSTILE:
            nodes.append(helper.make_node("Exp", [name], [name + "!"], name))
            inputs.append(helper.make_tensor_value_info(name, 1, [name, 2]))
            outputs.append(helper.make_tensor_value_info(name + "!", 1, [name, 2]))
        graph = helper.make_graph(nodes, "g", inputs, outputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path = self.folder / "<b>&.onnx"
        path.write_bytes(model.SerializeToString())
        self.ingot("compile", path, "-o", "m.so", "--report=r.html")
        page = (self.folder / "r.html").read_text(encoding="utf-8")
        tags, texts = set(), []
        parser = html.parser.HTMLParser()
        parser.handle_starttag = lambda tag, _: tags.add(tag)
        parser.handle_data = texts.append
        parser.handle_comment = lambda text: self.fail(text)
        parser.feed(page)
        parser.close()
        self.assertEqual(tags, {"html", "head", "meta", "style", "title", "body", "h1", "h2", "p",
                                "table", "thead", "tbody", "tr", "th", "td"})
        shown = "".join(texts)
        for name in "<script>alert(1)</script>", "&amp;", "</td></table>", "ü", "<b>&.onnx":
            self.assertIn(name, shown)
        self.assertNotRegex(page, r"[\x00-\x09\x0b-\x1f\x7f]|https?:")
        self.assertLess(len(page), 100_000)
        self.ingot("compile", path, "-o", "m.so", "--report=r.json")
        names = [each["name"] for each in
                 json.loads((self.folder / "r.json").read_text())["entries"][0]["inputs"]]
        self.assertEqual(len(names), len(HOSTILE))

    def test_the_page_says_what_the_data_says(self):
        (self.folder / "m.onnx").write_bytes(small_model(2))
        self.ingot("compile", "m.onnx", "-o", "m.so", "--reference", "--report=r.html")
        page = (self.folder / "r.html").read_text(encoding="utf-8")
        self.assertIn("2 distinct, 2 of them by reference lowerings", page)
        self.assertEqual(page.count('<tr class="reference">'), 2)


class Files(ReportTest):
    def setUp(self):
        super().setUp()
        (self.folder / "m.onnx").write_bytes(small_model())

    def test_a_failure_leaves_old_files(self):
        (self.folder / "r.json").write_text("old")
        (self.folder / "m.so").write_text("old")
        (self.folder / "broken.onnx").write_bytes(small_model()[:-20])
        self.error("compile", "broken.onnx", "-o", "m.so", "--report=r.json", status=1)
        (self.folder / "r.html").mkdir()
        for report, why in ("absent/r.json", "No such file"), ("r.html", "is a folder"):
            message = self.error("compile", "m.onnx", "-o", "m.so", f"--report={report}", status=1)
            self.assertIn(why, message)
            self.assertNotIn("import", message, "found only after the work")
        for name in "r.json", "m.so":
            self.assertEqual((self.folder / name).read_text(), "old")
        self.assertEqual(self.files(), ["broken.onnx", "m.onnx", "m.so", "r.html", "r.json"])

    def test_a_report_is_no_other_file_of_the_compilation(self):
        for model, output, report in [("m.onnx", "out.json", "out.json"),
                                      ("m.onnx", "out.json", "./x/../out.json")]:
            self.assertIn("--report", self.error("compile", model, "-o", output, "--emit=obj",
                                                 f"--report={report}", status=2))
        (self.folder / "model.json").write_bytes(small_model())
        self.error("compile", "model.json", "-o", "m.so", "--report=model.json", status=2)
        self.assertEqual(self.files(), ["m.onnx", "model.json"])

    def test_the_artifact_does_not_depend_on_it(self):
        self.ingot("compile", "m.onnx", "-o", "a.so", "--name=net")
        self.ingot("compile", "m.onnx", "-o", "b.so", "--name=net", "--report=r.json",
                   "--time-report", "--save-temps=temps")
        self.assertEqual((self.folder / "a.so").read_bytes(), (self.folder / "b.so").read_bytes())


class Insight(ReportTest):
    def setUp(self):
        super().setUp()
        (self.folder / "m.onnx").write_bytes(small_model(2))

    def test_times_of_phases_passes_and_kernels(self):
        said = self.ingot("compile", "m.onnx", "-o", "m.so", "--time-report", "-j2").stderr
        self.assertEqual(said.count("Execution time report"), 1)
        for what in ("import", "fuse", "FuseKernels", "CSE", "plan", "emit", "program",
                     "k0_matmul", "k1_matmul", "link"):
            self.assertRegex(said, rf"(?m)^ *\d+\.\d{{4}} \( *\d+\.\d%\).*\b{what}\b", what)
        for command in ["bench", "--runs=1"], ["run"]:
            said = self.ingot(command[0], "m.onnx", "--time-report", *command[1:]).stderr
            self.assertIn("k0_matmul", said)
        self.assertNotIn("Execution time", self.ingot("compile", "m.onnx", "-o", "m.so").stderr)

    def test_every_form_is_kept(self):
        self.ingot("compile", "m.onnx", "-o", "m.so", "--save-temps=deep/temps")
        folder = self.folder / "deep/temps"
        kernels = ["k0_matmul", "k1_matmul", "program"]
        forms = ["imported", "simplified", "compressed", "fused", "laid-out", "planned"]
        self.assertEqual(sorted(each.name for each in folder.iterdir()),
                         sorted([f"{each}.mlir" for each in forms] +
                                [f"{each}.{kind}" for each in kernels for kind in ("ll", "s", "o")]))
        text = {each.stem: each.read_text() for each in folder.glob("*.mlir")}
        for form in forms[:3]:
            self.assertIn("ingot.matmul", text[form])
            self.assertNotIn("ingot.kernel", text[form])
        for form in forms[3:5]:
            self.assertIn("ingot.kernel", text[form])
        self.assertIn("func.func @k0_matmul", text["planned"])
        self.assertIn("ingot.launch", text["planned"])
        self.assertIn("(MatMul)", text["imported"])  # where each operator comes from
        self.assertRegex((folder / "k0_matmul.ll").read_text(), "define .*@k0_matmul")
        self.assertTrue((folder / "k0_matmul.o").read_bytes().startswith(b"\x7fELF"))

    def test_forms_before_a_failure_stay(self):
        (self.folder / "file").write_text("")
        for place in "file", "file/temps":
            message = self.error("compile", "m.onnx", "-o", "m.so", f"--save-temps={place}", status=1)
            self.assertIn("--save-temps", message)
        (self.folder / "temps/fused.mlir").mkdir(parents=True)
        message = self.error("compile", "m.onnx", "-o", "m.so", "--save-temps=temps", status=1)
        self.assertRegex(message, "error: .*--save-temps: cannot write fused.mlir")
        self.assertTrue((self.folder / "temps/compressed.mlir").is_file())
        self.assertNotIn("m.so", self.files())


if __name__ == "__main__":
    unittest.main()
