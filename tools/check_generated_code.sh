#!/usr/bin/env bash
# Generates the C++ and the Python class of every model below the FOLDERs, twice, and holds them to: the same bytes each time,
# no warning of g++ and clang++ with -Wall -Wextra -Wconversion -Wshadow -Wpedantic, no complaint of Python. Files that are no
# models are counted. All headers of a run are one translation unit; --each compiles every one alone.
# Usage: check_generated_code.sh [--each] [--mypy PYTHON] POME INCLUDE FOLDER...
#   POME     the command;  INCLUDE  the folder that has pome/model.h;  PYTHON  one that has mypy, pome, numpy and pillow
set -euo pipefail
each= mypy=
while :; do
  case "${1:-}" in
    --each) each=1; shift ;;
    --mypy) mypy=$2; shift 2 ;;
    *) break ;;
  esac
done
[ $# -ge 3 ] || { sed -n 2,7p "$0" | cut -c3-; exit 2; }
pome=$1 include=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/first" "$work/second"

fail() { echo "FAILED: $*" >&2; exit 1; }

models=0 refused=0
declare -A used
while IFS= read -r -d '' model; do
  status=0
  embed=(--embed)
  [[ $model != *.mlmodelc ]] || embed=()
  "$pome" generate "$model" --lang cpp -o "$work/try" "${embed[@]}" --json > "$work/said" 2> "$work/err" || status=$?
  if [ "$status" -ne 0 ]; then
    # Only what info refuses too: damaged files, and files that are no models.
    if "$pome" info "$model" > /dev/null 2>&1; then cat "$work/said"; fail "generate $model: status $status"; fi
    refused=$((refused + 1))
    continue
  fi
  models=$((models + 1))
  name=$(sed 's/.*"className":"\([A-Za-z0-9_]*\)".*/\1/' "$work/said")
  [ -f "$work/try/$name.h" ] || fail "no $name.h of $model"
  rm -r "$work/try"
  [ -z "${used[$name]:-}" ] || name=Number_$models
  used[$name]=1
  for round in first second; do
    "$pome" generate "$model" --lang cpp -o "$work/$round" --class-name "$name" "${embed[@]}" --quiet
    "$pome" generate "$model" --lang python -o "$work/$round" --class-name "$name" --quiet
  done
done < <(find "$@" \( \( -name '*.mlpackage' -o -name '*.mlmodelc' \) -prune -o -name '*.mlmodel' \) -print0 | sort -z)
[ "$models" -gt 0 ] || fail "no models in $*"
diff -r "$work/first" "$work/second" || fail "the same model gave other bytes the second time"

compile() { # FILE: compiled twice, without a warning
  for compiler in g++ clang++; do
    command -v "$compiler" > /dev/null || { echo "$compiler is not installed" >&2; continue; }
    "$compiler" -std=c++20 -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror -fsyntax-only -I"$include" "$1" \
      > "$work/compiled" 2>&1 || { head -40 "$work/compiled"; fail "$compiler on $1"; }
  done
}
for header in "$work"/first/*.h; do
  # Twice: the second time must add nothing.
  printf '#include "%s"\n#include "%s"\n' "$header" "$header" > "$work/one.cc"
  cat "$work/one.cc" >> "$work/all.cc"
  if [ -n "$each" ]; then compile "$work/one.cc"; fi
done
[ -n "$each" ] || compile "$work/all.cc"
for assembly in "$work"/first/*.s; do
  "${CXX:-g++}" -c -x assembler "$assembly" -o "$work/embedded.o" || fail "$assembly"
done

python3 -W error -m py_compile "$work"/first/*.py || fail "Python's syntax"
if [ -n "$mypy" ]; then
  "$mypy" -m mypy --strict --cache-dir "$work/cache" "$work"/first/*.py || fail "mypy"
fi
echo "$models models: their classes compile without a warning; $refused files are no models"
