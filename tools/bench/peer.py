"""Times onnxruntime on the same model and inputs, through Python with IO binding."""
import statistics
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from tests.models import reference

# Below this a call is a visible part of the time, and that of an empty model is taken off.
SMALL_MS = 0.1
# What is left is at least this: the clock sees no less.
LEAST_MS = 1e-4


def version():
    return onnxruntime.__version__


def _bind(session, inputs):
    binding = session.io_binding()
    for name, array in inputs:
        binding.bind_cpu_input(name, array)
    for output in session.get_outputs():
        binding.bind_output(output.name, "cpu")
    return binding


def _times(session, binding, seconds=1.0, least=10):
    """Milliseconds of single runs: as many as fit, after a warm-up."""
    run, clock = session.run_with_iobinding, time.perf_counter_ns
    end = time.perf_counter() + 0.2 * seconds
    for _ in range(1000):
        run(binding)
        if time.perf_counter() > end:
            break
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = clock()
        run(binding)
        times.append((clock() - start) / 1e6)
        if len(times) >= 100000:
            break
    return times


def empty_model():
    """A graph of one Identity."""
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "empty",
                              value[:1], value[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def _empty_call_ms(threads):
    session = reference.session(empty_model(), threads, optimized=True)
    return min(_times(session, _bind(session, [("x", np.zeros(1, np.float32))]), 0.2))


class Peer:
    """One session; rounds are added up."""

    def __init__(self, model, threads):
        start = time.perf_counter()
        self.session = reference.session(str(model.onnx), threads, optimized=True)
        self.load_ms = round(1e3 * (time.perf_counter() - start), 1)
        self.binding = _bind(self.session, [(name, array) for name, _, array
                                            in model.inputs()])
        self.threads, self.rounds, self.off = threads, [], 0.0

    def round(self):
        self.rounds.append(_times(self.session, self.binding))
        if min(self.rounds[-1]) < SMALL_MS and not self.off:
            self.off = _empty_call_ms(self.threads)

    def call(self):
        """The least time of a whole call, with all that Python adds."""
        return min(map(min, self.rounds))

    def minimum(self):
        return max(min(map(min, self.rounds)) - self.off, LEAST_MS)

    def median(self):
        return max(statistics.median(map(statistics.median, self.rounds)) - self.off, LEAST_MS)
