"""Whether sizes that must agree do, in every operator: runs official cases with one size changed.

python -m tests.conformance.sizes [--all] [--only PATTERN] [--processes N]

Every dimension of every input of a node case is made open, so that the compiler knows none; then
each is in turn one more, one less and 1 in a run. What onnxruntime refuses must end in a status
that names the node; what it computes, in the same numbers or a status. Anything else, a signal or
AddressSanitizer's report above all, is a failure. A case of each operator, or --all of them.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx.backend.test.case.node import collect_testcases

# Random numbers, and text: nothing here is indexed by the size of something else.
_LEFT_OUT = ("Bernoulli", "Random", "Multinomial", "Dropout", "Sequence", "Optional", "String")
_NUMERIC = "biufc"


def cases(everything, pattern):
    """One node with two or more tensors of rank 1 or more; the smallest case of each operator."""
    chosen = collections.defaultdict(list)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = collect_testcases(None)
    for case in found:
        if len(case.model.graph.node) != 1 or not fnmatch.fnmatch(case.name, pattern):
            continue
        node, inputs = case.model.graph.node[0], case.data_sets[0][0]
        plain = all(isinstance(x, (np.ndarray, np.generic)) and np.asarray(x).dtype.kind in _NUMERIC
                    for x in inputs)
        shaped = sum(np.ndim(x) > 0 for x in inputs) if plain else 0
        if shaped > 1 and not node.op_type.startswith(_LEFT_OUT):
            chosen[node.domain, node.op_type].append(case)
    for group in chosen.values():
        # With all its operands, of few elements.
        group.sort(key=lambda case: (-sum(np.ndim(x) > 0 for x in case.data_sets[0][0]),
                                     sum(np.size(x) for x in case.data_sets[0][0]), case.name))
    return [case for group in chosen.values() for case in (group if everything else group[:1])]


def opened(case):
    """The model with unknown sizes; the node has a name for messages."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    model.graph.node[0].name = "the_node"
    for info in (*model.graph.input, *model.graph.output):
        for i, dim in enumerate(info.type.tensor_type.shape.dim):
            dim.Clear()
            dim.dim_param = f"{info.name}_{i}"
    return model


def variations(inputs):
    """(what, inputs) with one size changed; the elements stay valid ones."""
    for i, x in enumerate(inputs):
        for axis, size in enumerate(np.shape(x)):
            for other in {size + 1, size - 1, 1} - {size}:
                if size and other >= 0:
                    changed = list(inputs)
                    changed[i] = np.take(x, np.arange(other) % size, axis)
                    yield f"input {i} with dimension {axis} of {other}", changed


def oracle(path, names, inputs):
    """onnxruntime's outputs; a message where it refuses."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(path), options,
                                               providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own types, and many of them
        return None, str(error)
    def run(changed):
        try:
            return session.run(None, dict(zip(names, changed)))
        except Exception as error:
            return str(error)
    return run, run(inputs)


def alike(got, expected):
    if got.shape != expected.shape:
        return False
    if got.dtype.kind == "V":
        return got.tobytes() == expected.tobytes()
    return np.allclose(got.astype(np.float64), expected.astype(np.float64), 1e-2, 1e-3,
                       equal_nan=True)


def check(case, folder, prefix):
    """The failures, and how many variations there were; None where the case is no case."""
    model, inputs = opened(case), case.data_sets[0][0]
    names = [info.name for info in model.graph.input]
    outputs = [info.name for info in model.graph.output]
    path, artifact = folder / "model.onnx", folder / "model.so"
    onnx.save(model, path)
    run, first = oracle(path, names, inputs)
    if run is None or isinstance(first, str):
        return None
    flags = ["--sanitize=address"] if prefix else []
    done = subprocess.run(["ingot", "compile", path, "-o", artifact, *flags], capture_output=True,
                          text=True, check=False, errors="replace")
    # Some sizes decide a rank or a kernel: these must be known.
    if done.returncode == 3 or (done.returncode == 1 and "known" in done.stderr):
        return None
    if done.returncode:
        return [f"{case.name}: compile {done.returncode} {done.stderr[-200:]}"], 0
    wrong, count = [], 0
    for what, changed in variations(inputs):
        count += 1
        arguments = []
        for name, value in zip(names, changed):
            np.save(folder / f"{name}.npy", value)
            arguments += ["--input", f"{name}={folder / name}.npy"]
        for name in outputs:
            (folder / f"{name}.npy").unlink(missing_ok=True)
        done = subprocess.run([*prefix, "ingot", "run", artifact, *arguments, "--output-dir", folder],
                              capture_output=True, text=True, check=False, errors="replace")
        expected = run(changed)
        if done.returncode == 1 and "AddressSanitizer" not in done.stderr:
            if "the_node" not in done.stderr:
                wrong.append(f"{case.name}: {what}: no node in: {done.stderr[-150:].strip()}")
        elif done.returncode:
            wrong.append(f"{case.name}: {what}: {done.returncode} {done.stderr[-200:]}")
        elif isinstance(expected, str) and ("bounds" in expected or "f range" in expected):
            pass  # an index beyond the smaller size: about data, not sizes
        elif isinstance(expected, str):
            wrong.append(f"{case.name}: {what}: a result, but onnxruntime says {expected[-120:]}")
        elif not all(alike(np.load(folder / f"{name}.npy"), each)
                     for name, each in zip(outputs, expected)
                     if (folder / f"{name}.npy").exists()):
            wrong.append(f"{case.name}: {what}: other numbers than onnxruntime's")
    return wrong, count


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every case, not one of each operator")
    parser.add_argument("--only", default="*", metavar="PATTERN")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--prefix", default="", help="what sets up AddressSanitizer's runtime")
    options = parser.parse_args()
    total = apart = 0
    failures = []

    def one(case):
        with tempfile.TemporaryDirectory() as folder:
            return check(case, pathlib.Path(folder), options.prefix.split())
    with concurrent.futures.ThreadPoolExecutor(options.processes) as pool:
        chosen = cases(options.all, options.only)
        for case, result in zip(chosen, pool.map(one, chosen)):
            if result is None:
                apart += 1
                print(f"apart: {case.name}", flush=True)
                continue
            for each in result[0]:
                print(each, flush=True)
            failures += result[0]
            total += result[1]
    print(f"{total} sizes of {len(chosen) - apart} cases, {apart} cases apart, "
          f"{len(failures)} wrong")
    return bool(failures) or not total


if __name__ == "__main__":
    sys.exit(main())
