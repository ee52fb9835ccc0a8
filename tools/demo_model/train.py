#!/usr/bin/env python3
"""Trains the embedded cat-and-dog network from random weights, by distillation, on two CPU cores.

    python tools/demo_model/train.py --data ../shared/data --work /tmp/catdog

A teacher (teacher.py) sees every augmented crop beside the network. In the first stage the
network's four parts learn apart, each from the teacher's maps at its input to the teacher's maps at
its output; then the whole network learns those maps, the teacher's pooled features (through a
linear adapter that is thrown away), its soft answers and the photographs' own labels. Drawings
(draw_pets.py) take part with their labels. Every epoch leaves a checkpoint in --work from which an
interrupted run goes on.
What is kept are moving averages of the weights. The hold-out (300 pictures of train and extra,
never trained on) serves for choices; the test pictures are not read here (evaluate.py reads them).
"""

import argparse
import os
import pathlib
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

import distill
import draw_pets
import network
import pictures

SEED = 20261123
BATCH = 32
HELD_OUT = 300
TEACHER = "models/keras/catdog/layan_tm_mobilenetv2_035_224_catdog.h5"
# Of every batch, this many pictures are drawings (in the stages that use them).
DRAWN_PER_BATCH = 4
WEIGHT_DECAY = 0.02
# size: side of the crops; blocks: the four parts apart; peak, final: learning rate; hint: weight of
# maps and pooled features; area: least share of the picture in a crop; mix: share of mixed batches.
STAGES = [
    dict(
        size=128,
        blocks=True,
        epochs=12,
        peak=4e-3,
        final=4e-4,
        drawings=False,
        hint=1.0,
        area=0.3,
        mix=0.0,
    ),
    dict(
        size=160,
        blocks=False,
        epochs=12,
        peak=2e-3,
        final=5e-4,
        drawings=True,
        hint=1.0,
        area=0.3,
        mix=0.2,
    ),
    dict(
        size=224,
        blocks=False,
        epochs=8,
        peak=1e-3,
        final=1e-5,
        drawings=True,
        hint=0.5,
        area=0.4,
        mix=0.2,
    ),
]


def accuracy(model, images, labels):
    """Returns the share of right answers on uint8 pictures."""
    right = 0
    for start in range(0, len(images), 50):
        answer = model(tf.constant(pictures.scaled(images[start : start + 50])), training=False)
        right += int(np.sum(np.argmax(answer, 1) == labels[start : start + 50]))
    return right / max(len(images), 1)


def drawings(count, cache):
    """Returns (pictures, labels) of drawn cats and dogs; the shipped two are not among them."""
    if cache.exists():
        with np.load(cache) as file:
            if len(file["images"]) == count:
                return file["images"], file["labels"]
    images, labels = [], []
    for i in range(count):
        picture = draw_pets.draw(network.CLASSES[i % 2], draw_pets.TRAINING_SEEDS[0] + i, 320, 240)
        side = (pictures.SIDE, pictures.SIDE)
        images.append(np.asarray(picture.resize(side, Image.Resampling.BILINEAR)))
        labels.append(i % 2)
    images, labels = np.stack(images), np.array(labels, np.int32)
    np.savez(cache, images=images, labels=labels)
    return images, labels


def save(path, groups):
    """Writes groups of variables (name to list) as one .npz, complete or not at all."""
    flat = {
        f"{name}_{i:04d}": np.asarray(v)
        for name, group in groups.items()
        for i, v in enumerate(group)
    }
    np.savez(str(path) + ".new.npz", **flat)
    os.replace(str(path) + ".new.npz", path)


def restore(path, groups):
    """Reads what save() wrote back into the variables."""
    with np.load(path) as file:
        for name, group in groups.items():
            for i, variable in enumerate(group):
                variable.assign(file[f"{name}_{i:04d}"])


def make_optimizer(stage, steps, variables):
    """Returns AdamW with a warm-up and a cosine, built for the variables."""
    schedule = keras.optimizers.schedules.CosineDecay(
        stage["peak"] / 20,
        steps - 100,
        alpha=stage["final"] / stage["peak"],
        warmup_target=stage["peak"],
        warmup_steps=100,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY, clipnorm=5.0)
    optimizer.exclude_from_weight_decay(var_names=["bn", "bias", "depthwise", "gamma", "beta"])
    optimizer.build(variables)
    return optimizer


