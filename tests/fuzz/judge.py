"""Runs the compiler on one mutant and says what is wrong with how it ended."""
import pathlib
import resource
import signal
import subprocess
import tempfile
import time

CPU_SECONDS = 10
WALL_SECONDS = 120  # for a machine that does other things too
MEMORY = 4 << 30


def limit_memory():
    """Of this process and all that it starts."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# What is done with a mutant, and how often. Planning reaches nearly everything, at a tenth of
# the time that machine code takes.
WAYS = {"plan": ["compile", "m.onnx", "-o", "out/m.mlir", "--report=out/r.json", "-j1"],
        "code": ["compile", "m.onnx", "-o", "out/m.so", "-O0", "-j1"],
        "run": ["run", "m.onnx", "-O0", "-j1", "--threads=1", "--output-dir=out/results"]}
WEIGHTS = {"plan": 10, "code": 1, "run": 2}


def way(rng):
    return rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def _fault(status, said, folder):
    if status < 0:
        name = signal.Signals(-status).name
        return f"no end within {CPU_SECONDS} s" if name in ("SIGXCPU", "SIGKILL") else name
    if status not in (0, 1, 2, 3):
        return f"exit status {status}"
    if status and "error: " not in said:
        return f"exit status {status} without an error's text"
    if "LLVM ERROR" in said:
        return "ended by LLVM"
    left = sorted(str(each.relative_to(folder)) for each in folder.rglob("*")
                  if status or each.name.startswith(".ingot-"))
    return "left " + ", ".join(left) if left else None


def judge(tool, how, data):
    """(fault or None, exit status, seconds, the last line that was said)."""
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "m.onnx").write_bytes(data)
        out = place / "out"
        out.mkdir()
        start = time.time()
        process = subprocess.Popen([tool, *WAYS[how]], cwd=place, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   env={"TMPDIR": str(out), "PATH": "/usr/bin:/bin"})
        try:
            # A little more than the soft limit, so that a message has time.
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
        except ProcessLookupError:
            pass
        try:
            said = process.communicate(timeout=WALL_SECONDS)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return f"no end within {WALL_SECONDS} s", None, WALL_SECONDS, ""
        lines = [line for line in said.splitlines() if line.strip()] or [""]
        return (_fault(process.returncode, said, out), process.returncode, time.time() - start,
                lines[-1])
