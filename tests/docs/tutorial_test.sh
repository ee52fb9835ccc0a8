#!/usr/bin/env bash
# Runs docs/tutorial.md in an empty folder, with an installed Pome: its shell blocks in order, its files as they stand.
# Usage: tutorial_test.sh SOURCE BUILD
set -euo pipefail
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; cat "$work/said" >&2 || true; exit 1; }

cmake --install "$build" --prefix "$work/prefix" > "$work/said" || fail "install"
python3 "$source/tools/extract_snippets.py" "$source/docs/tutorial.md" "$work/snippets"
export POME="$source" PATH="$work/prefix/bin:$PATH" CMAKE_PREFIX_PATH="$work/prefix" LC_ALL=C
cd "$work"
blocks=0
for block in "$work"/snippets/*.sh; do
  blocks=$((blocks + 1))
  # The first block ends in the project's folder; the others begin there.
  [ ! -d "$work/pets" ] || cd "$work/pets"
  bash -euo pipefail "$block" > "$work/said" 2>&1 || fail "$(basename "$block")"
  case $(basename "$block") in
    1-*) cp "$work/snippets/CMakeLists.txt" "$work/snippets/main.cc" "$work/pets/" ;;
    2-*) [ -s CatDog.mlmodel ] || fail "no model" ;;
    3-*) for words in 'Tells cats from dogs' 'Image (Color RGB' '^photo.jpg  dog '; do
           grep -q "$words" "$work/said" || fail "step 3 does not say: $words"
         done ;;
    4-*) grep -q '^a dog: photo.jpg 0\.[5-9]' "$work/said" || fail "no dog" ;;
    5-*) python3 -m py_compile CatDog.py || fail "CatDog.py" ;;
  esac
done
[ "$blocks" -eq 5 ] || fail "$blocks blocks of shell, 5 are expected"
echo "tutorial: $blocks blocks of shell run"
