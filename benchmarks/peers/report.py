"""What run.py prints, and its part of docs/performance.md."""
import chart
import measure

NAMES = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO f32", "litert": "LiteRT", "ncnn": "ncnn", "pome": "Pome"}
BEGIN = "<!-- peers: written by benchmarks/peers/run.py -->"
END = "<!-- peers: end -->"


def header(peers):
    columns = ["network", "threads", "Pome ms", *(NAMES[p] for p in peers), "best peer / Pome", "quartiles"]
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


def row_text(row, peers):
    ms, ratios = row["milliseconds"], row["ratios"]
    best = ratios[row["best"]]
    cells = [f"{ms[p]:.2f} ({ratios[p]['median']:.2f}x)" if p in ratios else "" for p in peers]
    return (f"| {row['network']} | {row['threads']} | {ms['pome']:.2f} | " + " | ".join(cells)
            + f" | **{best['median']:.2f}** | {best['lower']:.2f} to {best['upper']:.2f} |")


def print_header(peers):
    print("\n".join(header(peers)), flush=True)


def print_row(row, peers):
    print(row_text(row, peers), flush=True)


def means(results):
    by_threads = {}
    for row in results["networks"]:
        by_threads.setdefault(row["threads"], []).append(row["ratios"][row["best"]]["median"])
    return {threads: measure.geometric_mean(values) for threads, values in by_threads.items()}


def print_means(results):
    for threads, mean in means(results).items():
        print(f"geometric mean of best peer / Pome, {threads} thread(s): {mean:.2f}")


def roofline_points(results):
    points = []
    for network, steps in results["steps"].items():
        for step in steps:
            if step["flops"] > 0 and step["bytes"] > 0 and step["milliseconds"] > 0:
                points.append((f"{network} {step['kernel']} {step['ops'][-1] if step['ops'] else ''}",
                               step["flops"] / step["bytes"], step["flops"] / step["milliseconds"] / 1e6))
    return points


def share_of_peak(results, network):
    """FLOP of a network's steps over their time, against the peak of one thread."""
    steps = [s for s in results["steps"].get(network, []) if s["milliseconds"] > 0]
    total = sum(s["milliseconds"] for s in steps)
    rate = sum(s["flops"] for s in steps) / total / 1e6 if total else 0
    return rate, rate / results["machine"]["peakGflops"][1]


def left_out(results):
    """A paragraph on the peers that could not run a network, if any."""
    said = {(p, row["network"]): why for row in results["networks"] for p, why in row["leftOut"].items()}
    if not said:
        return []
    return ["Left out: " + "; ".join(f"{NAMES[p]} on {network} ({why})" for (p, network), why in said.items()) + ".", ""]


def document(results, command):
    machine = results["machine"]
    peers = [p for p in NAMES if any(p in row["ratios"] for row in results["networks"])]
    caches = ", ".join(f"{level} {size}" for level, size in machine["caches"].items())
    lines = [BEGIN, "",
             f"{machine['processor']}, {machine['cpus']} CPUs ({caches}); {machine['pome']}. Measured in the same run: "
             f"{machine['peakGflops'][1]:.0f} GFLOP/s of multiply-adds on one thread, {machine['peakGflops'][2]:.0f} on two; "
             f"{machine['gigabytesPerSecond']:.0f} GB/s read from memory by one.", "",
             *header(peers), *(row_text(row, peers) for row in results["networks"]), ""]  # fmt: skip
    lines += [f"Geometric mean of best peer / Pome: " + ", ".join(
        f"{mean:.2f} on {threads} thread{'s' if threads > 1 else ''}" for threads, mean in means(results).items()) + ".", ""]
    lines += left_out(results)
    worst = max(max(row["errors"].values()) for row in results["networks"])
    lines += [f"All engines agree with Keras within {worst:.1e} of the largest value.", "",
              "![best peer / Pome](performance-peers.svg)", "", "![roofline](performance-roofline.svg)", ""]
    if "resnet50" in results["steps"]:
        rate, share = share_of_peak(results, "resnet50")
        lines += [f"ResNet50's steps together, Winograd counted as direct: {rate:.0f} GFLOP/s on one thread, {share * 100:.0f} % of the "
                  "measured peak.", ""]  # fmt: skip
    if "cold" in results:
        lines += ["Cold start of ResNet50, one thread, from process start to the first answer (a fresh process each time, every "
                  "engine with its cache on and filled; of a peer in Python the bare import is taken off), and the peak memory of that process:", "",
                  "| engine | ms | of which import, taken off | peak MB |", "|---|---|---|---|"]  # fmt: skip
        for engine, c in results["cold"].items():
            net = c["milliseconds"] - c["importMilliseconds"]
            lines.append(f"| {NAMES[engine]} | {net:.0f} | {c['importMilliseconds']:.0f} | {c['peakBytes'] / 1e6:.0f} |")
        lines.append("")
    lines += ["    " + command, "", END]
    return "\n".join(lines)


def replace_part(page, begin, end, part):
    """Puts `part`, which has both lines, where the page has what stands between them."""
    text = page.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise RuntimeError(f"{page} has no place for the tables: the lines {begin} and {end} are expected once each")
    before, rest = text.split(begin)
    page.write_text(before + part + rest.split(end)[1])


def write_document(results, docs, command):
    replace_part(docs / "performance.md", BEGIN, END, document(results, command))
    by_network = {}
    for row in results["networks"]:
        q = row["ratios"][row["best"]]
        by_network.setdefault(row["network"], {})[row["threads"]] = (q["lower"], q["median"], q["upper"])
    (docs / "performance-peers.svg").write_text(chart.bars(list(by_network.items()), "Best peer's time / Pome's (above 1: Pome is faster)"))
    points, machine = roofline_points(results), results["machine"]
    (docs / "performance-roofline.svg").write_text(chart.roofline(
        points, machine["peakGflops"][1], machine["gigabytesPerSecond"], "Pome's steps on one thread (Winograd counted as direct)"))
