#!/bin/bash
# A GPT with a cache that the context keeps, as prompt and as single tokens, in a C program.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
cd "$root"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$INGOT_PYTHON" -m tests.models gpt2_decode --size small -o "$out" >/dev/null
states=()
for layer in 0 1; do
  for part in key value; do
    states+=("--state=past_key_values.$layer.$part:present.$layer.$part:2=32")
  done
done
build/bin/ingot compile "$out/model.onnx" -o "$out/gpt.o" --name=gpt "${states[@]}" \
  --shape=input_ids:1x1 --shape=input_ids:1x2..32
cc -std=c99 -Wall -Wextra -pedantic -Werror -I"$out" -Iruntime/include "$here/generate.c" \
  "$out/gpt.o" build/lib/libingot_rt.a -lpthread -ldl -lm -o "$out/generate"
"$out/generate" 5 17 90 3 | tee "$out/printed"
[ "$(wc -l <"$out/printed")" = 2 ]
PYTHONPATH=. "$INGOT_PYTHON" "$here/compare.py" "$out/model.onnx" 5 17 90 3 <"$out/printed"
