"""Small Keras 3 models (.keras and .h5) with inputs and Keras' own outputs, into tests/data/keras/keras3.

    python3.11 -m venv v && v/bin/pip install tensorflow-cpu==2.21 keras==3.15
    v/bin/python tools/goldens/keras3_models.py tests/data/keras/keras3 [case...]
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import keras
from keras import layers as L
from keras import ops
import numpy as np

import keras_golden as g

CASES = {}
# Keras itself computes these in 16 bits.
TOLERANCES = {"bfloat16": 2e-2, "mixed_float16": 2e-3}
STORED = ("sequential", "nested")


def case(formats=("keras", "h5"), random=True, low=-2.0, high=2.0):
    def add(build):
        CASES[build.__name__] = (build, formats, random, low, high)
        return build
    return add


ACTIVATIONS = [
    "relu", "leaky_relu", "relu6", "softmax", "celu", "elu", "selu", "softplus", "softsign", "squareplus", "soft_shrink",
    "sparse_plus", "silu", "gelu", "glu", "tanh", "tanh_shrink", "sigmoid", "sparse_sigmoid", "exponential",
    "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "linear", "mish", "log_softmax", "log_sigmoid", "swish",
    "hard_swish",
]


@case(low=-7, high=7)
def activations():
    x = L.Input((3, 4, 6), name="x")
    return keras.Model(x, [L.Activation(a, name="act_" + a)(x) for a in ACTIVATIONS])


@case(low=-5, high=5)
def activation_layers():
    x = L.Input((3, 4, 6), name="x")
    out = [
        L.ReLU(name="relu"), L.ReLU(max_value=3.0, name="relu_max"), L.ReLU(max_value=6, name="relu_6"),
        L.ReLU(negative_slope=0.25, name="relu_slope"),
        L.ReLU(threshold=1.5, name="relu_threshold"),
        L.ReLU(max_value=2.5, negative_slope=0.1, threshold=0.75, name="relu_all"),
        L.LeakyReLU(name="leaky"), L.LeakyReLU(negative_slope=0.1, name="leaky_01"),
        L.ELU(name="elu"), L.ELU(alpha=0.4, name="elu_04"),
        L.PReLU(name="prelu"), L.PReLU(shared_axes=[1, 2], name="prelu_channels"),
        L.PReLU(shared_axes=[1, 2, 3], name="prelu_one"), L.PReLU(shared_axes=[3], name="prelu_space"),
        L.Softmax(name="softmax"), L.Softmax(axis=1, name="softmax_1"), L.Softmax(axis=2, name="softmax_2"),
        L.Activation(keras.activations.relu6, name="function"),
        L.Dense(4, activation="tanh", name="dense_tanh"),
        L.Dense(4, activation=L.LeakyReLU(negative_slope=0.3), name="dense_layer"),
        L.Conv2D(4, 1, activation="softmax", name="conv_softmax"),
        L.Conv2D(4, 1, activation="glu", name="conv_glu"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case(formats=("keras",))
def softmax_axes():
    x = L.Input((3, 4, 6), name="x")
    return keras.Model(x, [L.Softmax(axis=[1, 2], name="space")(x), L.Softmax(axis=[1, 2, 3], name="all")(x)])


@case()
def conv2d():
    x = L.Input((7, 9, 4), name="x")
    out = [
        L.Conv2D(3, 3, name="valid"), L.Conv2D(3, 3, padding="same", activation="relu", name="same"),
        L.Conv2D(3, 3, strides=2, padding="same", name="same_s2"), L.Conv2D(3, 2, strides=2, padding="same", name="even_s2"),
        L.Conv2D(3, (4, 2), padding="same", use_bias=False, name="even"),
        L.Conv2D(3, (1, 3), strides=(2, 1), name="rectangle"),
        L.Conv2D(3, 3, dilation_rate=2, padding="same", name="dilated"),
        L.Conv2D(3, 3, dilation_rate=(1, 2), name="dilated_valid"),
        L.Conv2D(6, 3, groups=2, padding="same", name="groups"),
        L.Conv2D(5, 1, strides=3, name="point_s3"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case()
def depthwise():
    x = L.Input((7, 8, 3), name="x")
    out = [
        L.DepthwiseConv2D(3, name="valid"), L.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="twice"),
        L.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False, activation="relu6", name="s2"),
        L.DepthwiseConv2D(3, dilation_rate=2, padding="same", name="dilated"),
        L.SeparableConv2D(4, 3, name="separable"),
        L.SeparableConv2D(4, 3, depth_multiplier=2, strides=2, padding="same", activation="relu", name="separable_s2"),
        L.SeparableConv2D(4, 3, dilation_rate=2, padding="same", use_bias=False, name="separable_dilated"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case()
def conv2d_transpose():
    x = L.Input((4, 5, 3), name="x")
    out = [
        L.Conv2DTranspose(2, 3, name="valid"), L.Conv2DTranspose(2, 3, padding="same", name="same"),
        L.Conv2DTranspose(2, 3, strides=2, name="valid_s2"), L.Conv2DTranspose(2, 3, strides=2, padding="same", name="same_s2"),
        L.Conv2DTranspose(2, 4, strides=2, padding="same", use_bias=False, name="even_s2"),
        L.Conv2DTranspose(2, 2, strides=3, name="gaps"), L.Conv2DTranspose(2, 2, strides=3, padding="same", name="gaps_same"),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=0, name="out_0"),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1, name="out_1"),
        L.Conv2DTranspose(2, 3, strides=2, padding="valid", output_padding=1, activation="relu", name="out_valid"),
        L.Conv2DTranspose(2, (2, 3), strides=(1, 2), padding="same", name="rectangle"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case()
def pooling():
    x = L.Input((7, 8, 3), name="x")
    out = [
        L.MaxPooling2D(name="max"), L.MaxPooling2D(3, strides=2, padding="same", name="max_same"),
        L.MaxPooling2D((2, 3), strides=(1, 2), name="max_rectangle"),
        L.AveragePooling2D(2, name="avg"), L.AveragePooling2D(3, strides=2, padding="same", name="avg_same"),
        L.AveragePooling2D(4, strides=1, padding="same", name="avg_even"),
        L.GlobalAveragePooling2D(name="gap"), L.GlobalMaxPooling2D(name="gmp"),
        L.GlobalAveragePooling2D(keepdims=True, name="gap_keep"), L.GlobalMaxPooling2D(keepdims=True, name="gmp_keep"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case()
def spatial():
    x = L.Input((4, 5, 3), name="x")
    out = [
        L.ZeroPadding2D(name="pad_1"), L.ZeroPadding2D((1, 2), name="pad_12"), L.ZeroPadding2D(((0, 1), (2, 3)), name="pad_4"),
        L.Cropping2D(1, name="crop_1"), L.Cropping2D(((0, 1), (2, 0)), name="crop_4"),
        L.UpSampling2D(name="up_2"), L.UpSampling2D((3, 2), name="up_32"),
        L.UpSampling2D((2, 3), interpolation="bilinear", name="up_bilinear"),
        L.UpSampling2D(2, interpolation="bilinear", name="up_bilinear_2"),
    ]
    return keras.Model(x, [o(x) for o in out])


@case()
def batch_normalization():
    x = L.Input((4, 5, 3), name="x")
    y = L.Input((6,), name="y")
    out = [
        L.BatchNormalization(name="bn")(x), L.BatchNormalization(scale=False, name="no_scale")(x),
        L.BatchNormalization(center=False, epsilon=0.1, name="no_center")(x),
        L.BatchNormalization(scale=False, center=False, name="bare")(x),
        L.BatchNormalization(axis=1, name="axis_1")(x), L.BatchNormalization(axis=2, name="axis_2")(x),
        L.BatchNormalization(name="flat")(y), L.BatchNormalization(name="flat_flat")(L.Flatten(name="flatten")(x)),
        L.BatchNormalization(name="conv_bn")(L.Conv2D(4, 3, use_bias=False, name="conv")(x)),
    ]
    return keras.Model([x, y], out)


@case()
def flatten_dense():
    x = L.Input((4, 5, 3), name="x")
    c = L.Conv2D(4, 3, name="conv")(x)
    f = L.Flatten(name="flatten")(c)
    out = [
        f, L.Dense(3, name="after_flatten")(f),
        L.Dense(3, activation="softmax", name="after_dropout")(L.Dropout(0.5, name="drop")(f)),
        L.Dense(3, name="after_relu")(L.Activation("relu", name="relu")(f)),
        L.Dense(3, use_bias=False, name="rank_4")(c),
        L.Dense(3, name="rank_3")(L.Reshape((6, 4), name="reshape_64")(c)),
        L.Reshape((-1, 3), name="reshape_any")(f), L.Reshape((4, 2, 3), name="reshape_4")(c),
        L.Permute((3, 1, 2), name="permute")(c), L.Permute((2, 1, 3), name="swap")(c),
        L.RepeatVector(2, name="repeat")(f),
        L.Flatten(name="flatten_input")(x),
        L.Dense(2, name="two")(L.Concatenate(name="join")([f, L.GlobalMaxPooling2D(name="gmp")(c)])),
    ]
    p = L.GlobalAveragePooling2D(name="gap")(c)
    r = L.Reshape((1, 1, 4), name="to_pixel")(p)
    q = L.Conv2D(5, 1, name="pixel_conv")(r)
    out += [q, L.Reshape((5,), name="from_pixel")(q), L.Flatten(name="flatten_pixel")(q)]
    out += [L.Multiply(name="squeeze_excite")([c, L.Conv2D(4, 1, activation="sigmoid", name="gate")(r)])]
    return keras.Model(x, out)


@case()
def merges():
    a = L.Input((4, 5, 3), name="a")
    b = L.Input((4, 5, 3), name="b")
    v = L.Input((3,), name="v")
    w = L.Input((3,), name="w")
    c = L.Conv2D(3, 1, name="conv")(a)
    s = L.Input((5, 3), name="s")
    t = L.Input((4, 3), name="t")
    out = [
        L.Add(name="add")([a, b, c]), L.Subtract(name="sub")([c, b]), L.Multiply(name="mul")([a, b, c]),
        L.Average(name="avg")([a, b, c]), L.Maximum(name="max")([c, b]), L.Minimum(name="min")([a, b]),
        L.Concatenate(name="concat")([c, b]), L.Concatenate(axis=1, name="concat_1")([c, b]),
        L.Concatenate(axis=-2, name="concat_2")([c, b, a]), L.Concatenate(name="concat_v")([v, w]),
        L.Multiply(name="mul_broadcast")([c, v]), L.Add(name="add_broadcast")([v, a]),
        L.Dot(axes=1, name="dot")([v, w]), L.Dot(axes=1, normalize=True, name="cosine")([v, w]),
        L.Dot(axes=2, name="dot_2")([s, t]), L.Dot(axes=(2, 1), name="dot_21")([s, v]),
        L.Dot(axes=-1, normalize=True, name="dot_cosine")([s, t]),
        L.Add(name="add_13")([s, L.Reshape((1, 3), name="row")(v)]),
    ]
    return keras.Model([a, b, v, w, s, t], out)


@case(low=0, high=255)
def preprocessing():
    x = L.Input((6, 8, 3), name="x")
    c = L.Conv2D(3, 1, name="conv")(x)
    out = [
        L.Rescaling(1 / 127.5, offset=-1, name="rescale")(x), L.Rescaling(0.5, name="half")(c),
        L.Normalization(mean=[100.0, 110.0, 120.0], variance=[4.0, 9.0, 16.0], name="given")(x),
        L.Normalization(mean=3.0, variance=2.0, name="one")(x),
        L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 16.0], invert=True, name="invert")(c),
        L.Resizing(9, 5, name="resize")(x), L.Resizing(3, 4, name="resize_down")(c),
        L.Resizing(9, 5, interpolation="nearest", name="nearest")(c),
        L.Resizing(12, 24, interpolation="nearest", name="nearest_up")(c),
        L.Resizing(4, 4, crop_to_aspect_ratio=True, name="crop_resize")(x),
        L.CenterCrop(3, 4, name="center_crop")(x),
    ]
    return keras.Model(x, out)


@case(formats=("keras",), low=0, high=255)
def rescale_per_channel():
    x = L.Input((4, 5, 3), name="x")
    c = L.Conv2D(3, 1, name="conv")(x)
    return keras.Model(x, [L.Rescaling([0.5, 0.25, 2.0], offset=[1.0, 2.0, 3.0], name="channels")(c)])


@case()
def normalization_adapted():
    x = L.Input((4, 5, 3), name="x")
    out = [L.Normalization(name="adapted"), L.Normalization(axis=1, name="axis_1")]
    data = g.picture("adapt", (8, 4, 5, 3), -3, 9)
    for o in out:
        o.adapt(data)
    return keras.Model(x, [o(x) for o in out] + [L.Conv2D(2, 1, name="conv")(out[0](x))])


@case(formats=("keras",))
def identities():
    x = L.Input((4, 5, 3), name="x")
    y = L.Conv2D(3, 1, name="conv")(x)
    for layer in [
        L.Dropout(0.3), L.SpatialDropout2D(0.3), L.GaussianNoise(0.5), L.GaussianDropout(0.5), L.AlphaDropout(0.3),
        L.ActivityRegularization(0.1), L.RandomFlip(), L.RandomRotation(0.2), L.RandomZoom(0.2), L.RandomContrast(0.2),
        L.RandomTranslation(0.1, 0.1), L.RandomBrightness(0.2),
    ]:
        y = layer(y)
    y = L.Dense(2, name="dense")(L.Flatten()(y))
    return keras.Model(x, y)


@case()
def dropouts():
    x = L.Input((4, 5, 3), name="x")
    y = L.Conv2D(3, 1, name="conv")(x)
    for layer in [L.Dropout(0.3), L.SpatialDropout2D(0.3), L.GaussianNoise(0.5), L.GaussianDropout(0.5), L.AlphaDropout(0.3)]:
        y = layer(y)
    return keras.Model(x, L.Dense(2, name="dense")(L.Flatten()(L.ActivityRegularization(0.1)(y))))


@case(formats=("keras",))
def identity_layer():
    x = L.Input((4, 5, 3), name="x")
    return keras.Model(x, L.Identity(name="same")(L.Conv2D(2, 1, name="conv")(x)))


def block(name, filters, channels):
    return keras.Sequential([
        L.Input((None, None, channels)), L.Conv2D(filters, 3, padding="same", name=name + "_conv"),
        L.BatchNormalization(name=name + "_bn"), L.ReLU(name=name + "_relu"),
    ], name=name)


@case()
def nested():
    x = L.Input((6, 6, 3), name="x")
    inner_in = L.Input((6, 6, 3))
    y = block("deep", 4, 3)(inner_in)
    y = L.Conv2D(3, 1, name="inner_conv")(y)
    inner = keras.Model(inner_in, L.Add(name="inner_add")([y, inner_in]), name="inner")
    z = inner(x)
    z = block("flat", 5, 3)(z)
    head = keras.Sequential([L.Input((5,)), L.Dense(4, activation="relu", name="d1"), L.Dense(2, activation="softmax", name="d2")],
                            name="head")
    return keras.Model(x, head(L.GlobalAveragePooling2D(name="gap")(z)))


@case()
def nested_frozen():
    """The flat weight list of a nested model puts trainable weights first."""
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
def shared():
    a = L.Input((5, 5, 3), name="a")
    b = L.Input((5, 5, 3), name="b")
    conv = L.Conv2D(3, 3, padding="same", name="conv")
    bn = L.BatchNormalization(name="bn")
    tower = keras.Sequential([L.Input((5, 5, 3)), L.Conv2D(4, 3, name="tower_conv"), L.GlobalAveragePooling2D()], name="tower")
    p, q = bn(conv(a)), bn(conv(conv(b)))
    u, v = tower(p), tower(q)
    return keras.Model([a, b], [L.Subtract(name="difference")([u, v]), L.Dense(2, name="dense")(L.Concatenate(name="join")([u, v])), p])


@case()
def repeated_output():
    x = L.Input((4,), name="x")
    y = L.Dense(3, name="dense")(x)
    return keras.Model(x, [y, L.Activation("relu", name="relu")(y), y])


@case(formats=("keras",))
def dictionaries():
    a = L.Input((4,), name="left")
    b = L.Input((4,), name="right")
    s = L.Add(name="sum")([a, b])
    return keras.Model({"p": a, "q": b}, {"total": s, "scaled": L.Dense(2, name="dense")(s)})


@case()
def sequential():
    m = keras.Sequential([
        L.Conv2D(4, 3, activation="relu", name="conv"), L.MaxPooling2D(name="pool"), L.Flatten(name="flatten"),
        L.Dense(3, activation="softmax", name="dense"),
    ])
    m.build((None, 8, 8, 3))
    return m


@case()
def binary():
    return keras.Sequential([
        L.Input((16, 16, 3), name="photo"), L.Conv2D(4, 3, strides=2, name="conv"), L.GlobalAveragePooling2D(name="gap"),
        L.Dense(1, activation="sigmoid", name="probability"),
    ])


@case(formats=("keras",))
def operators():
    x = L.Input((4, 5, 3), name="x")
    c = L.Conv2D(3, 1, name="conv")(x)
    out = [c * 2.0 + 1.0, (c - 0.5) / 0.25, 3.0 - c, 1.0 / (c * c + 1.0), -c, c * ops.relu6(c + 3.0) * (1.0 / 6.0),
           ops.maximum(c, 0.25), ops.sqrt(ops.abs(c)), ops.exp(c), ops.square(c), ops.sigmoid(c), c * ops.mean(c, axis=[1, 2], keepdims=True),
           ops.concatenate([c, x], axis=-1), ops.reshape(c, (-1, 60)), ops.transpose(c, (0, 3, 1, 2)), ops.silu(c),
           ops.softmax(c, axis=-1), ops.clip(c, -0.5, 0.5), ops.tanh(c), c + np.array([1.0, 2.0, 3.0], dtype="float32"), ops.sum(c, axis=-1),
           ops.max(c, axis=1), c ** 2.0]
    return keras.Model(x, out)


@case()
def hard_swish_network():
    """As MobileNetV3 is written: Add with a constant 3.0, ReLU(6), Multiply with 1/6."""
    def hard_swish(t):
        return L.Multiply()([t, L.ReLU(6.0)(t + 3.0) * (1.0 / 6.0)])
    x = L.Input((8, 8, 3), name="x")
    y = L.Rescaling(1 / 127.5, offset=-1.0)(x)
    y = hard_swish(L.BatchNormalization()(L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(y)))
    s = L.GlobalAveragePooling2D(keepdims=True)(y)
    s = L.Conv2D(4, 1)(L.ReLU()(L.Conv2D(2, 1)(s)))
    y = L.Multiply()([y, L.ReLU(6.0)(s + 3.0) * (1.0 / 6.0)])
    y = L.Dense(3, name="logits")(L.Flatten()(hard_swish(y)))
    return keras.Model(x, L.Softmax(name="prediction")(y))


@case()
def names():
    x = L.Input((4, 4, 3), name="in put")
    y = L.Conv2D(2, 1, name="conv-1.a")(x)
    y = L.ReLU(name="2nd")(y)
    return keras.Model(x, [y, L.Flatten(name="out:flat")(y)])


@case(formats=("keras",))
def bfloat16():
    keras.config.set_dtype_policy("bfloat16")
    try:
        x = L.Input((4,), name="x", dtype="float32")
        m = keras.Model(x, L.Dense(3, name="dense")(x))
    finally:
        keras.config.set_dtype_policy("float32")
    return m


@case()
def mixed_float16():
    x = L.Input((4, 4, 3), name="x")
    y = L.Conv2D(2, 3, name="conv", dtype="mixed_float16")(x)
    return keras.Model(x, L.Dense(2, name="dense", dtype="float32")(L.Flatten(dtype="mixed_float16")(y)))


@case()
def channels_first():
    # Five filters, since Keras 3.15 on TensorFlow adds the bias along the width when that has as many columns as there are filters.
    x = L.Input((3, 6, 7), name="x")
    c = L.Conv2D(5, 3, strides=2, padding="same", data_format="channels_first", name="conv")(x)
    out = [
        c, L.BatchNormalization(axis=1, name="bn")(c), L.MaxPooling2D(2, data_format="channels_first", name="max")(c),
        L.AveragePooling2D(2, padding="same", data_format="channels_first", name="avg")(c),
        L.GlobalAveragePooling2D(data_format="channels_first", name="gap")(c),
        L.GlobalMaxPooling2D(data_format="channels_first", keepdims=True, name="gmp")(c),
        L.ZeroPadding2D(((1, 0), (2, 1)), data_format="channels_first", name="pad")(c),
        L.Cropping2D(((1, 0), (0, 1)), data_format="channels_first", name="crop")(c),
        L.UpSampling2D(2, data_format="channels_first", name="up")(c),
        L.Dense(3, name="dense")(L.Flatten(data_format="channels_first", name="flatten")(c)),
        L.Flatten(data_format="channels_first", name="flat")(x),
        L.PReLU(shared_axes=[2, 3], name="prelu")(c), L.Concatenate(axis=1, name="concat")([c, c]),
        L.DepthwiseConv2D(3, data_format="channels_first", padding="same", depth_multiplier=2, name="depthwise")(c),
        L.Softmax(axis=1, name="softmax")(c),
    ]
    return keras.Model(x, out)


@case()
def scaled_sum():
    """A layer of keras.applications: InceptionResNetV2."""
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer
    x = L.Input((4, 5, 3), name="x")
    return keras.Model(x, CustomScaleLayer(scale=0.17, name="sum")([x, L.Conv2D(3, 1, name="conv")(x)]))


def output_names(model):
    if isinstance(model, keras.Sequential):
        return [model.layers[-1].name]
    if isinstance(model.output, dict):
        return list(model.output.keys())
    return [t._keras_history.operation.name for t in keras.tree.flatten(model.output)]


def predict(model, inputs):
    if not isinstance(model, keras.Sequential) and isinstance(model.input, dict):
        feed = dict(inputs)
    else:
        feed = [v for _, v in inputs] if len(inputs) > 1 else inputs[0][1]
    out = model(feed, training=False)
    if isinstance(out, dict):
        return [np.asarray(ops.convert_to_numpy(out[k]), np.float32) for k in model.output.keys()]
    return [np.asarray(ops.convert_to_numpy(o), np.float32) for o in keras.tree.flatten(out)]


def input_tensors(model):
    if not isinstance(model, keras.Sequential) and isinstance(model.input, dict):
        return list(model.input.items())
    return [(t._keras_history.operation.name, t) for t in model.inputs]


def make(name, folder):
    build, formats, _, low, high = CASES[name]
    keras.backend.clear_session()
    model = build()
    if name != "normalization_adapted":
        g.randomise(model, name)
    inputs = []
    for i, (key, t) in enumerate(input_tensors(model)):
        shape = [1] + [d if d is not None else 6 for d in t.shape[1:]]
        inputs.append((key, g.picture(f"{name}/{i}", shape, low, high)))
    values = predict(model, inputs)
    g.write_golden(os.path.join(folder, name + ".golden"), inputs, list(zip(output_names(model), values)),
                   TOLERANCES.get(name, 1e-4))
    for suffix in formats:
        path = os.path.join(folder, f"{name}.{suffix}")
        model.save(path)
        if suffix == "keras":
            g.fix_zip(path, stored=name in STORED)


def make_refused(folder):
    """Files that must be refused, and why."""
    keras.backend.clear_session()
    x = L.Input((4,), name="x")
    inner = keras.Model(x, L.Lambda(lambda t: t * 2, name="double")(x), name="block")
    y = L.Input((4,), name="y")
    for suffix in ("keras", "h5"):
        keras.Model(y, inner(y)).save(os.path.join(folder, "lambda." + suffix))
    keras.backend.clear_session()
    m = keras.Sequential([L.Input((4, 3)), L.LSTM(2, name="memory")])
    m.save(os.path.join(folder, "lstm.keras"))
    keras.backend.clear_session()

    @keras.saving.register_keras_serializable(package="mine")
    class Swirl(L.Layer):
        def call(self, t):
            return t + 1

    keras.Sequential([L.Input((4,)), Swirl(name="swirl")]).save(os.path.join(folder, "custom.keras"))

    @keras.saving.register_keras_serializable(package="mine")
    def wobble(t):
        return ops.sin(t)

    keras.Sequential([L.Input((4,)), L.Dense(2, activation=wobble, name="d")]).save(os.path.join(folder, "custom_activation.keras"))
    keras.backend.clear_session()
    m = keras.Sequential([L.Input((4,)), L.Dense(2, name="d")])
    m.save_weights(os.path.join(folder, "only.weights.h5"))
    m.quantize("int8")
    m.save(os.path.join(folder, "quantized.keras"))
    for f in ("lambda", "lstm", "custom", "custom_activation", "quantized"):
        g.fix_zip(os.path.join(folder, f + ".keras"), stored=False)


def make_chunked(folder):
    """An .h5 whose name lists are split, as Keras does above 64,512 bytes; the limit is lowered to keep the file small."""
    from keras.src.legacy.saving import legacy_h5_format
    keras.backend.clear_session()
    legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = 40
    x = L.Input((4,), name="x")
    y = x
    for i in range(12):
        y = L.Dense(4, name=f"dense_with_a_name_{i}", activation="tanh")(y)
    m = keras.Model(x, y)
    g.randomise(m, "chunked")
    inputs = [("x", g.picture("chunked", (1, 4)))]
    g.write_golden(os.path.join(folder, "chunked.golden"), inputs, [("dense_with_a_name_11", predict(m, inputs)[0])])
    m.save(os.path.join(folder, "chunked.h5"))


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    wanted = sys.argv[2:] or list(CASES) + ["refused", "chunked"]
    for name in wanted:
        try:
            if name in ("refused", "chunked"):
                globals()["make_" + name](folder)
            else:
                make(name, folder)
        except Exception as e:
            print(name, "FAILED:", type(e).__name__, str(e)[:600], flush=True)
        else:
            print(name, flush=True)


if __name__ == "__main__":
    main()
