"""Rows of measurements as lines and as a markdown table."""


def _time(value):
    """Three digits, in ms."""
    return f"{value:.4f}" if value < 0.1 else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _worst(row):
    return max(row.get("errors", {}).values(), default=0.0)


def line(row):
    """For a terminal."""
    head = f"{row['model']:<18} {row['threads']} thread(s)  "
    if "error" in row:
        return head + row["error"]
    return head + (f"ingot {_time(row['min_ms'])} ms, onnxruntime {_time(row['peer_min_ms'])} ms, "
                   f"{row['peer_min_ms'] / row['min_ms']:.2f}x, error {_worst(row):.1e}")


def markdown(result):
    """One line per model, thread counts side by side; minimum of many runs."""
    counts = sorted({row["threads"] for row in result["rows"]})
    heads = [f"{count} thread{'s' * (count > 1)}: Ingot ms | onnxruntime ms | ratio"
             for count in counts]
    lines = ["| model | " + " | ".join(heads) +
             " | max error | compile s | compile MB | artifact MB | load ms |",
             "|---|" + "---:|" * (3 * len(counts) + 5)]
    models = list(dict.fromkeys(row["model"] for row in result["rows"]))
    for model in models:
        rows = {row["threads"]: row for row in result["rows"] if row["model"] == model}
        cells = []
        for count in counts:
            row = rows.get(count)
            if not row or "error" in row:
                cells += ["–"] * 3
            else:
                cells += [_time(row["min_ms"]), _time(row["peer_min_ms"]),
                          f"{row['peer_min_ms'] / row['min_ms']:.2f}"]
        first = next(iter(rows.values()))
        loads = [row["load_ms"] for row in rows.values() if row.get("load_ms") is not None]
        tail = ([f"{_worst(first):.0e}", f"{first['compile_s']:.1f}",
                 f"{first['compile_mb']:.0f}" if "compile_mb" in first else "–",
                 f"{first['artifact_mb']:.2f}"] if "compile_s" in first else ["–"] * 4)
        tail.append(_time(max(loads)) if loads else "–")
        lines.append(f"| {model} | " + " | ".join(cells + tail) + " |")
    facts = result["machine"]
    lines += ["", f"{facts['cpu']}, {facts['cores']} cores, {facts['date']}, onnxruntime "
              f"{facts['onnxruntime']}, commit {facts['commit']}. Minimum of many runs; the "
              "ratio is onnxruntime's time over Ingot's. Max error: largest max\\|y − ref\\| / "
              "max\\|ref\\| of any output against onnxruntime without graph optimizations. Compile MB: "
              "the compiler's peak resident memory; load: the slower of the thread counts.", ""]
    return "\n".join(lines)
