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


def compare(stem, commands, threads, rounds, expected, look=lambda workers: None):
    """Milliseconds by engine, one a round; each one's error; and by engine why it is not among them, where it cannot read
    the network. `look` may ask the workers what it likes before they are timed."""
    cpus = sorted(os.sched_getaffinity(0))[:threads]
    workers, left_out = {}, {}
    try:
        for engine, command in commands.items():
            worker = Worker(command, cpus, f"{stem}.{engine.replace(' ', '_')}.log")
            if engine == "ncnn" and not worker.answers():
                left_out[engine] = worker.last_words()
            else:
                workers[engine] = worker
        errors = check_answers(stem.name, workers, expected)
        look(workers)
        return take_turns(workers, rounds), errors, left_out
    finally:
        for worker in workers.values():
            worker.close()


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
    ratios = {e: quartiles_of_ratios(t, times[ours]) for e, t in times.items() if e != ours}
    return {"milliseconds": {e: median(t) for e, t in times.items()}, "ratios": ratios,
            "best": min(ratios, key=lambda e: ratios[e]["median"], default=None)}  # fmt: skip


def median(values):
    return statistics.median(values)


def quartiles_of_ratios(times, others):
    """Of the first's time over the other's within a round."""
    low, middle, high = np.percentile([t / o for t, o in zip(times, others)], [25, 50, 75])
    return {"lower": float(low), "median": float(middle), "upper": float(high)}


def geometric_mean(values):
    return float(np.exp(np.mean(np.log(values))))
