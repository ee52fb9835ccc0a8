"""Small Keras 2.2.4 models (.h5) with inputs and Keras' own outputs, into tests/data/keras/keras224.

    OLD_KERAS=k224 v/bin/python tools/goldens/keras224_models.py tests/data/keras/keras224 [case...]     (see keras_old.py)
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import keras_old  # noqa: F401, before keras

import h5py
import numpy as np
from keras import backend as K
from keras import layers as L
from keras.models import Model, Sequential, load_model
from keras.utils import conv_utils

import keras_golden as g

# Keras' own does this with a list of slices, which NumPy takes no longer.
conv_utils.convert_kernel = lambda kernel: np.copy(np.asarray(kernel)[::-1, ::-1])

CASES = {}


def case(low=-2.0, high=2.0):
    def add(build):
        CASES[build.__name__] = (build, low, high)
        return build
    return add


@case()
def layers():
    x = L.Input(shape=(7, 8, 3), name="x")
    c = L.BatchNormalization(scale=False, name="bn")(L.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="conv")(x))
    out = [
        c, L.ReLU(6.0, negative_slope=0.1, threshold=0.2, name="relu")(c), L.Softmax(axis=1, name="softmax")(c),
        L.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")(c), L.SeparableConv2D(5, 3, name="separable")(c),
        L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1, name="transpose")(c),
        L.UpSampling2D((2, 3), interpolation="bilinear", name="up_bilinear")(c), L.UpSampling2D((2, 3), name="up")(c),
        L.Activation("hard_sigmoid", name="hard_sigmoid")(c), L.Activation("selu", name="selu")(c),
        L.Dense(3, name="dense")(L.Flatten(name="flat")(c)), L.Dot(1, normalize=True, name="cosine")(
            [L.GlobalMaxPooling2D(name="gmp")(c), L.GlobalAveragePooling2D(name="gap")(c)]),
        L.Cropping2D(((1, 0), (0, 2)), name="crop")(c), L.Permute((3, 1, 2), name="permute")(c),
        L.Multiply(name="mul")([c, L.Subtract(name="sub")([c, c])]), L.Minimum(name="min")([c, L.Maximum(name="max")([c, c])]),
    ]
    return Model(x, out)


@case()
def nested():
    i = L.Input(shape=(6, 6, 3))
    inner = Model(i, L.BatchNormalization(name="bn")(L.Conv2D(3, 3, padding="same", name="conv")(i)), name="inner")
    head = Sequential([L.Dense(4, input_shape=(3,), name="d1"), L.Dense(2, name="d2")], name="head")
    x = L.Input(shape=(6, 6, 3), name="x")
    y = inner(inner(x))
    return Model(x, head(L.GlobalMaxPooling2D(name="gmp")(y)))


@case()
def nested_frozen():
    inner = Sequential([
        L.BatchNormalization(name="bn", input_shape=(4, 4, 3)), L.Flatten(), L.Dense(3, name="frozen", trainable=False),
        L.BatchNormalization(name="bn2"), L.Dense(3, name="free"),
    ], name="inner")
    x = L.Input((4, 4, 3), name="x")
    return Model(x, L.Dense(2, name="out")(inner(x)))


@case()
def sequential():
    return Sequential([
        L.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 3), name="conv"), L.MaxPooling2D(name="pool"),
        L.Flatten(name="flat"), L.Dense(3, activation="softmax", name="out"),
    ])


@case()
def theano():
    """Says that Theano wrote it: Keras turns the kernels when it loads the file."""
    x = L.Input(shape=(6, 7, 3), name="x")
    c = L.Conv2D(4, (3, 2), name="conv")(x)
    return Model(x, [L.Conv2DTranspose(2, 3, strides=2, name="transpose")(c), L.DepthwiseConv2D(3, name="depthwise")(c),
                     L.SeparableConv2D(2, 3, name="separable")(c)])


def make(name, folder):
    build, low, high = CASES[name]
    K.clear_session()
    model = build()
    g.randomise(model, name, K.batch_set_value)
    path = os.path.join(folder, name + ".h5")
    model.save(path)
    if name == "theano":
        with h5py.File(path, "r+") as f:
            for group in (f, f["model_weights"]):
                group.attrs["backend"] = np.bytes_(b"theano")
        model = load_model(path)
    if isinstance(model, Sequential):
        inputs, names = [(model.layers[0].name + "_input", model.input_shape)], [model.layers[-1].name]
    else:
        inputs = [(n, t._keras_shape) for n, t in zip(model.input_names, model.inputs)]
        names = model.output_names
    inputs = [(n, g.picture(f"{name}/{n}", (1,) + tuple(shape[1:]), low, high)) for n, shape in inputs]
    out = model.predict([v for _, v in inputs])
    values = out if isinstance(out, list) else [out]
    g.write_golden(os.path.join(folder, name + ".golden"), inputs, list(zip(names, values)))


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[2:] or CASES:
        try:
            make(name, folder)
        except Exception as e:
            print(name, "FAILED:", type(e).__name__, str(e)[:400], flush=True)
        else:
            print(name, flush=True)


if __name__ == "__main__":
    main()
