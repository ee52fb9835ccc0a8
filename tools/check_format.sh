#!/usr/bin/env bash
# Every C++ file as clang-format 14 writes it.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files '*.cc' '*.h' | xargs clang-format --dry-run --Werror
echo "formatting: $(git ls-files '*.cc' '*.h' | wc -l) files are as clang-format writes them"
