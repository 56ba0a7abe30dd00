"""compare.py ANSWERS FILE…: judges what filetype printed by onnxruntime's answers."""
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(root))
from tests.models import real, reference  # noqa: E402


def expected(session, config, path):
    row = real.magika_features(pathlib.Path(path).read_bytes(), config)
    scores = session.run(None, {"bytes": row[None]})[0][0]
    best = int(scores.argmax())
    return config["target_labels_space"][best], 100 * float(scores[best])


def main(answers, paths):
    config = json.loads(real.path("magika").with_name("config.min.json").read_text())
    session = reference.session(str(real.path("magika")))
    status = 0
    for line, path in zip(pathlib.Path(answers).read_text().splitlines(), paths, strict=True):
        label, percent = expected(session, config, path)
        found = re.fullmatch(re.escape(path) + r": (\S+) \(([0-9.]+)%\)", line)
        # Printed to a tenth: the last digit may round the other way.
        if not found or found[1] != label or abs(float(found[2]) - percent) > 0.11:
            print(f"got '{line}', expected {label} ({percent:.1f}%)")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
