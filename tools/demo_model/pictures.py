"""Decoding of the photographs, and the preparation that the embedded network expects."""

import pathlib

import numpy as np
from PIL import Image

SIDE = 224


def load(path, side=SIDE):
    """Returns the whole picture stretched to side x side x 3, uint8 (scaleFill, antialiased)."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.BILINEAR))


def scaled(pixels):
    """Maps bytes to the network's range: x * 2 / 255 - 1, float32."""
    return pixels.astype(np.float32) * np.float32(2 / 255) - 1


def listing(folder):
    """Returns (paths, labels) of folder/cats (0) and folder/dogs (1), sorted by name."""
    paths, labels = [], []
    for label, name in enumerate(("cats", "dogs")):
        found = sorted(pathlib.Path(folder, name).iterdir())
        paths += found
        labels += [label] * len(found)
    return paths, np.array(labels, np.int32)


def split(root, held_out, seed):
    """Splits catsdogs/train and catsdogs/extra into (training, hold-out), balanced by class.

    Two thirds of the hold-out come from train, whose pictures resemble the test set's.
    """
    rng = np.random.default_rng(seed)
    train, hold = ([], []), ([], [])
    for folder, share in (("train", 2 / 3), ("extra", 1 / 3)):
        paths, labels = listing(pathlib.Path(root, folder))
        for label in (0, 1):
            mine = rng.permutation(np.flatnonzero(labels == label))
            cut = int(round(held_out * share / 2))
            for part, indices in ((hold, mine[:cut]), (train, mine[cut:])):
                part[0].extend(paths[i] for i in indices)
                part[1].extend([label] * len(indices))
    return [(paths, np.array(labels, np.int32)) for paths, labels in (train, hold)]


def load_all(paths):
    """Returns the pictures as one uint8 array (n, 224, 224, 3)."""
    out = np.empty((len(paths), SIDE, SIDE, 3), np.uint8)
    for i, path in enumerate(paths):
        out[i] = load(path)
    return out
