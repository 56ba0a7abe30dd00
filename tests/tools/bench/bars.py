"""The bars of tools/bench on made-up measurements, one of them missed at a time."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np

from tools.bench import bars, ours, table
from tools.bench.sources import BENCHMARKS, distance

ROOT = pathlib.Path(__file__).resolve().parents[3]


def measured(model, threads, **changes):
    row = {"model": model, "threads": threads, "onnx_mb": 400.0, "compile_s": 9.0,
           "compile_mb": 1100.0, "artifact_mb": 390.0, "errors": {"y": 1e-6, "z": 5e-5},
           "min_ms": 9.0, "median_ms": 9.5, "peer_min_ms": 10.0, "peer_median_ms": 10.0,
           "load_ms": 1.5, "rss_mb": 400.0, "peer_load_ms": 900.0}
    return {key: value for key, value in {**row, **changes}.items() if value is not None}


def result(*names, **changes):
    """Both thread counts of each model; `changes` are those of one thread of the first."""
    rows = [measured(name, threads) for name in names for threads in (1, 2)]
    rows[0] = measured(names[0], 1, **changes)
    return {"machine": {"cpu": "made up", "cores": 2, "commit": "0", "date": "2000-01-01",
                        "onnxruntime": "1", "load": 0}, "rows": rows}


class Bars(unittest.TestCase):
    def missed(self, measurements, names=None):
        return [f"{each.model}: {each.bar}" for each in bars.verdicts(measurements, names)
                if not each.kept]

    def test_all_kept(self):
        found = bars.verdicts(result(*BENCHMARKS))
        self.assertEqual([str(each) for each in found if not each.kept], [])
        self.assertEqual({each.model for each in found}, set(BENCHMARKS))

    def test_each_bar_can_be_missed(self):
        error, load = "error at most 1e-04", "1 thread, loaded in under 5 ms"
        ratio, faster = "1 thread, at most 1.5x onnxruntime's time", "1 thread, faster than onnxruntime"
        seconds, memory = "compiled in under 10 s", "compiled in under 3x its size of memory"
        for model, changes, wanted in [
                ("resnet18", {"min_ms": 15.0}, []), ("resnet18", {"min_ms": 15.1}, [ratio]),
                ("resnet18", {"min_ms": float("nan")}, [ratio]),
                ("lstm", {"min_ms": 1000.0}, []),
                ("mlp", {"min_ms": 10.0}, [faster]), ("mlp_tiny", {"min_ms": 10.1}, [faster]),
                ("mlp_batch", {"min_ms": 10.1}, []),
                ("lstm", {"errors": {"y": 1e-6, "z": 1.1e-4}}, [error]),
                ("lstm", {"errors": {"y": float("nan"), "z": 1e-9}}, [error]),
                ("lstm", {"errors": {}}, [error]),
                ("lstm", {"load_ms": 5.0}, [load]), ("lstm", {"load_ms": None}, [load]),
                ("bert", {"compile_s": 10.0}, [seconds]), ("lstm", {"compile_s": 10.0}, []),
                ("bert", {"compile_mb": 1200.0}, [memory]), ("bert", {"compile_mb": None}, [memory]),
                ("magika", {"peer_min_ms": None}, [ratio]),
                # Nothing is left of either call but what the clock cannot tell from nothing.
                *(("linear_regression", {"min_ms": 1e-4, "peer_min_ms": 1e-4, "call_ms": call,
                                         "peer_call_ms": 0.002}, missed)
                  for call, missed in ((0.003, []), (0.0031, [ratio]), (None, [ratio]))),
                ("magika", {"error": "run: exit status 1"}, [error, ratio, load])]:
            with self.subTest(f"{model} {changes}"):
                self.assertEqual(self.missed(result(model, **changes)),
                                 [f"{model}: {each}" for each in wanted])

    def test_two_threads_have_their_own_bar(self):
        measurements = result("resnet18")
        measurements["rows"][1]["min_ms"] = 20.0
        self.assertEqual(self.missed(measurements), [])
        measurements["rows"][1]["min_ms"] = 20.1
        self.assertEqual(self.missed(measurements),
                         ["resnet18: 2 threads, at most 2.0x onnxruntime's time"])

    def test_what_was_not_measured_is_not_kept(self):
        measurements = result("resnet18", "mlp")
        names = ["resnet18", "mlp", "bert"]
        self.assertEqual({each.split(":")[0] for each in self.missed(measurements, names)}, {"bert"})
        del measurements["rows"][1]
        self.assertEqual(len(self.missed(measurements)), 2)
        self.assertFalse(bars.report({"rows": []}))

    def test_judged_models_are_measured(self):
        self.assertLessEqual(set(bars.JUDGED + bars.SMALLEST), set(BENCHMARKS))

    def test_the_program_judges_an_earlier_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bench.json"
            for changes, status in ({}, 0), ({"load_ms": 9.0}, 1):
                path.write_text(json.dumps(result("mlp", **changes)))
                done = subprocess.run([sys.executable, "tools/bench/compare.py", "mlp", "--check",
                                       "--from", str(path)], cwd=ROOT, capture_output=True,
                                      text=True, check=False)
                self.assertEqual(done.returncode, status, done.stdout + done.stderr)
                self.assertEqual(done.stdout.count("MISSED"), status)
            done = subprocess.run([sys.executable, "tools/bench/compare.py", "--check", "--from",
                                   str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
            self.assertRegex(done.stdout, "MISSED bert .*not measured")
            self.assertEqual(done.returncode, 1)


class Measuring(unittest.TestCase):
    def test_peak_memory_is_that_of_the_command_alone(self):
        mine = b"x" * (400 << 20)
        seconds, megabytes = ours._run_measured(
            [sys.executable, "-c", "import time; x = b'x' * (200 << 20); time.sleep(0.2)"])
        self.assertEqual(len(mine), 400 << 20)
        self.assertGreater(megabytes, 200)
        self.assertLess(megabytes, 300)
        self.assertGreater(seconds, 0.2)

    def test_a_command_that_fails_says_why(self):
        with self.assertRaisesRegex(ours.Failed, "exit status 3: error: so"):
            ours._run_measured([sys.executable, "-c",
                                "import sys; print('error: so', file=sys.stderr); sys.exit(3)"])

    def test_one_unequal_integer_is_an_error(self):
        many = np.zeros(1_000_000, np.int64)
        one = many.copy()
        one[7] = 1
        self.assertEqual(distance(many, many), 0)
        self.assertGreater(distance(one, many), 1e-4)
        self.assertEqual(distance(np.float32([1, 2]), np.float32([1, 4])), 0.5)

    def test_the_table_has_a_cell_for_every_column(self):
        measurements = result("bert", "lstm")
        measurements["rows"][2] = {"model": "lstm", "threads": 1, "error": "compile: no"}
        del measurements["rows"][3]
        lines = table.markdown(copy.deepcopy(measurements)).splitlines()
        self.assertEqual({line.replace("\\|", "").count("|") for line in lines[:4]}, {13})
        self.assertIn("| 9.0 | 1100 | 390.00 | 1.5 |", lines[2])


if __name__ == "__main__":
    unittest.main()
