#!/usr/bin/env python3
"""Counts the instructions that three small networks take under callgrind, on AVX2 and one thread: to load, and for one
prediction once everything is warm. Other than times, counts hardly differ from run to run, so a change of a percent is seen.

    tools/instruction_counts.py              # counts, and shows the change against benchmarks/instruction_counts.tsv
    tools/instruction_counts.py --record     # ... and writes that file
    tools/instruction_counts.py --compare FILE

Needs valgrind (stage callgrind of tools/packages.txt) and a release build with -DPOME_BUILD_BENCHMARKS=ON. It reports and
never fails for a change: fewer instructions may be slower, and callgrind knows no AVX-512.
"""
import argparse
import array
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "benchmarks/instruction_counts.tsv"
# Network: elements of its one input.
NETWORKS = {"catdog": 224 * 224 * 3, "residual": 3 * 28 * 28, "dense": 256}
CALLS = 5  # the first warms up; the difference between this many and one is what is counted
PREDICT = "pome::Model::predict(pome::FeatureProvider const&, pome::PredictionOptions const&) const"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="Pome's build")
    parser.add_argument("--compare", type=pathlib.Path, default=RECORD, metavar="FILE", help="what was counted before")
    parser.add_argument("--record", action="store_true", help=f"also write {RECORD.relative_to(ROOT)}")
    return parser.parse_args()


def make_networks(build, folder):
    subprocess.run([build / "benchmarks/make_instruction_networks", folder], check=True)
    subprocess.run([build / "bin/pome", "convert", ROOT / "examples/models/catdog.h5", "--no-image-input", "--quiet", "-o",
                    folder / "catdog.mlmodel"], check=True)  # fmt: skip
    for name, size in NETWORKS.items():
        (folder / f"{name}.bin").write_bytes(array.array("f", (math.sin(i) for i in range(size))).tobytes())


def instructions(build, folder, name, calls, only=()):
    """Of one process that loads the network and predicts this many times; `only` within one function of it."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *only, build / "benchmarks/pome_worker",
               folder / f"{name}.mlmodel", folder / f"{name}.bin", "1"]  # fmt: skip
    ran = subprocess.run(command, input="time\n" * calls, capture_output=True, text=True,
                         env={**os.environ, "POME_FORCE_ISA": "avx2"})  # fmt: skip
    found = re.search(r"Collected : (\d+)", ran.stderr)
    if ran.returncode != 0 or found is None or ran.stdout.count("\n") != calls or int(found[1]) == 0:
        sys.exit(f"instruction_counts.py: {name} did not run under callgrind:\n{ran.stderr[-2000:]}")
    return int(found[1])


def count(build):
    """{network: (to load, a prediction)}"""
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        make_networks(build, folder)
        for name in NETWORKS:
            # Loading differs by half a percent from process to process, which is more than a small prediction has.
            only = [f"--toggle-collect={PREDICT}"]
            first = instructions(build, folder, name, 1, only)
            prediction = (instructions(build, folder, name, CALLS, only) - first) // (CALLS - 1)
            counts[name] = (instructions(build, folder, name, 1) - first, prediction)
            print(f"{name} is counted", file=sys.stderr)
    return counts


def read(path):
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: (int(load), int(prediction)) for name, load, prediction in rows}


def write(path, counts):
    lines = ["# Instructions, AVX2, one thread; written by tools/instruction_counts.py --record", "# network\tload\tprediction"]
    path.write_text("\n".join(lines + [f"{name}\t{load}\t{one}" for name, (load, one) in counts.items()]) + "\n")


def change(new, old):
    return "new" if old is None else "same" if new == old else f"{(new / old - 1) * 100:+.2f} %"


def print_table(counts, before):
    print("| network | load | change | prediction | change |\n|---|---|---|---|---|")
    for name, (load, prediction) in counts.items():
        old_load, old_prediction = before.get(name, (None, None))
        print(f"| {name} | {load:,} | {change(load, old_load)} | {prediction:,} | {change(prediction, old_prediction)} |")
    for name in before.keys() - counts.keys():
        print(f"| {name} | gone | | | |")


def main():
    options = parse()
    if shutil.which("valgrind") is None:
        sys.exit("instruction_counts.py: valgrind is missing (apt-get install valgrind)")
    for program in ["benchmarks/pome_worker", "benchmarks/make_instruction_networks", "bin/pome"]:
        if not (options.build / program).exists():
            sys.exit(f"instruction_counts.py: {options.build / program} is missing; build with -DPOME_BUILD_BENCHMARKS=ON")
    counts = count(options.build)
    print_table(counts, read(options.compare))
    if options.record:
        write(RECORD, counts)


if __name__ == "__main__":
    main()
