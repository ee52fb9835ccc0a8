#!/usr/bin/env bash
# Builds the libFuzzer targets of fuzz/ and runs them, SECONDS (60 when not given) in all, each for an equal share, on
# its seeds and on what earlier runs found (build/fuzz/corpus). Usage: tools/fuzz.sh [SECONDS] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/install_packages.sh

seconds=${1:-60}
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || { sed -n 2,3p "$0" | cut -c3-; exit 2; }
shift || true

install_packages demo asan
if [ ! -f build/asan/build.ninja ]; then
  echo "== configuring build/asan"
  mkdir -p build
  cmake --preset asan > build/configure-asan.log 2>&1 || { cat build/configure-asan.log; exit 1; }
fi
echo "== building the fuzzers of build/asan"
ninja -C build/asan --quiet fuzzers

# Every target that fuzz/CMakeLists.txt lists has been built: a missing layer must not shorten the list in silence.
mapfile -t targets < <(sed -n 's/^pome_fuzzer(\([a-z0-9_]*\).*/\1/p' fuzz/CMakeLists.txt)
[ "${#targets[@]}" -gt 0 ] || { echo "fuzz/CMakeLists.txt lists no target" >&2; exit 1; }
for name in "${targets[@]}"; do
  [ -x "build/asan/fuzz/${name}_fuzzer" ] || { echo "fuzz/CMakeLists.txt lists $name, which was not built" >&2; exit 1; }
done
echo "${#targets[@]} targets listed and built"
if [ $# -gt 0 ]; then
  for name in "$@"; do
    [ -x "build/asan/fuzz/${name}_fuzzer" ] || { echo "there is no target $name; there are ${targets[*]}" >&2; exit 2; }
  done
  targets=("$@")
fi

share=$((seconds / ${#targets[@]}))
[ "$share" -ge 1 ] || share=1
mkdir -p build/fuzz/crashes
failed=0
for name in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$name
  log=build/fuzz/$name.log
  mkdir -p "$corpus"
  options=(-max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0
           -artifact_prefix="build/fuzz/crashes/$name-")
  [ ! -f "fuzz/$name.dict" ] || options+=(-dict="fuzz/$name.dict")
  seeds=()
  [ ! -d "fuzz/seeds/$name" ] || seeds=("fuzz/seeds/$name")
  # The short form walks the same way every time, so that everyday CI says the same of the same code; longer runs go
  # where they like.
  [ "$seconds" -gt 60 ] || options+=(-seed=20261123)
  # Folders of other tests that are seeds too.
  if [ -f "fuzz/$name.seeds" ]; then
    while read -r folder; do [ ! -d "$folder" ] || seeds+=("$folder"); done < "fuzz/$name.seeds"
  fi
  status=0
  "build/asan/fuzz/${name}_fuzzer" "${options[@]}" "$corpus" "${seeds[@]}" > "$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ "$status" -ne 0 ] || [ "${runs:-0}" -eq 0 ]; then
    echo "$name: FAILED (status $status, ${runs:-0} runs); the end of $log:"
    tail -n 40 "$log"
    failed=1
  else
    echo "$name: $runs runs in $share s, $(find "$corpus" -type f | wc -l) inputs kept"
  fi
done
exit "$failed"
