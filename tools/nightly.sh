#!/bin/bash
# tools/nightly.sh: what takes too long for tools/check.sh. The official cases compiled for every
# level of x86-64 that this machine runs, and 5,000 mutants of models. The last line and the exit
# status are as there; run tools/check.sh first, which builds.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=${INGOT_PYTHON:-$PWD/build/venv/bin/python}
passed=0 failed=0 skipped=0

# part NAME COMMAND…: COMMAND closes with 'N passed, N failed' itself; saying nothing is a failure.
part() {
  local name=$1 log=build/logs/nightly-$1.log begin=$SECONDS status=0 counts
  shift
  mkdir -p build/logs
  echo "== $name"
  "$@" </dev/null 2>&1 | tee "$log" | sed -uE '/^[0-9]+ passed, [0-9]+ failed/d' || status=$?
  read -ra counts <<<"$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 | tr -c '0-9\n' ' ')"
  if [ "${#counts[@]}" = 0 ]; then counts=(0 1 0); fi
  if [ "$status" != 0 ] && [ "${counts[1]}" = 0 ]; then counts[1]=1; fi
  echo "$name: ${counts[0]} good, ${counts[1]} bad, ${counts[2]:-0} apart, $((SECONDS - begin)) s"
  passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + ${counts[2]:-0}))
}

if [ "$(uname -m)" = x86_64 ]; then
  part conformance-v2 "$python" -m tests.conformance.run --cpu=x86-64-v2
  if grep -qw avx2 /proc/cpuinfo; then
    part conformance-v3 "$python" -m tests.conformance.run --cpu=x86-64-v3
  fi
fi
part fuzz "$python" -m tests.fuzz --seed "${SEED:-1}" --count "${COUNT:-5000}"

if [ "$skipped" = 0 ]; then echo "$passed passed, $failed failed"
else echo "$passed passed, $failed failed, $skipped skipped"; fi
[ "$failed" = 0 ]
