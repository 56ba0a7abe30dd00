"""Writes what the standard's operators take, from the schemas of the onnx package.

    python tools/signatures.py            writes frontend/onnx/import/Signatures*.def
    python tools/signatures.py --check    fails where they differ from what it would write

One row for each version of an operator that takes something else than the one before; Signatures.h says how a row reads.
"""
import pathlib
import sys

import onnx.defs

_FOLDER = pathlib.Path(__file__).resolve().parents[1] / "frontend" / "onnx" / "import"
_FILES = {"Signatures.def": lambda domain: domain == "",
          "SignaturesOfDomains.def": lambda domain: domain != ""}
_HEAD = """\
// What {} take. Written by tools/signatures.py from the onnx package's schemas.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// clang-format off
"""
# Types that mostly come together. Signatures.cpp knows them by the same names.
_GROUPS = {
    "ints": {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"},
    "floats": {"float16", "float", "double"},
    "float8s": {"float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"},
    "complex": {"complex64", "complex128"},
}
# Types of no operator's operands here: a value of them is no operand at all.
_LEFT_OUT = {"float6e2m3", "float6e3m2"}


def _set(types):
    """Names of the groups and types, and `other` for what is no tensor."""
    tensors = {each[len("tensor("):-1] for each in types if each.startswith("tensor(")}
    other = ["other"] if any(not each.startswith("tensor(") for each in types) else []
    tensors -= _LEFT_OUT
    names = []
    for name, group in _GROUPS.items():
        if group <= tensors:
            tensors -= group
            names.append(name)
    return "|".join(names + sorted(tensors) + other)


def _inputs(schema):
    seen, words = set(), []
    option = onnx.defs.OpSchema.FormalParameterOption
    for each in schema.inputs:
        variadic = each.option == option.Variadic
        free = variadic and not each.is_homogeneous
        variable = "" if "(" in each.type_str or free else each.type_str
        word = variable
        if not variable or variable not in seen:
            word += "=" + _set(each.types)
        seen.add(variable)
        if each.option == option.Optional:
            word += "?"
        elif variadic:
            assert each.min_arity in (0, 1), (schema.name, each.min_arity)
            word += "+" if each.min_arity else "*"
        words.append(word)
    return " ".join(words)


def _attributes(schema):
    return " ".join(f"{name}:{each.type.name}{'!' if each.required else ''}"
                    for name, each in sorted(schema.attributes.items()))


def _signature(schema):
    variadic = any(each.option == onnx.defs.OpSchema.FormalParameterOption.Variadic
                   for each in schema.outputs)
    outputs = "many" if variadic else str(len(schema.outputs))
    return f'"{_inputs(schema)}", {outputs}, "{_attributes(schema)}"'


def _rows(schemas):
    """Of versions that take the same, the first."""
    last = None
    for each in schemas:
        key = each.domain, each.name, _signature(each)
        if key != last:
            yield (f'ROW("{each.domain}", "{each.name}", {each.since_version}, '
                   f"{_signature(each)})")
        last = key


def files():
    """{name: text}."""
    schemas = [each for each in onnx.defs.get_all_schemas_with_history() if not each.deprecated]
    schemas.sort(key=lambda each: (each.domain, each.name, each.since_version))
    texts = {}
    for name, belongs in _FILES.items():
        whose = "the operators of " + ("ai.onnx" if belongs("") else "the other domains")
        rows = _rows(each for each in schemas if belongs(each.domain))
        texts[name] = _HEAD.format(whose) + "\n".join(rows) + "\n"
    return texts


def main():
    bad = 0
    for name, text in files().items():
        path = _FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{path}: differs from the onnx package; run tools/signatures.py")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
