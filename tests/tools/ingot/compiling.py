"""python -m tests.tools.ingot.compiling, with the program `ingot` in PATH.

The files that compiling makes: their forms, that they appear whole or not at all, and that
nobody's name for one is more than a name.
"""
import json
import os
import pathlib
import platform
import resource
import shutil
import signal
import subprocess
import time
import unittest

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.models import MODELS, dataset, reference

from .program import TOOL, ProgramTest

HOSTILE = [";$(touch hacked)", "with space", "line\nbreak", "@list", "it's \"quoted\"",
           "-Wl,--version", "`touch hacked`", "a,b", "ü"]

# An architecture that code is made for, but not this machine's.
FOREIGN = (("--mtriple=x86_64-linux-gnu", "--cpu=x86-64-v3") if platform.machine() == "aarch64"
           else ("--mtriple=aarch64-linux-gnu", "--cpu=neoverse-n1"))


def small_model(steps=1):
    """y = relu(x w) repeated. No two steps have a shape in common, so that each is a kernel
    of its own: a few hundred take seconds to compile."""
    rng = np.random.default_rng(1)
    nodes, weights, value = [], [], "x"
    for step in range(steps):
        last = step == steps - 1
        shape = 4 + step, 4 if last else 5 + step
        weights.append(numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32),
                                               f"w{step}"))
        nodes += [helper.make_node("MatMul", [value, f"w{step}"], [f"m{step}"]),
                  helper.make_node("Relu", [f"m{step}"], ["y" if last else f"v{step}"])]
        value = f"v{step}"
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", 1, [2, 4])],
                              [helper.make_tensor_value_info("y", 1, [2, 4])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                             ir_version=8).SerializeToString()


