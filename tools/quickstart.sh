#!/bin/bash
# tools/quickstart.sh: from a bare Debian 12 to a C program that embeds a compiled
# model. It installs and builds what is missing, compiles magika (which of 200 types is
# a file?) and runs it on files of this checkout. A second run takes seconds.
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$ROOT"

prepare ingot
out=$BUILD/examples/filetype
say "compiling magika and building filetype"
bash tests/examples/filetype/build.sh "$out"
"$INGOT_PYTHON" tests/examples/filetype/samples.py "$out/samples"

say "filetype: what are these files?"
"$out/filetype" -t README.md runtime/pool.cpp tests/models/graph.py \
  "$out/samples/gradient.png"

say "magika: compiled in $(cat "$out/compile-seconds") s," \
  "object $(du -h --apparent-size "$out/ingot/magika/magika.o" | cut -f1)," \
  "program $(du -h --apparent-size "$out/filetype" | cut -f1)"
echo "The program is $out/filetype; try it on files of yours."
