"""No element type of any input of any operator crashes the compiler.

Takes the official operator cases, gives an input another element type, alone and with all that have
the same type, for each input and each of the 26 types, and compiles to the end of planning, many in
one process: the outcome is success, an error, or "unsupported", with a message. Runs a seeded
sample; with `all`, everything. Needs `ingot-plan-each` in PATH.
"""
import collections
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

_TYPES = range(1, 27)
_SAMPLE = 1000
_SEED = 12
_TIMEOUT_S = 120


def _retyped(model, places, element):
    """The bytes of the model with another element type in these places."""
    own = [place.elem_type for place in places]
    for place in places:
        place.elem_type = element
    data = model.SerializeToString()
    for place, old in zip(places, own):
        place.elem_type = old
    return data


def mutants():
    """(name, input, type, bytes of the model): the input alone, and together with every input and
    output of its type, for what an operator computes in one type. Of like models, the first."""
    seen = set()
    for case in collect_testcases(None):
        # Functions written out are their operators' cases once more.
        if "_expanded" in case.name:
            continue
        graph = case.model.graph
        tensors = [[info.type.tensor_type for info in infos
                    if info.type.WhichOneof("value") == "tensor_type"]
                   for infos in (graph.input, graph.output)]
        like = (tuple((node.domain, node.op_type, len(node.input),
                       tuple(each.name for each in node.attribute)) for node in graph.node),
                tuple(each.version for each in case.model.opset_import))
        if (like, len(tensors[0])) in seen:
            continue
        seen.add((like, len(tensors[0])))
        for number, place in enumerate(tensors[0]):
            kin = [each for each in sum(tensors, []) if each.elem_type == place.elem_type]
            for element in _TYPES:
                if element == place.elem_type:
                    continue
                yield case.name, number, element, _retyped(case.model, [place], element)
                if place is kin[0]:
                    yield case.name, number, element, _retyped(case.model, kin, element)


def run_some(folder, paths):
    """[(status or None, message)] of the models until one crashes or hangs."""
    process = subprocess.Popen(["ingot-plan-each", folder], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               errors="replace")
    try:
        out, _ = process.communicate("".join(f"{path}\n" for path in paths), _TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, _ = process.communicate()
    answers = [line.partition(" ") for line in out.splitlines()]
    results = [(int(status), message) for status, _, message in answers]
    if len(results) < len(paths):
        results.append((None, f"ends with {process.returncode}"))
    return results


def main():
    every = list(mutants())
    if "all" not in sys.argv:
        every = random.Random(_SEED).sample(every, min(_SAMPLE, len(every)))
    counts, bad = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (*_, data) in enumerate(every):
            paths.append(pathlib.Path(folder) / f"{number}.onnx")
            paths[-1].write_bytes(data)
        at = 0
        while at < len(paths):
            results = run_some(folder, paths[at:at + 500])
            for (name, number, element, _), (status, message) in zip(every[at:], results):
                counts[status] += 1
                if status not in (0, 1, 3) or (status and not message):
                    bad.append(f"{name}: input {number} of type {element}: {status} {message}")
            at += len(results)
    print("\n".join(bad))
    print(f"{len(every)} models: {counts[0]} planned, {counts[1]} errors, "
          f"{counts[3]} unsupported, {len(bad)} bad")
    return 1 if bad or not every else 0


if __name__ == "__main__":
    sys.exit(main())
