"""Row 19: quantized graphs, made from the float builders by onnxruntime's quantizer
(QDQ per tensor and per channel, QOperator, dynamic) or written out (MatMulNBits).

Weights are reduced to seven bits where a reference runs integer kernels: on CPUs
without VNNI onnxruntime lets pairs of u8·s8 products saturate, and a reference must
be exact.
"""
import logging
import pathlib
import tempfile

import numpy as np
import onnx

from . import bert as bert_rows
from . import dense, resnet
from .graph import Graph, normal, two


def _reader(samples):
    from onnxruntime.quantization import CalibrationDataReader

    class Samples(CalibrationDataReader):
        """Hands the calibrator each sample once."""

        def __init__(self):
            self.left = iter(samples)

        def get_next(self):
            return next(self.left, None)
    return Samples()


def _through_files(model, work):
    """onnxruntime's quantizers read and write files; `work` maps one to the other."""
    quiet = logging.getLogger()
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory() as folder:
            source, target = (pathlib.Path(folder) / name for name in ("f.onnx", "q.onnx"))
            onnx.save(model, source)
            work(str(source), str(target))
            return onnx.load(target)
    finally:
        quiet.setLevel(level)


def _static(made, **options):
    from onnxruntime.quantization import QuantType, quantize_static
    model, samples = made
    options = dict(activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, **options)
    return _through_files(model, lambda source, target: quantize_static(
        source, target, _reader(samples), **options)), samples


def qdq_mlp(size):
    """Per tensor, QuantizeLinear/DequantizeLinear around Gemm and Softmax."""
    from onnxruntime.quantization import QuantFormat
    return _static(dense.mlp_batch(size), quant_format=QuantFormat.QDQ)


def qdq_resnet(size):
    """ResNet-50 with one scale per output channel of each weight."""
    from onnxruntime.quantization import QuantFormat
    return _static(resnet.resnet50(size), quant_format=QuantFormat.QDQ, per_channel=True)


def qoperator_resnet(size):
    """QLinearConv and com.microsoft's QLinearAdd, QGemm, QLinearGlobalAveragePool."""
    from onnxruntime.quantization import QuantFormat
    return _static(resnet.resnet50(size), quant_format=QuantFormat.QOperator,
                   per_channel=True, reduce_range=True)


def dynamic_bert(size):
    """DynamicQuantizeLinear → MatMulInteger → Cast → Mul, weights per channel."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    model, samples = bert_rows.bert(size)
    return _through_files(model, lambda source, target: quantize_dynamic(
        source, target, per_channel=True, reduce_range=True,
        weight_type=QuantType.QInt8)), samples


def _nbits(g, x, inner, outer, name, block=32, zero_points=False):
    """com.microsoft::MatMulNBits: 4-bit weights [outer, inner/block, block/2]."""
    blocks = inner // block
    weight = g.init(name + "_Q4", g.rng.integers(
        0, 256, (outer, blocks, block // 2), dtype=np.uint8))
    # A uniform 4-bit value has a deviation of 4.6.
    scale = g.rng.uniform(0.7, 1.3, outer * blocks) / 4.6 / np.sqrt(inner)
    terms = [weight, g.init(name + "_scales", scale.astype(np.float32))]
    if zero_points:
        count = outer * ((blocks + 1) // 2)
        terms.append(g.init(name + "_zero_points", g.rng.integers(
            0, 16, count, dtype=np.uint8) * 16 + g.rng.integers(
            0, 16, count, dtype=np.uint8)))
    return g.op("MatMulNBits", x, *terms, domain="com.microsoft", K=inner, N=outer, bits=4,
                block_size=block, name=name + "_Q4")


def nbits_swiglu(size):
    """A Llama feed-forward block on 4-bit weights, with and without zero points."""
    width, ffn = (768, 2048) if size == "full" else (64, 96)
    g = Graph("nbits_swiglu", opset=18, domains={"com.microsoft": 1})
    x = g.input("hidden", [1, "sequence", width])
    gate = _nbits(g, x, width, ffn, "gate_proj")
    up = _nbits(g, x, width, ffn, "up_proj", zero_points=True)
    y = g.op("Mul", g.op("Mul", gate, g.op("Sigmoid", gate)), up)
    g.output(_nbits(g, y, ffn, width, "down_proj"), "out", [1, "sequence", width])
    lengths = iter([1, 7])
    return g.model(), two(lambda rng: {"hidden": normal(rng, 1, next(lengths), width)})
