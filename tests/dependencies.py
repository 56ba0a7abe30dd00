"""Fails on any #include that crosses the folders in a direction the design forbids.

`ir` and the installed headers know nobody; frontend, passes and codegen know `ir`
(codegen also the installed headers) and never each other; the runtime includes no
LLVM; only tools and tests see all. A rule that matches no file guards nothing and fails too.
Closes with 'N passed, N failed', one test a rule.
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
# What files, by a pattern of their paths, must do without, by a pattern of what they include.
_COMPILERS = r"(llvm|llvm-c|mlir|mlir-c|lld|clang|protozero)/"
_WITHOUT = {
    f"{_HEADERS}/": _COMPILERS,
    "runtime/": _COMPILERS,
    # The wire reader and its checks: a library without MLIR, which sanitizers build alone.
    "frontend/onnx/(?!import/)": r"(mlir|mlir-c|ir|frontend/onnx/import|import)/",
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


def includes(file):
    """Pairs (line, name) of a file's includes."""
    pattern = _TD_INCLUDE if file.suffix == ".td" else _INCLUDE
    text = file.read_text(encoding="utf-8", errors="replace")
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start(2)) + 1, match[2]


def crossings(file, path):
    """Lines that tell where a file of a folder includes another that it must not know."""
    own = folder_of(path)
    for line, name in includes(file):
        target = target_of(file, name)
        other = folder_of(target)
        if (own, target) in _SHARED:
            continue
        if other and other != own and other not in _KNOWS[own]:
            yield f"{path}:{line}: {own} must not know {other}: {name}"
        elif not other and name.split("/")[0] in ("tools", "tests"):
            yield f"{path}:{line}: only tools and tests see {name}"


def main():
    files = {}
    for top in sorted({folder.split("/")[0] for folder in _KNOWS}):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix in _SUFFIXES and file.is_file():
                files[file.relative_to(ROOT).as_posix()] = file
    rules = {}
    for folder in _KNOWS:
        ours = [path for path in files if folder_of(path) == folder]
        rules[folder] = [line for path in ours for line in crossings(files[path], path)]
        if not ours:
            rules[folder].append(f"{folder}: a rule for no file")
    for which, what in _WITHOUT.items():
        ours = [path for path in files if re.match(which, path)]
        rules["without", which] = [
            f"{path}:{line}: {which} does without {name}" for path in ours
            for line, name in includes(files[path]) if re.match(what, name)]
        if not ours:
            rules["without", which].append(f"{which}: a rule for no file")
    for own, shared in _SHARED:
        known = any(target_of(file, name) == shared for path, file in files.items()
                    if folder_of(path) == own for _, name in includes(file))
        rules["shared", own, shared] = [] if known and shared in files else [
            f"{shared}: nothing of {own} includes it"]
    for found in rules.values():
        for line in found:
            print(line)
    failed = sum(1 for found in rules.values() if found)
    print(f"{len(rules) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
