#!/usr/bin/env python3
"""Times Pome beside ONNX Runtime, OpenVINO (float32), LiteRT and ncnn on the same networks, in one run, and writes the
tables and charts of docs/performance.md.

    python3 benchmarks/peers/run.py                     # everything: ten networks, 1 and 2 threads, cold start
    python3 benchmarks/peers/run.py --quick             # three networks in under 3 minutes; writes no document
    python3 benchmarks/peers/run.py --networks resnet50 --threads 1 --rounds 10 --json out.json
    python3 benchmarks/peers/run.py --isa avx2          # on a lower instruction set; its own table, some 6 minutes

Makes its own virtual environment and the networks (random seeded weights, once) in build/peers. Needs a release build
with -DPOME_BUILD_BENCHMARKS=ON. Every engine's answer is compared with Keras' before anything is timed.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["onnxruntime", "openvino", "litert", "ncnn"]
NETWORKS = ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "resnet50", "densenet121",
            "inception_v3", "squeezenet", "tiny_yolo", "unet"]  # fmt: skip
QUICK = ["mobilenet_v2", "resnet50", "squeezenet"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="Pome's build")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/peers", help="networks and environment")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, metavar="NAME",
                        help=f"some of {', '.join(NETWORKS)}; all when left out")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS)
    parser.add_argument("--isa", choices=["avx2"], help="keeps Pome and the peers that can be to this instruction set, and "
                        "adds Pome without the limit")
    parser.add_argument("--quick", action="store_true", help="three networks, 6 rounds, no document")
    parser.add_argument("--no-cold", action="store_true", help="leaves the cold start out")
    parser.add_argument("--json", type=pathlib.Path, help="also writes all figures there")
    parser.add_argument("--no-document", action="store_true", help="leaves docs/performance.md as it is")
    return parser.parse_args()


def in_environment(work):
    """Runs this program again with the peers' packages, installed once."""
    requirements = HERE / "requirements.txt"
    environment = work / "venv"
    mark = environment / "installed"
    if not mark.exists() or mark.read_text() != requirements.read_text():
        print("== installing the peers", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
                       check=True)
        mark.write_text(requirements.read_text())
    python = environment / "bin/python"
    if pathlib.Path(sys.prefix).resolve() != environment.resolve():
        os.execv(python, [str(python), *sys.argv])


def make_models(models, names, peers):
    """Writes what is not there yet."""
    missing = [name for name in names if not (models / f"{name}.tflite").exists()]
    if missing:
        print(f"== making {', '.join(missing)}", file=sys.stderr)
        subprocess.run([sys.executable, HERE / "make_models.py", models, "--only", *missing], check=True)
    for name in names if "ncnn" in peers else []:
        if not (models / f"{name}.ncnn.param").exists():
            make_ncnn(models, name)


def make_ncnn(models, name):
    """NAME.ncnn.param and .bin out of NAME.onnx, in float32."""
    import numpy as np
    n, height, width, channels = np.load(models / f"{name}.npy").shape
    with open(models / f"{name}.pnnx.log", "w") as log:
        # Where it fails, ncnn finds nothing to read and is left out, which the table says.
        subprocess.run([pathlib.Path(sys.prefix) / "bin/pnnx", f"{name}.onnx", "fp16=0",
                        f"inputshape=[{n},{channels},{height},{width}]"], cwd=models, check=False, stdout=log,
                       stderr=log)  # fmt: skip
    if (models / f"{name}.ncnn.param").exists():
        name_paddings(models / f"{name}.pnnx.param", models / f"{name}.ncnn.param")


def name_paddings(pnnx, ncnn):
    """Writes ONNX' Pad of zeros as ncnn's Padding: pnnx leaves a layer "Pad" there that ncnn does not know."""
    pads = {}
    for line in pnnx.read_text().splitlines():
        found = re.match(r"Pad +(\S+) .*\bpads=\(0,0,(\d+),(\d+),0,0,(\d+),(\d+)\)", line)
        if found:
            pads[found[1]] = [int(n) for n in found.groups()[1:]]
    lines = ncnn.read_text().splitlines()
    for i, line in enumerate(lines):
        words = line.split()
        if words[0] == "Pad" and words[1] in pads:
            top, left, bottom, right = pads[words[1]]
            lines[i] = " ".join(["Padding", *words[1:], f"0={top} 1={bottom} 2={left} 3={right}"])
    ncnn.write_text("\n".join(lines) + "\n")


