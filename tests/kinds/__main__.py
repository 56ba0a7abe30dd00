"""python -m tests.kinds [NAME…]   compiles and runs the rows whose kind or name contains NAME
python -m tests.kinds --list     prints the table"""
import argparse
import fnmatch
import pathlib
import re
import subprocess
import sys

import numpy as np
import onnx

from ..conformance import batch
from ..conformance.suites import ROOT, Case
from ..models import dataset, reference
from .table import KINDS, lines


def run_steps(kind, session, samples):
    """Results of onnxruntime, which gets every kept output back as the input of the next step."""
    kept = {}
    for each in session.get_inputs():
        if each.name in dict(kind.states):
            shape = [size if isinstance(size, int) else 1 if size == "batch" else 0
                     for size in each.shape]
            kept[each.name] = np.zeros(shape, np.float32)
    outputs = [each.name for each in session.get_outputs()]
    results = []
    for sample in samples:
        values = dict(zip(outputs, session.run(outputs, {**sample, **kept})))
        for source, target in kind.states:
            kept[source] = values.pop(target)
        results.append(list(values.values()))
    return results


def write(kind, folder):
    """The model with its samples and what the reference makes of them."""
    proto = kind.proto()
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(11)
    samples = [{name: value if isinstance(value, (dict, list, dataset.Optional))
                else np.asarray(value)
                for name, value in make(rng).items()} for make in kind.samples]
    kept = dict(kind.states).values()
    names = [each.name for each in proto.graph.output if each.name not in kept]
    if kind.reference == "onnxruntime":
        results = run_steps(kind, reference.session(proto), samples)
    else:
        results = [kind.reference(**sample) for sample in samples]
    inputs = [each.name for each in proto.graph.input if each.name in samples[0]]
    dataset.write_samples(folder, inputs, samples, names, results)
    if kind.external:
        onnx.save(proto, folder / "model.onnx", save_as_external_data=True,
                  location="model.onnx.data", size_threshold=0)
    else:
        (folder / "model.onnx").write_bytes(proto.SerializeToString(deterministic=True))


def judge_with_flags(tool, kind, folder):
    """An empty string, or why the row fails: compiles once, then verifies the artifact."""
    artifact = folder / "model.so"
    steps = [[tool, "compile", folder / "model.onnx", "-O1", "--verify-each", "-o", artifact,
              *kind.flags],
             [tool, "verify", artifact, f"--data={folder}", f"--rtol={kind.rtol}",
              f"--atol={kind.atol}"]]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            return (done.stderr or done.stdout).strip().splitlines()[-1]
    return ""


def judge_kernels(tool, kind, folder):
    """An empty string, or how the kernels differ from those that the row names."""
    text = folder / "model.mlir"
    done = subprocess.run([tool, "compile", folder / "model.onnx", "-o", text, *kind.flags],
                          capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    bodies = re.findall(r'ingot\.kernel "(\w+)".*?\n(.*?)\n    }', text.read_text(), re.DOTALL)
    anchors = tuple(anchor for anchor, _ in bodies)
    if anchors != kind.kernels:
        return f"expected the kernels {kind.kernels}, but got {anchors}"
    for anchor, body in bodies:
        for line in body.splitlines():
            if re.search(r"-> tensor<[^>]*[su]i\d+>", line):
                return f"the kernel {anchor} computes sizes: {line.strip()}"
    return ""


def judge(tool, rows, folder):
    """Pairs of row and reason, empty where it passes."""
    reasons = {}
    plain = []
    for kind in rows:
        try:
            write(kind, folder / kind.name)
        except Exception as error:  # A row that cannot be built is a failure, not the end.
            reasons[kind] = f"cannot be built: {error}"
            continue
        if kind.flags:
            reasons[kind] = judge_with_flags(tool, kind, folder / kind.name)
        else:
            plain.append(kind)
    cases = {kind: Case(kind.name, folder / kind.name, kind.rtol, kind.atol) for kind in plain}
    verdicts = batch.run(tool, list(cases.values()), ("--verify-each",), 60, 2, lambda count: None)
    for kind, case in cases.items():
        verdict = verdicts[case]
        reasons[kind] = "" if verdict.status == "PASS" else f"{verdict.status} {verdict.reason}"
    for kind in rows:
        if kind.kernels is not None and not reasons[kind]:
            reasons[kind] = judge_kernels(tool, kind, folder / kind.name)
    return reasons


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "build/bin/ingot")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/tests/kinds")
    options = parser.parse_args()
    if options.list:
        print("\n".join(lines()))
        return 0
    rows = [kind for kind in KINDS if not options.names
            or any(fnmatch.fnmatch(kind.name, f"*{name}*") for name in options.names)]
    reasons = judge(options.tool, rows, options.work)
    failed = {kind: reason for kind, reason in reasons.items() if reason}
    for kind, reason in failed.items():
        print(f"FAIL {kind.kind}: {kind.representative}: {reason}")
    print(f"{len(rows) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


sys.exit(main())
