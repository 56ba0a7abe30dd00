#!/usr/bin/env python3
"""Puts the table of build/bench.json between the markers of README.md.

tools/bench/readme.py [JSON]
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.bench import table  # noqa: E402

_BEGIN, _END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def replaced(text, inside):
    """`text` with what stands between the markers replaced."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        sys.exit(f"README.md lacks the lines '{_BEGIN}' and '{_END}'")
    return f"{before}{begin}\n{inside}\n{end}{after}"


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/bench.json"
    readme = ROOT / "README.md"
    result = json.loads(source.read_text())
    readme.write_text(replaced(readme.read_text(), table.markdown(result).strip()))
    print(f"{readme}: {len(result['rows'])} measurements")


if __name__ == "__main__":
    main()
