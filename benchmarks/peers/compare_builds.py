#!/usr/bin/env python3
"""What a change to the library brought: the same worker over two builds of libpome, in turns.

    cp build/release/libpome.so.0 before/          # then change, build, and
    python3 benchmarks/peers/compare_builds.py --before before mobilenet_v2 resnet50

Prints, for each network, the median milliseconds of both and the median over the rounds of before / after (above 1: the
change made it faster), with its quartiles. The networks are run.py's: run that first, or make_models.py.
"""
import argparse
import os
import pathlib
import tempfile

import measure

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
NETWORKS = ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0", "resnet50", "densenet121", "inception_v3",
            "squeezenet", "tiny_yolo", "unet"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=NETWORKS, help="default: all ten")
    parser.add_argument("--before", type=pathlib.Path, required=True, help="the folder that holds the old libpome.so.0")
    parser.add_argument("--after", type=pathlib.Path, default=REPOSITORY / "build/release", help="and the new one (build/release)")
    parser.add_argument("--work", type=pathlib.Path, default=REPOSITORY / "build/peers", help="where run.py keeps its models")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    return parser.parse_args()


def compare(network, options, folder):
    """Milliseconds by build, one a round."""
    models = options.work / "models"
    cpus = sorted(os.sched_getaffinity(0))[:options.threads]
    workers = {}
    try:
        for build in ("before", "after"):
            library = getattr(options, build).resolve()
            command = ["env", f"LD_LIBRARY_PATH={library}", REPOSITORY / "build/release/benchmarks/pome_worker",
                       models / f"{network}.mlmodel", models / f"{network}.bin", options.threads, folder / build]
            workers[build] = measure.Worker(command, cpus, folder / f"{network}.{build}.log")
        return measure.take_turns(workers, options.rounds)
    finally:
        for worker in workers.values():
            worker.close()


def main():
    options = parse()
    print(f"before / after, {options.threads} threads, {options.rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        for network in options.networks:
            result = measure.summary(compare(network, options, pathlib.Path(folder)), "after")
            ratio = result["ratios"]["before"]
            ms = result["milliseconds"]
            print(f"{network:20} {ms['before']:8.2f} {ms['after']:8.2f} ms   {ratio['median']:.3f}"
                  f" ({ratio['lower']:.3f} to {ratio['upper']:.3f})", flush=True)


if __name__ == "__main__":
    main()
