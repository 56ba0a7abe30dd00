"""python -m tests.tools.ingot.calling [CLASS], with the program `ingot` in PATH.

Compiled models called from many threads. caller.c does it, built by CMake three times: plain, and
with the runtime under each sanitizer.
"""
import os
import subprocess
import unittest

from tests import models

from .program import BUILD, ProgramTest

# Contractions, convolutions, reductions, attention, recurrence, loops, integers.
MODELS = ["mlp_batch", "keras_cnn", "resnet18", "mobilenet_v2", "bert_dynamic", "gru_loop",
          "dlrm_batch"]
# Instrumented code is slow to compile and to run: what differs in how it uses memory.
SANITIZED = ["mlp_batch", "keras_cnn", "bert_dynamic", "gru_loop"]


class CallingTest(ProgramTest):
    def call(self, program, name, *flags, callers=6, runs=4):
        model, _ = models.MODELS[name]("small")
        (self.folder / "model.onnx").write_bytes(model.SerializeToString())
        self.ingot("compile", "model.onnx", "-o", "model.so", *flags)
        sanitizer = program.partition("_")[2]
        if sanitizer:
            self.assertIn(f"__{sanitizer}_".encode(), (self.folder / "model.so").read_bytes())
        path = BUILD / "tests/tools/ingot" / program
        options = "exitcode=66:halt_on_error=1:detect_leaks=0"
        done = subprocess.run([path, "./model.so", str(callers), str(runs), "5"], text=True,
                              capture_output=True, timeout=300, check=False, cwd=self.folder,
                              env={**os.environ, "TSAN_OPTIONS": options, "ASAN_OPTIONS": options})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-3000:])
        self.assertIn("6 contexts", done.stdout)


class Calling(CallingTest):
    def test_any_number_of_threads_gives_the_same_bits(self):
        """Row 41 of the list of bad inputs."""
        for name in MODELS:
            with self.subTest(name):
                self.call("caller", name)


class ThreadSanitizer(CallingTest):
    def test_no_data_race_is_in_generated_code(self):
        """Row 36."""
        for name in SANITIZED:
            with self.subTest(name):
                self.call("caller_tsan", name, "--sanitize=thread", "-O1", runs=2)


class AddressSanitizer(CallingTest):
    def test_no_access_beyond_a_buffer_is_in_generated_code(self):
        for name in SANITIZED:
            with self.subTest(name):
                self.call("caller_asan", name, "--sanitize=address", "-O1", runs=2)


if __name__ == "__main__":
    unittest.main()
