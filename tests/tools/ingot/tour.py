"""python -m tests.tools.ingot.tour, with the program `ingot` in PATH.

Replays the first block of README's tour and compares what the commands print with what it shows,
but for times, sizes and the name of the CPU. With --update the block is written anew from the run.
"""
import difflib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from tests.models import MODELS, dataset, reference

README = pathlib.Path(__file__).resolve().parents[3] / "README.md"
_BLOCK = re.compile(r"(?s)(\n## A tour\n.*?\n```\n)(.*?\n)(```\n)")

# What differs from machine to machine and from run to run.
_VARYING = [(r"host \([^)]*\)", "host (CPU)"), (r"target \S+,", "target CPU,"),
            (r"\d+\.\d+ (s|ms|MB)\b", r"N \1"), (r"\b\d+ (KiB|bytes|runs|kernels|distinct)\b", r"N \1"),
            (r"_BYTES \d+", "_BYTES N"), (r"(\|y-ref\||max \|ref\|) \d[\d.e+-]*", r"\1 E")]


def steps(block):
    """[(command, lines that it shows)]"""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def normalized(lines):
    text = "\n".join(lines)
    for pattern, replacement in _VARYING:
        text = re.sub(pattern, replacement, text)
    return text.splitlines()


def prepare(folder):
    model, samples = MODELS["keras_cnn"]("full")
    dataset.write(folder / "digits", model, samples, reference.outputs(model, samples))
    shutil.move(folder / "digits/model.onnx", folder / "digits.onnx")


def run(command, shown, folder):
    """The lines that a command prints; `cat` writes the file as the tour shows it."""
    words = command.split()
    if words[0] == "cat":
        (folder / words[1]).write_text("\n".join(shown) + "\n")
    if words[0] == "cc" and not shutil.which("cc"):
        command = "clang-22" + command[2:]
    done = subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          timeout=120)
    if done.returncode:
        sys.exit(f"$ {command}\n{done.stdout}exit status {done.returncode}")
    return done.stdout.splitlines()


def main():
    text = README.read_text(encoding="utf-8")
    match = _BLOCK.search(text)
    if not match or not shutil.which("ingot"):
        sys.exit("README.md has no tour" if not match else "ingot is not in PATH")
    fresh, wrong = [], []
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        prepare(folder)
        for command, shown in steps(match[2]):
            printed = run(command, shown, folder)
            fresh += ["$ " + command, *printed]
            wrong += difflib.unified_diff(normalized(shown), normalized(printed), "README.md",
                                          "$ " + command, lineterm="")
    if "--update" in sys.argv:
        block = "\n".join(fresh) + "\n"
        README.write_text(text[:match.start(2)] + block + text[match.end(2):], encoding="utf-8")
        return 0
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
