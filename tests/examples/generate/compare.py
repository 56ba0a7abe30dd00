"""compare.py MODEL TOKEN… : reads what generate printed and compares with onnxruntime."""
import sys

import numpy as np

from tests.models import reference

STEPS = 8


def generate(path, tokens):
    session = reference.session(path)
    kept = {each.name: np.zeros((1, each.shape[1], 0, each.shape[3]), np.float32)
            for each in session.get_inputs() if each.name.startswith("past")}
    names = [each.name for each in session.get_outputs()]
    past, result = 0, []
    for _ in range(STEPS):
        count = len(tokens)
        values = dict(zip(names, session.run(names, {
            "input_ids": np.array([tokens]), "attention_mask": np.ones((1, past + count), np.int64),
            "position_ids": np.arange(past, past + count)[None], **kept})))
        kept = {name.replace("present", "past_key_values"): value
                for name, value in values.items() if name.startswith("present")}
        past += count
        tokens = [int(values["logits"][0, -1].argmax())]
        result += tokens
    return result


expected = generate(sys.argv[1], [int(each) for each in sys.argv[2:]])
for line in sys.stdin:
    if [int(each) for each in line.split()] != expected:
        sys.exit(f"expected {expected}, but got {line.strip()}")
