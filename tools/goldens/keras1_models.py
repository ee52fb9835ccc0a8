"""Small Keras 1.2.2 models (.h5) with inputs and Keras' own outputs, into tests/data/keras/keras1.

    OLD_KERAS=k1 v/bin/python tools/goldens/keras1_models.py tests/data/keras/keras1 [case...]     (see keras_old.py)
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import keras_old  # noqa: F401, before keras

import numpy as np
from keras import backend as K
from keras import layers as L
from keras.layers.advanced_activations import ELU, LeakyReLU, PReLU, ThresholdedReLU
from keras.models import Model, Sequential

import keras_golden as g

CASES = {}


def case(order="tf", low=-2.0, high=2.0):
    def add(build):
        CASES[build.__name__] = (build, order, low, high)
        return build
    return add


def network(order):
    shape = (7, 8, 3) if order == "tf" else (3, 7, 8)
    x = L.Input(shape=shape, name="x")
    axis = -1 if order == "tf" else 1
    c = L.Convolution2D(4, 3, 2, border_mode="same", subsample=(2, 1), activation="relu", name="conv")(x)
    c = L.BatchNormalization(axis=axis, name="bn")(c)
    c = L.ZeroPadding2D((1, 1), name="pad")(c)
    d = L.Convolution2D(4, 3, 3, bias=False, name="conv2")(c)
    d = L.AtrousConvolution2D(4, 2, 2, atrous_rate=(2, 2), border_mode="same", name="atrous")(d)
    m = L.merge([d, L.Activation("hard_sigmoid", name="gate")(d)], mode="mul", name="merge")
    m = L.merge([m, d], mode="concat", concat_axis=axis, name="concat")
    m = L.MaxPooling2D((2, 2), border_mode="same", name="max")(m)
    p = L.UpSampling2D((2, 2), name="up")(m)
    p = L.AveragePooling2D((3, 3), strides=(2, 2), name="avg")(p)
    f = L.Flatten(name="flat")(p)
    f = L.Dropout(0.4, name="drop")(f)
    return Model(x, [L.Dense(3, activation="softmax", name="dense")(f), L.GlobalAveragePooling2D(name="gap")(m), d])


@case()
def channels_last():
    return network("tf")


@case(order="th")
def channels_first():
    return network("th")


@case()
def activations():
    x = L.Input(shape=(3, 4, 6), name="x")
    out = [L.Activation(a, name="act_" + a)(x) for a in ("relu", "softplus", "softsign", "tanh", "sigmoid", "hard_sigmoid")]
    out += [LeakyReLU(name="leaky")(x), ELU(name="elu")(x), ThresholdedReLU(name="thresholded")(x), PReLU(name="prelu")(x),
            PReLU(shared_axes=[1, 2], name="prelu_channels")(x)]
    return Model(x, out)


@case()
def sequential():
    return Sequential([
        L.Convolution2D(4, 3, 3, input_shape=(8, 8, 3), name="conv"), L.Activation("relu", name="relu"),
        L.MaxPooling2D(name="pool"), L.Flatten(name="flat"), L.Dense(5, activation="tanh", name="hidden"),
        L.Dropout(0.5, name="drop"), L.Dense(3, activation="softmax", name="out"),
    ])


@case()
def separable():
    x = L.Input(shape=(7, 7, 3), name="x")
    return Model(x, [
        L.SeparableConvolution2D(4, 3, 3, depth_multiplier=2, name="separable")(x),
        L.Deconvolution2D(4, 3, 3, output_shape=(None, 15, 15, 4), subsample=(2, 2), name="deconv")(x),
        L.Deconvolution2D(4, 3, 3, output_shape=(None, 14, 14, 4), subsample=(2, 2), border_mode="same", name="deconv_same")(x),
    ])


@case()
def nested():
    i = L.Input(shape=(6, 6, 3))
    inner = Model(i, L.BatchNormalization(name="bn")(L.Convolution2D(3, 3, 3, border_mode="same", name="conv")(i)), name="inner")
    head = Sequential([L.Dense(4, input_shape=(3,), name="d1"), L.Dense(2, name="d2")], name="head")
    x = L.Input(shape=(6, 6, 3), name="x")
    y = inner(inner(x))
    return Model(x, head(L.GlobalMaxPooling2D(name="gmp")(y)))


def make(name, folder):
    build, order, low, high = CASES[name]
    K.clear_session()
    K.set_image_dim_ordering(order)
    model = build()
    g.randomise(model, name, K.batch_set_value)
    if isinstance(model, Sequential):
        inputs = [(model.layers[0].name + "_input", model.input_shape)]
        names = [model.layers[-1].name]
    else:
        inputs = [(layer.name, t._keras_shape) for layer, t in zip(model.input_layers, model.inputs)]
        names = [layer.name for layer in model.output_layers]
    inputs = [(n, g.picture(f"{name}/{n}", (1,) + tuple(shape[1:]), low, high)) for n, shape in inputs]
    out = model.predict([v for _, v in inputs])
    values = out if isinstance(out, list) else [out]
    g.write_golden(os.path.join(folder, name + ".golden"), inputs, list(zip(names, values)))
    model.save(os.path.join(folder, name + ".h5"))


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
