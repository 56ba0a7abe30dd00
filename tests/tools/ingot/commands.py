"""python -m tests.tools.ingot.commands, with the program `ingot` in PATH.

Runs on an artifact made from hand_made.c, so that it shows the program's own behaviour
whatever the compiler can do.
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import unittest

import numpy as np
from onnx import TensorProto, numpy_helper

from .program import BUILD, TOOL, ProgramTest

HOSTILE = [";$(touch hacked)", "with space", "line\nbreak", "-o", "it's \"quoted\"", "\x1b[31m"]


class ArtifactTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.artifact = shutil.copy(BUILD / "tests/tools/ingot/hand_made.so", self.folder)

    def sample(self, folder, x, y=None):
        """Recorded data of y = 2 x."""
        folder.mkdir(parents=True)
        x = np.asarray(x, np.float32)
        y = 2 * x if y is None else np.asarray(y, np.float32)
        (folder / "input_0.pb").write_bytes(
            numpy_helper.from_array(x, "x").SerializeToString())
        (folder / "output_0.pb").write_bytes(
            numpy_helper.from_array(y, "y").SerializeToString())
        z = TensorProto(dims=y.shape, data_type=TensorProto.BFLOAT16, name="z", raw_data=(
            y.view(np.uint32) >> 16).astype(np.uint16).tobytes())
        (folder / "output_1.pb").write_bytes(z.SerializeToString())


class Usage(ProgramTest):
    def test_no_command_is_misuse(self):
        self.assertIn("COMMANDS:", self.ingot(status=2).stderr)
        self.assertIn("unknown command 'tidy\\n'", self.ingot("tidy\n", status=2).stderr)

    def test_help_and_version_go_to_stdout(self):
        self.assertRegex(self.ingot("--version").stdout, r"^ingot \d+\.\d+\.\d+ ")
        self.assertIn("COMMANDS:", self.ingot("--help").stdout)
        for command in "compile", "run", "verify", "bench", "inspect":
            self.assertIn(f"ingot {command}", self.ingot(command, "--help").stdout)

    def test_wrong_flags_are_misuse_and_named(self):
        for words, named in [
                (("compile",), "expected one model, but got none"),
                (("compile", ""), "expected one model, but got an empty name"),
                (("compile", "", "a.onnx"), "expected one model, but got 2: '' and 'a.onnx'"),
                (("compile", "--", ""), "expected one model, but got an empty name"),
                (("compile", "a.onnx", "-o", ""), "-o: expected a file name, but got ''"),
                (("compile", "a.onnx", "--cpu="), "--cpu: "),
                (("inspect", ""), "but got an empty name"),
                (("compile", "a.onnx", "b.onnx"), "'a.onnx' and 'b.onnx'"),
                (("compile", "a.onnx", "--emit=elf"), "--emit: expected one of obj"),
                (("compile", "a.onnx", "-O9"), "-O: expected a number from 0 to 3"),
                (("compile", "a.onnx", "--no-such-flag"), "'--no-such-flag'"),
                (("compile", "a.onnx", "-o"), "-o: expected a value"),
                (("compile", "a.onnx", "-o", "a.xyz"), "says no form"),
                (("compile", "a.onnx", "--shape=x:-1"), "--shape: expected"),
                (("run", "a.onnx", "--threads=0"), "--threads: expected"),
                (("run", "a.onnx", "--input=x"), "--input: expected NAME=FILE"),
                (("verify", "a.onnx"), "--data=DIR is needed"),
                (("verify", "a.onnx", "--batch=list"), "--batch: "),
                (("verify", "a.onnx", "--data=.", "--rtol=-1"), "--rtol: expected"),
                (("verify", "a.onnx", "--data=.", "--timeout=1"), "--timeout: holds for --batch"),
                (("bench", "a.onnx", "--runs=few"), "--runs: expected"),
                (("inspect", "a.onnx", "--runs=3"), "unknown flag '--runs=3'")]:
            with self.subTest(words):
                message = self.error(*words, status=2)
                self.assertIn(f"ingot {words[0]}: error: ", message)
                self.assertIn(named, message)


class Streams(ArtifactTest):
    def to(self, place, *words):
        """(status, stderr) of a command whose results go to `place`."""
        with open(place, "wb") as out:
            done = subprocess.run([TOOL, *words], cwd=self.folder, stdout=out, check=False,
                                  stderr=subprocess.PIPE, text=True)
        return done.returncode, done.stderr

    def test_a_full_device_is_one_error(self):
        self.sample(self.folder / "data", [[1, 2, 3]])
        self.sample(self.folder / "case" / "test_data_set_0", [[1, 2, 3]])
        shutil.copy(self.artifact, self.folder / "case/model.onnx")
        (self.folder / "list").write_text("case\n")
        artifact = pathlib.Path(self.artifact).name
        for words in [["--help"], ["--version"], ["inspect", artifact], ["run", artifact],
                      ["bench", artifact, "--runs=1"], ["bench", artifact, "--runs=1", "--json"],
                      ["verify", artifact, "--data=data"], ["verify", "--batch=list"],
                      *([command, "--help"] for command in
                        ("compile", "run", "verify", "bench", "inspect"))]:
            with self.subTest(words):
                status, said = self.to("/dev/full", *words)
                errors = [line for line in said.splitlines() if "rror" in line]
                self.assertEqual(errors, ["ingot: error: cannot write to standard output: "
                                          "No space left on device"])
                self.assertEqual(status, 1)

    def test_messages_that_nobody_can_read_change_no_status(self):
        for words, status in [(["run", self.artifact], 0), (["run", "absent"], 1), ([], 2)]:
            with open("/dev/full", "wb") as full:
                done = subprocess.run([TOOL, *words], cwd=self.folder, stderr=full, check=False,
                                      stdout=subprocess.DEVNULL)
            self.assertEqual(done.returncode, status, words)

    def test_results_that_go_nowhere_are_an_error(self):
        done = subprocess.run([TOOL, "inspect", self.artifact], check=False, text=True,
                              stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
        self.assertEqual((done.returncode, done.stderr), (
            1, "ingot: error: cannot write to standard output: Bad file descriptor\n"))

    def test_a_full_disk_leaves_no_output_of_a_run(self):
        np.save(self.folder / "x.npy", np.zeros((500, 3), np.float32))
        limit = lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                         resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
        done = subprocess.run([TOOL, "run", self.artifact, "--input=x=x.npy", "--output-dir=out"],
                              cwd=self.folder, capture_output=True, preexec_fn=limit, check=False,
                              text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, r"out/y\.npy: error: File too large\n$")
        self.assertEqual(list((self.folder / "out").iterdir()), [])


class Files(ArtifactTest):
    def test_a_missing_model_is_a_failure(self):
        for command in ["compile"], ["run"], ["bench"], ["inspect"], ["verify", "--data=."]:
            with self.subTest(command):
                message = self.error(*command, "absent.onnx", status=1)
                self.assertIn("absent.onnx", message)
        self.assertEqual(self.files(), ["hand_made.so"])

    def test_files_that_are_no_models(self):
        (self.folder / "noise.onnx").write_bytes(b"\xff\xfenot a model")
        (self.folder / "empty.onnx").write_bytes(b"")
        (self.folder / "folder.onnx").mkdir()
        for name in "noise.onnx", "empty.onnx", "folder.onnx":
            for command in "compile", "run", "inspect":
                with self.subTest([command, name]):
                    self.assertIn(name, self.error(command, name, status=1))

    def test_shared_libraries_that_are_no_artifacts(self):
        shutil.copy(BUILD / "tests/tools/ingot/not_an_artifact.so", self.folder)
        self.assertIn("is not a compiled model",
                      self.error("run", "not_an_artifact.so", status=1))
        (self.folder / "cut.so").write_bytes((self.folder / "hand_made.so").read_bytes()[:300])
        self.assertIn("cut.so: error: ", self.error("run", "cut.so", status=1))

    def test_artifacts_take_no_flags_of_the_compiler(self):
        np.save(self.folder / "x.npy", np.zeros((1, 3), np.float32))
        self.sample(self.folder / "data", [[1, 2, 3]])
        for command in ["run"], ["bench", "--runs=1"], ["verify", "--data=data"]:
            for flag in ("-O0", "-j1", "--reference", "--verify-each", "--time-report",
                         "--cpu=x86-64-v2"):
                with self.subTest([*command, flag]):
                    message = self.error(*command, self.artifact, flag, status=2)
                    self.assertEqual(message, f"{self.artifact}: error: {flag}: is for models, and "
                                              "this is compiled already\n")
            self.assertIn("-O3, -j2: are for models",
                          self.error(*command, self.artifact, "-j2", "-O3", status=2))
            self.ingot(*command, self.artifact)

    def test_output_is_never_the_model(self):
        (self.folder / "model.o").write_bytes(b"model")
        os.link(self.folder / "model.o", self.folder / "other.o")
        os.symlink("model.o", self.folder / "link.o")
        for output in "model.o", "./model.o", "other.o", "link.o":
            with self.subTest(output):
                self.assertIn("is the model itself",
                              self.error("compile", "model.o", "-o", output, status=2))
        (self.folder / "model.h").write_bytes(b"model")
        self.assertIn("'model.h' is the model itself",
                      self.error("compile", "model.h", "-o", "model.o", status=2))
        self.assertEqual((self.folder / "model.o").read_bytes(), b"model")

    def test_hostile_names_are_only_names(self):
        for name in HOSTILE:
            with self.subTest(name):
                shutil.copy(self.artifact, self.folder / name)
                done = self.ingot("run", "--output-dir", name + ".out", "--", name)
                self.assertNotIn("\x1b", done.stdout + done.stderr)
                self.assertTrue((self.folder / (name + ".out") / "y.npy").is_file())
        self.assertNotIn("hacked", self.files())


class Run(ArtifactTest):
    def test_generated_inputs_are_the_same_every_time(self):
        first, second = self.ingot("run", self.artifact), self.ingot("run", self.artifact)
        self.assertIn("y: float[1,3] min ", first.stdout)
        self.assertIn("input 'x': generated float[1,3]", first.stderr)
        self.assertEqual(first.stdout, second.stdout)

    def test_shape_sets_the_generated_dimensions(self):
        self.assertIn("y: float[5,3]",
                      self.ingot("run", self.artifact, "--shape=x:5x3").stdout)
        self.assertIn("has rank 2", self.error("run", self.artifact, "--shape=x:5", status=2))
        self.assertIn("names no input", self.error("run", self.artifact, "--shape=q:5", status=2))

    def test_npy_in_and_out(self):
        x = np.arange(6, dtype=np.float32).reshape(2, 3)
        for name, array in [("c", x), ("fortran", np.asfortranarray(x)),
                            ("big", x.astype(">f4"))]:
            with self.subTest(name):
                np.save(self.folder / "x.npy", array)
                done = self.ingot("run", self.artifact, "--input", "x=x.npy",
                                  "--output-dir", "out")
                self.assertIn("y: float[2,3] min 0 max 10 mean 5", done.stdout)
                np.testing.assert_array_equal(np.load(self.folder / "out/y.npy"), 2 * x)

    def test_what_npy_cannot_hold_becomes_pb(self):
        self.ingot("run", self.artifact, "--output-dir", "out")
        tensor = TensorProto.FromString((self.folder / "out/_.._z____x_.pb").read_bytes())
        self.assertEqual(tensor.data_type, TensorProto.BFLOAT16)
        self.assertEqual(tensor.name, "../z\n;$(x)")
        self.assertEqual(list(tensor.dims), [1, 3])

    def test_pb_in(self):
        x = np.ones((1, 3), np.float32)
        (self.folder / "x.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
        self.assertIn("y: float[1,3] min 2 max 2 mean 2",
                      self.ingot("run", self.artifact, "--input=x=x.pb").stdout)

    def test_wrong_inputs_are_refused(self):
        np.save(self.folder / "rank.npy", np.zeros(3, np.float32))
        np.save(self.folder / "type.npy", np.zeros((1, 3), np.float64))
        np.save(self.folder / "size.npy", np.zeros((1, 4), np.float32))
        np.save(self.folder / "pickle.npy", np.array([[1, "x"]], object))
        (self.folder / "noise.npy").write_bytes(b"\x93NUMPY noise")
        os.mkfifo(self.folder / "fifo.npy")
        for name, said in [("rank", "rank"), ("type", "type"), ("size", "dimension"),
                           ("pickle", "never read"), ("noise", "noise.npy: error: "),
                           ("fifo", "not a regular file"), ("absent", "No such file")]:
            with self.subTest(name):
                self.assertIn(said, self.error("run", self.artifact, f"--input=x={name}.npy",
                                               status=1))
        self.assertIn("names no input", self.error("run", self.artifact, "--input=w=x.npy",
                                                   status=2))

    def test_a_failing_run_is_a_failure(self):
        np.save(self.folder / "x.npy", np.full((1, 3), 888, np.float32))
        self.assertIn("888 is not?wanted",
                      self.error("run", self.artifact, "--input=x=x.npy", status=1))

    def test_an_output_folder_that_cannot_be_made(self):
        (self.folder / "file").write_bytes(b"")
        done = self.ingot("run", self.artifact, "--output-dir=file", status=1)
        self.assertIn("file", done.stderr)
        self.assertIn("error: ", done.stderr)

    def test_entry_points_by_name(self):
        self.ingot("run", self.artifact, "--entry=main")
        self.assertIn("no entry point 'decode'; there is 'main'",
                      self.error("run", self.artifact, "--entry=decode", status=2))


class Verify(ArtifactTest):
    def test_right_and_wrong_results(self):
        self.sample(self.folder / "good/test_data_set_0", [[1, 2, 3]])
        self.sample(self.folder / "good/test_data_set_1", np.zeros((0, 3)))
        done = self.ingot("verify", self.artifact, "--data=good")
        self.assertEqual(done.stdout.count("ok   "), 4)
        self.sample(self.folder / "wrong", [[1, 2, 3]], [[2, 4, 7]])
        done = self.ingot("verify", self.artifact, "--data=wrong", status=1)
        self.assertIn("FAIL wrong y: max |y-ref| 1, max |y-ref| / max |ref| 0.143", done.stdout)
        self.assertIn("output 'y': at [0,2] expected 7, but got 6 (1 of 3 elements differ)",
                      done.stderr)
        self.ingot("verify", self.artifact, "--data=wrong", "--rtol=0.2")
        self.ingot("verify", self.artifact, "--data=wrong", "--atol=1")

    def test_folders_without_data(self):
        self.assertIn("no such folder",
                      self.error("verify", self.artifact, "--data=absent", status=1))
        self.assertIn("holds neither", self.error("verify", self.artifact, "--data=.", status=1))

    def test_a_batch_survives_crashes_and_hangs(self):
        cases = {"good": 1, "abort": 666, "hang": 777, "refuse": 888, "after": 2}
        for name, first in cases.items():
            self.sample(self.folder / name / "test_data_set_0", [[first, 2, 3]])
            shutil.copy(self.artifact, self.folder / name / "model.onnx")
        (self.folder / "list").write_text("".join(f"{name}\n" for name in cases) + "absent\n")
        done = self.ingot("verify", "--batch=list", "--timeout=1", status=1)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "PASS good")
        self.assertEqual(lines[1], "CRASH abort: signal 6")
        self.assertEqual(lines[2], "TIMEOUT hang: no answer within 1 s")
        self.assertRegex(lines[3], r"^FAIL refuse: invalid data: 888 is not.wanted")
        self.assertEqual(lines[4], "PASS after")
        self.assertRegex(lines[5], "^FAIL absent: ")

    def test_a_batch_takes_tolerances_of_its_own(self):
        self.sample(self.folder / "case/test_data_set_0", [[1, 2, 3]], [[2, 4, 7]])
        shutil.copy(self.artifact, self.folder / "case/model.onnx")
        (self.folder / "list").write_text("case\trtol=0.2\ncase\tatol=1 rtol=0\n")
        self.assertEqual(self.ingot("verify", "--batch=list").stdout, "PASS case\n" * 2)


class Bench(ArtifactTest):
    def test_json_is_one_object(self):
        done = self.ingot("bench", self.artifact, "--json", "--runs=30", "--threads=1",
                          "--per-kernel")
        result = json.loads(done.stdout)
        self.assertEqual((result["threads"], result["runs"]), (1, 30))
        self.assertLessEqual(0, result["min_ms"])
        self.assertLessEqual(result["min_ms"], result["median_ms"])
        self.assertLessEqual(result["median_ms"], result["p90_ms"])
        self.assertLessEqual(result["p90_ms"], result["p99_ms"])
        self.assertGreater(result["load_ms"], 0)
        self.assertGreater(result["rss_mb"], 1)
        self.assertEqual([each["name"] for each in result["kernels"]], ["twice"])
        self.assertEqual(result["kernels"][0]["launches_per_run"], 1)
        self.assertIn("other_ms_per_run", result)

    def test_text_names_what_was_measured(self):
        done = self.ingot("bench", self.artifact, "--runs=2", "--per-kernel")
        for word in "target any", "2 runs", "median", "load ", "twice", "outside of launches":
            self.assertIn(word, done.stdout)
        # Operations and bytes are known of what was compiled just now.
        self.assertRegex(done.stdout, r" 1\.0 +- +-  twice\n")


class Inspect(ArtifactTest):
    def test_artifacts(self):
        text = self.ingot("inspect", self.artifact).stdout
        for line in ["compiled model 'hand_made', made by a person, ABI 1.0, needs the runtime",
                     "entry point 'main'", "  input 'x': float[rows, 3]",
                     "  output '../z\\n;$(x)': bfloat16[rows, 3]",
                     "  symbol rows: dimension 0 of 'x', from 0 to 1000",
                     "target 'any', needs nothing special", "weights 0 bytes"]:
            self.assertIn(line + "\n", text)

    def test_models(self):
        from onnx import helper
        node = [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Add", ["y", "w"], ["z"])]
        graph = helper.make_graph(
            node, "g", [helper.make_tensor_value_info("x", 1, ["N", 3])],
            [helper.make_tensor_value_info("z", 1, ["N", 3])],
            [numpy_helper.from_array(np.zeros(3, np.float32), "w")])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        (self.folder / "m.onnx").write_bytes(model.SerializeToString())
        text = self.ingot("inspect", "m.onnx").stdout
        for line in ["opset ai.onnx 17", "input 'x': tensor(float)[N, 3]",
                     "output 'z': tensor(float)[N, 3]",
                     "parameters 3 (12 bytes) in 1 initializers", "nodes 2", "  1 Add", "  1 Relu"]:
            self.assertIn(line + "\n", text)


if __name__ == "__main__":
    unittest.main()
