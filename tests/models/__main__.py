"""python -m tests.models NAME… [--size small|full] -o DIR   writes models and references
python -m tests.models --check [NAME…]                     builds and judges the builders
python -m tests.models --list                              names"""
import argparse
import pathlib
import sys

from . import MODELS, dataset, real, reference
from .check import check


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--size", choices=["small", "full"], default="small")
    parser.add_argument("-o", dest="folder", type=pathlib.Path,
                        help="folder of the model; with several names, of their folders")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--real", action="store_true", help="the models of real.py")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    builders = real.REAL if options.real else MODELS
    known = {**MODELS, **real.REAL}
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error("no builder named " + ", ".join(unknown) + "; --list shows all")
    if options.list:
        print("\n".join(builders))
        return 0
    chosen = {name: known[name] for name in options.names or builders}
    if options.check:
        failed = check(chosen, options.size)
        print(f"{len(chosen) - failed} passed, {failed} failed")
        return 1 if failed else 0
    if not options.folder:
        parser.error("-o DIR is missing")
    for name, builder in chosen.items():
        model, samples = builder(options.size)
        folder = options.folder if len(options.names) == 1 else options.folder / name
        dataset.write(folder, model, samples, reference.outputs(model, samples))
        print(folder / "model.onnx")
    return 0


sys.exit(main())
