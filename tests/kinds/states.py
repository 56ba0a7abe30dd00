"""Kinds of states: values that a context keeps from run to run."""
import numpy as np

from ..models import gpt2
from .kind import Kind, floats, model

_SIZE = dict(layers=2, hidden=32, heads=4, vocabulary=97, positions=40, length=9)
_STATES = tuple((f"past_key_values.{i}.{part}", f"present.{i}.{part}")
                for i in range(_SIZE["layers"]) for part in ("key", "value"))
_KEPT = tuple(f"--state={source}:{target}:2=24" for source, target in _STATES)


def _tokens(first, count):
    """The inputs for tokens first … first + count - 1 behind all those before."""
    def make(rng):
        return {"input_ids": rng.integers(0, _SIZE["vocabulary"], (1, count)),
                "attention_mask": np.ones((1, first + count), np.int64),
                "position_ids": np.arange(first, first + count)[None]}
    return make


_STEPS = (_tokens(0, 7), *(_tokens(at, 1) for at in range(7, 15)), _tokens(15, 9))

# h' = tanh(h w + x) and its sum so far: one state that does not grow, one of rank 0.
_CELL = model(17, """
cell (float[1, 4] x, float[1, 4] h, float total) => (float[1, 4] y, float[1, 4] next, float sum) {
  m = Add(h, x)
  next = Tanh(m)
  y = Neg(next)
  s = ReduceSum<keepdims = 0>(next)
  sum = Add(total, s)
}""")

KINDS = [
    Kind("state", "GPT with a cache of keys and values: a prompt, then token by token",
         gpt2.graph(_SIZE), _STEPS, states=_STATES,
         flags=("--shape=input_ids:1x1..24", *_KEPT)),
    Kind("state", "the same with two entry points: prompts and single tokens",
         gpt2.graph(_SIZE), _STEPS, states=_STATES,
         flags=("--shape=input_ids:1x1", "--shape=input_ids:1x2..24", *_KEPT)),
    Kind("state", "of fixed size, and a scalar", _CELL, (floats(x=(1, 4)),) * 4,
         states=(("h", "next"), ("total", "sum")),
         flags=("--state=h:next", "--state=total:sum")),
]
