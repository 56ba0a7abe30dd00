"""Drives build/bin/ingot: compile, agreement with the reference, time."""
import json
import pathlib
import re
import subprocess
import tempfile
import time

import numpy as np

from .sources import distance


class Failed(Exception):
    """The tool answered with an error; its last line."""


def _run(arguments, seconds=900):
    try:
        done = subprocess.run([str(each) for each in arguments], capture_output=True,
                              text=True, timeout=seconds, check=False,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{arguments[1]}: no end after {seconds} s") from late
    if done.returncode:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line] or lines[-1:] or ["no message"]
        raise Failed(f"{arguments[1]}: exit status {done.returncode}: {errors[0][:200]}")
    return done.stdout


def compile_model(tool, model, dynamic=False):
    """(artifact, seconds)."""
    artifact = model.folder / "model.so"
    shapes = [] if dynamic else model.shapes()
    start = time.time()
    _run([tool, "compile", model.onnx, "-o", artifact, f"--name={model.name}",
          *[f"--shape={each}" for each in shapes]])
    return artifact, round(time.time() - start, 2)


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
