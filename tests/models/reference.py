"""Reference outputs from onnxruntime, computed as the graph literally says.

Graph optimizations are off: they may reorder sums, replace operators and let
vpmaddubsw saturate, which a reference must not.
"""
import numpy as np
import onnxruntime


def session(model, threads=1, optimized=False):
    """An onnxruntime session over a file name or a ModelProto below 2 GiB."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not optimized:
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    source = model if isinstance(model, str) else model.SerializeToString()
    return onnxruntime.InferenceSession(source, options,
                                        providers=["CPUExecutionProvider"])


def outputs(model, samples, threads=2):
    """One list of outputs per sample, in the order of the graph's outputs."""
    runner = session(model, threads)
    return [runner.run(None, sample) for sample in samples]


def is_number(value):
    return isinstance(value, np.ndarray) and value.dtype.kind in "fc"
