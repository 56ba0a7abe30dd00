"""What a row of the table of kinds is, and the few words that rows are written with."""
import dataclasses
import typing

import numpy as np
import onnx

ORT = "onnxruntime"
# Graph inputs as `name: array` of each sample, from a generator of random numbers.
Sampler = typing.Callable[[np.random.Generator], dict]


@dataclasses.dataclass(frozen=True, eq=False)
class Kind:
    kind: str             # of the table of kinds
    representative: str   # what stands for it here
    model: object         # text of onnx.parser, or a ModelProto
    samples: tuple        # of Sampler
    # ORT, or a function from the inputs of one sample to the outputs (numpy).
    reference: object = ORT
    flags: tuple = ()     # of `ingot compile`
    # Pairs (input, output) that a context keeps (--state): the samples are the steps of one
    # sequence and hold neither.
    states: tuple = ()
    rtol: float = 1e-3
    atol: float = 1e-5
    external: bool = False  # weights in a file beside the model
    # Anchors of all kernels that --emit=mlir shows, in order. None may compute integers:
    # sizes are the program's own arithmetic.
    kernels: tuple = None

    @property
    def name(self):
        """A folder's name."""
        text = f"{self.kind} {self.representative}".lower()
        words = "".join(c if c.isalnum() else " " for c in text).split()
        return "_".join(words)[:80]

    def proto(self):
        if isinstance(self.model, str):
            return onnx.parser.parse_model(self.model)
        return self.model


def model(opset, graph, *, functions="", domains=""):
    """The text of a model: `graph` as onnx.parser has it, with everything around it."""
    return f'<ir_version: 11, opset_import: ["": {opset}{domains}]>\n{graph}\n{functions}'


def floats(**shapes):
    """Standard normal float32 inputs of these shapes."""
    return lambda rng: {name: rng.standard_normal(shape, dtype=np.float32)
                        for name, shape in shapes.items()}


def fixed(**values):
    """These very inputs."""
    return lambda rng: values
