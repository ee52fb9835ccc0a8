#!/usr/bin/env python3
"""Draws cats and dogs: the two embedded pictures, and any number of others to train on.

    python tools/demo_model/draw_pets.py --out examples/pictures          # cat.jpg and dog.jpg
    python tools/demo_model/draw_pets.py --sheet sheet.png --count 24     # a sheet to look at

Everything is drawn from splines and a seed; no photograph is involved.
"""

import argparse
import pathlib

import numpy as np
from PIL import Image

import cat
import coats
import dog
import scenes
from brush import Painter

# The embedded pictures' seeds; training draws from TRAINING_SEEDS alone, so never the same picture.
SHIPPED_SEEDS = {"cat": 3, "dog": 5}
TRAINING_SEEDS = range(1000, 1_000_000)


def draw(kind, seed, width=640, height=480, supersample=3, shipped=False):
    """Returns a drawn "cat" or "dog" as a Pillow picture; equal arguments give equal pixels.

    shipped: choose the embedded picture's coat, scene and framing instead of random ones.
    """
    rng = np.random.default_rng([seed, {"cat": 0, "dog": 1}[kind]])
    painter = Painter(width, height, rng, supersample)
    animal = {"cat": cat, "dog": dog}[kind]
    choice = {"cat": coats.CATS, "dog": coats.DOGS}[kind]
    coat = choice[0] if shipped else choice[rng.integers(len(choice))]
    scene = (
        {"cat": scenes.room, "dog": scenes.garden}[kind]
        if shipped
        else scenes.SCENES[rng.integers(len(scenes.SCENES))]
    )
    scene(painter, rng)
    flip = not shipped and rng.uniform() < 0.5
    framing = 0.0 if shipped else rng.uniform()
    if framing < 0.55:  # the whole animal
        scale = 1.02 if shipped else rng.uniform(0.8, 1.12)
        x, y = (320, 452) if shipped else (320 + rng.uniform(-70, 70), 440 + rng.uniform(-10, 22))
    else:  # head and shoulders
        scale = rng.uniform(1.3, 2.1)
        x, y = 320 + rng.uniform(-50, 50), 250 + 262 * scale + rng.uniform(-25, 40)
    pose = "sit" if shipped or framing >= 0.55 or rng.uniform() < 0.6 else "lie"
    animal.draw(
        painter.placed(x, y, scale, 0, flip),
        rng,
        coat,
        pose,
        tilt=-4 if shipped else rng.normal(0, 6),
    )
    return painter.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, help="folder for cat.jpg and dog.jpg")
    parser.add_argument(
        "--sheet", type=pathlib.Path, help="file for a contact sheet of training drawings"
    )
    parser.add_argument("--count", type=int, default=24)
    options = parser.parse_args()
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        for kind, seed in SHIPPED_SEEDS.items():
            draw(kind, seed, shipped=True, supersample=4).save(
                options.out / f"{kind}.jpg", quality=88, optimize=True
            )
    if options.sheet:
        columns = 6
        sheet = Image.new("RGB", (columns * 320, -(-options.count // columns) * 240))
        for i in range(options.count):
            picture = draw(("cat", "dog")[i % 2], TRAINING_SEEDS[0] + i, 320, 240)
            sheet.paste(picture, (i % columns * 320, i // columns * 240))
        sheet.save(options.sheet)


if __name__ == "__main__":
    main()
