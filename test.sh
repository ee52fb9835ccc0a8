#!/usr/bin/env bash
# Installs what is needed, builds, and runs every test. Options: --asan, --tsan, --debug choose another build.
set -euo pipefail
cd "$(dirname "$0")"
. tools/install_packages.sh

preset=release
for word in "$@"; do
  case "$word" in
    --asan | --tsan | --debug) preset=${word#--} ;;
    -h | --help) sed -n 2p "$0" | cut -c3-; exit 0 ;;
    *) echo "test.sh: unknown option $word; there are --asan, --tsan and --debug" >&2; exit 2 ;;
  esac
done

stages=(demo test)
[ "$preset" != asan ] || stages+=(asan)
install_packages "${stages[@]}"
if [ ! -f "build/$preset/build.ninja" ]; then
  echo "== configuring build/$preset"
  mkdir -p build
  cmake --preset "$preset" > "build/configure-$preset.log" 2>&1 || { cat "build/configure-$preset.log"; exit 1; }
fi
echo "== building build/$preset"
ninja -C "build/$preset" --quiet

# coremltools reads what we write and is asked whether it understood the same; a virtual environment of its own.
if [ "$preset" = release ]; then
  if ! .venv-coremltools/bin/python -c 'import coremltools' 2>/dev/null; then
    echo "== installing coremltools into .venv-coremltools"
    python3 -m venv .venv-coremltools
    .venv-coremltools/bin/pip install --quiet --disable-pip-version-check -r tools/requirements-coremltools.txt
  fi
  export POME_COREMLTOOLS_PYTHON="$PWD/.venv-coremltools/bin/python"
fi

echo "== testing build/$preset"
results="$PWD/build/$preset/results"
rm -rf "$results"
status=0
GTEST_OUTPUT="xml:$results/" ctest --test-dir "build/$preset" --output-on-failure --parallel 2 || status=$?
python3 tools/count_tests.py "$results" || status=1
exit "$status"
