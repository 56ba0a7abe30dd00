"""Checks that every builder makes a model worth testing with.

A model whose outputs ignore its inputs, are constant, or are not finite would let
a wrong kernel pass, so each must be valid ONNX, run in onnxruntime, and answer
its two samples with visibly different, finite, varied numbers.
"""
import time

import numpy as np
import onnx

from . import reference


def _differ(first, second):
    """Relative distance of two outputs; of unequal shapes they differ anyway."""
    if first.shape != second.shape:
        return 1.0
    scale = max(float(np.abs(first).max(initial=0)), float(np.abs(second).max(initial=0)))
    return float(np.abs(first - second).max(initial=0)) / scale if scale else 0.0


def problems(model, samples):
    """A list of sentences, empty where the model is fit for tests."""
    found = []
    onnx.checker.check_model(model, full_check=True)
    first, second = reference.outputs(model, samples)
    names = [each.name for each in model.graph.output]
    for name, a, b in zip(names, first, second):
        if not reference.is_number(a):
            continue
        a, b = a.astype(np.float64), b.astype(np.float64)
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            found.append(f"output {name} is not finite")
        elif a.size == 0 or b.size == 0:
            found.append(f"output {name} is empty")
        elif _differ(a, b) < 1e-2:
            found.append(f"output {name} hardly depends on the input ({_differ(a, b):.1e})")
        elif a.size > 1 and np.ptp(a) <= 1e-3 * np.abs(a).max():
            found.append(f"output {name} is constant")
    if not any(reference.is_number(each) for each in first):
        if all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(first, second)):
            found.append("no output depends on the input")
    return found


def check(builders, size):
    """Prints one line per model and returns how many failed."""
    failed = 0
    for name, builder in builders.items():
        start = time.time()
        try:
            model, samples = builder(size)
            found = problems(model, samples)
            note = f"{len(model.graph.node)} nodes, {model.ByteSize() / 1e6:.2f} MB"
        except Exception as error:  # a report of every model, not of the first failure
            found, note = [f"{type(error).__name__}: {error}".split("\n")[0][:400]], ""
        failed += bool(found)
        print(f"{'FAIL' if found else 'PASS'} {name} ({note}, {time.time() - start:.1f} s)"
              + "".join(f"\n     {each}" for each in found), flush=True)
    return failed
