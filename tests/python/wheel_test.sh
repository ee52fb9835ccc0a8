#!/usr/bin/env bash
# wheel_test.sh SOURCE: builds the wheel and uses it in an empty environment. Long: only where POME_LONG_TESTS is set.
set -euo pipefail
[ -n "${POME_LONG_TESTS:-}" ] || { echo "skipped: POME_LONG_TESTS is not set"; exit 77; }
source=$1
wheel=$("$source/tools/build_wheel")
case $wheel in /*) ;; *) wheel=$source/$wheel ;; esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$wheel"
cd "$folder"
env -u PYTHONPATH "$folder/venv/bin/python" - "$source/examples/models/catdog.h5" <<'PYTHON'
import sys
import numpy as np
import pome

assert "site-packages" in pome.__file__, pome.__file__
report = pome.convert(sys.argv[1], "pets.mlpackage", image_input_names=[])
model = pome.Model("pets.mlpackage")
(x,) = model.description.inputs
out = model.predict({x.name: np.zeros(x.shape, np.float32)})
assert all(np.isfinite(v).all() for v in out.values())
for name in ("py.typed", "_native.pyi"):
    assert (__import__("pathlib").Path(pome.__file__).parent / name).exists(), name
print(report.source, "->", {k: v.tolist() for k, v in out.items()})
PYTHON
echo "$("$folder/venv/bin/pip" list --disable-pip-version-check 2>/dev/null | tail -n +3 | tr -s ' ' | tr '\n' ';')"
du -h "$wheel"
