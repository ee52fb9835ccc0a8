#!/usr/bin/env bash
# The checks of form complain when they should: each is given a small tree with one thing wrong. Usage: checks_test.sh SOURCE
set -euo pipefail
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
git init --quiet .
mkdir -p tools src/base src/ir src/ops include/pome docs
cp "$source"/tools/check_*.py tools/

fail() { echo "FAILED: $*"; cat log; exit 1; }
# clean SCRIPT: it accepts the tree as it is.
clean() { python3 "tools/$1" > log 2>&1 || fail "$1 complains of a clean tree"; }
# caught SCRIPT TEXT: it rejects the tree, saying TEXT.
caught() {
  if python3 "tools/$1" > log 2>&1; then fail "$1 accepts: $2"; fi
  grep -qF "$2" log || fail "$1 does not say: $2"
}
# A function of $2 lines called $1.
body() { echo "int $1(int x) {"; for ((i = 0; i < $2 - 3; ++i)); do echo "  x += $i;"; done; echo "  return x;"; echo "}"; }

printf '/// Documented.\nint f();\n' > include/pome/good.h
printf '#include "pome/result.h"\n' > src/base/good.h
printf '#include "base/good.h"\n' > src/ir/good.h
body short 60 > src/ir/good.cc
printf '[a page](good.md)\n<!-- quote: src/ir/good.cc -->\n```cpp\n  x += 7;\n```\n' > docs/good.md
for script in check_layering.py check_sizes.py check_docs.py; do clean "$script"; done

body long 61 > src/ir/bad.cc
caught check_sizes.py "src/ir/bad.cc:1: a function of 61 lines, at most 60"
{ echo "namespace pome {"; echo "struct S {"; body method 61 | sed 's/^/  /'; echo "};"; echo "}"; } > src/ir/bad.cc
caught check_sizes.py "src/ir/bad.cc:3: a function of 61 lines"
{ echo "int wide(int a,"; echo "         int b) {"; for ((i = 0; i < 60; ++i)); do echo "  a += b;"; done; echo "}"; } > src/ir/bad.cc
caught check_sizes.py "src/ir/bad.cc:2: a function of 62 lines"  # counted from the line of its brace
for ((i = 0; i < 501; ++i)); do echo "// $i"; done > src/ir/bad.cc
caught check_sizes.py "src/ir/bad.cc: 501 lines, at most 500"
rm src/ir/bad.cc
for ((i = 0; i < 301; ++i)); do echo "// $i"; done > src/ir/bad.h
caught check_sizes.py "src/ir/bad.h: 301 lines, at most 300"

printf '#include "ops/op.h"\n' > src/ir/bad.h
: > src/ops/op.h
caught check_layering.py "src/ir/bad.h: includes ops/op.h of src/ops"
printf '#include "pome/model.h"\n' > src/ir/bad.h
caught check_layering.py "src/ir/bad.h: includes pome/model.h of public"
printf '#include "format/proto/model.pb.h"\n' > src/ir/bad.h
caught check_layering.py "includes generated format/proto/model.pb.h"
rm src/ir/bad.h

printf 'int undocumented();\n' > include/pome/bad.h
caught check_docs.py "include/pome/bad.h:1: undocumented: int undocumented();"
rm include/pome/bad.h
printf '[gone](gone.md)\n' > docs/bad.md
caught check_docs.py "docs/bad.md: leads nowhere: gone.md"
printf '<!-- quote: src/ir/good.cc -->\n```cpp\n  x += 77777;\n```\n' > docs/bad.md
caught check_docs.py "docs/bad.md: quotes what src/ir/good.cc does not say"
rm docs/bad.md
mkdir -p src/cpu/kernels/bad
caught check_docs.py "src/cpu/kernels/bad: has no README.md"
echo "the checks of form catch what they should"
