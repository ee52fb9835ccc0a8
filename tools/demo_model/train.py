#!/usr/bin/env python3
"""Trains the embedded cat-and-dog network from random weights, by distillation, on two CPU cores.

    python tools/demo_model/train.py --data ../shared/data --work /tmp/catdog

A teacher (teacher.py) sees every augmented crop beside the network. The network learns the teacher's
maps at four depths through linear adapters (thrown away afterwards), its pooled features, its soft
answers and the photographs' own labels. Training goes through STAGES; each ends with a checkpoint in
--work from which an interrupted run goes on. The answers of moving averages of the weights are what is
kept. The hold-out (300 pictures of train and extra, never trained on) serves for choices; the test
pictures are not read here (evaluate.py reads them).
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

import network
import pictures
import teacher as teaching

SEED = 20261123
BATCH = 32
HELD_OUT = 300
TEACHER = "models/keras/catdog/layan_tm_mobilenetv2_035_224_catdog.h5"
# Of every batch, this many pictures are drawings (in the stages that use them).
DRAWN_PER_BATCH = 4
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
        epochs=20,
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
        epochs=20,
        peak=1e-3,
        final=1e-5,
        drawings=True,
        hint=0.5,
        area=0.4,
        mix=0.2,
    ),
]
HINT_WEIGHTS = [0.3, 0.3, 0.5, 0.5]
AVERAGE_DECAY = 0.995
WEIGHT_DECAY = 0.02
TEMPERATURE = 2.0


def augment(pixels, size, area, seed):
    """Cuts random boxes out of the pictures, scales them to size, and varies colours.

    pixels: uint8 (n, 224, 224, 3). Returns float32 (n, size, size, 3) in [-1, 1].
    """
    n = tf.shape(pixels)[0]
    seeds = tf.unstack(tf.random.split(seed, 9))
    uniform = lambda i, lo, hi, shape=None: tf.random.stateless_uniform(
        [n] if shape is None else shape, seeds[i], lo, hi
    )
    side = tf.sqrt(uniform(0, area, 1.0))
    ratio = tf.exp(uniform(1, -0.22, 0.22))
    height, width = tf.minimum(side * ratio, 1.0), tf.minimum(side / ratio, 1.0)
    top = uniform(2, 0.0, 1.0) * (1 - height)
    left = uniform(3, 0.0, 1.0) * (1 - width)
    flip = uniform(4, 0.0, 1.0) < 0.5
    x0, x1 = tf.where(flip, left + width, left), tf.where(flip, left, left + width)
    boxes = tf.stack([top, x0, top + height, x1], 1)
    x = tf.image.crop_and_resize(tf.cast(pixels, tf.float32), boxes, tf.range(n), (size, size))
    x = x * (2 / 255) - 1
    each = (n, 1, 1, 1)
    gain = tf.exp(uniform(5, -0.35, 0.35, each)) * tf.exp(uniform(6, -0.1, 0.1, (n, 1, 1, 3)))
    gray = tf.reduce_mean(x, 3, keepdims=True)
    saturation = uniform(7, 0.4, 1.4, each)
    x = gray + (x - gray) * saturation
    return tf.clip_by_value(x * gain + uniform(8, -0.25, 0.25, each), -1.0, 1.0)


class Teacher:
    """Backbone, fitted head, and the statistics by which its features are standardized."""

    def __init__(self, path, images, labels):
        self.backbone = teaching.load_backbone(path)
        rng = tf.constant([SEED, 77], tf.int32)

        @tf.function(reduce_retracing=True)
        def maps(x):
            return self.backbone(x, training=False)

        self.maps = maps
        rows, answers, moments = [], [], []
        for view in range(3):
            for start in range(0, len(images), 50):
                raw = images[start : start + 50]
                if view == 2:
                    x = augment(raw, 224, 0.4, rng + start)
                else:
                    x = tf.constant(pictures.scaled(raw[:, :, ::-1] if view else raw))
                found = maps(x)
                rows.append(tf.reduce_mean(found[-1], (1, 2)).numpy())
                answers.append(labels[start : start + 50])
                if view == 2 and start < 500:
                    moments.append([tf.math.reduce_variance(m, (0, 1, 2)).numpy() for m in found])
        head = teaching.fit_head(np.concatenate(rows), np.concatenate(answers))
        self.mean, self.deviation, self.w, self.b = (tf.constant(a) for a in head)
        # Errors are measured in deviations of each channel; nearly constant channels count little.
        variances = [np.mean(v, 0) for v in zip(*moments)]
        self.scales = [tf.constant(1 / np.sqrt(v + 0.2 * v.mean()), tf.float32) for v in variances]

    def logits(self, features):
        return (features - self.mean) / self.deviation @ self.w + self.b


def make_step(model, adapter, teacher, optimizer, averages, stage):
    """Returns a compiled function that does one training step of a stage."""
    ends = [model.get_layer(name).output for name in network.STAGE_ENDS]
    logits_of = model.get_layer("logits").output
    if stage["blocks"]:
        starts = [model.input] + ends[:-1]
        parts = [keras.Model(start, end) for start, end in zip(starts[:-1], ends[:-1])]
        parts.append(keras.Model(starts[-1], [ends[-1], logits_of]))
    else:
        student = keras.Model(model.input, ends + [logits_of])
    variables = model.trainable_variables + adapter
    size = stage["size"]

    @tf.function(reduce_retracing=True)
    def step(pixels, labels, drawn, seed):
        x = augment(pixels, size, stage["area"], seed)
        truth = tf.one_hot(labels, 2)
        if stage["mix"]:
            share = tf.random.stateless_uniform((), seed + 1, 0.0, 0.5)
            share = tf.where(tf.random.stateless_uniform((), seed + 2) < stage["mix"], share, 0.0)
            # Drawings stand first in a batch and are left alone: rolling within the photographs.
            k = tf.reduce_sum(tf.cast(drawn, tf.int32))
            rolled = lambda t: tf.concat([t[:k], tf.roll(t[k:], 1, 0)], 0)
            x = x * (1 - share) + rolled(x) * share
            truth = truth * (1 - share) + rolled(truth) * share
        goal = teacher.maps(x)
        features = tf.reduce_mean(goal[-1], (1, 2))
        logits = teacher.logits(features)
        soft = tf.nn.softmax(logits / TEMPERATURE)
        soft = tf.where(drawn[:, None], truth, soft)
        with tf.GradientTape() as tape:
            if stage["blocks"]:
                inputs = [x] + goal[:-1]
                maps = [part(i, training=True) for part, i in zip(parts, inputs)]
                *maps, (last, answer) = maps
                maps.append(last)
            else:
                *maps, answer = student(x, training=True)
            maps[-1] = tf.tensordot(maps[-1], adapter[0], 1) + adapter[1]
            errors = [
                tf.reduce_mean(tf.square((m - g) * scale))
                for m, g, scale in zip(maps, goal, teacher.scales)
            ]
            loss_hint = sum(w * e for w, e in zip(HINT_WEIGHTS, errors))
            pooled = tf.reduce_mean(maps[-1], (1, 2))
            loss_pooled = tf.reduce_mean(tf.square((pooled - features) / teacher.deviation))
            cross = tf.nn.softmax_cross_entropy_with_logits
            loss_soft = tf.reduce_mean(cross(soft, answer / TEMPERATURE)) * TEMPERATURE**2
            loss_truth = tf.reduce_mean(cross(truth, answer))
            loss = stage["hint"] * (loss_hint + loss_pooled) + 0.4 * loss_soft + 0.4 * loss_truth
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        done = tf.cast(optimizer.iterations, tf.float32)
        decay = tf.minimum(AVERAGE_DECAY, (1 + done) / (10 + done))  # each stage forgets the last
        for average, weight in zip(averages, model.weights):
            average.assign(average * decay + tf.cast(weight, tf.float32) * (1 - decay))
        return tf.stack(errors + [loss_pooled, loss_soft, loss_truth])

    return step


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
    import draw_pets

    images, labels = [], []
    for i in range(count):
        kind = ("cat", "dog")[i % 2]
        images.append(
            np.asarray(
                draw_pets.draw(kind, draw_pets.TRAINING_SEEDS[0] + i, 320, 240).resize(
                    (pictures.SIDE, pictures.SIDE), 2
                )
            )
        )
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--data", type=pathlib.Path, required=True, help="folder of pictures and teachers"
    )
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument(
        "--out", type=pathlib.Path, default=pathlib.Path("examples/models/catdog.h5")
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--drawings", type=int, default=600, help="how many drawings to train on")
    parser.add_argument("--last-stage", type=int, default=len(STAGES), help="stop after this stage")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(SEED)
    started = time.time()
    say = lambda *words: print(f"[{(time.time() - started) / 60:6.2f} min]", *words, flush=True)

    train, hold = pictures.split(options.data / "images/catsdogs", HELD_OUT, SEED)
    images, labels = pictures.load_all(train[0]), train[1]
    hold_images, hold_labels = pictures.load_all(hold[0]), hold[1]
    say(f"{len(images)} training pictures, {len(hold_images)} held out")
    teacher = Teacher(options.data / TEACHER, images, labels)
    right = (
        np.concatenate(
            [
                np.argmax(
                    teacher.logits(
                        tf.reduce_mean(
                            teacher.maps(tf.constant(pictures.scaled(hold_images[i : i + 50])))[-1],
                            (1, 2),
                        )
                    ),
                    1,
                )
                for i in range(0, len(hold_images), 50)
            ]
        )
        == hold_labels
    )
    say(f"teacher: {right.mean():.4f} of the hold-out")

    model, averaged = network.build(None), network.build(None)
    # From the last maps to the teacher's: linear, and thrown away at the end.
    width, goal_width = (
        m.get_layer(n).output.shape[-1]
        for m, n in ((model, network.STAGE_ENDS[-1]), (teacher.backbone, teaching.STAGE_ENDS[-1]))
    )
    adapter = [
        tf.Variable(tf.random.stateless_normal((width, goal_width), (SEED, 1)) * width**-0.5),
        tf.Variable(tf.zeros(goal_width)),
    ]
    averages = [tf.Variable(np.asarray(w), trainable=False) for w in model.weights]
    drawn_images = drawn_labels = None
    for number, stage in enumerate(STAGES[: options.last_stage]):
        steps = len(images) // BATCH * stage["epochs"]
        optimizer = keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(
                stage["peak"] / 20,
                steps - 100,
                alpha=stage["final"] / stage["peak"],
                warmup_target=stage["peak"],
                warmup_steps=100,
            ),
            weight_decay=WEIGHT_DECAY,
            clipnorm=5.0,
        )
        optimizer.exclude_from_weight_decay(var_names=["bn", "bias", "depthwise", "gamma", "beta"])
        optimizer.build(model.trainable_variables + adapter)
        groups = dict(
            model=model.weights, averages=averages, adapter=adapter, optimizer=optimizer.variables
        )
        if (options.work / f"stage{number + 1}-done.npz").exists():
            restore(options.work / f"stage{number + 1}-done.npz", groups)
            say(f"stage {number + 1} was done before")
            continue
        first = 0
        checkpoint = options.work / f"stage{number + 1}.npz"
        if checkpoint.exists():
            restore(checkpoint, groups)
            first = int(np.asarray(optimizer.iterations)) // (len(images) // BATCH)
            say(f"stage {number + 1} goes on after epoch {first}")
        if stage["drawings"] and drawn_images is None:
            drawn_images, drawn_labels = drawings(options.drawings, options.work / "drawings.npz")
            say(f"{len(drawn_images)} drawings")
        step = make_step(model, adapter, teacher, optimizer, averages, stage)
        per_batch = DRAWN_PER_BATCH if stage["drawings"] else 0
        for epoch in range(first, stage["epochs"]):
            rng = np.random.default_rng([SEED, number, epoch])
            order, losses, before = rng.permutation(len(images)), [], time.time()
            for i in range(len(images) // BATCH):
                index = order[i * BATCH : (i + 1) * BATCH - per_batch]
                pixels, answers = images[index], labels[index]
                if per_batch:
                    drawn = rng.choice(len(drawn_images), per_batch, replace=False)
                    pixels = np.concatenate([drawn_images[drawn], pixels])
                    answers = np.concatenate([drawn_labels[drawn], answers])
                losses.append(
                    step(
                        tf.constant(pixels),
                        tf.constant(answers),
                        tf.constant(np.arange(BATCH) < per_batch),
                        tf.constant(rng.integers(0, 2**31 - 10, 2), tf.int32),
                    )
                )
            save(checkpoint, groups)
            averaged.set_weights([a.numpy() for a in averages])
            rate = len(losses) * BATCH / (time.time() - before)
            say(
                f"stage {number + 1} epoch {epoch + 1}/{stage['epochs']}: losses maps/pooled/soft/truth",
                *(f"{v:.3f}" for v in np.mean(losses, 0)),
                f"hold-out {accuracy(model, hold_images, hold_labels):.4f}",
                f"averaged {accuracy(averaged, hold_images, hold_labels):.4f},",
                f"{rate:.0f} pictures/s",
            )
        save(options.work / f"stage{number + 1}-done.npz", groups)
    final = network.build()
    final.set_weights([a.numpy() for a in averages])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    final.save(options.out, include_optimizer=False)
    say(
        f"wrote {options.out}: {options.out.stat().st_size} bytes, hold-out {accuracy(final, hold_images, hold_labels):.4f}"
    )


if __name__ == "__main__":
    main()
