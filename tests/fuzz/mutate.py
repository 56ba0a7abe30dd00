"""Changes a model in one place, by a random generator.

A mutation takes the generator and a Subject and returns what it did in words, or None where the
model has no such place. Together they reach what a file can say wrongly: types, attributes,
operands, dimensions, constants, versions and the bytes themselves.
"""
import functools

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

# Where arithmetic on sizes and positions goes wrong.
INTEGERS = (0, -1, 1, 1 << 31, 1 << 40, 1 << 62, (1 << 63) - 1, -(1 << 63), -(1 << 63) + 1)
FLOATS = (0.0, -1.0, float("nan"), float("inf"), -float("inf"), 3e38, 1e-45)
STRINGS = (b"", b"nonsense", b"\xff\xfe", b"SAME_UPPER", b"linear", b"a" * 5000)
SIZES = (0, -1, 1, 1 << 31, 1 << 40, 1 << 62)
MOST_CONSTANTS = 64


class Subject:
    """A model that is mutated, and recorded values of its inputs by name."""

    def __init__(self, model, values):
        self.model, self.values = model, values

    @property
    def graph(self):
        return self.model.graph

    def node(self, rng):
        return rng.choice(self.graph.node) if self.graph.node else None


@functools.cache
def _element_types():
    return sorted(TensorProto.DataType.values())


def _schema(subject, node):
    versions = {each.domain: each.version for each in subject.model.opset_import}
    try:
        return onnx.defs.get_schema(node.op_type, versions.get(node.domain, 1), node.domain)
    except onnx.defs.SchemaError:
        return None


def input_type(rng, subject):
    inputs = [each for each in subject.graph.input if each.type.HasField("tensor_type")]
    if not inputs:
        return None
    chosen = rng.choice(inputs)
    chosen.type.tensor_type.elem_type = rng.choice(_element_types())
    return f"type of input {chosen.name} is {chosen.type.tensor_type.elem_type}"


def dimension(rng, subject):
    infos = [each for each in [*subject.graph.input, *subject.graph.input, *subject.graph.output]
             if each.type.tensor_type.shape.dim]
    if not infos:
        return None
    info = rng.choice(infos)
    dims = info.type.tensor_type.shape.dim
    at = rng.randrange(len(dims))
    what = rng.choice(("value", "value", "value", "open", "symbol", "drop", "add"))
    if what == "value":
        dims[at].dim_value = rng.choice(SIZES)
        what = dims[at].dim_value
    elif what == "open":
        dims[at].Clear()
    elif what == "symbol":
        dims[at].dim_param = "n"
    elif what == "drop":
        del dims[at]
    else:
        dims.add().dim_value = rng.choice((1, 2, 0))
    return f"dimension {at} of {info.name}: {what}"


def _set_integer(attribute, rng):
    if attribute.type == AttributeProto.INTS and attribute.ints:
        at = rng.randrange(len(attribute.ints))
        attribute.ints[at] = rng.choice(INTEGERS)
        return f"{attribute.name}[{at}] = {attribute.ints[at]}"
    if attribute.type == AttributeProto.INTS:
        attribute.ints.append(rng.choice(INTEGERS))
        return f"{attribute.name} = {list(attribute.ints)}"
    attribute.i = rng.choice(INTEGERS)
    return f"{attribute.name} = {attribute.i}"


def integer_attribute(rng, subject):
    """One that the node has, or one that its operator knows."""
    node = subject.node(rng)
    if not node:
        return None
    kinds = AttributeProto.INT, AttributeProto.INTS
    choices = [each for each in node.attribute if each.type in kinds]
    schema, had = _schema(subject, node), {each.name for each in node.attribute}
    missing = [] if not schema else sorted(
        (name, int(each.type.value)) for name, each in schema.attributes.items()
        if name not in had and int(each.type.value) in kinds)
    if not choices and not missing:
        return None
    at = rng.randrange(len(choices) + len(missing))
    if at < len(choices):
        attribute = choices[at]
    else:
        name, kind = missing[at - len(choices)]
        attribute = node.attribute.add(name=name, type=kind)
    return f"{node.op_type}: {_set_integer(attribute, rng)}"


def attribute(rng, subject):
    """Other values, another kind, missing, doubled, lists of another length."""
    node = subject.node(rng)
    if not node or not node.attribute:
        return None
    at = rng.randrange(len(node.attribute))
    chosen = node.attribute[at]
    name, kind = chosen.name, rng.choice(("value", "value", "kind", "drop", "double", "length"))
    if kind == "drop":
        del node.attribute[at]
    elif kind == "double":
        node.attribute.add().CopyFrom(chosen)
    elif kind == "kind":
        value = rng.choice((1, 1.5, "text", [1, 2], [0.5], ["a"], [],
                            helper.make_tensor("t", TensorProto.INT64, [2], [1, 2]),
                            helper.make_tensor("t", TensorProto.STRING, [1], ["a"])))
        chosen.CopyFrom(AttributeProto(name=name, type=AttributeProto.INTS) if value == []
                        else helper.make_attribute(name, value))
    elif chosen.type == AttributeProto.INTS:
        if kind == "length" and chosen.ints and rng.random() < 0.5:
            chosen.ints.pop()
        else:
            chosen.ints.append(rng.choice((0, 1, -1)))
    elif chosen.type == AttributeProto.FLOAT:
        chosen.f = rng.choice(FLOATS)
    elif chosen.type == AttributeProto.FLOATS:
        chosen.floats.append(rng.choice(FLOATS))
    elif chosen.type == AttributeProto.STRING:
        chosen.s = rng.choice(STRINGS)
    elif chosen.type == AttributeProto.STRINGS:
        chosen.strings.append(rng.choice(STRINGS))
    elif chosen.type == AttributeProto.TENSOR:
        chosen.t.dims.append(rng.choice(SIZES))
    elif chosen.type == AttributeProto.GRAPH:
        return graph_of(rng, chosen.g, f"{node.op_type}.{name}")
    else:
        return None
    return f"{node.op_type}: attribute {name}: {kind}"


