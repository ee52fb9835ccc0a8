#!/usr/bin/env bash
# Runs the shell block of README line by line with the built command; each line must succeed and say something (cp and
# validate are silent when all is well). Usage: readme_test.sh SOURCE BUILD
set -euo pipefail
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$source/tools/extract_snippets.py" "$source/README.md" "$work/snippets"
mkdir "$work/clone"
ln -s "$source/examples" "$work/clone/examples"
cd "$work/clone"
export PATH="$build/bin:$PATH"

lines=0
while IFS= read -r line; do
  [ -n "$line" ] || continue
  lines=$((lines + 1))
  status=0
  bash -c "$line" > "$work/out" 2> "$work/err" || status=$?
  if [ "$status" -ne 0 ]; then
    echo "FAILED with status $status: $line"
    cat "$work/out" "$work/err"
    exit 1
  fi
  case "$line" in
    cp\ * | pome\ validate\ *) ;;
    *) [ -s "$work/out" ] || { echo "FAILED: prints nothing: $line"; exit 1; } ;;
  esac
  case "$line" in
    *predict*--json*) python3 -m json.tool "$work/out" > /dev/null || { echo "FAILED: no JSON: $line"; exit 1; } ;;
    *predict*photo.jpg) grep -q '^photo.jpg  dog ' "$work/out" || { echo "FAILED: no dog: $(cat "$work/out")"; exit 1; } ;;
  esac
done < "$work/snippets/shell"
[ "$lines" -ge 8 ] || { echo "FAILED: README's block has only $lines lines"; exit 1; }
echo "README: $lines lines of shell run"
