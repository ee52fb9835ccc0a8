"""Pome under a lower instruction set than the CPU's, beside peers that are kept to the same one and beside Pome without
that limit: which peers can be limited, the comparison of one network, and its part of docs/performance.md.
"""
import re

import measure
from report import NAMES, replace_part

# By instruction set: the environment that keeps an engine to it, or why there is none.
LIMITS = {
    "avx2": {
        "pome": {"POME_FORCE_ISA": "avx2"},
        "openvino": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
        "onnxruntime": "its MLAS asks the CPU and has no switch",
        "litert": "its XNNPACK asks the CPU and has no switch",
        "ncnn": "its wheel asks the CPU; only one built without AVX-512 would do without it",
    },
}  # fmt: skip
UNLIMITED = "pome unlimited"
BEGIN = "<!-- peers on avx2: written by benchmarks/peers/run.py --isa avx2 -->"
END = "<!-- peers on avx2: end -->"


def split_peers(isa, peers):
    """Those that can be limited, and by name why the others cannot."""
    limits = LIMITS[isa]
    return [p for p in peers if isinstance(limits[p], dict)], {p: limits[p] for p in peers if isinstance(limits[p], str)}


def engines(isa, commands):
    """Each engine's command under its limit, and Pome's without."""
    limited = {e: ["env", *(f"{k}={v}" for k, v in LIMITS[isa][e].items()), *c] for e, c in commands.items()}
    return {**limited, UNLIMITED: commands["pome"]}


def check_kernels(isa, workers):
    """By peer that can name its kernels: how many name the instruction set, and how many a wider one. A limit that
    convolutions do not keep would compare two things."""
    counts = {}
    for engine, worker in workers.items():
        if engine != "openvino":
            continue
        words = worker.ask("kernels").split()
        kernels = dict(zip(words[::2], map(int, words[1::2])))
        counts[engine] = {kind: sum(n for name, n in kernels.items() if kind in name) for kind in (isa, "avx512")}
        wide = [name for name in kernels if "avx512" in name and "conv" in name]
        if wide or counts[engine][isa] == 0:
            raise RuntimeError(f"{engine} does not keep to {isa}: it runs {', '.join(wide or kernels)}")
    return counts


def row_of(network, threads, isa, commands, stem, expected, rounds):
    """One network on so many threads."""
    kernels = {}
    times, errors, _ = measure.compare(stem, engines(isa, commands), threads, rounds, expected,
                                       look=lambda workers: kernels.update(check_kernels(isa, workers)))  # fmt: skip
    unlimited = times.pop(UNLIMITED)
    row = {"network": network, "threads": threads, "rounds": rounds, "errors": errors, "kernels": kernels,
           **measure.summary(times)}  # fmt: skip
    row["milliseconds"][UNLIMITED] = measure.median(unlimited)
    row["unlimited"] = measure.quartiles_of_ratios(times["pome"], unlimited)
    return row


def native_isa(results):
    found = re.search(r", (\w+)\)$", results["machine"]["pome"])
    return found.group(1) if found else "no limit"


def columns(results):
    isa, peers = results["isa"], results["peers"]
    return ["network", "threads", f"Pome ms, {isa}", *(f"{NAMES[p]} ms, {isa}" for p in peers),
            *(["best peer / Pome", "quartiles"] if peers else []), f"Pome ms, {native_isa(results)}",
            f"{isa} / {native_isa(results)}"]  # fmt: skip


def cells(results, row):
    ms = row["milliseconds"]
    values = [row["network"], str(row["threads"]), f"{ms['pome']:.2f}"]
    values += [f"{ms[p]:.2f} ({row['ratios'][p]['median']:.2f}x)" for p in results["peers"]]
    if results["peers"]:
        best = row["ratios"][row["best"]]
        values += [f"**{best['median']:.2f}**", f"{best['lower']:.2f} to {best['upper']:.2f}"]
    return values + [f"{ms[UNLIMITED]:.2f}", f"{row['unlimited']['median']:.2f}"]


def line(values):
    return "| " + " | ".join(values) + " |"


def print_header(results):
    for peer, why in results["cannot"].items():
        print(f"left out: {NAMES[peer]}: {why}")
    print(line(columns(results)) + "\n|" + "---|" * len(columns(results)), flush=True)


def print_row(results, row):
    print(line(cells(results, row)), flush=True)


def summary_lines(results):
    """Sentences under the table: geometric means beside the machine's peaks, and how far the limit reached."""
    isa, native, lines = results["isa"], native_isa(results), []
    for threads in sorted({row["threads"] for row in results["networks"]}):
        rows = [row for row in results["networks"] if row["threads"] == threads]
        narrow, wide = (results["peakGflops"][threads][kind] for kind in ("limited", "unlimited"))
        slower = measure.geometric_mean([row["unlimited"]["median"] for row in rows])
        lead = measure.geometric_mean([row["ratios"][row["best"]]["median"] for row in rows]) if results["peers"] else None
        lines.append((f"{threads} thread{'s' if threads > 1 else ''}: "
                      + (f"geometric mean of best peer / Pome {lead:.2f}; " if lead else "")
                      + f"Pome on {isa} takes {slower:.2f} times as long as on {native} (geometric mean), where the "
                      f"peaks are {narrow:.0f} and {wide:.0f} GFLOP/s of multiply-adds, {wide / narrow:.2f} times."))  # fmt: skip
    for peer in results["peers"]:
        counts = [row["kernels"][peer] for row in results["networks"] if peer in row["kernels"]]
        if counts:
            inside, beyond = (sum(c[kind] for c in counts) for kind in (isa, "avx512"))
            lines.append(f"Of {NAMES[peer]}'s kernels that name an instruction set {inside} name {isa} and {beyond} avx512: "
                         "those are not its convolutions, and no switch reaches them.")  # fmt: skip
    if results["cannot"]:
        lines.append("Left out, because they cannot be limited: "
                     + "; ".join(f"{NAMES[p]} ({why})" for p, why in results["cannot"].items()) + ".")  # fmt: skip
    return lines


def document(results, command):
    lines = [BEGIN, "", f"{results['machine']['processor']}; {results['machine']['pome']}.", "",
             line(columns(results)), "|" + "---|" * len(columns(results)),
             *(line(cells(results, row)) for row in results["networks"]), ""]  # fmt: skip
    for sentence in summary_lines(results):
        lines += [sentence, ""]
    return "\n".join(lines + ["    " + command, "", END])


def write_document(results, docs, command):
    replace_part(docs / "performance.md", BEGIN, END, document(results, command))
