#!/usr/bin/env bash
# The page of `pome app` in a browser, by the Python that POME_BROWSER_PYTHON names (./test.sh makes one with selenium).
# Screenshots: BUILD/app-screenshots. Usage: browser_test.sh SOURCE BUILD [a test's name]
set -euo pipefail
source=$1
build=$2
shift 2
exec "${POME_BROWSER_PYTHON:-python3}" "$source/tests/apps/browser_test.py" "$build/bin/pome" "$source" \
  "$build/app-models" "$build/app-screenshots" "$@"
