#!/usr/bin/env bash
# pome_add_model from an installed prefix: examples/typed-classify, and every way of tests/install/add_model, with g++ and
# clang++; what is made again when a model changes, and what is said when a model or an argument is wrong.
# Usage: add_model_test.sh SOURCE BUILD
set -euo pipefail
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*" >&2; tail -30 said >&2 || true; exit 1; }

cmake --install "$build" --prefix "$work/prefix" > said || fail "install"
export PATH="$work/prefix/bin:$PATH" CMAKE_PREFIX_PATH="$work/prefix"
pome=$work/prefix/bin/pome
convert() { "$pome" convert "$source/examples/models/catdog.h5" --class-labels "$1" --preprocessing mobilenet -o "$2" --quiet; }

# The example: a Keras file inside the program.
cmake -S "$source/examples/typed-classify" -B typed -DCMAKE_BUILD_TYPE=Release > said 2>&1 || fail "configure the example"
cmake --build typed > said 2>&1 || fail "build the example"
./typed/typed-classify "$source"/examples/pictures/{cat,dog}.jpg > said 2>&1 || fail "run the example"
grep -q '/cat.jpg: cat 0\.' said && grep -q '/dog.jpg: dog 0\.' said && grep -q '^1 of 2 are dogs' said || fail "answers"
cmake --build typed > said 2>&1 || fail "second build"
grep -qE 'Converting|Generating|Embedding' said && fail "the second build does work again"

# Every other way, with both compilers.
mkdir models
convert cat,dog models/net.mlmodel
convert cat,dog models/net.mlpackage
cp models/net.mlmodel "models/2 net-copy.mlmodel"
for compiler in g++ clang++; do
  command -v "$compiler" > /dev/null || continue
  cmake -S "$source/tests/install/add_model" -B "$compiler" -DCMAKE_CXX_COMPILER="$compiler" -DMODELS="$work/models" \
    > said 2>&1 || fail "configure with $compiler"
  cmake --build "$compiler" > said 2>&1 || fail "build with $compiler"
  cmake --install "$compiler" --prefix "$work/to-$compiler" > said || fail "install with $compiler"
  export LD_LIBRARY_PATH=$(dirname "$(find "$work/prefix" -name libpome.so | head -1)")
  for program in packaged beside "installed $work/to-$compiler/share/nets/net.mlpackage"; do
    "./$compiler/"$program > said 2>&1 || fail "$compiler: $program"
    grep -q '^labels 2 of 2, first cat' said || fail "$compiler: $program"
  done
  "./$compiler/named" || fail "$compiler: named"
  readelf -lW "$compiler/packaged" | grep -q 'GNU_STACK.* RWE' && fail "$compiler: embedding makes the stack executable"
  unset LD_LIBRARY_PATH
done

# Another model of the same name: a new class, new bytes, in a package too.
rm -r models/net.mlpackage
convert kitten,puppy models/net.mlpackage
convert kitten,puppy models/net.mlmodel
cmake --build g++ > said 2>&1 || fail "build with changed models"
for program in packaged beside; do
  "./g++/$program" | grep -q 'first kitten' || fail "$program still has the old model"
done

# A damaged model stops the build and says why.
head -c 5000 models/net.mlmodel > cut && mv cut models/net.mlmodel
cmake --build g++ > said 2>&1 && fail "a damaged model was built"
grep -q 'net.mlmodel' said || fail "the message does not name the model"

# Wrong arguments stop the configuration, with a sentence.
wrong() { # WORDS LINE
  mkdir -p wrong && printf 'cmake_minimum_required(VERSION 3.16)\nproject(wrong LANGUAGES CXX)\nfind_package(pome CONFIG REQUIRED)\nadd_executable(a a.cc)\n%s\n' "$2" > wrong/CMakeLists.txt
  echo 'int main() {}' > wrong/a.cc
  cmake -S wrong -B wrong/build > said 2>&1 && fail "$2 is taken"
  tr -s '\n ' '  ' < said | grep -q "$1" || fail "$2: no word of: $1"
}
wrong 'there is no target b' 'pome_add_model(b m.mlmodel)'
wrong 'there is no .*/m.mlmodel' 'pome_add_model(a m.mlmodel)'
wrong 'exclude each other' "pome_add_model(a $work/models/net.mlpackage EMBED INSTALL share)"
wrong 'unknown arguments EMBEDED' "pome_add_model(a $work/models/net.mlpackage EMBEDED)"
wrong 'CONVERT_ARGS are for' "pome_add_model(a $work/models/net.mlpackage CONVERT_ARGS --bgr)"
echo "pome_add_model: the example, packages, files, libraries and names work with g++ and clang++"
