"""Drives build/bin/ingot: compile, agreement with the reference, time."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np

from .peer import empty_model
from .sources import distance


class Failed(Exception):
    """The tool answered with an error; its last line."""


# Runs a command and writes its peak resident memory into a file. Linux counts what a process
# holds before exec as the new program's, so a large process must not start what it measures.
_MEASURING = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
open(sys.argv[1], "w").write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


def _run(arguments, seconds=900):
    arguments = [str(each) for each in arguments]
    command = pathlib.Path(arguments[0]).name + " " + arguments[1]
    return _finished(arguments, command, seconds).stdout


def _finished(arguments, command, seconds=900):
    # A group of its own, so that what it started ends with it.
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        stdout, stderr = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Failed(f"{command}: no end after {seconds} s") from late
    if process.returncode:
        lines = [line for line in (stderr + stdout).splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line] or lines[-1:] or ["no message"]
        raise Failed(f"{command}: exit status {process.returncode}: {errors[0][:200]}")
    return subprocess.CompletedProcess(arguments, 0, stdout, stderr)


def _run_measured(arguments):
    """(seconds, peak resident memory in MB) of a command that succeeds."""
    arguments = [str(each) for each in arguments]
    with tempfile.TemporaryDirectory() as folder:
        peak = pathlib.Path(folder) / "peak"
        start = time.time()
        _finished([sys.executable, "-I", "-S", "-c", _MEASURING, str(peak), *arguments],
                  pathlib.Path(arguments[0]).name + " " + arguments[1])
        seconds = time.time() - start
        return round(seconds, 2), round(int(peak.read_text()) * 1024 / 1e6, 1)


def compile_model(tool, model, dynamic=False):
    """(artifact, seconds, peak memory in MB)."""
    artifact = model.folder / "model.so"
    shapes = [] if dynamic else model.shapes()
    return artifact, *_run_measured([tool, "compile", model.onnx, "-o", artifact,
                                     f"--name={model.name}",
                                     *[f"--shape={each}" for each in shapes]])


def _inputs(model):
    return [f"--input={name}={path}" for name, path, _ in model.inputs()]


def errors(tool, artifact, model):
    """{output: max|y − ref| / max|ref|}."""
    with tempfile.TemporaryDirectory() as folder:
        _run([tool, "run", artifact, *_inputs(model), "--output-dir", folder])
        files = {path.stem: path for path in pathlib.Path(folder).iterdir()}
        found = {}
        for name, expected in model.outputs().items():
            # A name that is no file name is written with its odd characters replaced.
            plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
            path = files.get(name) or files.get(plain)
            if path is None:
                raise Failed(f"run: no file for output '{name}' among {sorted(files)[:5]}")
            found[name] = distance(np.load(path), expected)
        return found


def bench(tool, artifact, model, threads):
    """The JSON object of `ingot bench`."""
    text = _run([tool, "bench", artifact, "--threads", threads, "--json", *_inputs(model)])
    return json.loads(text)


def empty_call_ms(tool, cache, threads):
    """The least time of a run of an empty model, called as the others are."""
    folder = cache / "models" / "empty"
    folder.mkdir(parents=True, exist_ok=True)
    source, artifact = folder / "model.onnx", folder / "model.so"
    source.write_bytes(empty_model().SerializeToString())
    _run([tool, "compile", source, "-o", artifact, "--name=empty"])
    text = _run([tool, "bench", artifact, "--threads", threads, "--json"])
    return json.loads(text)["min_ms"]
