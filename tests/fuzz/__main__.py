"""python -m tests.fuzz --seed S --count N: models changed in one place, compiled or refused.

Mutant S:K is one of the official operator models or of the built ones, changed in one place; which
and where follows from its name alone. A fault is a signal, no end, an exit status that the tool
does not have, a failure without a message, or a file left behind. Each is a line that begins with
the mutant's name, and `--only S:K --keep DIR` makes it again.
"""
import argparse
import concurrent.futures
import functools
import multiprocessing
import os
import pathlib
import random
import sys
import time

from onnx import TensorProto

from tests.conformance import suites

from . import judge, mutate

MOST_BYTES = 200_000  # of a model: one that is mostly weights shows nothing more
BUILT_SHARE = 0.1


@functools.cache
def sources(work):
    """Folders with model.onnx, the operators' and the built models'."""
    operators = sorted(case.folder for case in suites.official(work)
                       if case.name.startswith("node/"))
    built = sorted(case.folder for case in suites.models(work)
                   if (case.folder / "model.onnx").stat().st_size <= MOST_BYTES)
    return operators, built


def recorded(folder):
    """Values of inputs, by name, that are small enough to be a model's constants."""
    values = {}
    for path in sorted((folder / "test_data_set_0").glob("input_*.pb")):
        if path.stat().st_size > 2000:
            continue
        try:
            tensor = TensorProto.FromString(path.read_bytes())
        except Exception:  # a sequence or optional; protobuf's error has no public class
            continue
        if tensor.name and tensor.data_type:
            values[tensor.name] = tensor
    return values


def make(work, seed, number):
    """(bytes, way, description) of a mutant."""
    rng = random.Random(f"{seed}:{number}")
    operators, built = sources(work)
    folder = rng.choice(built if built and rng.random() < BUILT_SHARE else operators)
    how = judge.way(rng)
    data, what = mutate.mutate(rng, (folder / "model.onnx").read_bytes(), recorded(folder))
    return data, how, f"{how} {folder.name}: {what}"


def one(work, tool, seed, number):
    data, how, what = make(work, seed, number)
    return number, what, judge.judge(tool, how, data)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", metavar="S:K", nargs="+", help="these mutants alone")
    parser.add_argument("--keep", metavar="DIR", type=pathlib.Path,
                        help="write the mutants with a fault, of --only all, to DIR")
    parser.add_argument("--verbose", action="store_true", help="a line for every mutant")
    parser.add_argument("--tool", type=pathlib.Path, default=suites.ROOT / "build/bin/ingot")
    parser.add_argument("--work", type=pathlib.Path, default=suites.ROOT / "build/tests")
    options = parser.parse_args()
    if not options.tool.is_file():
        sys.exit(f"{options.tool} is missing: build it first (tools/check.sh does)")
    mutants = [(options.seed, number) for number in range(options.count)]
    if options.only:
        mutants = [tuple(map(int, name.split(":"))) for name in options.only]
    start, faults, counts = time.time(), 0, {}
    sources(options.work)  # before the processes, which inherit it
    with concurrent.futures.ProcessPoolExecutor(
            options.jobs, multiprocessing.get_context("fork"), judge.limit_memory) as pool:
        waiting = {pool.submit(one, options.work, str(options.tool), *mutant): mutant
                   for mutant in mutants}
        for done in concurrent.futures.as_completed(waiting):
            seed, number = waiting[done]
            _, what, (fault, status, seconds, said) = done.result()
            counts[status] = counts.get(status, 0) + 1
            if fault or options.verbose or options.only:
                print(f"{seed}:{number} {what!r}: {fault or status} ({seconds:.1f} s) {said[:160]!r}",
                      flush=True)
            faults += fault is not None
            if options.keep and (fault or options.only):
                options.keep.mkdir(parents=True, exist_ok=True)
                data, _, _ = make(options.work, seed, number)
                (options.keep / f"{seed}-{number}.onnx").write_bytes(data)
    print(f"{counts.get(0, 0)} compiled, {counts.get(1, 0)} refused, {counts.get(3, 0)} "
          f"unsupported; {time.time() - start:.0f} s")
    print(f"{len(mutants) - faults} passed, {faults} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
