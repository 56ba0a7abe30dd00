#!/bin/bash
# Two models in one program: as objects, and as archives in either order.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
cd "$root"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$INGOT_PYTHON" -m tests.models linear_regression --size full -o "$out/house" >/dev/null
"$INGOT_PYTHON" -m tests.models mlp_tiny --size full -o "$out/tiny" >/dev/null
for form in o a; do
  build/bin/ingot compile "$out/house/model.onnx" -o "$out/house.$form"
  build/bin/ingot compile "$out/tiny/model.onnx" -o "$out/tiny.$form"
done

check() {
  cc -std=c99 -Wall -Wextra -pedantic -Werror -I"$out" "$here/main.c" "$@" -o "$out/main"
  "$out/main" >"$out/printed"
  "$INGOT_PYTHON" "$here/compare.py" "$out/house/model.onnx" "$out/tiny/model.onnx" "$out/printed"
}
check "$out/house.o" "$out/tiny.o"
check "$out/house.a" "$out/tiny.a"
check "$out/tiny.a" "$out/house.a"
