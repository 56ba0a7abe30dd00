"""python -m tests.tools.ingot.reproducing, with the program `ingot` in PATH.

Equal input gives equal bytes: whatever the addresses in the compiler's memory, the number of its
threads and its environment.
"""
import os
import subprocess
import unittest

from tests import models

from .program import TOOL, ProgramTest

# Loops that carry and stack, branches, states, sequences, trees, quantized and plain networks.
MODELS = """mlp keras_cnn resnet18 mobilenet_v2 yolo ssd bert_dynamic gpt2_decode t5 lstm_scan
gru_loop lstm_lengths tagger_scan tagger_loop speech_attention wavenet dlrm_batch mixture
forest_classifier pipeline_columns qdq_mlp nbits_swiglu""".split()


class Reproducing(ProgramTest):
    def compile(self, flags, environment):
        subprocess.run([TOOL, "compile", "m.onnx", "-o", "m.o", "-O0", *flags], cwd=self.folder,
                       check=True, capture_output=True, env={**os.environ, **environment})
        return [(self.folder / name).read_bytes() for name in ("m.o", "m.h")]

    def test_equal_input_gives_equal_bytes(self):
        self.assertGreaterEqual(len(MODELS), 20)
        for name in MODELS:
            with self.subTest(name):
                model, _ = models.MODELS[name]("small")
                (self.folder / "m.onnx").write_bytes(model.SerializeToString())
                first = self.compile(["-j", "1"], {})
                # Another environment moves the stack, and every process its heap.
                again = self.compile(["-j", "2"], {"PADDING": "x" * 5000,
                                                   "MALLOC_TOP_PAD_": "1000000"})
                self.assertEqual(first, again)


if __name__ == "__main__":
    unittest.main()
