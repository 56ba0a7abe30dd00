#!/bin/bash
# Runs the test.sh of every example. One that ends with 77 says what it lacks and is
# counted apart.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
passed=0 failed=0 skipped=0
for test in */test.sh; do
  bash "$test" </dev/null
  case $? in
  0) echo "PASS ${test%/test.sh}"; passed=$((passed + 1)) ;;
  77) echo "SKIP ${test%/test.sh}"; skipped=$((skipped + 1)) ;;
  *) echo "FAIL ${test%/test.sh}"; failed=$((failed + 1)) ;;
  esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
