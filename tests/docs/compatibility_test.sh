#!/usr/bin/env bash
# docs/compatibility.md is what tools/make_compatibility.cc prints. Usage: compatibility_test.sh SOURCE PROGRAM
set -euo pipefail
cd "$1"
if ! diff -u docs/compatibility.md <("$2" tools/mil_ops.txt); then
  echo "FAILED: docs/compatibility.md is out of date; write it with: $2 tools/mil_ops.txt > docs/compatibility.md"
  exit 1
fi
