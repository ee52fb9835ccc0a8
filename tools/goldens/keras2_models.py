"""Small Keras 2.12 models (.h5, some .keras) with inputs and Keras' own outputs, into tests/data/keras/keras2.

    python3.11 -m venv v && v/bin/pip install "tensorflow-cpu==2.12.*" "numpy<1.24"
    v/bin/python tools/goldens/keras2_models.py tests/data/keras/keras2 [case...]
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers as L

import keras_golden as g

CASES = {}


def case(formats=("h5",), low=-2.0, high=2.0):
    def add(build):
        CASES[build.__name__] = (build, formats, low, high)
        return build
    return add


@case(low=-7, high=7)
def activations():
    x = L.Input((3, 4, 6), name="x")
    names = ["relu", "softmax", "elu", "selu", "softplus", "softsign", "swish", "gelu", "tanh", "sigmoid", "exponential",
             "hard_sigmoid", "linear"]
    out = [L.Activation(a, name="act_" + a)(x) for a in names]
    out += [L.Activation(tf.nn.relu6, name="function_relu6")(x), L.Activation(tf.nn.log_softmax, name="log_softmax")(x)]
    return keras.Model(x, out)


@case(low=-5, high=5)
def activation_layers():
    x = L.Input((3, 4, 6), name="x")
    out = [
        L.ReLU(name="relu"), L.ReLU(max_value=6, name="relu_6"), L.ReLU(3.0, negative_slope=0.25, threshold=0.5, name="relu_all"),
        L.ReLU(threshold=1.5, name="relu_threshold"), L.LeakyReLU(name="leaky"), L.LeakyReLU(alpha=0.1, name="leaky_01"),
        L.ELU(alpha=0.4, name="elu_04"), L.ThresholdedReLU(name="thresholded"), L.ThresholdedReLU(theta=0.5, name="thresholded_05"),
        L.PReLU(name="prelu"), L.PReLU(shared_axes=[1, 2], name="prelu_channels"), L.Softmax(axis=1, name="softmax_1"),
        L.Dense(4, activation="hard_sigmoid", name="dense_hard_sigmoid"),
        L.Conv2D(4, 1, activation=L.LeakyReLU(0.2), name="conv_layer"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case(formats=("h5", "keras"))
def convolutions():
    x = L.Input((7, 8, 4), name="x")
    out = [
        L.Conv2D(3, 3, strides=2, padding="same", name="same_s2"), L.Conv2D(4, 3, groups=2, use_bias=False, name="groups"),
        L.Conv2D(3, 3, dilation_rate=2, name="dilated"),
        L.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same", name="depthwise"),
        L.SeparableConv2D(4, 3, depth_multiplier=2, name="separable"),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", name="transpose"),
        L.Conv2DTranspose(2, 3, strides=2, output_padding=1, name="transpose_out"),
        L.Conv2DTranspose(2, 3, dilation_rate=2, name="transpose_dilated"),
        L.Conv2DTranspose(2, 3, dilation_rate=2, padding="same", name="transpose_dilated_same"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case(formats=("h5", "keras"))
def picture_layers():
    x = L.Input((6, 8, 3), name="x")
    c = L.BatchNormalization(name="bn")(L.Conv2D(4, 3, name="conv")(x))
    out = [
        L.MaxPooling2D(3, 2, "same", name="max")(c), L.AveragePooling2D(2, 2, "same", name="avg")(c),
        L.GlobalAveragePooling2D(name="gap")(c), L.GlobalMaxPooling2D(keepdims=True, name="gmp")(c),
        L.ZeroPadding2D(((0, 1), (2, 3)), name="pad")(c), L.Cropping2D(((0, 1), (2, 0)), name="crop")(c),
        L.UpSampling2D((2, 3), name="up")(c), L.UpSampling2D((2, 3), interpolation="bilinear", name="up_bilinear")(c),
        L.Rescaling(0.5, -1.0, name="rescale")(x), L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 5.0, 6.0], name="normal")(x),
        L.Resizing(9, 5, name="resize")(x), L.Dense(3, name="dense")(L.Flatten(name="flat")(c)),
        L.Concatenate(axis=2, name="concat")([c, c]), L.Dot(axes=-1, normalize=True, name="cosine")(
            [L.GlobalMaxPooling2D(name="m1")(c), L.GlobalAveragePooling2D(name="a1")(c)]),
    ]
    return keras.Model(x, out)


@case()
def random_layers():
    return keras.Sequential([
        L.RandomFlip("horizontal", input_shape=(6, 6, 3), name="flip"), L.RandomRotation(0.1, name="turn"),
        L.Conv2D(2, 3, name="conv"), L.GaussianNoise(0.1), L.SpatialDropout2D(0.1), L.Flatten(), L.Dense(2, name="dense"),
    ])


@case()
def adapted():
    n = L.Normalization(name="adapted")
    n.adapt(g.picture("adapt", (8, 4, 5, 3), -3, 9))
    x = L.Input((4, 5, 3), name="x")
    return keras.Model(x, L.Conv2D(2, 1, name="conv")(n(x)))


def block(name, channels):
    return keras.Sequential([L.Conv2D(4, 3, padding="same", name=name + "_conv"), L.BatchNormalization(name=name + "_bn"), L.ReLU()],
                            name=name)


@case(formats=("h5", "keras"))
def nested():
    x = L.Input((6, 6, 3), name="x")
    i = L.Input((6, 6, 3))
    inner = keras.Model(i, L.Concatenate(name="join")([block("deep", 3)(i), L.Conv2D(3, 1, name="inner_conv")(i)]), name="inner")
    y = block("flat", 7)(inner(x))
    head = keras.Sequential([L.Input((4,)), L.Dense(4, activation="relu", name="d1"), L.Dense(2, activation="softmax", name="d2")], name="head")
    return keras.Model(x, head(L.GlobalAveragePooling2D(name="gap")(y)))


@case()
def nested_sequential():
    """As Teachable Machine writes: Sequential of Sequentials, the first around a functional model."""
    i = L.Input((8, 8, 3))
    body = keras.Model(i, L.ReLU(6.0)(L.BatchNormalization(name="bn")(L.Conv2D(4, 3, strides=2, name="conv")(i))), name="body")
    return keras.Sequential([
        keras.Sequential([body, L.GlobalAveragePooling2D(name="gap")], name="features"),
        keras.Sequential([L.Dense(5, activation="relu", name="hidden", input_shape=(4,)), L.Dense(2, activation="softmax", use_bias=False, name="out")],
                         name="classifier"),
    ])


@case()
def nested_frozen():
    inner = keras.Sequential([
        L.Input((4, 4, 3)), L.BatchNormalization(name="bn"), L.Flatten(), L.Dense(3, name="frozen", trainable=False),
        L.BatchNormalization(name="bn2"), L.Dense(3, name="free"),
    ], name="inner")
    x = L.Input((4, 4, 3), name="x")
    return keras.Model(x, L.Dense(2, name="out")(inner(x)))


@case()
def nested_frozen_whole():
    inner = keras.Sequential([
        L.Input((4, 4, 3)), L.Conv2D(3, 1, name="conv"), L.BatchNormalization(name="bn"), L.Conv2D(3, 1, name="conv2"),
        L.BatchNormalization(name="bn2"),
    ], name="inner")
    inner.trainable = False
    x = L.Input((4, 4, 3), name="x")
    return keras.Model(x, L.Dense(2, name="out")(L.Flatten()(inner(x))))


@case()
def nested_thawed():
    """A frozen model one of whose layers was made trainable again."""
    inner = keras.Sequential([
        L.Input((4, 4, 3)), L.Conv2D(3, 1, name="conv"), L.BatchNormalization(name="bn"), L.Conv2D(3, 1, name="conv2"),
        L.BatchNormalization(name="bn2"),
    ], name="inner")
    inner.trainable = False
    inner.layers[-2].trainable = True
    x = L.Input((4, 4, 3), name="x")
    return keras.Model(x, L.Dense(2, name="out")(L.Flatten()(inner(x))))


@case()
def shared():
    a = L.Input((5, 5, 3), name="a")
    b = L.Input((5, 5, 3), name="b")
    conv = L.Conv2D(3, 3, padding="same", name="conv")
    tower = keras.Sequential([L.Conv2D(4, 3, name="tower_conv", input_shape=(5, 5, 3)), L.GlobalAveragePooling2D()], name="tower")
    u, v = tower(conv(a)), tower(conv(conv(b)))
    return keras.Model([a, b], [L.Subtract(name="difference")([u, v]), L.Dense(2, name="dense")(L.Concatenate(name="join")([u, v]))])


@case()
def operators():
    x = L.Input((4, 5, 3), name="x")
    c = L.Conv2D(3, 1, name="conv")(x)
    out = [c * 2.0 + 1.0, (c - 0.5) / 0.25, 3.0 - c, c * tf.nn.relu6(c + 3.0) * (1.0 / 6.0), c + x, tf.nn.sigmoid(c), -c,
           tf.maximum(c, x), tf.nn.relu(c)]
    return keras.Model(x, out)


@case(formats=("h5", "keras"))
def sequential():
    m = keras.Sequential([
        L.Conv2D(4, 3, activation="relu", name="conv"), L.MaxPooling2D(name="pool"), L.Flatten(name="flatten"),
        L.Dense(3, activation="softmax", name="dense"),
    ])
    m.build((None, 8, 8, 3))
    return m


def names_of(model):
    return [t.node.layer.name for t in tf.nest.flatten(model.outputs)]


def make(name, folder):
    build, formats, low, high = CASES[name]
    keras.backend.clear_session()
    model = build()
    if name != "adapted":
        g.randomise(model, name)
    inputs = []
    for i, t in enumerate(model.inputs):
        shape = [1] + [d if d is not None else 6 for d in t.shape[1:]]
        inputs.append((t.node.layer.name, g.picture(f"{name}/{i}", shape, low, high)))
    out = model([v for _, v in inputs] if len(inputs) > 1 else inputs[0][1], training=False)
    values = [np.asarray(v, np.float32) for v in tf.nest.flatten(out)]
    g.write_golden(os.path.join(folder, name + ".golden"), inputs, list(zip(names_of(model), values)))
    for suffix in formats:
        path = os.path.join(folder, f"{name}.{suffix}")
        model.save(path, save_format="keras_v3" if suffix == "keras" else suffix)
        if suffix == "keras":
            g.fix_zip(path, stored=False)


def make_refused(folder):
    """Files that must be refused."""
    keras.backend.clear_session()
    x = L.Input((4,), name="x")
    inner = keras.Model(x, L.Lambda(lambda t: t * 2, name="double")(x), name="block")
    y = L.Input((4,), name="y")
    keras.Model(y, inner(y)).save(os.path.join(folder, "lambda.h5"))
    m = keras.Sequential([L.Dense(2, name="d", input_shape=(4,))])
    m.save_weights(os.path.join(folder, "weights_only.h5"))


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[2:] or list(CASES) + ["refused"]:
        try:
            make_refused(folder) if name == "refused" else make(name, folder)
        except Exception as e:
            print(name, "FAILED:", type(e).__name__, str(e)[:600], flush=True)
        else:
            print(name, flush=True)


if __name__ == "__main__":
    main()
