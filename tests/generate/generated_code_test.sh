#!/usr/bin/env bash
# The classes of the hostile models, and of the test data's where it is there, compile without a warning; POME_LONG_TESTS=1
# compiles each alone. Usage: generated_code_test.sh SOURCE BUILD HOSTILE
set -euo pipefail
source=$1 build=$2
folders=("$3" "$source/tests/data")
data=${POME_TEST_DATA:-$source/../shared/data}
if [ -d "$data/models" ]; then folders+=("$data/models"); else echo "skipped: $data/models is not there"; fi
each=()
[ "${POME_LONG_TESTS:-}" != 1 ] || each=(--each)
"$source/tools/check_generated_code.sh" "${each[@]}" "$build/bin/pome" "$source/include" "${folders[@]}"
