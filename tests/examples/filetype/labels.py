"""labels.py CONFIG HEADER: magika's configuration as a C header.

It says how many bytes of each end of a file the model reads, what stands where there
are none, and which label each output has.
"""
import json
import pathlib
import sys

_NUMBERS = [("FILETYPE_BEGIN", "beg_size", "bytes of the input from the file's beginning"),
            ("FILETYPE_END", "end_size", "bytes of the input from the file's end"),
            ("FILETYPE_BLOCK", "block_size", "bytes read at each end, before stripping"),
            ("FILETYPE_PADDING", "padding_token", "what stands where a file has no bytes"),
            ("FILETYPE_LEAST", "min_file_size_for_dl", "shorter files are not judged")]


def header(config):
    if config["mid_size"] or config["use_inputs_at_offsets"]:
        sys.exit("labels.py: this model reads more than the two ends of a file")
    lines = ["/* Written by labels.py from the model's configuration. */",
             "#ifndef FILETYPE_LABELS_H", "#define FILETYPE_LABELS_H", ""]
    lines += [f"#define {name} {int(config[key])} /* {what} */" for name, key, what in _NUMBERS]
    labels = [json.dumps(label) for label in config["target_labels_space"]]
    rows = [", ".join(labels[at:at + 6]) for at in range(0, len(labels), 6)]
    lines += ["", "static const char *const filetype_labels[] = {",
              *[f"    {row}," for row in rows], "};", "", "#endif", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[1:3])
    target.write_text(header(json.loads(source.read_text())))
