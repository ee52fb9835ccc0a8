#!/usr/bin/env bash
# Installs what is needed, builds pome, and lets it tell a cat from a dog. Fast when run again.
set -euo pipefail
cd "$(dirname "$0")"
. tools/install_packages.sh

install_packages demo
if [ ! -f build/release/build.ninja ]; then
  echo "== configuring build/release"
  cmake --preset release > build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
  rm -f build-configure.log
fi
echo "== building pome (build/release/bin/pome)"
ninja -C build/release --quiet pome
pome=build/release/bin/pome

run() { echo; echo "\$ pome $*"; "$pome" "$@"; }
run convert examples/models/catdog.h5 --class-labels cat,dog --image-scale 0.00784313725 \
  --red-bias -1 --green-bias -1 --blue-bias -1 -o CatDog.mlmodel --quiet
run info CatDog.mlmodel
run predict CatDog.mlmodel examples/pictures/cat.jpg examples/pictures/dog.jpg

for pet in cat dog; do
  "$pome" predict CatDog.mlmodel --json "examples/pictures/$pet.jpg" | grep -q "\"classLabel\":\"$pet\"" ||
    { echo "the drawn $pet was not recognised" >&2; exit 1; }
done
echo
echo "CatDog.mlmodel is yours: $pome predict CatDog.mlmodel YOUR_PHOTO.jpg"
