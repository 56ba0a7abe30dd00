"""The table: kind, representative, reference (onnxruntime, or numpy where it has no such type).

`python -m tests.kinds --list` prints it.
"""
from . import control, edges, shapes, states, structure, types

KINDS = [*shapes.KINDS, *states.KINDS, *control.KINDS, *types.KINDS, *structure.KINDS,
         *edges.KINDS]


def lines():
    for each in KINDS:
        reference = each.reference if isinstance(each.reference, str) else "numpy"
        yield f"{each.kind:<30} {each.representative:<66} {reference}"
