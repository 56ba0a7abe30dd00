"""What the importer rejects, and how it says so: one small model a row of the tables beside this.

A row is a node (or several) in ONNX's textual syntax, the inputs it reads, the message, and the
operator set where it is not the newest. Needs `ingot-opt` in PATH.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx
import onnx.parser

import errors_of_classical
import errors_of_layers
import errors_of_tensors

ROWS = errors_of_tensors.ROWS + errors_of_layers.ROWS + errors_of_classical.ROWS
_DOMAINS = '"ai.onnx.ml": {ml}, "com.microsoft": 1, "ai.onnx.preview.training": 1, "local": 1'


def build(nodes, inputs, opset=23, ml=5):
    """The model of a row: its last node is named n, and gives y unless it says otherwise."""
    if "=>" not in inputs:
        inputs = f"({inputs}) => (y)"
    nodes, _, functions = nodes.partition("\n<")
    if not re.match(r"[\w, ]+ = ", nodes):
        nodes = f"y = {nodes}"
    text = (f'<ir_version: 10, opset_import: ["": {opset}, {_DOMAINS.format(ml=ml)}]>\n'
            f"g {inputs} {{ {nodes} }}" + (f"\n<{functions}" if functions else ""))
    model = onnx.parser.parse_model(text)
    model.graph.node[-1].name = "n"
    return model


def sparse(initializer):
    """A sparse constant of 4-bit integers, which ONNX's text cannot say."""
    values = onnx.helper.make_tensor("v", onnx.TensorProto.INT4, [1], [1])
    places = onnx.helper.make_tensor("i", onnx.TensorProto.INT64, [1], [0])
    tensor = onnx.helper.make_sparse_tensor(values, places, [2])
    model = build("y = Relu (v)" if initializer else "y = Constant <value_int = 1> ()", "")
    if initializer:
        model.graph.sparse_initializer.append(tensor)
    else:
        del model.graph.node[0].attribute[:]
        model.graph.node[0].attribute.append(onnx.helper.make_attribute("sparse_value", tensor))
    return model


def narrow():
    """A value of a type that has no place in the dialect, nor in ONNX's text."""
    model = build("s = Constant <value_ints = [2]> () y = ConstantOfShape (s)", "")
    value = onnx.TensorProto(name="v", data_type=27, dims=[1], raw_data=b"\1")
    model.graph.node[1].attribute.append(onnx.helper.make_attribute("value", value))
    return model


ROWS += [(narrow, "", "elements of type float6e2m3 are not supported"),
         (lambda: sparse(True), "", "this sparse tensor is not supported"),
         (lambda: sparse(False), "", "this sparse tensor is not supported")]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, (nodes, inputs, _, *versions) in enumerate(ROWS):
            paths.append(pathlib.Path(folder) / f"{i}.onnx")
            try:
                onnx.save(nodes() if callable(nodes) else build(nodes, inputs, *versions),
                          paths[-1])
            except (onnx.parser.ParseError, ValueError) as error:
                print(f"{nodes}: not a model: {error}")
                failed += 1
        done = subprocess.run(["ingot-opt", "--import-onnx", *paths], capture_output=True,
                              text=True, check=False)
    said = {}
    for line in done.stderr.splitlines():
        if match := re.match(r".*?(\d+)\.onnx: (.*)", line):
            said.setdefault(int(match[1]), []).append(match[2])
    for i, (nodes, _, message, *_) in enumerate(ROWS):
        # One error, that ends as the row says; on the node, where the row has but one.
        lines = [line for line in said.get(i, []) if line.startswith("error: ")]
        text = "".join(lines)
        names = ("node 'n'" in text or "node" not in text or callable(nodes) or " = " in nodes)
        if len(lines) != 1 or not lines[0].endswith(message) or not names:
            print(f"{nodes}\n  expected: {message}\n  but got:  " + "\n            ".join(lines))
            failed += 1
    if done.returncode not in (1, 3):
        print(f"ingot-opt: expected exit status 1 or 3, but got {done.returncode}")
        failed += 1
    print(f"{len(ROWS) - failed} of {len(ROWS)} as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
