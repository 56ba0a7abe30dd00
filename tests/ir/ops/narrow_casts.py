"""Casts to floats of 16 bits and less are rounded once, from doubles and from wide integers.

The reference is made here from the list of all numbers of a format (ml_dtypes decodes them): of the
two neighbours the nearer, of equally near ones the even. Inputs are the numbers, the middles
between two, and the doubles right beside both. Needs `ingot` in PATH.
"""
import pathlib
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper

FORMATS = {"FLOAT16": np.float16, "BFLOAT16": ml_dtypes.bfloat16,
           "FLOAT8E4M3FN": ml_dtypes.float8_e4m3fn, "FLOAT8E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
           "FLOAT8E5M2": ml_dtypes.float8_e5m2, "FLOAT8E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
           "FLOAT4E2M1": ml_dtypes.float4_e2m1fn}


def numbers(element):
    """All that are not negative, in order; an index is even where the last digit is 0."""
    width = 4 if element is ml_dtypes.float4_e2m1fn else 8 * np.dtype(element).itemsize
    codes = np.arange(1 << (width - 1), dtype=np.uint16 if width == 16 else np.uint8)
    with np.errstate(invalid="ignore"):
        decoded = codes.view(element).astype(np.float64)
    return decoded[np.isfinite(decoded)]


def beside(x):
    return np.unique(np.concatenate([x, np.nextafter(x, np.inf), np.nextafter(x, 0)]))


def rounded(x, table):
    """Nearest of the table, the even one of two; |x| is at most the largest."""
    size = np.abs(x)
    high = np.searchsorted(table, size).clip(1, len(table) - 1)
    middle = (table[high - 1] + table[high]) / 2
    up = (size > middle) | ((size == middle) & (high % 2 == 0))
    return np.copysign(table[high - (~up).astype(int)], x)


def run(folder, x, to, flags, **attributes):
    """x cast to the type and on to float, in a run."""
    graph = helper.make_graph(
        [helper.make_node("Cast", ["x"], ["narrow"], to=TensorProto.DataType.Value(to),
                          **attributes),
         helper.make_node("Cast", ["narrow"], ["y"], to=TensorProto.FLOAT)], "g",
        [helper.make_tensor_value_info("x", helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 24)], ir_version=11),
              folder / "model.onnx")
    np.save(folder / "x.npy", x)
    subprocess.run(["ingot", "compile", folder / "model.onnx", "-o", folder / "model.so",
                    *flags], check=True, capture_output=True)
    subprocess.run(["ingot", "run", folder / "model.so", "--input", f"x={folder / 'x.npy'}",
                    "--output-dir", folder], check=True, capture_output=True)
    return np.load(folder / "y.npy")


def differ(what, x, got, expected):
    wrong = np.flatnonzero(got != expected)
    if not wrong.size:
        return None
    i = wrong[0]
    return (f"{what}: {x[i]!r} gives {got[i]!r}, expected {expected[i]!r} "
            f"({wrong.size} of {x.size} differ)")


def doubles(folder, flags):
    for to, element in FORMATS.items():
        table = numbers(element)
        x = beside(np.concatenate([table, (table[1:] + table[:-1]) / 2]))
        x = x[x <= table[-1]]
        x = np.concatenate([x, -x])
        yield differ(f"{to} {flags}", x, run(folder, x, to, flags), rounded(x, table))
    # Half a step beyond the largest number is the first infinity.
    x = np.nextafter(65520.0, [0, np.inf])
    yield differ("the largest half", x, run(folder, x, "FLOAT16", flags),
                 np.array([65504, np.inf]))


def powers(folder):
    """Powers of two, which have a rounding mode of their own."""
    exact = np.ldexp(1.0, np.arange(-126, 127))
    x = beside(np.concatenate([exact, 1.5 * exact]))
    fraction, exponent = np.frexp(x)
    for mode, raised in (("up", fraction > 0.5), ("down", fraction > 1),
                         ("nearest", fraction >= 0.75)):
        got = run(folder, x, "FLOAT8E8M0", [], round_mode=mode)
        yield differ(f"FLOAT8E8M0 {mode}", x, got, np.ldexp(1.0, exponent - 1 + raised))


def rounded_integer(n, digits):
    shift = max(abs(n).bit_length() - digits, 0)
    low, rest = abs(n) >> shift, abs(n) & ((1 << shift) - 1)
    half = (1 << shift) >> 1
    low += bool(shift) and (rest > half or (rest == half and low & 1))
    return float((low << shift) * (-1 if n < 0 else 1))


def integers(folder):
    """To bfloat16, right beside the middle between two of its numbers."""
    for element in (np.int32, np.uint32, np.int64, np.uint64):
        info, values = np.iinfo(element), {0, 1, -1, 255, 257}
        for power in range(8, info.bits):
            for lead in (129, 130, 200, 255):
                middle = ((lead << 1) + 1 << power) >> 8
                values |= {sign * (middle + near) for near in (-1, 0, 1) for sign in (-1, 1)}
        values = sorted(v for v in values if info.min <= v <= info.max)
        x = np.array(values, element)
        expected = np.array([rounded_integer(v, 8) for v in values], np.float32)
        yield differ(f"BFLOAT16 of {element.__name__}", x, run(folder, x, "BFLOAT16", []),
                     expected)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wrong = [*doubles(folder, []), *doubles(folder, ["--cpu=x86-64-v2"]),
                 *doubles(folder, ["--reference"]), *powers(folder), *integers(folder)]
    wrong = [each for each in wrong if each]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
