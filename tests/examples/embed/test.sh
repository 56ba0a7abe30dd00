#!/bin/bash
# Two models in one program, built by ingot_add_model(): as objects, as archives in either
# order, as shared libraries.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
cd "$root"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$INGOT_PYTHON" -m tests.models linear_regression --size full -o "$out/house" >/dev/null
"$INGOT_PYTHON" -m tests.models mlp_tiny --size full -o "$out/tiny" >/dev/null
cmake -S "$here" -B "$out/build" -G Ninja -DCMAKE_PREFIX_PATH="$root/build" -DMODELS="$out" \
  >"$out/log" && cmake --build "$out/build" >>"$out/log" 2>&1 || {
  cat "$out/log" >&2
  exit 1
}
for form in obj lib reverse shared; do
  "$out/build/embed_$form" >"$out/printed"
  "$INGOT_PYTHON" "$here/compare.py" "$out/house/model.onnx" "$out/tiny/model.onnx" "$out/printed"
done
