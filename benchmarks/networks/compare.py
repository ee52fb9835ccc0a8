#!/usr/bin/env python3
"""Times Pome beside ONNX Runtime, OpenVINO (f32) and LiteRT on the same networks, in one run.

    python make_models.py MODELS
    python compare.py MODELS --pome ../../build/release [--threads 1 2] [--rounds 40]

Every engine is a process of its own that waits for its turn, so each round sees the same state of the machine. All
are pinned to the same CPUs. The first predictions warm up; each engine's answer is compared with Keras' first. Printed:
median milliseconds, and the median over the rounds of the ratio to Pome within the round (above 1: Pome is faster).
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ["onnxruntime", "openvino", "litert"]


class Worker:
    def __init__(self, command, cpus):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, cpus))

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args}: no answer")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def converted(models, name, build):
    """NAME.mlmodel beside NAME.h5, an array input kept an array; and the input as plain bytes."""
    stem = models / name
    subprocess.run([build / "bin/pome", "convert", f"{stem}.h5", "--no-image-input", "--quiet", "-o", f"{stem}.mlmodel"],
                   check=True)
    np.load(f"{stem}.npy").tofile(f"{stem}.bin")
    return f"{stem}.mlmodel"


def compare(name, models, build, threads, rounds):
    stem = models / name
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    commands = {"pome": [build / "benchmarks/pome_worker", converted(models, name, build), f"{stem}.bin", str(threads)]}
    for peer in PEERS:
        commands[peer] = [sys.executable, HERE / "peer_worker.py", peer, str(stem), str(threads)]
    workers = {engine: Worker([str(word) for word in command], cpus) for engine, command in commands.items()}
    expected = np.load(f"{stem}.expected.npy").ravel()
    for engine, worker in workers.items():
        values = np.array(worker.ask("values").split(), dtype=np.float64)
        error = np.abs(values - expected).max() / np.abs(expected).max()
        if not error < 1e-3:
            raise RuntimeError(f"{engine} answers {name} wrongly: off by {error:.2e} of the largest value")
    times = {engine: [] for engine in workers}
    for turn in range(rounds + 3):
        for engine, worker in workers.items():
            best = min(float(worker.ask("time")) for _ in range(3))
            if turn >= 3:
                times[engine].append(best)
    for worker in workers.values():
        worker.close()
    ratios = {e: statistics.median(t / p for t, p in zip(times[e], times["pome"])) for e in PEERS}
    return {e: statistics.median(t) for e, t in times.items()}, ratios


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--pome", type=pathlib.Path, default=HERE / "../../build/release")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--networks", nargs="+", default=["mobilenet_v1", "mobilenet_v2", "resnet50"])
    arguments = parser.parse_args()
    print("| network | threads | Pome ms | ONNX Runtime | OpenVINO f32 | LiteRT | best peer / Pome |")
    print("|---|---|---|---|---|---|---|")
    for name in arguments.networks:
        for threads in arguments.threads:
            times, ratios = compare(name, arguments.models, arguments.pome, threads, arguments.rounds)
            cells = " | ".join(f"{times[p]:.2f} ({ratios[p]:.2f}x)" for p in PEERS)
            print(f"| {name} | {threads} | {times['pome']:.2f} | {cells} | {min(ratios.values()):.2f} |", flush=True)


if __name__ == "__main__":
    main()
