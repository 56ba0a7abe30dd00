"""Runs many cases through few processes of `ingot verify --batch LIST`.

The list holds one folder per line and, after a tab, `rtol=R atol=A` where a case has
tolerances of its own. The tool answers in the same order, one line per case at once:
`PASS name`, `FAIL name: reason` or `UNSUPPORTED name: reason`. A process that dies
or goes silent is charged to the case it was at, and a new one takes over behind it.
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
_STATUS = ("PASS", "FAIL", "UNSUPPORTED")
_CHUNK = 40


def _entry(case):
    """A line of the list. The runner's own tolerances are the tool's default, which
    knows that bfloat16 takes another."""
    if (case.rtol, case.atol) == (1e-3, 1e-7):
        return f"{case.folder}\n"
    return f"{case.folder}\trtol={case.rtol!r} atol={case.atol!r}\n"


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
        return Verdict("CRASH", f"unexpected answer: {line[:200]}")
    return Verdict(status, reason)


def _run_once(tool, cases, timeout, verdicts):
    """One process; fills verdicts in order and returns how many cases it settled."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile(
            "w+", errors="replace") as errors:
        listing = pathlib.Path(folder) / "cases"
        listing.write_text("".join(map(_entry, cases)))
        process = subprocess.Popen(
            [str(tool), "verify", "--batch", str(listing)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace")
        answers = queue.Queue()
        reader = threading.Thread(target=_lines, args=(process.stdout, answers), daemon=True)
        reader.start()
        try:
            for done, case in enumerate(cases):
                try:
                    line = answers.get(timeout=timeout)
                    while line is not None and not line.startswith(_STATUS):
                        line = answers.get(timeout=timeout)
                except queue.Empty:
                    verdicts[case] = Verdict("TIMEOUT", f"no answer in {timeout} s")
                    return done + 1
                verdicts[case] = _death(process, errors) if line is None else _verdict(
                    line, case)
                if verdicts[case].status == "CRASH":
                    return done + 1
            return len(cases)
        finally:
            process.kill()
            process.wait()
            reader.join()
            process.stdout.close()


def _run_chunk(tool, cases, timeout, progress):
    verdicts, at = {}, 0
    while at < len(cases):
        at += _run_once(tool, cases[at:], timeout, verdicts)
    progress(len(cases))
    return verdicts


def run(tool, cases, timeout=120, processes=2, progress=lambda count: None):
    """{case: Verdict} of all cases."""
    chunks = [cases[at:at + _CHUNK] for at in range(0, len(cases), _CHUNK)]
    verdicts = {}
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        for part in pool.map(lambda chunk: _run_chunk(tool, chunk, timeout, progress), chunks):
            verdicts.update(part)
    return verdicts
