"""Documentation that runs: the .td text of every pass and operator.

A pass ends its description with a whole function before and after, as

    ```mlir
    …
    ```
    becomes            (or: with `option=value` becomes)
    ```mlir
    …
    ```

and this runs `ingot-opt --PASS` on the first and compares with the second; both are canonicalized,
which drops what is dead and puts constants first. The checks of the forms change nothing; each has
a test of what it refuses. An operator has a summary, a description whose
examples ingot-opt reads, and something in the importer or a pass that makes it. Needs `ingot-opt`
and `llvm-tblgen` in PATH.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
_PAIR = re.compile(r"```mlir\n(.*?)```\n(?:with `([^`]+)` )?becomes\n```mlir\n(.*?)```", re.DOTALL)
# Who makes operators: the importer by name, the others by their builders.
_MAKERS = [("frontend/onnx/import", r"\b{0}\b"), ("passes", r"\b{0}::create\b|create<{0}>"),
           ("codegen", r"\b{0}::create\b")]


def records(path, base):
    """The records of a .td file that derive from a class, by name."""
    tblgen = pathlib.Path(shutil.which("llvm-tblgen")).resolve()
    text = subprocess.run([tblgen, "--dump-json", "-I", tblgen.parents[1] / "include", "-I", ROOT,
                           path], check=True, capture_output=True, text=True).stdout
    all_records = json.loads(text)
    return {name: all_records[name] for name in all_records["!instanceof"].get(base, [])}


def optimized(text, *passes):
    """What ingot-opt prints, and what it complains about."""
    done = subprocess.run(["ingot-opt", "-", *passes, "--canonicalize"], input=text, text=True,
                          capture_output=True, check=False)
    return done.stdout, done.stderr


def check_pass(record):
    """One line for each thing that is wrong with a pass's documentation."""
    name, description = record["argument"], textwrap.dedent(record["description"] or "")
    if not record["summary"]:
        yield f"{name}: no summary"
    if any("…" in block for block in _BLOCK.findall(description)):
        yield f"{name}: an example is not whole"
    if name.startswith("ingot-verify-"):
        if not any(f"--{name}" in test.read_text(encoding="utf-8")
                   for test in sorted((ROOT / "tests").rglob("*.mlir"))):
            yield f"{name}: no test of what it refuses"
        return
    pairs = _PAIR.findall(description)
    if len(pairs) != 1 or len(_BLOCK.findall(description)) != 2:
        yield f"{name}: expected one example, before and after"
        return
    before, options, after = pairs[0]
    got, errors = optimized(before, f"--{name}" + (f"={options}" if options else ""))
    expected, more_errors = optimized(after)
    if errors or more_errors:
        yield f"{name}: {errors or more_errors}"
    elif got != expected:
        yield f"{name}: the example becomes\n{got}but the documentation says\n{expected}"
    elif got == optimized(before)[0]:
        yield f"{name}: nothing changes in the example"


def check_operator(name, record, sources):
    """One line for each thing that is wrong with an operator's documentation, or its use."""
    description = textwrap.dedent(record["description"] or "").strip()
    if not record["summary"]:
        yield f"{record['opName']}: no summary"
    if not description:
        yield f"{record['opName']}: no description"
    for block in _BLOCK.findall(description):
        printed, errors = optimized(block)
        if errors or f"ingot.{record['opName']}" not in printed:
            yield f"{record['opName']}: {errors or 'the example does not show it'}"
    cpp_class = name.removeprefix("Ingot_")
    if not any(re.search(pattern.format(cpp_class), sources[folder])
               for folder, pattern in _MAKERS):
        yield f"{record['opName']}: neither the importer nor a pass makes it"


def main():
    sources = {folder: "\n".join(path.read_text(encoding="utf-8")
                                 for path in sorted((ROOT / folder).rglob("*.[ch]*")))
               for folder, _ in _MAKERS}
    wrong, passes, operators = [], set(), 0
    for path in sorted(path for folder in ("ir/forms", "passes", "codegen")
                       for path in (ROOT / folder).rglob("*.td")):
        for record in records(path, "PassBase").values():
            passes.add(record["argument"])
            wrong += check_pass(record)
    for path in sorted((ROOT / "ir/ops").glob("*.td")):
        for name, record in records(path, "Op").items():
            operators += 1
            wrong += check_operator(name, record, sources)
    usage = subprocess.run(["ingot-opt", "--help"], capture_output=True, text=True, check=True)
    registered = set(re.findall(r"^ *--(ingot-[\w-]+) ", usage.stdout, re.MULTILINE))
    # Phases are rows of passes, and what the tool itself adds is for tests alone.
    for file in "tools/driver/Register.cpp", "tools/ingot-opt/PrintFacts.cpp":
        registered -= set(re.findall(r'(?:registerPhase\(|return )"(ingot-[\w-]+)"',
                                     (ROOT / file).read_text(encoding="utf-8")))
    wrong += [f"{name}: no .td file defines this pass" for name in sorted(registered - passes)]
    wrong += [f"{name}: ingot-opt does not have this pass" for name in sorted(passes - registered)]
    for line in wrong:
        print(line)
    print(f"{len(passes)} passes and {operators} operators, {len(wrong)} faults")
    return 1 if wrong or not passes or not operators else 0


if __name__ == "__main__":
    sys.exit(main())
