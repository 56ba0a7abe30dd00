"""The benchmark models in full size, built once into a cache folder."""
import dataclasses
import hashlib
import pathlib
import shutil

import numpy as np
import onnx

from tests.models import MODELS, dataset, real, reference

# The rows of the model list that are timed, and further ones for --extra.
BENCHMARKS = ["linear_regression", "mlp_tiny", "mlp", "mlp_batch", "keras_cnn", "alexnet",
              "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3", "bert", "gpt2_decode",
              "gpt2_prefill", "llama_decode", "llama_prefill", "lstm", "gru", "bilstm",
              "tagger_scan", "wavenet",
              "dcgan", "diffusion_unet", "dlrm", "dlrm_batch", "magika", "rapidocr_det",
              "rapidocr_rec", "rapidocr_cls", "silero_vad"]
EXTRA = ["gemm_square", "gemm_wide", "yolo", "ssd", "transformer", "t5",
         "whisper_encoder", "vit", "acoustic", "speech_attention", "mixture_dense",
         "forest_classifier", "qdq_resnet", "dynamic_bert", "minilm"]


@dataclasses.dataclass(frozen=True)
class Source:
    """A written model: its file, its first sample, and the reference for it."""
    name: str
    folder: pathlib.Path

    @property
    def onnx(self):
        return self.folder / "model.onnx"

    def _values(self, prefix):
        data = self.folder / "test_data_set_0"
        count = len(list(data.glob(prefix + "_*.pb")))
        for number in range(count):
            path = data / f"{prefix}_{number}.pb"
            yield path, onnx.load_tensor(path)

    def inputs(self):
        """[(name, path, array)] in the order of the graph."""
        return [(tensor.name, path, onnx.numpy_helper.to_array(tensor))
                for path, tensor in self._values("input")]

    def outputs(self):
        """{name: reference array}."""
        return {tensor.name: onnx.numpy_helper.to_array(tensor)
                for _, tensor in self._values("output")}

    def shapes(self):
        """`--shape` values for every input that the graph leaves dynamic."""
        graph = onnx.load(self.onnx, load_external_data=False).graph
        fixed = {each.name: [d.dim_value for d in each.type.tensor_type.shape.dim]
                 for each in graph.input}
        return [f"{name}:{'x'.join(map(str, array.shape))}"
                for name, _, array in self.inputs()
                if array.ndim and list(array.shape) != fixed[name]]


def _stamp(name):
    digest = hashlib.sha256()
    folder = pathlib.Path(dataset.__file__).parent
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def source(name, cache):
    """Builds NAME in full size with its reference, unless the cache has it."""
    folder = cache / "models" / name
    mark = folder / "stamp"
    if not mark.is_file() or mark.read_text() != _stamp(name):
        shutil.rmtree(folder, ignore_errors=True)
        model, samples = {**MODELS, **real.REAL}[name]("full")
        samples = samples[:1]
        dataset.write(folder, model, samples, reference.outputs(model, samples))
        mark.write_text(_stamp(name))
    return Source(name, folder)


def distance(value, expected):
    """max|y − ref| / max|ref|; of integers and strings 0 where all are equal, else 1."""
    if value.shape != expected.shape:
        return float("inf")
    if not reference.is_number(expected):
        return 0.0 if np.array_equal(value, expected) else 1.0
    value, expected = value.astype(np.float64), expected.astype(np.float64)
    top = np.abs(expected).max(initial=0)
    return float(np.abs(value - expected).max(initial=0) / (top or 1))
