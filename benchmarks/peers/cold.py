"""From process start to the first answer, and the memory that takes: each time a fresh process.

A peer in Python pays for its interpreter and its import; so that it is not held against it, the time of a process that
only imports the same module is taken off.
"""
import os
import statistics
import subprocess
import sys
import time

IMPORTS = {"onnxruntime": "numpy, onnxruntime", "openvino": "numpy, openvino",
           "litert": "numpy, ai_edge_litert.interpreter", "ncnn": "numpy, ncnn"}  # fmt: skip


def fresh_process(command, cpus):
    """Wall milliseconds and peak bytes of one run that gets one line on stdin."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    process.stdin.write(b"time\n")
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    milliseconds = (time.perf_counter() - start) * 1e3
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return milliseconds, usage.ru_maxrss * 1024


def cold_start(commands, threads, runs):
    """Medians by engine: {"milliseconds", "importMilliseconds", "peakBytes"}; the first run of each is not counted."""
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    samples = {engine: [] for engine in commands}
    bare = {engine: [] for engine in commands}
    for turn in range(runs + 1):
        for engine, command in commands.items():
            sample = fresh_process(command, cpus)
            imports = 0.0
            if engine in IMPORTS:
                imports, _ = fresh_process([sys.executable, "-c", f"import {IMPORTS[engine]}, sys; sys.stdin.read()"], cpus)
            if turn > 0:
                samples[engine].append(sample)
                bare[engine].append(imports)
    return {engine: {"milliseconds": statistics.median(ms for ms, _ in samples[engine]),
                     "importMilliseconds": statistics.median(bare[engine]),
                     "peakBytes": statistics.median(peak for _, peak in samples[engine])} for engine in commands}  # fmt: skip