class CompileTest(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "m.onnx").write_bytes(small_model())
        (self.folder / "broken.onnx").write_bytes(small_model()[:-20])

    def start(self, *arguments):
        # A shell's background jobs, and so all that they start, ignore these two.
        heed = lambda: [signal.signal(number, signal.SIG_DFL)
                        for number in (signal.SIGINT, signal.SIGQUIT)]
        return subprocess.Popen([TOOL, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                preexec_fn=heed)


class Measuring(CompileTest):
    def test_every_kernel_of_a_model_is_named_however_small(self):
        (self.folder / "m.onnx").write_bytes(small_model(3))
        done = self.ingot("bench", "m.onnx", "--per-kernel", "--json", "--runs=50")
        result = json.loads(done.stdout)
        self.assertEqual(sorted(each["name"][3:] for each in result["kernels"]), ["matmul"] * 3)
        self.assertEqual([each["launches_per_run"] for each in result["kernels"]], [1] * 3)
        self.assertGreater(result["other_ms_per_run"], 0)

    def test_kernels_have_their_operations_and_bytes(self):
        (self.folder / "m.onnx").write_bytes(small_model(3))
        done = self.ingot("bench", "m.onnx", "--per-kernel", "--json", "--runs=2")
        kernels = json.loads(done.stdout)["kernels"]
        # Products of [2, 4] by [4, 5], [2, 5] by [5, 6] and [2, 6] by [6, 4], and their maxima.
        self.assertEqual(sorted(each["operations_per_run"] for each in kernels),
                         [2 * 4 * 5 + 10, 2 * 6 * 4 + 8, 2 * 5 * 6 + 12])
        self.assertEqual(sorted(each["bytes_per_run"] for each in kernels),
                         [4 * (8 + 20 + 10), 4 * (12 + 24 + 8), 4 * (10 + 30 + 12)])
        text = self.ingot("bench", "m.onnx", "--per-kernel", "--runs=2").stdout
        self.assertRegex(text, r"launches +Gop/s +GB/s +kernel\n( +[0-9.]+%?){5}  k\d_matmul\n")


class Forms(CompileTest):
    def test_each_extension_gives_its_form(self):
        for name, start in [("m.o", b"\x7fELF\2\1\1\0"), ("m.so", b"\x7fELF"),
                            ("m.a", b"!<arch>\n"), ("m.mlir", b"module"), ("m.ll", b"; Module"),
                            ("m.s", b"\t."), ("m", b"\x7fELF")]:
            with self.subTest(name):
                done = self.ingot("compile", "m.onnx", "-o", name)
                self.assertEqual(done.stdout, "")
                self.assertIn("ingot: cpu host (", done.stderr)
                self.assertIn("-O3\n", done.stderr)
                self.assertRegex(done.stderr, r"\[1/\d\] import")
                self.assertTrue((self.folder / name).read_bytes().startswith(start))
        self.assertIn("m.h", self.files())
        self.assertEqual([name for name in self.files() if name.startswith(".")], [])

    def test_an_executable_reads_and_writes_tensors(self):
        self.ingot("compile", "m.onnx", "-o", "m")
        self.ingot("compile", "m.onnx", "-o", "m.so")
        x = np.arange(8, dtype=np.float32).reshape(2, 4)
        np.save(self.folder / "x.npy", x)
        subprocess.run([self.folder / "m", "--output-dir=out", "x=x.npy"], cwd=self.folder,
                       check=True, capture_output=True)
        self.ingot("run", "m.so", "--input=x=x.npy", "--output-dir=other")
        np.testing.assert_array_equal(np.load(self.folder / "out/y.npy"),
                                      np.load(self.folder / "other/y.npy"))
        for words, status in [(["--help"], 0), ([], 2), (["x=absent.npy"], 1),
                              (["x=x.npy", "z=x.npy"], 2), (["--threads=0", "x=x.npy"], 2)]:
            done = subprocess.run([self.folder / "m", *words], cwd=self.folder,
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, status, words)

    def test_what_is_not_supported_is_said(self):
        """Every flag of the design that nothing reads yet."""
        (self.folder / "samples").mkdir()
        for flags in (["--gpu=sm_90"], ["--gpu=sm_60"], ["--cpu=host,x86-64-v3"],
                      ["--weights=sidecar"], ["--calibrate=samples"], ["--quantize=static-int8"],
                      ["--quantize=static-int8", "--calibrate=samples"]):
            with self.subTest(flags):
                message = self.error("compile", "m.onnx", "-o", "m.o", *flags, status=3)
                self.assertIn("not supported", message)
                self.assertIn(flags[-1].split("=")[0], message)
        message = self.error("compile", "m.onnx", "-o", "m.ptx", "--gpu=sm_90", "--reference",
                             status=3)
        self.assertIn("--gpu with --reference is not supported", message)
        help = self.ingot("compile", "--help").stdout
        for flag in "--cpu=", "--weights=", "--calibrate=":
            self.assertRegex(help, rf"(?s){flag}((?!\n  -).)*not supported yet")
        for flag in "--gpu=sm_91", "--emit=ptx":
            with self.subTest(flag):
                self.error("compile", "m.onnx", "-o", "m.o", flag, status=2)
        self.assertEqual(self.files(), ["broken.onnx", "m.onnx", "samples"])

    def test_targets_that_are_not_supported_are_said(self):
        for triple, why in [("x86_64-pc-windows-msvc", "COFF"), ("arm64-apple-macosx", "Mach-O"),
                            ("x86_64-pc-windows-elf", "Windows"), ("wasm32-wasi", "wasm32"),
                            ("i686-linux-gnu", "i686"), ("x86_64-linux-gnux32", "32-bit"),
                            ("aarch64_be-linux-gnu", "aarch64_be"), ("riscv64-linux-gnu", "riscv64"),
                            ("aarch64-linux-gnu_ilp32", "32-bit"), ("nvptx64-nvidia-cuda", "nvptx64")]:
            for output in "m.o", "m.so", "m.s":
                with self.subTest([triple, output]):
                    message = self.error("compile", "m.onnx", "-o", output, "--mtriple", triple,
                                         status=3)
                    self.assertRegex(message, f"--mtriple={triple}: .*{why}.* not supported")
                    self.assertEqual(message.count("\n"), 2, message)  # the first line is no error
        self.assertIn("another machine", self.error("compile", "m.onnx", "-o", "m", *FOREIGN, status=3))
        self.error("compile", "m.onnx", "-o", "m.o", "--mtriple=nonsense", status=2)
        self.assertEqual(self.files(), ["broken.onnx", "m.onnx"])

    def test_the_host_is_no_cpu_of_another_architecture(self):
        triple, cpu = FOREIGN
        for flags in [triple], [triple, "--cpu=host"]:
            message = self.error("compile", "m.onnx", "-o", "m.o", *flags, status=2)
            self.assertRegex(message, "give --cpu a name, such as --cpu=(neoverse-n1|x86-64-v3)")
        self.ingot("compile", "m.onnx", "-o", "m.o", triple, cpu)


@unittest.skipUnless(platform.machine() == "x86_64", "levels of x86-64")
class Cpus(ProgramTest):
    def test_a_model_runs_as_compiled_for_another_cpu(self):
        model, samples = MODELS["keras_cnn"]("small")
        dataset.write(self.folder / "net", model, samples, reference.outputs(model, samples))
        for cpu in "x86-64", "x86-64-v2":
            with self.subTest(cpu):
                self.ingot("verify", "net/model.onnx", "--data=net", f"--cpu={cpu}", "--rtol=1e-4",
                           "--atol=1e-5")
                for command in ["run"], ["bench", "--runs=1", "--json"]:
                    self.ingot(*command, "net/model.onnx", f"--cpu={cpu}")
                (self.folder / "list").write_text("net\n")
                self.assertIn("net", self.ingot("verify", "--batch=list", f"--cpu={cpu}").stdout)
        said = self.ingot("bench", "net/model.onnx", "--runs=1", "--json", "--cpu=x86-64-v2").stdout
        self.assertEqual(json.loads(said)["target"], "x86-64-v2")

    def test_cpus_that_do_not_exist_are_misuse(self):
        model, _ = MODELS["keras_cnn"]("small")
        (self.folder / "m.onnx").write_bytes(model.SerializeToString())
        for command in "run", "bench", "compile":
            self.error(command, "m.onnx", "--cpu=no-such", status=2)
            self.error(command, "m.onnx", "--cpu=a;b", status=2)


class Levels(ProgramTest):
    def test_every_level_of_optimization_gives_right_numbers(self):
        """A network with a convolution, pools and products, in every form of the code."""
        model, samples = MODELS["keras_cnn"]("small")
        dataset.write(self.folder / "net", model, samples, reference.outputs(model, samples))
        artifacts = set()
        for level in "-O0", "-O1", "-O2", "-O3":
            with self.subTest(level):
                done = self.ingot("compile", "net/model.onnx", "-o", "net.so", level)
                self.assertIn(f", {level}\n", done.stderr)
                artifacts.add((self.folder / "net.so").read_bytes())
                self.ingot("verify", "net.so", "--data=net", "--rtol=1e-4", "--atol=1e-5")
        self.assertGreater(len(artifacts), 1, "the level makes no difference")

    def test_the_default_of_many_small_models_is_said(self):
        self.assertRegex(self.ingot("verify", "--help").stdout,
                         r"default: -O3;\s+-O1 for verify --batch")


class Whole(CompileTest):
    """Rows 26 to 30 of the list of bad inputs."""

    def test_a_failure_leaves_the_old_output(self):
        (self.folder / "m.o").write_bytes(b"old")
        self.error("compile", "broken.onnx", "-o", "m.o", status=1)
        self.assertEqual((self.folder / "m.o").read_bytes(), b"old")
        self.assertEqual(self.files(), ["broken.onnx", "m.o", "m.onnx"])

    def test_outputs_that_cannot_be_written(self):
        (self.folder / "folder.o").mkdir()
        (self.folder / "folder.o/file").write_bytes(b"")
        (self.folder / "folder.h").mkdir()
        os.mkfifo(self.folder / "pipe.so")
        os.symlink("/dev/null", self.folder / "device.s")
        for output, why in [("absent/m.o", "No such file"), ("m.onnx/m.o", "Not a directory"),
                            ("folder.o", "is a folder"), ("folder.a", "folder.h: is a folder"),
                            ("pipe.so", "is not a regular file"), (".", "is a folder"),
                            ("device.s", "is not a regular file"), ("x" * 300, "too long")]:
            with self.subTest(output):
                message = self.error("compile", "m.onnx", "-o", output, status=1)
                self.assertIn(why, message)
                self.assertNotIn("import", message, "found only after the work")
        self.assertEqual(self.files(), ["broken.onnx", "device.s", "folder.h", "folder.o", "m.onnx",
                                        "pipe.so"])
        self.assertTrue((self.folder / "pipe.so").is_fifo())

    def test_a_full_disk_leaves_the_old_output(self):
        (self.folder / "m.o").write_bytes(b"old")
        limit = lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                         resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
        done = subprocess.run([TOOL, "compile", "m.onnx", "-o", "m.o"], cwd=self.folder,
                              capture_output=True, preexec_fn=limit, check=False, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("error: ", done.stderr)
        self.assertEqual((self.folder / "m.o").read_bytes(), b"old")
        self.assertEqual(self.files(), ["broken.onnx", "m.o", "m.onnx"])

    def test_a_signal_leaves_the_old_output_and_no_other_file(self):
        (self.folder / "long.onnx").write_bytes(small_model(200))
        (self.folder / "m.o").write_bytes(b"old")
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGKILL:
            for delay in 0.05, 0.2, 0.4:
                process = self.start("compile", "long.onnx", "-o", "m.o")
                time.sleep(delay)
                self.assertIsNone(process.poll(), "ended before the signal")
                process.send_signal(number)
                self.assertEqual(process.wait(), -number)
                self.assertEqual((self.folder / "m.o").read_bytes(), b"old")
                left = [name for name in self.files() if name.startswith(".")]
                if number == signal.SIGKILL:
                    for name in left:
                        shutil.rmtree(self.folder / name)
                else:
                    self.assertEqual(left, [])

    def test_every_signal_that_ends_it_leaves_no_other_file(self):
        (self.folder / "long.onnx").write_bytes(small_model(200))
        for number in signal.SIGQUIT, signal.SIGXCPU:
            process = self.start("compile", "long.onnx", "-o", "m.o")
            time.sleep(0.4)
            process.send_signal(number)
            self.assertEqual(process.wait(), -number)
            self.assertEqual(self.files(), ["broken.onnx", "long.onnx", "m.onnx"])

    def test_a_reader_of_messages_that_goes_leaves_no_other_file(self):
        """The signal goes to the thread that writes, not to one that waits for signals."""
        (self.folder / "long.onnx").write_bytes(small_model(200))
        reading, writing = os.pipe()
        heed = lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        process = subprocess.Popen([TOOL, "compile", "long.onnx", "-o", "m.o"], cwd=self.folder,
                                   stderr=writing, preexec_fn=heed)
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
        self.assertEqual(process.wait(), -signal.SIGPIPE)
        self.assertEqual(self.files(), ["broken.onnx", "long.onnx", "m.onnx"])

    def test_a_signal_leaves_nothing_of_a_model_that_runs_at_once(self):
        (self.folder / "long.onnx").write_bytes(small_model(200))
        (self.folder / "tmp").mkdir()
        for words in ["run"], ["bench"]:
            process = subprocess.Popen([TOOL, *words, "long.onnx"], cwd=self.folder,
                                       stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       env={**os.environ, "TMPDIR": str(self.folder / "tmp")})
            time.sleep(0.4)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(), -signal.SIGTERM)
            self.assertEqual(list((self.folder / "tmp").iterdir()), [])

    def test_closed_streams_change_nothing(self):
        for closed, status in [((2,), 0), ((0, 1, 2), 0)]:
            with self.subTest(closed):
                close = lambda: [os.close(each) for each in closed]
                done = subprocess.run([TOOL, "compile", "m.onnx", "-o", "m.o"], cwd=self.folder,
                                      preexec_fn=close, check=False)
                self.assertEqual(done.returncode, status)
                artifact = (self.folder / "m.o").read_bytes()
                self.assertTrue(artifact.startswith(b"\x7fELF"))
                self.assertNotIn(b"ingot: cpu", artifact)
        broken = subprocess.run([TOOL, "compile", "broken.onnx", "-o", "b.o"], cwd=self.folder,
                                preexec_fn=lambda: os.close(2), check=False)
        self.assertEqual(broken.returncode, 1)
        self.assertNotIn("b.o", self.files())

    def test_of_two_compilations_one_wins_whole(self):
        self.ingot("compile", "m.onnx", "-o", "m.o")
        alone = (self.folder / "m.o").read_bytes()
        for _ in range(3):
            processes = [self.start("compile", "m.onnx", "-o", "m.o") for _ in range(3)]
            self.assertEqual([each.wait() for each in processes], [0, 0, 0])
            self.assertEqual((self.folder / "m.o").read_bytes(), alone)

    def test_equal_inputs_give_equal_bytes(self):
        other = self.folder / "elsewhere"
        other.mkdir()
        shutil.copy(self.folder / "m.onnx", other)
        for form in "m.o", "m.a", "m.so":
            with self.subTest(form):
                self.ingot("compile", "m.onnx", "-o", form, "-j1")
                self.ingot("compile", other / "m.onnx", "-o", other / form, "-j4")
                self.assertEqual((self.folder / form).read_bytes(), (other / form).read_bytes())


class Inputs(CompileTest):
    """What a compilation reads it never writes, by whatever name."""

    def setUp(self):
        super().setUp()
        self.weights = np.arange(16, dtype=np.float32).tobytes()

    def external(self, data, name="ext.onnx"):
        """A model whose weights lie in `data`, as exporters write them."""
        tensor = TensorProto(name="w", dims=[4, 4], data_type=1,
                             data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value=data)
        graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g",
                                  [helper.make_tensor_value_info("x", 1, [2, 4])],
                                  [helper.make_tensor_value_info("y", 1, [2, 4])], [tensor])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        (self.folder / name).write_bytes(model.SerializeToString())
        (self.folder / data).parent.mkdir(exist_ok=True)
        (self.folder / data).write_bytes(self.weights)

    def refuse(self, data, *words):
        self.external(data)
        before = self.files()
        message = self.error("compile", "ext.onnx", *words, status=1)
        self.assertEqual(message.count("error: "), 1)
        self.assertIn("the model's data is read from", message)
        self.assertEqual((self.folder / data).read_bytes(), self.weights)
        self.assertEqual(self.files(), before)

    def test_external_data_is_no_output(self):
        (self.folder / "elsewhere").symlink_to(".")
        for data, words in [("ext.o", []), ("ext.o", ["-o", "ext.o"]),
                            ("ext.o", ["-o", "elsewhere/ext.o"]), ("ext.so", ["-o", "./ext.so"]),
                            ("ext.h", ["-o", "ext.o"]), ("ext.h", ["-o", "ext.a"]),
                            ("ext", ["-o", "ext"]), ("ext.mlir", ["-o", "ext.mlir"]),
                            ("r.json", ["-o", "m.so", "--report=r.json"])]:
            with self.subTest([data, words]):
                self.refuse(data, *words)
                (self.folder / data).unlink()

    def test_external_data_is_no_saved_form(self):
        for name in "imported.mlir", "k0_matmul.o", "program.s":
            with self.subTest(name):
                self.refuse(f"temps/{name}", "-o", "m.so", "--save-temps=temps")
                self.assertEqual([each.name for each in (self.folder / "temps").iterdir()], [name])
                (self.folder / "temps" / name).unlink()

    def test_a_link_to_external_data_is_no_output(self):
        (self.folder / "m.so").symlink_to("weights.bin")
        self.refuse("weights.bin", "-o", "m.so")
        self.assertTrue((self.folder / "m.so").is_symlink())

    def test_other_files_are_replaced(self):
        self.external("ext.bin")
        for _ in range(2):
            self.ingot("compile", "ext.onnx", "--save-temps=temps", "--report=r.json")
        self.assertTrue((self.folder / "ext.o").read_bytes().startswith(b"\x7fELF"))


