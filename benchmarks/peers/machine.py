"""What the machine is and what it can do at best, measured in the same run."""
import json
import os
import pathlib
import re
import subprocess
import time

import numpy as np


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*: (.*)", text)
    return name.group(1) if name else "unknown"


def peak_gflops(build, threads, environment=None):
    """Multiply-adds in registers, as many as the units take; of benchmarks/kernels."""
    out = subprocess.run([build / "benchmarks/kernels_bench", "--benchmark_filter=^[^/]*/?peak/threads:" + str(threads) + "/?",
                          "--benchmark_format=json"], check=True, capture_output=True, text=True, env={**os.environ, **(environment or {})})  # fmt: skip
    rates = [b["GFLOP/s"] for b in json.loads(out.stdout)["benchmarks"] if "GFLOP/s" in b]
    return max(rates)


def bandwidth():
    """GB/s that one thread reads from memory: a dot product of arrays that no cache holds."""
    x = np.ones(64 << 20, np.float32)
    best = 0.0
    for _ in range(5):
        start = time.perf_counter()
        np.dot(x[: 32 << 20], x[32 << 20 :])
        best = max(best, x.nbytes / (time.perf_counter() - start) / 1e9)
    return best


def describe(build):
    version = subprocess.run([build / "bin/pome", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    caches = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (index / "type").read_text().strip()
        if kind != "Instruction":
            caches["L" + (index / "level").read_text().strip()] = (index / "size").read_text().strip()
    return {"processor": processor(), "cpus": len(os.sched_getaffinity(0)), "caches": caches, "pome": version,
            "peakGflops": {t: peak_gflops(build, t) for t in (1, 2)}, "gigabytesPerSecond": bandwidth()}  # fmt: skip
