"""Fails on a message of the operators or the importer that no test asserts.

Of every error that ir/ and frontend/onnx/import/ report, the longest literal must stand in what a
test expects: an expected-error of tests/ir, a row of tests/frontend/onnx/import/errors*.py, or a
string of the C++ and command-line tests of the importer. What cannot be reached from a test stands
below, with the reason why the check is there.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_UNREACHABLE = {
    # Four million nodes take longer than a test may.
    " nodes once functions are inlined",
    # Of every operand that a standard operator asks for so the standard says that it is integer;
    # this is for other domains.
    "expected integers as ",
    # Every operator whose inference fails says why; this is for one that forgets to.
    "expected operands and attributes that fit, but could not infer its results",
}


def calls(text, pattern):
    """The text of each call that the pattern begins, up to its semicolon or closing brace."""
    for match in re.finditer(pattern, text):
        yield text.count("\n", 0, match.start()) + 1, text[match.end():].split(";", 1)[0]


def literals(call):
    """The strings of a call; adjacent ones are one."""
    joined = re.sub(r'"\s*\n?\s*"', "", call)
    return [each.encode().decode("unicode_escape") for each in _LITERAL.findall(joined)]


def messages(folder, pattern):
    for path in sorted((ROOT / folder).rglob("*.cpp")):
        for line, call in calls(path.read_text(encoding="utf-8"), pattern):
            parts = sorted(literals(call), key=len)
            if parts:
                yield f"{path.relative_to(ROOT)}:{line}", parts[-1]


def text_of(*patterns):
    return "\n".join(path.read_text(encoding="utf-8")
                     for pattern in patterns for path in sorted(ROOT.glob(pattern)))


def main():
    imported = "tests/frontend/onnx/import/"
    in_rows = re.sub(r'"\s*\n\s*"', "", text_of(imported + "errors*.py", imported + "*.cpp",
                                                "tests/tools/ingot/bad_inputs.py",
                                                "tests/tools/ingot/entries.py"))
    in_lines = "\n".join(re.findall(r"expected-error.*?\{\{(.*?)\}\}",
                                    text_of("tests/ir/**/*.mlir")))
    bad = total = 0
    for folder, pattern, tested in (
            ("ir", r"emit(?:Op)?Error\(", in_lines),
            ("frontend/onnx/import", r"(?<!consume)(?<!Call)\b(?:error|unsupported)\(", in_rows)):
        for where, message in messages(folder, pattern):
            total += 1
            if message not in tested and message not in _UNREACHABLE:
                print(f"{where}: no test asserts: {message}")
                bad += 1
    print(f"{total - bad} of {total} messages tested or explained")
    return 1 if bad or not total else 0


if __name__ == "__main__":
    sys.exit(main())
