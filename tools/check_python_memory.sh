#!/usr/bin/env bash
# check_python_memory.sh PYTHON BUILD [RUNS]: RUNS (1000) predictions with every type of model and every kind of value and
# error from Python: nothing stays behind on the heap, no reference is kept, and valgrind sees no access to memory that is
# not ours. PYTHON has coremltools; BUILD has the package (build/release). Takes minutes; ./test.sh has a short form
# without valgrind (tests/python/test_memory.py).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { sed -n 2,5p "$0" | cut -c3-; exit 2; }
python=$(realpath -s "$1")
export PYTHONPATH=$(realpath "$2")/python PYTHONDONTWRITEBYTECODE=1 PYTHONMALLOC=malloc
runs=${3:-1000}
command -v valgrind > /dev/null || { echo "check_python_memory.sh: valgrind is missing (apt-get install valgrind)" >&2; exit 2; }
models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT
"$python" tests/python/every_kind.py make "$models" 2> /dev/null
echo "== $runs predictions of each kind"
"$python" tests/python/every_kind.py run "$models" "$runs"
echo "== the same under valgrind"
# Python's and NumPy's own reads are not what is looked for: an error counts where one of our libraries is on the stack.
log=$models.log
valgrind --quiet --num-callers=40 --log-file="$log" --leak-check=no "$python" tests/python/every_kind.py run "$models" "$runs" |
  tail -n 1
python3 - "$log" <<'PYTHON'
import re
import sys

reports = re.split(r"(?m)^==\d+== \n", open(sys.argv[1]).read())
ours = [r for r in reports if re.search(r"_native|_convert|libpome", r)]
print(f"{len(reports) - 1} reports of valgrind, {len(ours)} with a library of ours on the stack")
print("\n".join(ours[:5]))
sys.exit(bool(ours))
PYTHON
rm -f "$log"
