#!/bin/bash
# The program must name files of this checkout as onnxruntime's answer for the same
# model does, with the same probability to a tenth of a percent.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=$root/build/examples/filetype
cd "$root"
bash "$here/build.sh" "$out"
"$INGOT_PYTHON" "$here/samples.py" "$out/samples"
files=(README.md tests/examples/filetype/filetype.c tests/models/graph.py
  "$out/samples/gradient.png" CMakeLists.txt LICENSE)
"$out/filetype" "${files[@]}" >"$out/answers"
"$INGOT_PYTHON" "$here/compare.py" "$out/answers" "${files[@]}"
[ "$("$out/filetype" "$out/samples/short.txt")" = "$out/samples/short.txt: too short to tell" ]
[ "$("$out/filetype" "$out/samples/empty")" = "$out/samples/empty: empty" ]
! "$out/filetype" "$out/samples/none" 2>/dev/null