def run_epoch(step, rng, photographs, drawn):
    """Trains on every photograph once; drawn is None or (pictures, labels). Returns mean losses."""
    images, labels = photographs
    per_batch = DRAWN_PER_BATCH if drawn else 0
    order, losses = rng.permutation(len(images)), []
    for i in range(len(images) // BATCH):
        index = order[i * BATCH : (i + 1) * BATCH - per_batch]
        pixels, answers = images[index], labels[index]
        if drawn:
            chosen = rng.choice(len(drawn[0]), per_batch, replace=False)
            pixels = np.concatenate([drawn[0][chosen], pixels])
            answers = np.concatenate([drawn[1][chosen], answers])
        seed = tf.constant(rng.integers(0, 2**31 - 10, 2), tf.int32)
        is_drawn = tf.constant(np.arange(BATCH) < per_batch)
        losses.append(step(tf.constant(pixels), tf.constant(answers), is_drawn, seed))
    return np.mean(losses, 0)


def run_stage(number, student, photographs, hold, options, say):
    """Runs a stage of STAGES (from 1), or what an earlier run left of it."""
    stage, per_epoch = STAGES[number - 1], len(photographs[0]) // BATCH
    optimizer = make_optimizer(stage, per_epoch * stage["epochs"], student.variables)
    groups = dict(
        model=student.model.weights,
        averages=student.averages,
        adapter=student.adapter,
        optimizer=optimizer.variables,
    )
    checkpoint = options.work / f"stage{number}.npz"
    finished = options.work / f"stage{number}-done.npz"
    if finished.exists():
        restore(finished, groups)
        say(f"stage {number} was done before")
        return
    first = 0
    if checkpoint.exists():
        restore(checkpoint, groups)
        first = int(np.asarray(optimizer.iterations)) // per_epoch
        say(f"stage {number} goes on after epoch {first}")
    drawn = None
    if stage["drawings"]:
        drawn = drawings(options.drawings, options.work / "drawings.npz")
        say(f"{len(drawn[0])} drawings")
    step = student.make_step(optimizer, stage)
    for epoch in range(first, stage["epochs"]):
        before = time.time()
        losses = run_epoch(step, np.random.default_rng([SEED, number, epoch]), photographs, drawn)
        rate = per_epoch * BATCH / (time.time() - before)
        save(checkpoint, groups)
        say(
            f"stage {number} epoch {epoch + 1}/{stage['epochs']}:",
            "losses (maps, pooled, soft, true)",
            *(f"{v:.3f}" for v in losses),
            f"hold-out {accuracy(student.averaged(), *hold):.4f}, {rate:.0f} pictures/s",
        )
    os.replace(checkpoint, finished)


def parse_options():
    """Returns the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--data", type=pathlib.Path, required=True, help="folder of pictures and teachers")
    add("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    add("--out", type=pathlib.Path, default=pathlib.Path("examples/models/catdog.h5"))
    add("--threads", type=int, default=2)
    add("--drawings", type=int, default=300, help="how many drawings to train on")
    add("--last-stage", type=int, default=len(STAGES), help="stop after this stage")
    return parser.parse_args()


def main():
    options = parse_options()
    options.work.mkdir(parents=True, exist_ok=True)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(SEED)
    started = time.time()

    def say(*words):
        print(f"[{(time.time() - started) / 60:6.2f} min]", *words, flush=True)

    train, hold = (
        (pictures.load_all(paths), labels)
        for paths, labels in pictures.split(options.data / "images/catsdogs", HELD_OUT, SEED)
    )
    say(f"{len(train[0])} training pictures, {len(hold[0])} held out")
    teacher = distill.Teacher(options.data / TEACHER, *train, SEED)
    say(f"teacher: {teacher.accuracy(*hold):.4f} of the hold-out")
    student = distill.Student(teacher, SEED)
    for number in range(1, options.last_stage + 1):
        run_stage(number, student, train, hold, options, say)
    final = student.averaged(pictures.SIDE)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    final.save(options.out, include_optimizer=False)
    share = accuracy(final, *hold)
    say(f"wrote {options.out}: {options.out.stat().st_size} bytes, hold-out {share:.4f}")


if __name__ == "__main__":
    main()
