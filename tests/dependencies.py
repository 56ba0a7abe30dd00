"""Fails on any #include that crosses the folders in a direction the design forbids.

`ir` and the installed headers know nobody; frontend, passes and codegen know `ir`
(codegen also the installed headers) and never each other; the runtime includes no
LLVM; only tools and tests see all. Closes with 'N passed, N failed', one test a folder.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
_HEADERS = "runtime/include/ingot"
# Who may include whom, beside itself.
_KNOWS = {
    _HEADERS: set(),
    "ir": set(),
    "frontend": {"ir"},
    "passes": {"ir"},
    "codegen": {"ir", _HEADERS},
    "runtime": {_HEADERS},
}
# The arena planner is one plain file that the runtime and codegen share.
_SHARED = {("codegen", "runtime/planner.h")}
# Libraries that a folder must do without.
_WITHOUT = {
    _HEADERS: re.compile(r"^(llvm|llvm-c|mlir|mlir-c|lld|clang|protozero)/"),
    "runtime": re.compile(r"^(llvm|llvm-c|mlir|mlir-c|lld|clang|protozero)/"),
    "frontend/onnx/wire": re.compile(r"^(mlir|mlir-c)/"),
}
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
_SUFFIXES = {".h", ".hpp", ".c", ".cc", ".cpp", ".cu", ".inc", ".td"}
_TD_INCLUDE = re.compile(r'^\s*include\s*(")([^"]+)"', re.MULTILINE)


def folder_of(path):
    """The folder of the table that a path from the root belongs to, or None."""
    for folder in _KNOWS:  # the installed headers come before the runtime they lie in
        if path == folder or path.startswith(folder + "/"):
            return folder
    return None


def target_of(file, name):
    """The path from the root that an include names, as the compiler would find it."""
    beside = (file.parent / name)
    if beside.exists():
        return beside.resolve().relative_to(ROOT).as_posix()
    if name.startswith("ingot/"):
        return "runtime/include/" + name
    return name


def offences(file):
    """Lines that tell what a file includes and must not."""
    path = file.relative_to(ROOT).as_posix()
    own = folder_of(path)
    pattern = _TD_INCLUDE if file.suffix == ".td" else _INCLUDE
    text = file.read_text(encoding="utf-8", errors="replace")
    for match in pattern.finditer(text):
        name = match[2]
        line = text.count("\n", 0, match.start(2)) + 1
        target = target_of(file, name)
        other = folder_of(target)
        if (own, target) in _SHARED:
            continue
        if other and other != own and other not in _KNOWS[own]:
            yield f"{path}:{line}: {own} must not know {other}: {name}"
        elif not other and name.split("/")[0] in ("tools", "tests"):
            yield f"{path}:{line}: only tools and tests see {name}"
        for prefix, library in _WITHOUT.items():
            if path.startswith(prefix + "/") and library.search(name):
                yield f"{path}:{line}: {prefix} does without {name.split('/')[0]}: {name}"


def main():
    bad = {folder: [] for folder in _KNOWS}
    for top in sorted({folder.split("/")[0] for folder in _KNOWS}):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in _SUFFIXES and file.is_file():
                bad[folder_of(file.relative_to(ROOT).as_posix())] += offences(file)
    for found in bad.values():
        for line in found:
            print(line)
    failed = sum(1 for found in bad.values() if found)
    print(f"{len(bad) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
