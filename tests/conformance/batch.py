"""Runs many cases through few processes of `ingot verify --batch LIST`.

The list holds one folder per line and, after a tab, `rtol=R atol=A share=S` where a case has
tolerances of its own. The tool answers in the same order, one line per case at once:
`PASS name`, or FAIL, UNSUPPORTED, CRASH or TIMEOUT, the name and a reason. Should the
process itself die or go silent, that is charged to the case it was at, and a new one
takes over behind it.
"""
import collections
import concurrent.futures
import pathlib
import queue
import signal
import subprocess
import tempfile
import threading

Verdict = collections.namedtuple("Verdict", "status reason")
_STATUS = ("PASS", "FAIL", "UNSUPPORTED", "CRASH", "TIMEOUT")
_CHUNK = 40
# The tool ends a case that takes too long itself; this long after, it must be stuck.
_GRACE_S = 30


def _entry(case):
    """A line of the list. The runner's own tolerances are the tool's default, which
    knows that bfloat16 takes another."""
    if (case.rtol, case.atol, case.share) == (1e-3, 1e-7, None):
        return f"{case.folder}\n"
    share = f" share={case.share!r}" if case.share else ""
    return f"{case.folder}\trtol={case.rtol!r} atol={case.atol!r}{share}\n"


def _lines(stream, into):
    for line in stream:
        into.put(line.rstrip("\n"))
    into.put(None)


def _death(process, errors):
    code = process.wait()
    errors.seek(0)
    tail = [line for line in errors.read().splitlines() if line.strip()][-1:] or [""]
    cause = signal.Signals(-code).name if code < 0 else f"exit status {code}"
    return Verdict("CRASH", f"{cause}; {tail[0][:200]}".rstrip("; "))


def _verdict(line, case):
    status, _, rest = line.partition(" ")
    reason = rest.partition(": ")[2]
    if status not in _STATUS or case.folder.name not in line:
        return None
    return Verdict(status, reason)


def _run_once(command, cases, timeout, verdicts):
    """One process; fills verdicts in order and returns how many cases it settled."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile(
            "w+", errors="replace") as errors:
        listing = pathlib.Path(folder) / "cases"
        listing.write_text("".join(map(_entry, cases)))
        process = subprocess.Popen(
            [*command, f"--timeout={timeout:g}", "--batch", str(listing)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            errors="replace")
        answers = queue.Queue()
        reader = threading.Thread(target=_lines, args=(process.stdout, answers), daemon=True)
        reader.start()
        try:
            for done, case in enumerate(cases):
                try:
                    line = answers.get(timeout=timeout + _GRACE_S)
                    while line is not None and not line.startswith(_STATUS):
                        line = answers.get(timeout=timeout + _GRACE_S)
                except queue.Empty:
                    verdicts[case] = Verdict("TIMEOUT", "the tool itself is stuck")
                    return done + 1
                verdict = _verdict(line, case) if line else _death(process, errors)
                verdicts[case] = verdict or Verdict("CRASH", f"unexpected: {line[:200]}")
                if not line or not verdict:
                    return done + 1
            return len(cases)
        finally:
            process.kill()
            process.wait()
            reader.join()
            process.stdout.close()


def _run_chunk(command, cases, timeout, progress):
    verdicts, at = {}, 0
    while at < len(cases):
        at += _run_once(command, cases[at:], timeout, verdicts)
    progress(len(cases))
    return verdicts


def run(tool, cases, flags=(), timeout=60, processes=2, progress=lambda count: None):
    """{case: Verdict} of all cases."""
    command = [str(tool), "verify", *flags]
    chunks = [cases[at:at + _CHUNK] for at in range(0, len(cases), _CHUNK)]
    verdicts = {}
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        for part in pool.map(lambda chunk: _run_chunk(command, chunk, timeout, progress), chunks):
            verdicts.update(part)
    return verdicts
