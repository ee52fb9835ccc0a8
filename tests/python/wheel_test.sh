#!/usr/bin/env bash
# wheel_test.sh SOURCE: builds the wheel, looks into it, and uses it in an environment that has only NumPy beside it. Long:
# only where POME_LONG_TESTS is set.
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
env -u PYTHONPATH "$folder/venv/bin/python" - "$source" "$wheel" <<'PYTHON'
import importlib.metadata
import os
import pathlib
import subprocess
import sys
import zipfile

import numpy as np
import pome

source, wheel = map(pathlib.Path, sys.argv[1:])
package = pathlib.Path(pome.__file__).parent
assert "site-packages" in pome.__file__, pome.__file__

# Nothing is asked of the machine but what every Linux with a C++ compiler's runtime has.
SYSTEM = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
          "libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2", "libz.so.1"}
files = [f for folder in (package, package.parent / "pome.libs") for f in folder.rglob("*") if f.is_file()]
elves = [f for f in files if f.read_bytes()[:4] == b"\x7fELF"]
names = {f.name for f in elves}
needed = set()
for elf in elves:
    for line in subprocess.run(["readelf", "-d", elf], capture_output=True, text=True, check=True).stdout.splitlines():
        if "(NEEDED)" in line:
            needed.add(line.split("[")[1].rstrip("]"))
        if "(RPATH)" in line or "(RUNPATH)" in line:
            path = line.split("[")[1].rstrip("]")
            assert all(part.startswith("$ORIGIN") for part in path.split(":")), (elf, path)
assert needed - names <= SYSTEM, f"missing from the wheel: {sorted(needed - names - SYSTEM)}"
assert "_native" in str(sorted(names)) and "pome-hdf5-reader" in names
size = wheel.stat().st_size / 2**20
assert size < 40, f"the wheel has {size:.1f} MiB"
assert importlib.metadata.requires("pome")[0].startswith("numpy")
for name in ("py.typed", "_native.pyi", "_convert.pyi"):
    assert (package / name).exists(), name
assert not any(n.startswith(("tests/", "docs/")) for n in zipfile.ZipFile(wheel).namelist())

report = pome.convert(source / "examples/models/catdog.h5", "pets.mlpackage", image_input_names=[])
model = pome.Model("pets.mlpackage", threads=2)
(x,) = model.description.inputs
out = model.predict({x.name: np.zeros(x.shape, np.float32)})
assert all(np.isfinite(v).all() for v in out.values())
print(report.source, "->", {k: v.tolist() for k, v in out.items()})
print(f"{wheel.name}: {size:.1f} MiB, {len(elves)} binaries, of the system: {' '.join(sorted(needed - names))}")
PYTHON
"$folder/venv/bin/pip" list --disable-pip-version-check 2>/dev/null | tail -n +3 | tr -s ' ' | tr '\n' ';'
echo
