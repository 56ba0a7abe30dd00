"""Writes the 2,033 official test cases of the onnx package into a folder.

python -m tests.conformance.collect FOLDER

Each case becomes KIND/NAME/model.onnx with test_data_set_K/{input,output}_N.pb, the
form the package itself uses for its converted models; index.tsv lists them with
their tolerances and operators. A folder written by the same version is left alone.
"""
import functools
import pathlib
import shutil
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper

_INDEX = "index.tsv"


def _encode(value, info):
    """The bytes of a value of a node case, by the declared type of its place."""
    kind = info.type.WhichOneof("value")
    if hasattr(value, "SerializeToString"):
        return value.SerializeToString()
    if kind == "map_type":
        return numpy_helper.from_dict(value, info.name).SerializeToString()
    if kind == "sequence_type":
        return numpy_helper.from_list(value, info.name).SerializeToString()
    if kind == "optional_type":
        return numpy_helper.from_optional(value, info.name).SerializeToString()
    return numpy_helper.from_array(np.asarray(value), info.name).SerializeToString()


def _write_set(folder, prefix, values, infos):
    for number, (value, info) in enumerate(zip(values, infos)):
        (folder / f"{prefix}_{number}.pb").write_bytes(_encode(value, info))


def _operators(model):
    return sorted({node.op_type for node in model.graph.node})


def _node_cases(target):
    """The 1,884 operator cases; models and data are made in memory by the package."""
    from onnx.backend.test.case.node import collect_testcases
    for case in collect_testcases(None):
        folder = target / "node" / case.name
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(case.model.SerializeToString())
        for number, (inputs, outputs) in enumerate(case.data_sets):
            data = folder / f"test_data_set_{number}"
            data.mkdir()
            _write_set(data, "input", inputs, case.model.graph.input)
            _write_set(data, "output", outputs, case.model.graph.output)
        yield f"node/{case.name}", case.rtol, case.atol, _case_operators(case)


@functools.cache
def _all_operators():
    return sorted({schema.name for schema in onnx.defs.get_all_schemas()}, key=len)


def _case_operators(case):
    """A node case is about the operator of its name, not about its helper nodes; an
    expanded function stands for the function."""
    stem = case.name.removeprefix("test_").removeprefix("ai_onnx_ml_").replace("_", "").lower()
    own = _operators(case.model)
    for operators in (own, _all_operators()):
        named = [each for each in operators if stem.startswith(each.lower())]
        if named:
            return [max(named, key=len)]
    return own


def _folder_cases(target):
    """23 simple, 82 and 35 from PyTorch: folders of the package, copied."""
    from onnx.backend.test.loader import load_model_tests
    for kind in ("simple", "pytorch-converted", "pytorch-operator"):
        for case in load_model_tests(kind=kind):
            shutil.copytree(case.model_dir, target / kind / case.name)
            model = onnx.load(target / kind / case.name / "model.onnx")
            yield f"{kind}/{case.name}", case.rtol, case.atol, _operators(model)


def _light_cases(target):
    """9 whole networks with constant weights; their input is arange(n)/n."""
    source = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for path in sorted(source.glob("light_*.onnx")):
        data = target / "light" / path.stem / "test_data_set_0"
        data.mkdir(parents=True)
        shutil.copy(path, data.parent / "model.onnx")
        shutil.copy(source / f"{path.stem}_output_0.pb", data / "output_0.pb")
        model = onnx.load(path)
        weights = {each.name for each in model.graph.initializer}
        inputs = [each for each in model.graph.input if each.name not in weights]
        for number, info in enumerate(inputs):
            shape = [each.dim_value for each in info.type.tensor_type.shape.dim]
            count = int(np.prod(shape))
            value = (np.arange(count).reshape(shape) / count).astype(np.float32)
            (data / f"input_{number}.pb").write_bytes(_encode(value, info))
        yield f"light/{path.stem}", 1e-3, 1e-7, _operators(model)


def collect(folder):
    """Writes what is missing; returns the rows (name, rtol, atol, operators)."""
    folder = pathlib.Path(folder)
    index, stamp = folder / _INDEX, f"# onnx {onnx.__version__}\n"
    if not index.is_file() or not index.read_text().startswith(stamp):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = [*_node_cases(folder), *_folder_cases(folder), *_light_cases(folder)]
        # Last, so that a run cut short is not taken for a whole one.
        index.write_text(stamp + "".join(
            f"{name}\t{rtol!r}\t{atol!r}\t{','.join(operators)}\n"
            for name, rtol, atol, operators in rows))
    return read_index(folder)


def read_index(folder):
    rows = []
    for line in (pathlib.Path(folder) / _INDEX).read_text().splitlines()[1:]:
        name, rtol, atol, operators = line.split("\t")
        rows.append((name, float(rtol), float(atol), operators.split(",")))
    return rows


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{len(collect(sys.argv[1]))} cases in {sys.argv[1]}")
