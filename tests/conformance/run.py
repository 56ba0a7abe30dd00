"""Runs conformance suites and compares with the lists of what already passes.

python -m tests.conformance.run [official] [exports] [models] [real] [--update]

A listed case that no longer passes is a failure, and so is every crash; --update adds
the new ones and never takes one away. Other cases that are not listed are counted apart,
as not passing yet.
"""
import argparse
import collections
import fnmatch
import json
import pathlib
import sys
import time

from . import batch
from .suites import FLAGS, LISTS, ROOT, SUITES, Absent

_HERE = pathlib.Path(__file__).resolve().parent


def read_list(path):
    if not path.is_file():
        return set()
    return {line.strip() for line in path.read_text().splitlines()
            if line.strip() and not line.startswith("#")}


def _by_operator(verdicts, everything):
    """Lines 'Conv 12/14' per operator, the incomplete ones first."""
    counts = collections.defaultdict(lambda: [0, 0])
    for case, verdict in verdicts.items():
        for operator in case.operators:
            counts[operator][1] += 1
            counts[operator][0] += verdict.status == "PASS"
    short = {name: each for name, each in counts.items() if each[0] < each[1]}
    print(f"  operators: {len(counts) - len(short)} of {len(counts)} pass in every case")
    rows = [f"{name} {good}/{total}" for name, (good, total) in sorted(
        (counts if everything else short).items(), key=lambda item: item[0].lower())]
    for at in range(0, len(rows), 5):
        print("    " + "".join(f"{row:<28}" for row in rows[at:at + 5]).rstrip())


def _reasons(verdicts, most):
    """The most frequent reasons, with one case as an example each."""
    reasons, examples = collections.Counter(), {}
    for case, verdict in verdicts.items():
        if verdict.status != "PASS":
            key = f"{verdict.status}: {verdict.reason[:110]}"
            reasons[key] += 1
            examples.setdefault(key, case.name)
    for key, count in reasons.most_common(most):
        print(f"  {count:5} {key}  (as {examples[key]})")


def run_suite(name, options):
    """(passed, failed, apart) of one suite; prints its report."""
    try:
        cases = SUITES[name](options.work)
    except Absent as missing:
        print(f"{name}: did not run: {missing}")
        return 0, 0, 1
    if options.only:
        cases = [case for case in cases if fnmatch.fnmatch(case.name, options.only)]
    flags = (*FLAGS[name], *([f"--cpu={options.cpu}"] if options.cpu else []))
    start = time.time()
    verdicts = batch.run(options.tool, cases, flags, options.timeout,
                         options.processes, _bar(name, len(cases)))
    counts = collections.Counter(verdict.status for verdict in verdicts.values())
    path = _HERE / LISTS[name]
    listed = read_list(path)
    passing = {case.name for case, verdict in verdicts.items() if verdict.status == "PASS"}
    lost = [(case, verdict) for case, verdict in verdicts.items()
            if case.name in listed and verdict.status != "PASS"]
    gone = [] if options.only else sorted(listed - {case.name for case in cases})
    _by_operator(verdicts, options.all)
    _reasons(verdicts, options.reasons)
    # Whatever is not supported yet has a message.
    crashed = [(case, verdict) for case, verdict in verdicts.items()
               if case.name not in listed and verdict.status == "CRASH"]
    for case, verdict in crashed:
        print(f"  CRASHED {case.name}: {verdict.reason}")
    for case, verdict in lost:
        print(f"  LOST {case.name}: {verdict.status} {verdict.reason}")
    for each in gone:
        print(f"  LOST {each}: no such case any more")
    if options.update and passing - listed:
        path.write_text("\n".join(sorted(listed | passing)) + "\n")
        print(f"  {len(passing - listed)} added to {path.relative_to(ROOT)}")
    elif passing - listed:
        print(f"  {len(passing - listed)} pass beyond the list (--update adds them)")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.with_name(f"{options.json.stem}-{name}.json").write_text(json.dumps(
            {case.name: list(verdict) for case, verdict in verdicts.items()}, indent=0))
    failed = len(lost) + len(crashed) + len(gone)
    others = ", ".join(f"{counts[key]} {key.lower()}" for key in
                       ("UNSUPPORTED", "FAIL", "CRASH", "TIMEOUT"))
    print(f"{name}: {len(passing)} of {len(cases)} pass ({others}), {failed} lost, "
          f"{time.time() - start:.0f} s")
    return len(passing), failed, len(cases) - len(passing) - len(lost) - len(crashed)


def _bar(name, total):
    """Progress on a terminal's stderr only."""
    done = [0]

    def advance(count):
        done[0] += count
        if sys.stderr.isatty():
            print(f"\r{name}: {done[0]}/{total}", end="\n" if done[0] == total else "",
                  file=sys.stderr, flush=True)
    return advance


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", help=", ".join(SUITES) + " (default: all)")
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "build/bin/ingot")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/tests")
    parser.add_argument("--timeout", type=float, default=60, help="seconds per case")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--cpu", help="compile for this one, such as x86-64-v2")
    parser.add_argument("--only", metavar="PATTERN", help="cases whose name matches")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--all", action="store_true", help="every operator in the summary")
    parser.add_argument("--reasons", type=int, default=15, metavar="N",
                        help="how many reasons to print")
    parser.add_argument("--json", type=pathlib.Path, help="verdicts as JSON, per suite")
    options = parser.parse_args()
    unknown = [name for name in options.suites if name not in SUITES]
    if unknown:
        parser.error(f"no suite named {unknown[0]}")
    if not options.tool.is_file():
        sys.exit(f"{options.tool} is missing: build it first (tools/check.sh does)")
    totals = [0, 0, 0]
    for name in options.suites or SUITES:
        totals = [a + b for a, b in zip(totals, run_suite(name, options))]
    print("{} passed, {} failed, {} skipped".format(*totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
