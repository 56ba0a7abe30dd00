"""all-MiniLM-L6-v2: the BERT graph of bert.py with trained weights from a safetensors
file, mean pooling over the mask and L2 normalization, as sentence-transformers does."""
import json
import struct

import numpy as np

from . import bert
from .graph import Graph

_CONFIG = dict(layers=6, hidden=384, heads=12, ffn=1536, vocabulary=30522, positions=512)
# Words of these sentences are whole entries of the vocabulary: no word pieces needed.
_SENTENCES = [["a small cat sits on the old wooden chair in the kitchen"],
              ["the central bank raised interest rates again on monday",
               "two dogs run through deep snow"]]


def read_safetensors(path):
    """name → float32 array (views over the file's bytes)."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    table = json.loads(data[8:8 + size])
    return {name: np.frombuffer(data, np.float32, offset=8 + size + each["data_offsets"][0],
                                count=int(np.prod(each["shape"]))).reshape(each["shape"])
            for name, each in table.items() if each.get("dtype") == "F32"}


class _Trained(Graph):
    """A Graph that takes a weight from the file where the file has its name."""

    def __init__(self, name, tensors, **options):
        super().__init__(name, **options)
        self.tensors = tensors

    def init(self, name, array):
        return super().init(name, self.tensors.get(name.removeprefix("bert."), array))

    def matmul_weight(self, path, fan_in, fan_out, gain=1.0):
        weight = self.tensors[path.removeprefix("bert.") + ".weight"]
        return super().init(f"onnx::MatMul_{len(self.initializers)}",
                            np.ascontiguousarray(weight.T))


def _pool(g, value):
    """Mean of the token vectors that the mask keeps, then x / max(‖x‖, 1e-12)."""
    mask = g.op("Unsqueeze", "attention_mask", g.const(np.array([2])))
    mask = g.op("Cast", g.op("Expand", mask, g.op("Shape", value)), to=1)
    total = g.op("ReduceSum", g.op("Mul", value, mask), g.const(np.array([1])), keepdims=0)
    count = g.op("ReduceSum", mask, g.const(np.array([1])), keepdims=0)
    count = g.op("Clip", count, g.const(np.float32(1e-9)))
    mean = g.op("Div", total, count)
    norm = g.op("ReduceL2", mean, axes=[1], keepdims=1)
    floor = g.op("Clip", norm, g.const(np.float32(1e-12)))
    return g.op("Div", mean, g.op("Expand", floor, g.op("Shape", mean)))


def _tokens(sentences, vocabulary):
    """[CLS] words [SEP], padded to the longest."""
    rows = [[vocabulary[each] for each in ["[CLS]", *words.split(), "[SEP]"]]
            for words in sentences]
    length = max(map(len, rows))
    ids, mask = np.zeros((2, len(rows), length), np.int64)
    for row, tokens in enumerate(rows):
        ids[row, :len(tokens)], mask[row, :len(tokens)] = tokens, 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}


def minilm(weights, size):
    """Dynamic batch and sequence; the trained embedding of the sample sentences."""
    g = _Trained("minilm", read_safetensors(weights), opset=17, ir_version=8)
    value = bert.encoder(g, _CONFIG, dynamic=True, fused=True)
    g.output(_pool(g, value), "sentence_embedding", ["batch", 384])
    lines = weights.with_name("vocab.txt").read_text(encoding="utf-8").splitlines()
    vocabulary = {word: index for index, word in enumerate(lines)}
    return g.model(), [_tokens(each, vocabulary) for each in _SENTENCES]
