"""A small writer of ONNX graphs.

It names values the way exporters do (`/encoder/layer.0/MatMul_output_0`), so that
the builders also exercise how names reach C identifiers and reports, and it draws
weights that keep the variance of activations near one, so that a deep random
network neither dies nor explodes and a wrong kernel shows in its outputs.
"""
import contextlib
from collections import Counter

import numpy as np
import onnx
from onnx import helper, numpy_helper


def element_type(dtype):
    """ONNX's element type of a numpy dtype; str and object are strings."""
    if dtype in (str, object) or np.dtype(dtype).kind in "OU":
        return onnx.TensorProto.STRING
    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


class Graph:
    """Collects nodes, initializers, inputs and outputs of one (sub)graph."""

    def __init__(self, name, seed=0, opset=17, producer="pytorch", domains=None,
                 ir_version=9, parent=None):
        self.name, self.producer, self.ir_version = name, producer, ir_version
        self.opsets = {"": opset, **(domains or {})}
        self.parent = parent
        self.rng = parent.rng if parent else np.random.default_rng(seed)
        self.counts = parent.counts if parent else Counter()
        self.scopes = list(parent.scopes) if parent else []
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], [], []

    # Names -----------------------------------------------------------------
    @contextlib.contextmanager
    def scope(self, name):
        """Nodes made inside are named as those of the module `name`."""
        self.scopes.append(name)
        yield self
        self.scopes.pop()

    def unique(self, stem):
        """`stem`, `stem_1`, … inside the present scope."""
        path = "/" + "/".join(self.scopes + [stem])
        count = self.counts[path]
        self.counts[path] += 1
        return path if count == 0 else f"{path}_{count}"

    # Values ----------------------------------------------------------------
    def input(self, name, shape, dtype=np.float32):
        info = helper.make_tensor_value_info(name, element_type(dtype), shape)
        self.inputs.append(info)
        return name

    def output(self, value, name=None, shape=None, dtype=np.float32):
        """Declares `value` an output; `name` renames it where it is made."""
        if name and name != value:
            self._rename(value, name)
        if isinstance(dtype, onnx.TypeProto):
            self.outputs.append(helper.make_value_info(name or value, dtype))
        else:
            self.outputs.append(helper.make_tensor_value_info(
                name or value, element_type(dtype), shape))

    def _rename(self, old, new):
        for node in self.nodes:
            for names in (node.input, node.output):
                for i, each in enumerate(names):
                    if each == old:
                        names[i] = new

    def init(self, name, array):
        """An initializer; in a subgraph it goes to the outermost graph, as exporters do."""
        if self.parent:
            return self.parent.init(name, array)
        array = np.asarray(array)
        if array.dtype.kind == "U":
            array = array.astype(object)
        self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def const(self, value):
        """A Constant node, as the TorchScript exporter writes every number."""
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = self.unique("Constant")
        self.nodes.append(helper.make_node(
            "Constant", [], [name + "_output_0"], name=name,
            value=numpy_helper.from_array(array)))
        return name + "_output_0"

    def weight(self, name, shape, fan_in=None, gain=1.0):
        """Normal weights of variance gain²/fan_in (fan_in: all dims but the first)."""
        fan_in = fan_in or int(np.prod(shape[1:])) or 1
        values = self.rng.standard_normal(shape, dtype=np.float32)
        values *= np.float32(gain / np.sqrt(fan_in))
        return self.init(name, values)

    def matmul_weight(self, path, fan_in, fan_out, gain=1.0):
        """The weight of a linear layer on a MatMul: transposed, its name lost."""
        root = self.parent or self
        return self.weight(f"onnx::MatMul_{len(root.initializers)}", (fan_in, fan_out),
                           fan_in, gain)

    def bias(self, name, size, scale=0.1):
        return self.init(name, self.rng.standard_normal(size, dtype=np.float32)
                         * np.float32(scale))

    # Nodes -----------------------------------------------------------------
    def op(self, kind, *inputs, outputs=1, name=None, domain="", **attributes):
        """Adds a node; returns its output name, or a list where it has several.

        None as an input is an absent optional input. `outputs` may also be the
        list of names itself; None in it is an output nobody asks for.
        """
        node_name = name or self.unique(kind)
        if isinstance(outputs, int):
            results = [f"{node_name}_output_{i}" for i in range(outputs)]
        else:
            results = ["" if each is None else each for each in outputs]
        for key, value in attributes.items():
            if isinstance(value, np.ndarray):
                attributes[key] = numpy_helper.from_array(value)
        self.nodes.append(helper.make_node(
            kind, [each or "" for each in inputs], results, name=node_name,
            domain=domain, **attributes))
        return results[0] if len(results) == 1 else results

    def body(self, name):
        """A subgraph (of Loop, Scan or If) that shares weights and name counters."""
        return Graph(name, opset=self.opsets[""], parent=self)

    def graph(self):
        return helper.make_graph(self.nodes, self.name, self.inputs, self.outputs,
                                 self.initializers)

    def model(self):
        opsets = [helper.make_opsetid(d, v) for d, v in self.opsets.items()]
        return helper.make_model(self.graph(), opset_imports=opsets,
                                 ir_version=self.ir_version,
                                 producer_name=self.producer)


def two(make, seed=1):
    """Two sample inputs from `make(rng)`, the second one visibly another."""
    return [make(np.random.default_rng(seed + i)) for i in range(2)]


def normal(rng, *shape):
    return rng.standard_normal(shape, dtype=np.float32)
