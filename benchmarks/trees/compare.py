#!/usr/bin/env python3
"""Times 100,000 rows through each ensemble of make_models.py: the library that grew it beside Pome, in turns, with the
same threads on the same CPUs. Prints median milliseconds and the median over the rounds of library / Pome, and checks
that both predict the same.

    python compare.py FOLDER build/release/benchmarks/trees_bench [--rounds 7] [--threads 1 2] [--cpu]

--cpu counts processor time, which says less about threads and stays the same on a busy machine.
"""
import argparse
import os
import pathlib
import pickle
import statistics
import subprocess
import time

import lightgbm
import numpy as np
import xgboost

FEATURES = 50


def peers(folder, threads):
    """name -> a function of the rows."""
    grown = xgboost.Booster({"nthread": threads}, model_file=str(folder / "xgboost.json"))
    booster = lightgbm.Booster(model_file=str(folder / "lightgbm.txt"))
    trees = pickle.loads((folder / "sklearn.pickle").read_bytes())
    return {
        "xgboost": lambda x: grown.inplace_predict(x),
        "lightgbm": lambda x: booster.predict(x, num_threads=threads),
        "sklearn": lambda x: trees.predict(x),  # one thread: it has no more
    }


class Pome:
    """trees_bench: a line in, a line out; predictions in a file."""

    def __init__(self, program, model, rows, threads):
        self.process = subprocess.Popen([program, model, rows, str(FEATURES), str(threads)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def run(self, way):
        self.process.stdin.write(way + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def predictions(self, file):
        self.run("write " + str(file))
        return np.fromfile(file)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(function, x, clock):
    start = clock()
    function(x)
    return (clock() - start) * 1e3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--cpu", action="store_true")
    args = parser.parse_args()
    clock = time.process_time if args.cpu else time.perf_counter
    x = np.fromfile(args.folder / "rows.f32", dtype=np.float32).reshape(-1, FEATURES)
    cpus = sorted(os.sched_getaffinity(0))
    print("| ensemble of | threads | library ms | Pome ms, batch of providers | Pome ms, dense rows | library / batch "
          "| library / dense |\n|---|---|---|---|---|---|---|")
    for threads in args.threads:
        os.sched_setaffinity(0, cpus[:threads])
        for name, function in peers(args.folder, threads).items():
            pome = Pome(args.program, args.folder / (name + ".mlmodel"), args.folder / "rows.f32", threads)
            want = np.asarray(function(x), dtype=np.float64)
            got = pome.predictions(args.folder / "got.f64")
            scale = np.abs(want).max()
            assert np.abs(got - want).max() < 1e-5 * scale, np.abs(got - want).max()
            if args.cpu:
                pome.run("clock cpu")
            times = [(timed(function, x, clock), pome.run("batch"), pome.run("dense")) for _ in range(args.rounds)]
            pome.close()
            library, batch, dense = (statistics.median(t) for t in zip(*times))
            by_batch, by_dense = (statistics.median(t[0] / t[i] for t in times) for i in (1, 2))
            print(f"| {name} | {threads} | {library:.1f} | {batch:.1f} | {dense:.1f} | {by_batch:.2f} | {by_dense:.2f} |",
                  flush=True)
        os.sched_setaffinity(0, cpus)


if __name__ == "__main__":
    main()
