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
# coremltools reads what we write and is asked whether it understood the same; the Python package is built and tested in
# the same virtual environment.
more=()
if [ "$preset" = release ]; then
  if ! cmp -s tools/requirements-coremltools.txt .venv-coremltools/installed; then
    echo "== installing coremltools into .venv-coremltools"
    python3 -m venv .venv-coremltools
    .venv-coremltools/bin/pip install --quiet --disable-pip-version-check -r tools/requirements-coremltools.txt
    cp tools/requirements-coremltools.txt .venv-coremltools/installed
  fi
  export POME_COREMLTOOLS_PYTHON="$PWD/.venv-coremltools/bin/python"
  # A browser for the page of `pome app`. Without one its test says so; CI (POME_BROWSER_REQUIRED) wants one.
  install_packages browser || echo "== no browser: the test of the page in it will say so"
  if ! cmp -s tools/requirements-browser.txt .venv-browser/installed; then
    echo "== installing selenium into .venv-browser"
    if python3 -m venv .venv-browser &&
       .venv-browser/bin/pip install --quiet --disable-pip-version-check -r tools/requirements-browser.txt; then
      cp tools/requirements-browser.txt .venv-browser/installed
    fi
  fi
  export POME_BROWSER_PYTHON="$PWD/.venv-browser/bin/python"
  more=(-DPOME_BUILD_PYTHON=ON -DPOME_BUILD_BENCHMARKS=ON -DPython_EXECUTABLE="$POME_COREMLTOOLS_PYTHON")
fi
if [ ! -f "build/$preset/build.ninja" ] ||
   { [ "$preset" = release ] && [ "$(grep -cE '^POME_BUILD_(PYTHON|BENCHMARKS):BOOL=ON' "build/$preset/CMakeCache.txt")" -ne 2 ]; }; then
  echo "== configuring build/$preset"
  mkdir -p build
  cmake --preset "$preset" "${more[@]}" > "build/configure-$preset.log" 2>&1 || { cat "build/configure-$preset.log"; exit 1; }
fi
echo "== building build/$preset"
ninja -C "build/$preset" --quiet

echo "== testing build/$preset"
results="$PWD/build/$preset/results"
rm -rf "$results"
status=0
# Tests fork while threads run: the thread sanitizer is asked to go on in the child.
export TSAN_OPTIONS="die_after_fork=0${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
GTEST_OUTPUT="xml:$results/" ctest --test-dir "build/$preset" --output-on-failure --parallel 2 || status=$?
python3 tools/count_tests.py "$results" || status=1
exit "$status"
