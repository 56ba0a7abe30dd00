#!/bin/bash
# build.sh OUT: builds OUT/filetype, with magika's model compiled into it by Ingot.
# Needs the built tree and INGOT_PYTHON. OUT/compile-seconds tells how long the
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

quietly() {
  "$@" >"$out/log" 2>&1 || {
    cat "$out/log" >&2
    exit 1
  }
}
quietly cmake -S "$here" -B "$out" -G Ninja -DCMAKE_C_COMPILER=clang-22 \
  -DCMAKE_PREFIX_PATH="$root/build" -DMAGIKA="$(dirname "$model")" -DPYTHON="$INGOT_PYTHON"
start=$(date +%s.%N)
quietly cmake --build "$out" --target magika_compile
# Where nothing changed, the time of the run that compiled it stands.
if grep -q 'Compiling' "$out/log"; then
  awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f\n", b - a }' \
    >"$out/compile-seconds"
fi
quietly cmake --build "$out"
