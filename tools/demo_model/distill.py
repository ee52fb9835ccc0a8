"""One step of distillation: augmentation, the teacher's goals, and the losses of the network."""

import keras
import numpy as np
import tensorflow as tf

import network
import pictures
import teacher as teaching

# Weights of the four maps' errors.
HINT_WEIGHTS = [0.3, 0.3, 0.5, 0.5]
AVERAGE_DECAY = 0.995
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


def mix_up(x, truth, drawn, share_of_batches, seed):
    """Blends a batch's photographs with their neighbours, in a share of the batches.

    Drawings stand first in a batch and are left alone.
    """
    share = tf.random.stateless_uniform((), seed + 1, 0.0, 0.5)
    share = tf.where(tf.random.stateless_uniform((), seed + 2) < share_of_batches, share, 0.0)
    first = tf.reduce_sum(tf.cast(drawn, tf.int32))

    def blend(t):
        rolled = tf.concat([t[:first], tf.roll(t[first:], 1, 0)], 0)
        return t * (1 - share) + rolled * share

    return blend(x), blend(truth)


class Teacher:
    """Backbone, a head fitted to the training pictures, and what standardizes its features."""

    def __init__(self, path, images, labels, seed):
        self.backbone = teaching.load_backbone(path)
        rng = tf.constant([seed, 77], tf.int32)

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
        """Returns the head's logits (cat, dog) for pooled features (n, 1280)."""
        return (features - self.mean) / self.deviation @ self.w + self.b

    def accuracy(self, images, labels):
        """Returns the share of right answers on uint8 pictures."""
        right = 0
        for start in range(0, len(images), 50):
            x = tf.constant(pictures.scaled(images[start : start + 50]))
            answer = self.logits(tf.reduce_mean(self.maps(x)[-1], (1, 2)))
            right += int(np.sum(np.argmax(answer, 1) == labels[start : start + 50]))
        return right / len(images)


class Student:
    """The network in training, moving averages of its weights, and its adapter to the teacher."""

    def __init__(self, teacher, seed):
        self.teacher = teacher
        self.model = network.build(None)
        self.averages = [tf.Variable(np.asarray(w), trainable=False) for w in self.model.weights]
        width = self.model.get_layer(network.STAGE_ENDS[-1]).output.shape[-1]
        goal = teacher.backbone.outputs[-1].shape[-1]
        # From the last maps to the teacher's: linear, and thrown away at the end.
        kernel = tf.random.stateless_normal((width, goal), (seed, 1)) * width**-0.5
        self.adapter = [tf.Variable(kernel), tf.Variable(tf.zeros(goal))]
        ends = [self.model.get_layer(name).output for name in network.STAGE_ENDS]
        logits = self.model.get_layer("logits").output
        starts = [self.model.input] + ends[:-1]
        self._parts = [keras.Model(start, end) for start, end in zip(starts[:-1], ends[:-1])]
        self._parts.append(keras.Model(starts[-1], [ends[-1], logits]))
        self._whole = keras.Model(self.model.input, ends + [logits])

    @property
    def variables(self):
        """What an optimizer trains."""
        return self.model.trainable_variables + self.adapter

    def averaged(self, size=None):
        """Returns a network that holds the averages."""
        model = network.build(size)
        model.set_weights([average.numpy() for average in self.averages])
        return model

    def _answers(self, x, goal, blocks):
        """Returns (maps, logits), the last map adapted; blocks: each part fed by the teacher."""
        if blocks:
            found = [part(i, training=True) for part, i in zip(self._parts, [x] + goal[:-1])]
            maps, answer = found[:-1] + [found[-1][0]], found[-1][1]
        else:
            *maps, answer = self._whole(x, training=True)
        maps[-1] = tf.tensordot(maps[-1], self.adapter[0], 1) + self.adapter[1]
        return maps, answer

    def _losses(self, maps, answer, goal, soft, truth):
        """Returns the losses of the four maps, the pooled features, the soft and true answers."""
        errors = [
            tf.reduce_mean(tf.square((m - g) * scale))
            for m, g, scale in zip(maps, goal, self.teacher.scales)
        ]
        away = tf.reduce_mean(maps[-1], (1, 2)) - tf.reduce_mean(goal[-1], (1, 2))
        pooled = tf.reduce_mean(tf.square(away / self.teacher.deviation))
        cross = tf.nn.softmax_cross_entropy_with_logits
        loss_soft = tf.reduce_mean(cross(soft, answer / TEMPERATURE)) * TEMPERATURE**2
        return errors + [pooled, loss_soft, tf.reduce_mean(cross(truth, answer))]

    def make_step(self, optimizer, stage):
        """Returns a compiled function that does one training step and returns its losses."""

        @tf.function(reduce_retracing=True)
        def step(pixels, labels, drawn, seed):
            x, truth = augment(pixels, stage["size"], stage["area"], seed), tf.one_hot(labels, 2)
            if stage["mix"]:
                x, truth = mix_up(x, truth, drawn, stage["mix"], seed)
            goal = self.teacher.maps(x)
            logits = self.teacher.logits(tf.reduce_mean(goal[-1], (1, 2)))
            soft = tf.where(drawn[:, None], truth, tf.nn.softmax(logits / TEMPERATURE))
            with tf.GradientTape() as tape:
                maps, answer = self._answers(x, goal, stage["blocks"])
                losses = self._losses(maps, answer, goal, soft, truth)
                hint = sum(w * e for w, e in zip(HINT_WEIGHTS, losses)) + losses[4]
                loss = stage["hint"] * hint + 0.4 * losses[5] + 0.4 * losses[6]
            optimizer.apply_gradients(zip(tape.gradient(loss, self.variables), self.variables))
            done = tf.cast(optimizer.iterations, tf.float32)
            decay = tf.minimum(AVERAGE_DECAY, (1 + done) / (10 + done))  # a stage forgets the last
            for average, weight in zip(self.averages, self.model.weights):
                average.assign(average * decay + tf.cast(weight, tf.float32) * (1 - decay))
            return tf.stack(losses)

        return step