def graph_of(rng, graph, what):
    """A place of a subgraph's boundary."""
    part = rng.choice((graph.input, graph.output, graph.node))
    if not part:
        return None
    del part[rng.randrange(len(part))]
    return f"{what}: one of its parts is missing"


def operands(rng, subject):
    node = subject.node(rng)
    if not node:
        return None
    names = [each.name for each in subject.graph.input] or [""]
    kind = rng.choice(("drop", "empty", "more", "many", "other", "outputs", "fewer", "operator"))
    if kind == "drop" and node.input:
        node.input.pop()
    elif kind == "empty" and node.input:
        node.input[rng.randrange(len(node.input))] = ""
    elif kind == "more":
        node.input.append(rng.choice(names))
    elif kind == "many":
        node.input.extend([rng.choice(names)] * 300)
    elif kind == "other" and node.input:
        node.input[rng.randrange(len(node.input))] = rng.choice(names)
    elif kind == "outputs":
        node.output.append("one_more")
    elif kind == "fewer" and len(node.output) > 1:
        node.output.pop()
    elif kind == "operator":
        node.op_type = rng.choice(("Identity", "Add", "Conv", "Gather", "Loop", "Cast", "Slice"))
    else:
        return None
    return f"{node.op_type}: operands: {kind}"


def _extreme(rng, array):
    """One element of `array` changed; None where its type has no extremes."""
    if array.dtype == object or not array.size:
        return None
    flat = array.reshape(-1)
    if array.dtype.kind in "iu":
        limits = np.iinfo(array.dtype)
        values = [each for each in (*INTEGERS, limits.min, limits.max)
                  if limits.min <= each <= limits.max]
    elif array.dtype.kind == "f":
        values = FLOATS
    else:
        return None
    with np.errstate(all="ignore"):
        flat[rng.randrange(flat.size)] = rng.choice(values)
    return flat.reshape(array.shape)


def constant(rng, subject):
    """A small operand becomes a constant, with one of its elements or its dimensions changed."""
    choices = [each for each in subject.graph.input if each.name in subject.values]
    tensors = [each for each in subject.graph.initializer
               if np.prod(each.dims, dtype=float) <= MOST_CONSTANTS]
    if not choices and not tensors:
        return None
    at = rng.randrange(len(choices) + len(tensors))
    if at < len(choices):
        tensor = TensorProto()
        tensor.CopyFrom(subject.values[choices[at].name])
        tensor.name = choices[at].name
        subject.graph.input.remove(choices[at])
        target = subject.graph.initializer.add()
    else:
        target = tensor = tensors[at - len(choices)]
    name = tensor.name
    changed = _extreme(rng, np.array(numpy_helper.to_array(tensor))) if rng.random() < 0.8 else None
    if changed is not None:
        tensor = numpy_helper.from_array(changed, name)
    elif rng.random() < 0.5:
        # The data no longer fits, or has a dimension more.
        tensor = TensorProto.FromString(tensor.SerializeToString())
        tensor.dims.append(rng.choice((1, *SIZES)))
    else:
        tensor = TensorProto.FromString(tensor.SerializeToString())
        tensor.data_type = rng.choice(_element_types())
    target.CopyFrom(tensor)
    return f"constant {name}: dims {list(tensor.dims)}, type {tensor.data_type}"


def version(rng, subject):
    if not subject.model.opset_import:
        return None
    chosen = rng.choice(subject.model.opset_import)
    chosen.version = rng.choice((*range(1, 27), 0, -1, 1 << 62))
    return f"opset {chosen.domain!r} {chosen.version}"


STRUCTURAL = (input_type, input_type, integer_attribute, integer_attribute, attribute, dimension,
              dimension, operands, constant, constant, version)


def change_bytes(rng, data):
    """Of the file: a byte changed, doubled or left out, or the end cut off."""
    at = rng.randrange(max(len(data), 1))
    kind = rng.choice(("flip", "set", "drop", "insert", "cut", "double"))
    if kind == "flip":
        data = data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]
    elif kind == "set":
        data = data[:at] + bytes([rng.choice((0, 0x7f, 0x80, 0xff))]) + data[at + 1:]
    elif kind == "drop":
        data = data[:at] + data[at + rng.randrange(1, 9):]
    elif kind == "insert":
        data = data[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9))) + data[at:]
    elif kind == "cut":
        data = data[:at]
    else:
        data = data[:at] + data[at:at + 32] + data[at:]
    return data, f"bytes: {kind} at {at}"


def mutate(rng, data, values):
    """(the changed file's bytes, what was changed) of a model's bytes."""
    if rng.random() < 0.12:
        return change_bytes(rng, data)
    for _ in range(20):
        subject = Subject(onnx.load_from_string(data), values)
        try:
            what = rng.choice(STRUCTURAL)(rng, subject)
        except ValueError:  # protobuf refuses a number that the field cannot hold
            continue
        if what:
            return subject.model.SerializeToString(), what
    return change_bytes(rng, data)
