"""Writes golden files (expected outputs of the op table's samples): tests/data/goldens/<family>.golden.

Format: the line "pome-goldens 1"; then per case the line "op opset number-of-outputs" TAB sample line, and per output the
line "dtype[d0,d1] rtol atol" followed by the elements, little-endian: float32 for float dtypes (whatever their width), int32
for all others, and a line feed. rtol and atol are 0 where the usual tolerance (docs/numerics.md) holds; a generator whose own
arithmetic is less exact says so there.

A generator registers one function per op with @op("add"); it gets the sample's arguments by name (NumPy arrays; see
sample.parse) with absent ones absent, the opset as `opset`, and returns an Out, a list of them, or None where there is nothing
to compare. golden.main(families) runs them over the output of build/release/tests/dump_samples.
"""

import argparse
import pathlib
import subprocess
import sys

import numpy as np

import sample

ROOT = pathlib.Path(__file__).resolve().parents[2]
_OPS = {}


class Out:
    """One expected output: float64 or integer values, and MIL's name of the output's dtype."""

    def __init__(self, values, dtype, rtol=0.0, atol=0.0):
        self.values, self.dtype, self.rtol, self.atol = np.asarray(values), dtype, rtol, atol


def op(*names):
    def register(function):
        for name in names:
            _OPS[name] = function
        return function

    return register


def _encode(out):
    # np.ascontiguousarray would make scalars rank 1
    values = out.values.astype("<f4" if out.dtype.startswith("fp") else "<i4")
    dims = ",".join(str(d) for d in values.shape)
    return f"{out.dtype}[{dims}] {out.rtol:g} {out.atol:g}\n".encode() + values.tobytes() + b"\n"


def main(families):
    parser = argparse.ArgumentParser(description="makes golden files of " + ", ".join(families))
    parser.add_argument("--dump", default=str(ROOT / "build/release/tests/dump_samples"), help="the built dump_samples")
    parser.add_argument("--out", default=str(ROOT / "tests/data/goldens"))
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file would change")
    args = parser.parse_args()
    lines = subprocess.run([args.dump], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    failed = False
    for family in families:
        data, count, missing = b"pome-goldens 1\n", 0, set()
        for row in (line.split("\t") for line in lines):
            if row[0] != family:
                continue
            _, name, opset, _, line, canonical = row
            if name not in _OPS:
                missing.add(name)
                continue
            with np.errstate(all="ignore"):
                try:
                    outs = _OPS[name](opset=opset, **sample.parse(name, line, canonical))
                except Exception:
                    print(f"{name} of {opset}: {line}", file=sys.stderr)
                    raise
            if outs is None:
                continue
            outs = outs if isinstance(outs, list) else [outs]
            data += f"{name} {opset} {len(outs)}\t{line}\n".encode() + b"".join(_encode(o) for o in outs)
            count += 1
        path = pathlib.Path(args.out) / f"{family}.golden"
        if count and args.check:
            same = path.exists() and path.read_bytes() == data
            failed |= not same
            print(f"{path.name}: {'unchanged' if same else 'DIFFERS'}")
        elif count:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            print(f"{path.name}: {count} cases, {len(data)} bytes")
        for name in sorted(missing):
            print(f"{family}: no generator for {name}", file=sys.stderr)
            failed = True
    sys.exit(1 if failed else 0)
