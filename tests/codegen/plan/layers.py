"""Prints how often the program of a BERT of 12 layers launches each of its kernels.

    layers.py [static|dynamic] FOLDER     writes model.onnx and model.mlir there first

Needs `ingot` and `ingot-opt` in PATH.
"""
import collections
import pathlib
import re
import subprocess
import sys

from tests.models import bert
from tests.models.graph import Graph

_SIZE = {"layers": 12, "hidden": 32, "heads": 4, "ffn": 64, "vocabulary": 100, "positions": 40,
         "length": 12}


def main():
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    graph = Graph("layers", opset=17, ir_version=8)
    dynamic = kind == "dynamic"
    encoded = bert.encoder(graph, _SIZE, dynamic, True)
    graph.output(encoded, "y", ["batch", "sequence", 32] if dynamic else [1, 12, 32])
    model = graph.model().SerializeToString(deterministic=True)
    (folder / "model.onnx").write_bytes(model)
    subprocess.run(["ingot", "compile", folder / "model.onnx", "--cpu=x86-64-v3", "--emit=mlir",
                    "-o", folder / "model.mlir"], check=True, capture_output=True)
    planned = subprocess.run(
        ["ingot-opt", folder / "model.mlir", "--ingot-plan", "--ingot-verify-planned"],
        check=True, capture_output=True, text=True).stdout
    kernels = re.findall(r"func\.func @(k\w+)", planned)
    launches = collections.Counter(re.findall(r"ingot\.launch @(\w+)", planned))
    for name in kernels:
        print(f"{launches[name]:2} × {name}")
    print(f"{len(kernels)} kernels, {launches.total()} launches")


if __name__ == "__main__":
    main()
