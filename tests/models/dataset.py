"""Writes a model and its samples in the form of the official ONNX tests:
DIR/model.onnx and DIR/test_data_set_K/{input,output}_N.pb."""
import dataclasses
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper


@dataclasses.dataclass(frozen=True)
class Optional:
    """An optional tensor; None: there is no element."""
    element: object


def _fill(message, value, name):
    """Encodes a tensor, or a sequence of tensors or maps, as onnxruntime returns them."""
    if isinstance(value, Optional):
        message.name = name
        message.elem_type = onnx.OptionalProto.TENSOR
        if value.element is not None:
            message.tensor_value.CopyFrom(numpy_helper.from_array(np.asarray(value.element)))
    elif isinstance(value, dict):
        message.name = name
        keys = list(value)
        if isinstance(keys[0], str):
            message.key_type = onnx.TensorProto.STRING
            message.string_keys.extend(key.encode() for key in keys)
        else:
            message.key_type = onnx.TensorProto.INT64
            message.keys.extend(keys)
        message.values.elem_type = onnx.SequenceProto.TENSOR
        for each in value.values():
            message.values.tensor_values.append(
                numpy_helper.from_array(np.asarray(each, np.float32)))
    elif isinstance(value, list):
        message.name = name
        is_map = bool(value) and isinstance(value[0], dict)
        message.elem_type = onnx.SequenceProto.MAP if is_map else onnx.SequenceProto.TENSOR
        for each in value:
            slot = (message.map_values if is_map else message.tensor_values).add()
            _fill(slot, each, "")
    else:
        array = np.asarray(value)
        if array.dtype.kind == "U":
            array = array.astype(object)
        message.CopyFrom(numpy_helper.from_array(array, name))


def encode(value, name):
    """The bytes of a TensorProto, SequenceProto, MapProto or OptionalProto."""
    kinds = {list: onnx.SequenceProto, dict: onnx.MapProto, Optional: onnx.OptionalProto}
    kind = kinds.get(type(value), onnx.TensorProto)
    message = kind()
    _fill(message, value, name)
    return message.SerializeToString()


def write_samples(folder, input_names, samples, output_names, results):
    """Writes the inputs and outputs of each sample; inputs in the order of the graph."""
    for number, (sample, result) in enumerate(zip(samples, results)):
        place = pathlib.Path(folder) / f"test_data_set_{number}"
        place.mkdir(parents=True, exist_ok=True)
        for i, name in enumerate(input_names):
            (place / f"input_{i}.pb").write_bytes(encode(sample[name], name))
        for i, (name, value) in enumerate(zip(output_names, result)):
            (place / f"output_{i}.pb").write_bytes(encode(value, name))


def write(folder, model, samples, results):
    """Writes the whole directory; `results` come from reference.outputs."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    initializers = {each.name for each in model.graph.initializer}
    inputs = [each.name for each in model.graph.input if each.name not in initializers]
    write_samples(folder, inputs, samples, [each.name for each in model.graph.output], results)
