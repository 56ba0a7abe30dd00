"""Row 12: a sequence tagger, BiLSTM and a CRF whose best path (Viterbi) is decoded in
the graph: once with Scan forth and back, once with Loop and a growing sequence."""
import numpy as np
from onnx import TensorProto, helper

from .graph import Graph, two
from .recurrent import layer
from .torch_layers import linear

_SIZES = {"full": dict(vocabulary=10000, embed=128, hidden=256, tags=20, words=100),
          "small": dict(vocabulary=50, embed=10, hidden=8, tags=5, words=9)}


def _emissions(g, words, c):
    """[time, tags] scores of a sentence of token ids [time]."""
    table = g.weight("embed.weight", (c["vocabulary"], c["embed"]), fan_in=1)
    x = g.op("Unsqueeze", g.op("Gather", table, words), g.const(np.array([1])))
    value, _ = layer(g, x, "LSTM", c["embed"], c["hidden"], "l0", True, batch=1)
    value = g.op("Squeeze", value, g.const(np.array([1])))
    return linear(g, value, c["tags"], 2 * c["hidden"], "hidden2tag", gain=4.0)


def _step(g, score, emission, transitions):
    """Viterbi's recursion: the best predecessor of each tag and its score."""
    paths = g.op("Add", g.op("Unsqueeze", score, g.const(np.array([1]))), transitions)
    pointer = g.op("ArgMax", paths, axis=0, keepdims=0)
    best = g.op("ReduceMax", paths, g.const(np.array([0])), keepdims=0)
    return g.op("Add", best, emission), pointer


def _start(c, name):
    """The shared front: input, emissions, CRF parameters."""
    g = Graph(name, opset=18)
    words = g.input("words", ["time"], np.int64)
    emissions = _emissions(g, words, c)
    g.output(emissions, "emissions", ["time", c["tags"]])
    tags = c["tags"]
    transitions = g.weight("crf.transitions", (tags, tags), fan_in=1)
    begin, end = g.bias("crf.start", tags, 1.0), g.bias("crf.end", tags, 1.0)
    first = g.op("Gather", "emissions", g.const(np.int64(0)), axis=0)
    return g, g.op("Add", begin, first), transitions, end


def _finish(g, score, end):
    total = g.op("Add", score, end)
    last = g.op("ArgMax", total, axis=0, keepdims=0)
    g.output(g.op("ReduceMax", total, g.const(np.array([0])), keepdims=0), "score", [])
    return last


def _samples(c):
    lengths = iter([c["words"], c["words"] - 4])
    return two(lambda rng: {"words": rng.integers(0, c["vocabulary"], next(lengths))})


def tagger_scan(size):
    """Scan over the emissions keeps back pointers; a reversed Scan follows them."""
    c = _SIZES[size]
    g, score, transitions, end = _start(c, "tagger_scan")
    far = g.const(np.array([np.iinfo(np.int64).max]))
    rest = g.op("Slice", "emissions", g.const(np.array([1])), far, g.const(np.array([0])))
    forth = g.body("viterbi")
    best, pointer = _step(forth, forth.input("score", [c["tags"]]),
                          forth.input("emission", [c["tags"]]), transitions)
    forth.output(best, shape=[c["tags"]])
    forth.output(pointer, shape=[c["tags"]], dtype=np.int64)
    score, pointers = g.op("Scan", score, rest, outputs=2, body=forth.graph(),
                           num_scan_inputs=1)
    last = _finish(g, score, end)
    back = g.body("backtrack")
    tag = back.input("tag", [], np.int64)
    previous = back.op("Gather", back.input("pointer", [c["tags"]], np.int64), tag)
    back.output(previous, shape=[], dtype=np.int64)
    back.output(back.op("Identity", previous), shape=[], dtype=np.int64)
    _, path = g.op("Scan", last, pointers, outputs=2, body=back.graph(), num_scan_inputs=1,
                   scan_input_directions=[1], scan_output_directions=[1])
    path = g.op("Concat", path, g.op("Unsqueeze", last, g.const(np.array([0]))), axis=0)
    g.output(path, "tags", ["time"], np.int64)
    return g.model(), _samples(c)


def tagger_loop(size):
    """As a scripted module exports: Loops, a list of pointers as a tensor sequence."""
    c = _SIZES[size]
    g, score, transitions, end = _start(c, "tagger_loop")
    one, zero = g.const(np.int64(1)), g.const(np.array([0]))
    steps = g.op("Sub", g.op("Gather", g.op("Shape", "emissions"), g.const(np.int64(0))), one)
    kind = helper.make_sequence_type_proto(
        helper.make_tensor_type_proto(TensorProto.INT64, [c["tags"]]))
    seen = g.op("SequenceEmpty", dtype=TensorProto.INT64)
    forth = g.body("viterbi_loop")
    at = forth.input("i", [], np.int64)
    going = forth.input("going", [], np.bool_)
    held = forth.input("score_in", [c["tags"]])
    forth.inputs.append(helper.make_value_info("pointers_in", kind))
    emission = forth.op("Gather", "emissions", forth.op("Add", at, forth.const(np.int64(1))),
                        axis=0)
    best, pointer = _step(forth, held, emission, transitions)
    forth.output(forth.op("Identity", going), shape=[], dtype=np.bool_)
    forth.output(best, shape=[c["tags"]])
    forth.output(forth.op("SequenceInsert", "pointers_in", pointer), dtype=kind)
    score, seen = g.op("Loop", steps, g.const(np.bool_(True)), score, seen, outputs=2,
                       body=forth.graph())
    last = _finish(g, score, end)
    back = g.body("backtrack_loop")
    at = back.input("k", [], np.int64)
    going = back.input("going_back", [], np.bool_)
    tag = back.input("tag_in", [], np.int64)
    path = back.input("path_in", ["length"], np.int64)
    place = back.op("Sub", back.op("Sub", steps, at), back.const(np.int64(1)))
    previous = back.op("Gather", back.op("SequenceAt", seen, place), tag)
    back.output(back.op("Identity", going), shape=[], dtype=np.bool_)
    back.output(previous, shape=[], dtype=np.int64)
    grown = back.op("Concat", back.op("Unsqueeze", previous, back.const(np.array([0]))), path,
                    axis=0)
    back.output(grown, shape=["longer"], dtype=np.int64)
    path = g.op("Unsqueeze", last, zero)
    _, path = g.op("Loop", steps, g.const(np.bool_(True)), last, path, outputs=2,
                   body=back.graph())
    g.output(path, "tags", ["time"], np.int64)
    return g.model(), _samples(c)
