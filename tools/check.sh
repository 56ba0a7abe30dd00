#!/bin/bash
# tools/check.sh: installs and builds what is missing, then runs every test. The last
# line is 'N passed, N failed', with ', N skipped' for what could not run here or does
# not pass yet; the exit status is zero only where nothing failed.
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$ROOT"

passed=0 failed=0 skipped=0
times=() # a name and seconds of each part

# tally NAME PASSED FAILED SKIPPED. A part that found nothing to test is a failure.
tally() {
  if [ $(($2 + $3 + $4)) = 0 ]; then set -- "$1" 0 1 0; fi
  say "$1: $2 good, $3 bad, $4 apart"
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
}

finish() {
  say "seconds of each part"
  printf '%-14s %6d\n' "${times[@]}" total "$SECONDS"
  if [ "$skipped" = 0 ]; then echo "$passed passed, $failed failed"
  else echo "$passed passed, $failed failed, $skipped skipped"; fi
  [ "$failed" = 0 ]
  exit
}

# summary NAME FILE: the number of lit's last summary line 'NAME : number', or 0.
summary() { sed -nE "s/^ *$1 *: *([0-9]+).*/\1/p" "$2" | tail -n 1 | grep . || echo 0; }

# step NAME COMMAND…: output to the terminal and to build/logs/NAME.log.
step() {
  local name=$1 log=$BUILD/logs/$1.log begin=$SECONDS status
  shift
  say "$name"
  mkdir -p "$BUILD/logs"
  # The parts' own closing lines would be taken for the last one.
  "$@" </dev/null 2>&1 | tee "$log" | sed -uE '/^[0-9]+ passed, [0-9]+ failed/d'
  status=${PIPESTATUS[0]}
  times+=("$name" $((SECONDS - begin)))
  return "$status"
}

# A part that ends badly without saying how many failed is itself one failure.
run_ctest() {
  local status=0 report=$BUILD/logs/ctest.xml cases=$BUILD/logs/gtest line counts=()
  rm -rf "$report" "$cases"
  mkdir -p "$cases"
  GTEST_OUTPUT=xml:$cases/ step ctest ctest --test-dir "$BUILD" --output-on-failure \
    --timeout 900 -j 2 --output-junit "$report" || status=$?
  if [ -f "$report" ]; then
    line=$("$INGOT_PYTHON" tests/tally.py "$report" "$cases")
    sed '$d' <<<"$line"
    line=${line##*$'\n'}
    read -ra counts <<<"${line//[!0-9]/ }"
  fi
  if [ "$status" != 0 ] && [ "${counts[1]:-0}" = 0 ]; then counts[1]=1; fi
  tally ctest "${counts[0]:-0}" "${counts[1]:-0}" "${counts[2]:-0}"
}

run_lit() {
  local status=0 log=$BUILD/logs/lit.log
  step lit lit-22 --succinct --verbose --show-unsupported -j 2 "$BUILD/tests" || status=$?
  local good bad apart
  good=$(($(summary Passed "$log") + $(summary 'Expectedly Failed' "$log")))
  bad=$(($(summary Failed "$log") + $(summary Unresolved "$log") +
    $(summary 'Timed Out' "$log") + $(summary 'Unexpectedly Passed' "$log")))
  apart=$(summary Unsupported "$log")
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  tally lit "$good" "$bad" "$apart"
}

# run_counted NAME COMMAND…: a part that closes with the plain line itself.
run_counted() {
  local status=0 name=$1 line counts
  step "$@" || status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$BUILD/logs/$name.log" | tail -n 1 || true)
  read -ra counts <<<"${line//[!0-9]/ }"
  if [ "$status" != 0 ] && [ "${counts[1]:-0}" = 0 ]; then counts[1]=1; fi
  tally "$name" "${counts[0]:-0}" "${counts[1]:-0}" "${counts[2]:-0}"
}

begin=$SECONDS
prepare || {
  failed=1
  finish
}
times+=(build $((SECONDS - begin)))
# Some C++ tests read exported models too, where there are any.
INGOT_EXPORTS=$("$INGOT_PYTHON" -c 'from tests.conformance import suites
try: print(suites.exports_folder())
except suites.Absent: pass')
[ -z "$INGOT_EXPORTS" ] || export INGOT_EXPORTS

run_counted dependencies "$INGOT_PYTHON" tests/dependencies.py
run_ctest
run_lit
run_counted builders "$INGOT_PYTHON" -m tests.models --check
run_counted kinds "$INGOT_PYTHON" -m tests.kinds
run_counted examples tests/examples/run.sh
run_counted conformance "$INGOT_PYTHON" -m tests.conformance.run
run_counted fuzz "$INGOT_PYTHON" -m tests.fuzz --seed 1 --count 400
finish
