"""What the measurements of compare.py must reach: one verdict for each bar.

The bars are ratios of times in one run on one machine, so that its speed cancels out.
"""
import dataclasses

# Models whose times are judged, all without kernels by reference lowerings.
JUDGED = ["linear_regression", "mlp", "mlp_batch", "keras_cnn", "alexnet", "resnet18", "resnet50",
          "mobilenet_v2", "mobilenet_v3", "bert", "gpt2_decode", "gpt2_prefill", "llama_decode",
          "llama_prefill", "magika", "rapidocr_det", "rapidocr_rec", "rapidocr_cls"]
# Multi-layer perceptrons of one sample, where calling is most of the time.
SMALLEST = ["mlp_tiny", "mlp"]

_SLOWEST = {1: 1.5, 2: 2.0}  # our time over onnxruntime's, by threads
_ERROR = 1e-4                # max|y − ref| / max|ref|
_LOAD_MS = 5
_COMPILED = "bert"           # of which compiling is judged
_COMPILE_S = 10
_COMPILE_SIZES = 3           # of the model, in memory


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One bar of one model; `kept` is False also for what was not measured."""
    model: str
    bar: str
    kept: bool
    found: str

    def __str__(self):
        return f"{'kept  ' if self.kept else 'MISSED'} {self.model:<18} {self.bar}: {self.found}"


def _judge(row, member, bar, shown, most, strictly=False):
    """The row's `member`, a number or a function of the row, against the `most` it may be."""
    if row is None or "error" in row:
        return Verdict("", bar, False, row["error"] if row else "not measured")
    value = member(row) if callable(member) else row.get(member)
    if value is None:
        return Verdict("", bar, False, "not measured")
    # Not a number must not pass for a small one.
    kept = value < most if strictly else value <= most
    return Verdict("", bar, bool(kept), shown.format(value))


_CLOCK_MS = 1e-4             # what peer.py takes for the least that is left of a call


def _ratio(row):
    ours, theirs = row.get("min_ms"), row.get("peer_min_ms")
    if ours is None or not theirs:
        return None
    if ours <= _CLOCK_MS and theirs <= _CLOCK_MS:
        # Two floors of the clock are always equal: the calls themselves can be told apart.
        ours, theirs = row.get("call_ms"), row.get("peer_call_ms")
        if ours is None or not theirs:
            return None
    return ours / theirs


def _worst(row):
    errors = list(row.get("errors", {}).values())
    if not errors:
        return None
    return max(errors, key=lambda each: float("inf") if each != each else each)


def _memory(row):
    if row.get("compile_mb") is None or not row.get("onnx_mb"):
        return None
    return row["compile_mb"] / row["onnx_mb"]


def verdicts(result, names=None):
    """Verdicts on all bars of `names`, by default of every model that was measured."""
    rows = {(row["model"], row["threads"]): row for row in result["rows"]}
    found = []
    for name in names or list(dict.fromkeys(row["model"] for row in result["rows"])):
        any_row = next((row for (model, _), row in rows.items() if model == name), None)

        def add(row, *bar, **how):
            found.append(dataclasses.replace(_judge(row, *bar, **how), model=name))

        add(any_row, _worst, f"error at most {_ERROR:.0e}", "{:.1e}", _ERROR)
        for threads, most in _SLOWEST.items():
            label, row = f"{threads} thread{'s' * (threads > 1)}", rows.get((name, threads))
            if name in JUDGED:
                add(row, _ratio, f"{label}, at most {most}x onnxruntime's time", "{:.2f}x", most)
            if name in SMALLEST:
                add(row, _ratio, f"{label}, faster than onnxruntime", "{:.2f}x", 1, strictly=True)
            add(row, "load_ms", f"{label}, loaded in under {_LOAD_MS} ms", "{:.2f} ms", _LOAD_MS,
                strictly=True)
        if name == _COMPILED:
            add(any_row, "compile_s", f"compiled in under {_COMPILE_S} s", "{:.1f} s", _COMPILE_S,
                strictly=True)
            add(any_row, _memory, f"compiled in under {_COMPILE_SIZES}x its size of memory",
                "{:.2f}x", _COMPILE_SIZES, strictly=True)
    return found


def report(result, names=None):
    """Prints the verdicts; True where every bar is kept."""
    found = verdicts(result, names)
    for each in found:
        print(each)
    missed = sum(not each.kept for each in found)
    print(f"{len(found) - missed} bars kept, {missed} missed")
    return bool(found) and not missed
