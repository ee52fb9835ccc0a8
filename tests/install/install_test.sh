#!/usr/bin/env bash
# Installs the build to a temporary prefix and uses it from outside: find_package, pkg-config, every public header alone,
# the command, and what the runtime library links. Usage: install_test.sh SOURCE BUILD
set -euo pipefail
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix="$work/prefix"
cd "$work"

fail() { echo "FAILED: $*" >&2; exit 1; }

cmake --install "$build" --prefix "$prefix" > install.log || { cat install.log; fail "install"; }
libdir=$(dirname "$(find "$prefix" -name libpome.so | head -1)")
pome="$prefix/bin/pome"

# The command finds its libraries and its HDF5 reader below the prefix.
env -u LD_LIBRARY_PATH "$pome" convert "$source/examples/models/catdog.h5" --class-labels cat,dog \
  --image-scale 0.00784313725 --red-bias -1 --green-bias -1 --blue-bias -1 -o CatDog.mlmodel --quiet
"$pome" validate CatDog.mlmodel || fail "validate"
"$pome" predict CatDog.mlmodel "$source/examples/pictures/dog.jpg" | grep -q 'dog.jpg  dog' || fail "pome predict"
"$pome" demo --quiet > demo.txt && grep -q 'cat.jpg  cat' demo.txt || fail "pome demo"

# find_package
cmake -S "$source/examples/classify" -B classify -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release > cmake.log ||
  { cat cmake.log; fail "find_package"; }
cmake --build classify > build.log || { cat build.log; fail "build of examples/classify"; }
./classify/classify CatDog.mlmodel "$source/examples/pictures/cat.jpg" | grep -q '^cat 0\.' || fail "examples/classify"

# The other examples.
for example in folder kiosk; do
  cmake -S "$source/examples/$example" -B "$example" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release > cmake.log ||
    { cat cmake.log; fail "configuring examples/$example"; }
  cmake --build "$example" > build.log 2>&1 || { cat build.log; fail "build of examples/$example"; }
done
mkdir pictures
cp "$source"/examples/pictures/*.jpg pictures/
echo "no picture" > pictures/notes.txt
./folder/folder CatDog.mlmodel pictures > answers.txt 2> complaints.txt || fail "examples/folder"
diff - answers.txt <<< $'cat.jpg  cat\ndog.jpg  dog' || fail "examples/folder answers otherwise"
grep -q 'notes.txt: the file is a text file' complaints.txt || fail "examples/folder says nothing of what is no picture"
status=0
./kiosk/kiosk CatDog.mlmodel 3 > answers.txt 2> complaints.txt || status=$?
if [ "$status" -eq 0 ]; then
  grep -Eq '(cat|dog) .* ms' answers.txt || fail "examples/kiosk says nothing: $(cat answers.txt)"
else
  [ "$status" -eq 3 ] && grep -q '^no camera: ' complaints.txt || fail "examples/kiosk: $(cat complaints.txt)"
  echo "examples/kiosk: $(cat complaints.txt)"
fi

# pkg-config
export PKG_CONFIG_PATH="$libdir/pkgconfig"
# shellcheck disable=SC2046
g++ -std=c++20 "$source/examples/classify/main.cc" -o classify_pc $(pkg-config --cflags --libs pome pome-image) \
  -Wl,-rpath,"$libdir" || fail "pkg-config"
./classify_pc CatDog.mlmodel "$source/examples/pictures/dog.jpg" | grep -q '^dog 0\.' || fail "the pkg-config build"

# README's C++ block, as it stands there.
python3 "$source/tools/extract_snippets.py" "$source/README.md" snippets
cp "$source/examples/pictures/dog.jpg" photo.jpg
# shellcheck disable=SC2046
g++ -std=c++20 -Wall -Wextra -Werror -x c++ snippets/c++ -o readme $(pkg-config --cflags --libs pome pome-image) \
  -Wl,-rpath,"$libdir" || fail "README's C++ block does not compile"
./readme | grep -q '^dog 0\.' || fail "README's C++ block"

# Every public header compiles alone, without warnings.
for header in "$prefix"/include/pome/*.h; do
  echo "#include <pome/$(basename "$header")>" |
    g++ -std=c++20 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -fsyntax-only -x c++ - ||
    fail "$(basename "$header") alone"
done

# The runtime library needs protobuf-lite and Highway, and nothing else beyond the C++ runtime.
unexpected=$(objdump -p "$libdir/libpome.so" | awk '/NEEDED/ {print $2}' |
  grep -Ev '^(libprotobuf-lite|libhwy|libstdc\+\+|libm|libgcc_s|libc|ld-linux.*)\.so' || true)
[ -z "$unexpected" ] || fail "libpome.so also needs $unexpected"
ldd "$libdir/libpome.so" | grep -q 'not found' && fail "ldd: $(ldd "$libdir/libpome.so")"

# Nothing of the inside is exported: names in namespaces below pome:: are internal.
leaked=$(nm -DC --defined-only "$libdir/libpome.so" | grep -E ' pome::(ir|ops|plan|cpu|runtime|format|import|exporter|api|passes)::' | head -3 || true)
[ -z "$leaked" ] || fail "exported internals: $leaked"
echo "installed to a temporary prefix: find_package, pkg-config, headers and the command work;" \
  "libpome.so is $(strip -o stripped.so "$libdir/libpome.so" && stat -c %s stripped.so) bytes stripped"
