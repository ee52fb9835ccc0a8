"""Times engines in turns.

Each engine is a process of its own that waits for its turn on stdin, so that every round sees the same state of the
machine; all are pinned to the same CPUs. What is compared are the ratios within a round.
"""
import os
import pathlib
import re
import statistics
import subprocess
import time

import numpy as np

WARM_UP_ROUNDS = 3
CALLS_A_TURN = 3  # at least, of which the fastest counts
TURN_MILLISECONDS = 60  # at least: the machine may be taken away for some milliseconds
PAUSE = 0.05  # seconds before a turn


class Worker:
    """A process that answers one line to each line it is given."""

    def __init__(self, command, cpus, log):
        self.log = log
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=open(log, "w"), text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, cpus))

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise RuntimeError(f"{' '.join(map(str, self.process.args))}: no answer; see {self.log}")
        return answer

    def answers(self):
        """Whether it could load its network: it answers once."""
        try:
            self.ask("time")
        except RuntimeError:
            self.close()
            return False
        return True

    def last_words(self):
        """The last line it wrote to its log, without the folder."""
        lines = pathlib.Path(self.log).read_text().strip().splitlines() or ["it said nothing"]
        return re.sub(r"\S*/", "", lines[-1])

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:  # it has ended already; why, its log says
            pass
        self.process.wait()


def check_answers(network, workers, expected):
    """All engines answer what Keras does, within 1e-3 of the largest value; gives each one's error."""
    errors = {}
    for engine, worker in workers.items():
        values = np.array(worker.ask("values").split(), dtype=np.float64)
        if values.size != expected.size:
            raise RuntimeError(f"{engine} answers {network} with {values.size} values, {expected.size} are expected")
        errors[engine] = float(np.abs(values - expected.ravel()).max() / np.abs(expected).max())
        if not errors[engine] < 1e-3:
            raise RuntimeError(f"{engine} answers {network} wrongly: off by {errors[engine]:.2e} of the largest value")
    return errors


def take_turns(workers, rounds):
    """Milliseconds by engine, one a round; the engine that begins changes from round to round."""
    times = {engine: [] for engine in workers}
    order = list(workers)
    for turn in range(rounds + WARM_UP_ROUNDS):
        for engine in order:
            # The threads of the one before may spin for a while, on the CPU that this one wants.
            time.sleep(PAUSE)
            calls = []
            while len(calls) < CALLS_A_TURN or sum(calls) < TURN_MILLISECONDS:
                calls.append(float(workers[engine].ask("time")))
            if turn >= WARM_UP_ROUNDS:
                times[engine].append(min(calls))
        order = order[1:] + order[:1]
    return times


def summary(times, ours="pome"):
    """Medians, and the quartiles of each peer's ratio to ours within the round (above 1: ours is faster)."""
    result = {"milliseconds": {e: statistics.median(t) for e, t in times.items()}, "ratios": {}}
    for engine, values in times.items():
        if engine == ours:
            continue
        ratios = [t / p for t, p in zip(values, times[ours])]
        low, middle, high = np.percentile(ratios, [25, 50, 75])
        result["ratios"][engine] = {"lower": float(low), "median": float(middle), "upper": float(high)}
    result["best"] = min(result["ratios"], key=lambda e: result["ratios"][e]["median"])
    return result


def geometric_mean(values):
    return float(np.exp(np.mean(np.log(values))))