class Limits(CompileTest):
    def test_running_out_of_memory_is_a_message(self):
        """Row 25: whatever the limit, an artifact or a message, never a signal."""
        for megabytes in 400, 500, 600, 700, 900:
            limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)
            done = subprocess.run([TOOL, "compile", "m.onnx", "-o", "m.o"], cwd=self.folder,
                                  capture_output=True, preexec_fn=limit, check=False, text=True)
            # 127: the dynamic linker could not even load the program.
            self.assertIn(done.returncode, (0, 1, 127), f"{megabytes} MB: {done.stderr}")
            if done.returncode:
                self.assertNotIn("m.o", self.files())
                self.assertNotEqual(done.stderr, "")
            else:
                (self.folder / "m.o").unlink()


class Names(CompileTest):
    """Rows 23 and 31."""

    def test_hostile_names_are_only_names(self):
        for name in HOSTILE:
            with self.subTest(name):
                place = self.folder / name
                place.mkdir()
                shutil.copy(self.folder / "m.onnx", place / (name + ".onnx"))
                for form in ".o", ".a", ".so", "":
                    output = pathlib.Path(name) / (name.replace(".", "") + form)
                    done = self.ingot("compile", "-o", output, f"./{name}/{name}.onnx")
                    self.assertNotIn("\x1b", done.stderr)
                    self.assertTrue((self.folder / output).is_file())
        self.assertFalse([each for each in self.folder.rglob("*") if each.name == "hacked"])

    def test_relative_names_that_look_like_flags(self):
        os.mkdir(self.folder / "@list")
        self.ingot("compile", "m.onnx", "-o", "@list/m.so")
        os.mkdir(self.folder / "-r")
        self.ingot("compile", "m.onnx", "-o-r/m.so")


if __name__ == "__main__":
    unittest.main()
