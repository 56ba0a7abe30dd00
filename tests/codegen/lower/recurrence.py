"""LSTM, GRU and RNN with every attribute, against onnxruntime.

Needs `ingot` in PATH. Hidden sizes are chosen around the 16-wide panels of the kernel, batches around
its register tiles; weights are constants or inputs. Where onnxruntime lacks what the standard has
(layout = 1), it gets the model with the transposes written out.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


class Case:
    """One layer; `lengths`, `states`, `bias`, `peepholes` say which optional inputs it has."""

    def __init__(self, kind, hidden=20, batch=2, time=5, size=7, direction="forward", bias=True,
                 lengths=None, states=False, peepholes=False, constant=True, dynamic=False,
                 layout=0, outputs=None, **attributes):
        self.kind, self.hidden, self.batch, self.time, self.size = kind, hidden, batch, time, size
        self.direction, self.bias, self.lengths, self.states = direction, bias, lengths, states
        self.peepholes, self.constant, self.dynamic = peepholes, constant, dynamic
        self.layout, self.attributes, self.type = layout, attributes, np.float32
        self.outputs = outputs or ["y", "h", "c"][:3 if kind == "LSTM" else 2]

    def __str__(self):
        usual = vars(Case(self.kind))
        shown = {key: value for key, value in vars(self).items() if usual[key] != value}
        return f"{self.kind} {shown}"

    def values(self, rng):
        """Activations, then weights, by name; None for what is left out."""
        d = 2 if self.direction == "bidirectional" else 1
        rows, h = GATES[self.kind] * self.hidden, self.hidden

        def normal(shape, scale):
            return (rng.standard_normal(shape) * scale).astype(self.type)

        feeds = {"X": normal((self.time, self.batch, self.size), 1)}
        weights = {"W": normal((d, rows, self.size), self.size ** -0.5 * 1.5),
                   "R": normal((d, rows, h), h ** -0.5 * 1.5),
                   "B": normal((d, 2 * rows), 0.3) if self.bias else None}
        feeds["lengths"] = np.array(self.lengths, np.int32) if self.lengths else None
        feeds["h0"] = normal((d, self.batch, h), 1) if self.states else None
        if self.kind == "LSTM":
            feeds["c0"] = normal((d, self.batch, h), 1) if self.states else None
            weights["P"] = normal((d, 3 * h), 0.5) if self.peepholes else None
        return feeds, weights

    def model(self, feeds, weights, layout):
        """With `layout` 1 as the attribute if the case says so."""
        swapped = ("X", "h0", "c0") if layout else ()
        order = ["X", "W", "R", "B", "lengths", "h0", "c0", "P"]
        present = {**feeds, **weights}
        names = ["" if present.get(name) is None else name for name in order if name in present]
        attributes = dict(self.attributes, hidden_size=self.hidden, direction=self.direction)
        if layout:
            attributes["layout"] = 1
        node = helper.make_node(self.kind, names, self.outputs, "layer", **attributes)
        inputs, constants = [], []
        for name, value in present.items():
            if value is None:
                continue
            if name in weights and self.constant:
                constants.append(numpy_helper.from_array(value, name))
                continue
            shape = list(value.shape)
            if name in swapped:
                shape[0], shape[1] = shape[1], shape[0]
            if self.dynamic and name not in weights:
                axes = {"X": ["time", "batch", None], "lengths": ["batch"]}
                shape = [sym or n for sym, n in
                         zip(axes.get(name, [None, "batch", None]), shape)]
            inputs.append(helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(value.dtype), shape))
        outputs = [helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(np.dtype(self.type)), None)
            for name in self.outputs if name]
        graph = helper.make_graph([node], "layer", inputs, outputs, constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)

    def write(self, folder, rng):
        """The model, one data set, and what onnxruntime answers."""
        feeds, weights = self.values(rng)
        given = {key: value for key, value in
                 {**feeds, **({} if self.constant else weights)}.items() if value is not None}
        session = onnxruntime.InferenceSession(
            self.model(feeds, weights, 0).SerializeToString(), providers=["CPUExecutionProvider"])
        expected = dict(zip([o for o in self.outputs if o], session.run(None, given)))
        if self.layout:
            given = {key: value.swapaxes(0, 1) if key in ("X", "h0", "c0") else value
                     for key, value in given.items()}
            expected = {key: value.transpose(2, 0, 1, 3) if key == "y" else value.swapaxes(0, 1)
                        for key, value in expected.items()}
        model = self.model(feeds, weights, self.layout)
        data = folder / "test_data_set_0"
        data.mkdir(parents=True)
        onnx.save(model, folder / "model.onnx")
        for i, each in enumerate(model.graph.input):
            self.save(data / f"input_{i}.pb", given[each.name])
        for i, each in enumerate(model.graph.output):
            self.save(data / f"output_{i}.pb", expected[each.name])

    @staticmethod
    def save(path, value):
        tensor = numpy_helper.from_array(np.ascontiguousarray(value))
        path.write_bytes(tensor.SerializeToString())


def cases():
    for kind in GATES:
        for hidden in (1, 3, 16, 20, 48, 80):
            yield Case(kind, hidden, batch=1)
        for batch in (2, 5, 7, 13, 30):
            yield Case(kind, 36, batch, direction="bidirectional", states=True)
        for direction in ("reverse", "bidirectional"):
            yield Case(kind, direction=direction, batch=3, lengths=[5, 1, 3], states=True)
            yield Case(kind, direction=direction, batch=3, lengths=[2, 1, 0], dynamic=True)
        for batch in (1, 9):
            yield Case(kind, 24, batch, dynamic=True, states=True)
            yield Case(kind, 24, batch, constant=False, states=True, direction="bidirectional")
            yield Case(kind, 19, batch, constant=False, dynamic=True)
        yield Case(kind, bias=False, clip=0.4)
        yield Case(kind, time=1, batch=1, hidden=128, states=True)
        yield Case(kind, layout=1, states=True, batch=3)
        yield Case(kind, layout=1, direction="bidirectional", batch=3)
        yield Case(kind, outputs=["", "h"], batch=2)
        yield Case(kind, outputs=["y"], batch=2)
    # Large enough to be launched step by step, tiles being units.
    for kind, hidden, extra in (("LSTM", 200, {}), ("RNN", 390, {}),
                                ("GRU", 216, {"linear_before_reset": 1})):
        yield Case(kind, hidden, 1, states=True, **extra)
        yield Case(kind, hidden, 3, lengths=[2, 5, 0], direction="reverse", **extra)
        yield Case(kind, hidden, 2, lengths=[1, 4], dynamic=True, states=True, **extra)
        yield Case(kind, hidden, 1, direction="bidirectional", **extra)
        yield Case(kind, hidden, 2, lengths=[5, 2], direction="bidirectional", dynamic=True,
                   states=True, **extra)
    for batch in (1, 8):
        for bias in (False, True):
            yield Case("GRU", 40, batch, bias=bias, linear_before_reset=1, states=True,
                       direction="bidirectional")
    yield Case("GRU", 24, 3, linear_before_reset=1, clip=0.5, constant=False, lengths=[1, 5, 2])
    yield Case("LSTM", peepholes=True, states=True, batch=3)
    yield Case("LSTM", peepholes=True, clip=0.3, direction="bidirectional", lengths=[4, 5])
    yield Case("LSTM", peepholes=True, constant=False, states=True)
    yield Case("LSTM", input_forget=1, states=True)
    yield Case("LSTM", outputs=["", "", "c"])
    for name, alpha, beta in (("Affine", [0.7], [0.2]), ("Relu", [], []), ("LeakyRelu", [0.2], []),
                              ("ThresholdedRelu", [0.3], []), ("Tanh", [], []),
                              ("ScaledTanh", [1.2], [0.6]), ("Sigmoid", [], []),
                              ("HardSigmoid", [0.3], [0.4]), ("Elu", [0.7], []),
                              ("Softsign", [], []), ("Softplus", [], [])):
        extra = {}
        if alpha:
            extra["activation_alpha"] = alpha
        if beta:
            extra["activation_beta"] = beta
        yield Case("RNN", activations=[name], clip=2.0, **extra)
        yield Case("GRU", activations=["Sigmoid", name], time=3, **extra)
    yield Case("LSTM", direction="bidirectional", activations=[
        "HardSigmoid", "Tanh", "Softsign", "Sigmoid", "ScaledTanh", "Elu"],
        activation_alpha=[0.25, 0.9, 0.8], activation_beta=[0.45, 0.7], batch=7)


def check_threads(folder):
    """Steps split over threads give the bits of one thread."""
    wrong = []
    for direction in ("forward", "bidirectional"):
        case = Case("LSTM", 200, 1, time=9, states=True, direction=direction)
        place, found = folder / direction, []
        case.write(place, np.random.default_rng(1))
        for threads in ("1", "2"):
            subprocess.run(["ingot", "run", str(place / "model.onnx"), "--output-dir",
                            str(place / threads), "--threads", threads], check=True,
                           capture_output=True)
            found.append(np.load(place / threads / "y.npy"))
        if not np.array_equal(*found):
            wrong.append(f"{case}: results depend on the number of threads")
    return wrong


def check_lowering(folder, reference):
    """That the layer runs by its reference lowering if and only if that is asked for."""
    flags = ["--reference"] * reference
    done = subprocess.run(["ingot", "compile", str(folder / "model.onnx"), "-o",
                           str(folder / "model.so"), *flags], check=True, capture_output=True,
                          text=True)
    took = "by reference lowerings)" in done.stderr
    return [] if took == reference else [f"compiled with {flags}: {done.stderr}"]


def main():
    reference = "--reference" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        every = list(cases())
        if reference:
            every = every[::3]
        lines = []
        for i, case in enumerate(every):
            case.write(pathlib.Path(folder) / str(i), np.random.default_rng(i))
            lines.append(f"{folder}/{i}\trtol=1e-4 atol=2e-5")
        tiled = next(i for i, case in enumerate(every) if case.hidden >= 16)
        lowerings = check_lowering(pathlib.Path(folder) / str(tiled), reference)
        listing = pathlib.Path(folder) / "list"
        listing.write_text("\n".join(lines) + "\n")
        command = ["ingot", "verify", "--batch", str(listing)]
        done = subprocess.run(command + ["--reference"] * reference, capture_output=True, text=True,
                              check=False)
        verdicts = done.stdout.splitlines()
        threads = check_threads(pathlib.Path(folder) / "threads")
    bad = lowerings + threads + [f"{case}: {verdict}" for case, verdict in zip(every, verdicts)
                     if not verdict.startswith("PASS")]
    if len(verdicts) != len(every):
        bad.append(f"{len(verdicts)} verdicts of {len(every)}: {done.stderr[-500:]}")
    print("\n".join(bad) or f"all {len(every)} agree")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