def converted(stem, build):
    """NAME.mlmodel out of NAME.keras, an array input kept an array; and the input as plain bytes."""
    import numpy as np
    model = pathlib.Path(f"{stem}.mlmodel")
    if not model.exists() or model.stat().st_mtime < (build / "bin/pome").stat().st_mtime:
        subprocess.run([build / "bin/pome", "convert", f"{stem}.keras", "--no-image-input", "--quiet", "-o", model], check=True)
    np.load(f"{stem}.npy").tofile(f"{stem}.bin")
    return model


def commands(stem, build, threads, peers):
    result = {"pome": [build / "benchmarks/pome_worker", converted(stem, build), f"{stem}.bin", threads]}
    for peer in peers:
        result[peer] = [sys.executable, HERE / "peer_worker.py", peer, stem, threads]
    return result


def compare(stem, build, threads, rounds, peers):
    """One row: times, ratios, errors; and by peer why it is not among them, where it cannot read the network."""
    import measure
    import numpy as np
    times, errors, left_out = measure.compare(stem, commands(stem, build, threads, peers), threads, rounds,
                                              np.load(f"{stem}.expected.npy"))
    return {"network": stem.name, "threads": threads, "rounds": rounds, "errors": errors, "leftOut": left_out,
            **measure.summary(times)}  # fmt: skip


def steps_of(stem, build):
    """Pome's own view of a network on one thread: steps with time, FLOP and bytes."""
    out = subprocess.run([build / "bin/pome", "bench", f"{stem}.mlmodel", "--per-op", "--json", "--threads", "1", "--runs",
                          "20"], check=True, capture_output=True, text=True)  # fmt: skip
    return json.loads(out.stdout)["steps"]


def cold_start(stem, options, peers):
    """Every engine with its own cache, filled by a first run that is not counted."""
    import cold
    cache = options.work.resolve() / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    by_engine = commands(stem, options.build, 1, peers)
    for engine, command in by_engine.items():
        (cache / engine).mkdir(parents=True, mode=0o700)
        command.append(cache / engine)
    return cold.cold_start(by_engine, 1, 5)


def compare_lower(options, names, rounds, command):
    """The comparison on a lower instruction set, and its part of the document."""
    import lower_isa
    import machine
    import numpy as np
    limited, cannot = lower_isa.split_peers(options.isa, options.peers)
    environment = lower_isa.LIMITS[options.isa]["pome"]
    peaks = {t: {"limited": machine.peak_gflops(options.build, t, environment),
                 "unlimited": machine.peak_gflops(options.build, t)} for t in options.threads}  # fmt: skip
    results = {"machine": machine.describe(options.build), "isa": options.isa, "peers": limited, "cannot": cannot,
               "peakGflops": peaks, "networks": []}  # fmt: skip
    lower_isa.print_header(results)
    for name in names:
        stem = options.work / "models" / name
        for threads in options.threads:
            row = lower_isa.row_of(name, threads, options.isa, commands(stem, options.build, threads, limited), stem,
                                   np.load(f"{stem}.expected.npy"), rounds)
            results["networks"].append(row)
            lower_isa.print_row(results, row)
    print("\n".join(lower_isa.summary_lines(results)))
    if not options.quick and not options.no_document:
        lower_isa.write_document(results, ROOT / "docs", command)
    return results


def compare_all(options, names, rounds, command):
    """The comparison with every peer at its best: tables, charts, cold start."""
    import machine
    import report
    models = options.work / "models"
    results = {"machine": machine.describe(options.build), "networks": [], "steps": {}}
    report.print_header(options.peers)
    for name in names:
        for threads in options.threads:
            row = compare(models / name, options.build, threads, rounds, options.peers)
            results["networks"].append(row)
            report.print_row(row, options.peers)
        results["steps"][name] = steps_of(models / name, options.build)
    if not options.no_cold and not options.quick and "resnet50" in names:
        left_out = {p for row in results["networks"] if row["network"] == "resnet50" for p in row["leftOut"]}
        results["cold"] = cold_start(models / "resnet50", options, [p for p in options.peers if p not in left_out])
    report.print_means(results)
    if not options.quick and not options.no_document:
        report.write_document(results, ROOT / "docs", command)
    return results


def main():
    options = parse()
    options.work.mkdir(parents=True, exist_ok=True)
    in_environment(options.work.resolve())
    names = options.networks or (QUICK if options.quick else NETWORKS)
    make_models(options.work / "models", names, options.peers)
    command = " ".join(["python3 benchmarks/peers/run.py", *sys.argv[1:]])
    results = (compare_lower if options.isa else compare_all)(options, names, 6 if options.quick else options.rounds, command)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
