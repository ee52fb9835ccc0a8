#!/usr/bin/env python3
"""Measures a cat-and-dog network of Keras on folders of photographs and on single pictures.

    python tools/demo_model/evaluate.py examples/models/catdog.h5 \\
        --photographs ../shared/data/images/catsdogs/test examples/pictures/*.jpg

A folder holds cats/ and dogs/. Every picture is stretched to 224 x 224 and scaled to [-1, 1].
"""

import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np

import network
import pictures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("pictures", type=pathlib.Path, nargs="*")
    parser.add_argument("--photographs", type=pathlib.Path, help="folder with cats/ and dogs/")
    options = parser.parse_intermixed_args()
    model = keras.models.load_model(options.model, compile=False)
    print(
        f"{options.model}: {model.count_params()} parameters, {options.model.stat().st_size} bytes"
    )
    if options.photographs:
        paths, labels = pictures.listing(options.photographs)
        images = pictures.scaled(pictures.load_all(paths))
        right = np.argmax(model.predict(images, batch_size=50, verbose=0), 1) == labels
        by_class = ", ".join(
            f"{name} {right[labels == i].sum()} of {(labels == i).sum()}"
            for i, name in enumerate(network.CLASSES)
        )
        print(f"{right.sum()} of {len(right)} right ({right.mean():.1%}): {by_class}")
    for path in options.pictures:
        answer = model.predict(pictures.scaled(pictures.load(path))[None], verbose=0)[0]
        words = ", ".join(f"{n} {p:.4f}" for n, p in zip(network.CLASSES, answer))
        print(f"{path}: {words}")


if __name__ == "__main__":
    main()
