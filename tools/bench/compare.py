#!/usr/bin/env python3
"""Measures compiled models beside onnxruntime in one run and writes the table.

tools/bench/compare.py [NAME…] [--threads 1,2] [-o build/bench.json] [--check]
tools/bench/compare.py --check --from build/bench.json     judges what an earlier run measured

Each model is built in full size (tests/models), compiled by build/bin/ingot, and both
engines are timed in turns, so that a change of the machine's speed meets both. Times
are of one call with the inputs of the first sample; below 100 µs the call of an empty
model is taken off each, for onnxruntime's is made through Python and ours from C++. With
--check a line for every bar of bars.py says whether it is kept, and the exit status
is 1 where one is not.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.bench import bars, ours, peer, table  # noqa: E402
from tools.bench.sources import BENCHMARKS, EXTRA, source  # noqa: E402


def machine():
    """What a reader needs to place the numbers."""
    cpu = platform.processor() or platform.machine()
    for line in open("/proc/cpuinfo", encoding="ascii", errors="replace"):
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True, check=False).stdout.strip()
    return {"cpu": cpu, "cores": len(os.sched_getaffinity(0)), "commit": commit,
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "onnxruntime": peer.version(), "load": round(os.getloadavg()[0], 2)}


def measure(name, options):
    """The rows of one model, one per thread count."""
    model = source(name, options.cache)
    row = {"model": name, "onnx_mb": round(model.onnx.stat().st_size / 1e6, 2)}
    try:
        artifact, row["compile_s"], row["compile_mb"] = ours.compile_model(
            options.tool, model, options.dynamic)
        row["artifact_mb"] = round(artifact.stat().st_size / 1e6, 2)
        row["errors"] = ours.errors(options.tool, artifact, model)
    except ours.Failed as failed:
        return [dict(row, threads=count, error=str(failed)) for count in options.threads]
    rows = []
    for threads in options.threads:
        theirs, mine = peer.Peer(model, threads), []
        try:
            for _ in range(options.rounds):
                theirs.round()
                # onnxruntime's workers spin for a while behind a run.
                time.sleep(0.1)
                mine.append(ours.bench(options.tool, artifact, model, threads))
            best, off = min(mine, key=lambda each: each["min_ms"]), 0.0
            if best["min_ms"] < peer.SMALL_MS:
                off = ours.empty_call_ms(options.tool, options.cache, threads)
        except ours.Failed as failed:
            rows.append(dict(row, threads=threads, error=str(failed)))
            continue
        rows.append(dict(
            row, threads=threads, min_ms=max(best["min_ms"] - off, peer.LEAST_MS),
            median_ms=max(sorted(each["median_ms"] for each in mine)[len(mine) // 2] - off,
                          peer.LEAST_MS),
            # Of one load a run: what else the machine did shows in some of them.
            load_ms=min(each["load_ms"] for each in mine), rss_mb=best.get("rss_mb"),
            # Of whole calls, for models where without an empty call nothing is left.
            call_ms=best["min_ms"], peer_call_ms=theirs.call(),
            peer_min_ms=theirs.minimum(), peer_median_ms=theirs.median(),
            peer_load_ms=theirs.load_ms))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="default: the benchmark list")
    parser.add_argument("--extra", action="store_true", help="also " + ", ".join(EXTRA))
    parser.add_argument("--threads", default=[1, 2],
                        type=lambda text: [int(each) for each in text.split(",")])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--check", action="store_true", help="judge the measurements")
    parser.add_argument("--from", dest="earlier", type=pathlib.Path, metavar="JSON",
                        help="with --check: measure nothing")
    parser.add_argument("--dynamic", action="store_true",
                        help="leave dynamic dimensions dynamic in our artifact too")
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "build/bin/ingot")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("-o", dest="output", type=pathlib.Path,
                        default=ROOT / "build/bench.json")
    options = parser.parse_args()
    names = options.names or BENCHMARKS + (EXTRA if options.extra else [])
    if options.earlier:
        if not options.check:
            parser.error("--from is for --check")
        return 0 if bars.report(json.loads(options.earlier.read_text()), names) else 1
    result = {"machine": machine(), "rows": []}
    for name in names:
        rows = measure(name, options)
        result["rows"] += rows
        for row in rows:
            print(table.line(row), flush=True)
        # After every model, so that a run cut short leaves what it has.
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(json.dumps(result, indent=1) + "\n")
    options.output.with_suffix(".md").write_text(table.markdown(result))
    print(f"{options.output} and {options.output.with_suffix('.md')}")
    kept = not options.check or bars.report(result, names)
    return 0 if kept and not any("error" in row for row in result["rows"]) else 1


if __name__ == "__main__":
    sys.exit(main())
