#!/usr/bin/env python3
"""Measures compiled models beside onnxruntime in one run and writes the table.

tools/bench/compare.py [NAME…] [--threads 1,2] [-o build/bench.json]

Each model is built in full size (tests/models), compiled by build/bin/ingot, and both
engines are timed in turns, so that a change of the machine's speed meets both. Times
are of one call with the inputs of the first sample; below 100 µs the call of an empty
model through Python is taken off onnxruntime's, for ours are measured in C++.
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

from tools.bench import ours, peer, table  # noqa: E402
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
        artifact, row["compile_s"] = ours.compile_model(options.tool, model, options.dynamic)
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
        except ours.Failed as failed:
            rows.append(dict(row, threads=threads, error=str(failed)))
            continue
        best = min(mine, key=lambda each: each["min_ms"])
        rows.append(dict(
            row, threads=threads, min_ms=best["min_ms"],
            median_ms=sorted(each["median_ms"] for each in mine)[len(mine) // 2],
            load_ms=best.get("load_ms"), rss_mb=best.get("rss_mb"),
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
    parser.add_argument("--dynamic", action="store_true",
                        help="leave dynamic dimensions dynamic in our artifact too")
    parser.add_argument("--tool", type=pathlib.Path, default=ROOT / "build/bin/ingot")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("-o", dest="output", type=pathlib.Path,
                        default=ROOT / "build/bench.json")
    options = parser.parse_args()
    names = options.names or BENCHMARKS + (EXTRA if options.extra else [])
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
    return 1 if any("error" in row for row in result["rows"]) else 0


if __name__ == "__main__":
    sys.exit(main())
