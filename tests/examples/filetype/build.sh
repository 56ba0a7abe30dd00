#!/bin/bash
# build.sh OUT: compiles magika's model with Ingot and links filetype into OUT/filetype.
# Needs build/bin/ingot and INGOT_PYTHON. OUT/compile-seconds tells how long the
# compiler took. Exit status 77: the model could not be fetched.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=$1
mkdir -p "$out"
cd "$root"

model=$("$INGOT_PYTHON" -c 'from tests.models import real
print(real.path("magika"))') || {
  echo "filetype: the magika package could not be fetched" >&2
  exit 77
}

# Whatever made the last artifact being older than it, it still stands.
if [ ! -f "$out/magika.o" ] || [ build/bin/ingot -nt "$out/magika.o" ]; then
  start=$(date +%s.%N)
  build/bin/ingot compile "$model" --shape=bytes:1x2048 --name=magika -o "$out/magika.o"
  awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f\n", b - a }' \
    >"$out/compile-seconds"
fi
"$INGOT_PYTHON" "$here/labels.py" "$(dirname "$model")/config.min.json" \
  "$out/filetype_labels.h"
clang-22 -std=c11 -O2 -Wall -Wextra -Werror -I"$out" "$here/filetype.c" "$out/magika.o" \
  -o "$out/filetype"
