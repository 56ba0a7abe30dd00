"""What an artifact asks of a CPU: all that its code may use, and nothing that the runtime cannot
look for. Needs `ingot` in PATH.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx
from onnx import parser

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXPECTED = {("x86_64-linux-gnu", "x86-64-v2"): ({"sse4.2", "popcnt", "cx16"}, {"avx", "fma"}),
            ("x86_64-linux-gnu", "x86-64-v3"): ({"avx2", "fma", "bmi2", "movbe"}, {"avx512f"}),
            ("x86_64-linux-gnu", "sapphirerapids"): ({"avx512fp16", "amx-int8", "gfni", "adx"},
                                                     {"sse4a", "sha"}),
            ("aarch64-linux-gnu", "cortex-a53"): (set(), {"dotprod", "sve", "lse"}),
            ("aarch64-linux-gnu", "neoverse-n1"): ({"dotprod", "fullfp16", "lse", "rdm"}, {"sve"}),
            ("aarch64-linux-gnu", "neoverse-v1"): ({"sve", "bf16", "i8mm", "complxnum"}, {"sve2"})}


def names(text):
    return set(re.findall(r'"([a-z0-9.-]+)"', text))


def tables():
    """Messages about names that the generator may use and the runtime does not know."""
    used = (ROOT / "codegen/emit/Metadata.cpp").read_text()
    known = (ROOT / "runtime/cpu_features.cpp").read_text()
    x86, arm = known.split("defined(__aarch64__)")[:2]
    for array, rows in (("usedOnX86", x86), ("usedOnAArch64", arm)):
        listed = names(re.search(array + r"\[\] = \{(.*?)\};", used, re.DOTALL)[1])
        found = set(re.findall(r'\{"([a-z0-9.-]+)", ', rows))
        if len(listed) < 15 or not listed <= found:
            yield f"{array}: the runtime does not know {sorted(listed - found)}"


def artifacts(folder):
    model = parser.parse_model("""<ir_version: 8, opset_import: ["": 17]>
g (float[3] x) => (float[3] y) { y = Relu(x) }""")
    onnx.save(model, folder / "m.onnx")
    for (triple, cpu), (present, absent) in EXPECTED.items():
        subprocess.run(["ingot", "compile", folder / "m.onnx", "-o", folder / "m.o",
                        f"--mtriple={triple}", f"--cpu={cpu}"], check=True, capture_output=True)
        data = (folder / "m.o").read_bytes()
        held = {name for name in present | absent if b"\0" + name.encode() + b"\0" in data}
        if held != present:
            yield f"{cpu}: asks for {sorted(held)}, expected {sorted(present)}"


def main():
    with tempfile.TemporaryDirectory() as name:
        wrong = [*tables(), *artifacts(pathlib.Path(name))]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
