"""The teacher: a MobileNetV2 backbone of other people's cat-and-dog network, and our head on it.

Used while training only: none of its weights goes into the embedded network, not even as a start.
"""

import json

import h5py
import keras
import numpy as np
import tensorflow as tf

# Ends of the stages at 1/4, 1/8, 1/16 and 1/32 of the input's size.
STAGE_ENDS = ["block_3_expand_relu", "block_6_expand_relu", "block_13_expand_relu", "out_relu"]


# What is kept of a layer's configuration; old files say more than Keras 3 accepts.
KEPT = ("name", "filters", "kernel_size", "strides", "padding", "use_bias", "epsilon", "max_value")
WEIGHTS = {
    "Conv2D": ["kernel", "bias"],
    "DepthwiseConv2D": ["depthwise_kernel"],
    "BatchNormalization": ["gamma", "beta", "moving_mean", "moving_variance"],
}


def _arrays(group):
    """Returns {layer/weight: array} of every data set below a group, by its last two names."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            parts = name.split("/")
            found["/".join(parts[-2:]).removesuffix(":0")] = np.array(item)

    group.visititems(visit)
    return found


def _find(config, class_names):
    """Returns the first layer configuration of one of these classes, at any depth."""
    layer_list = config["config"]["layers"] if isinstance(config["config"], dict) else []
    for layer in layer_list:
        if layer["class_name"] in class_names:
            return layer
        if "layers" in layer.get("config", {}):
            inner = _find(layer, class_names)
            if inner:
                return inner
    return None


def load_backbone(path):
    """Returns a model from a picture in [-1, 1] of any size to the four stage ends' maps."""
    with h5py.File(path, "r") as file:
        config = json.loads(file.attrs["model_config"])
        arrays = _arrays(file["model_weights"])
    tensors, image = {}, None
    for layer in _find(config, ("Functional", "Model"))["config"]["layers"]:
        name, kind = layer["name"], layer["class_name"]
        if kind == "InputLayer":
            image = tensors[name] = keras.layers.Input((None, None, 3), name=name)
            continue
        kept = {key: value for key, value in layer["config"].items() if key in KEPT}
        made = getattr(keras.layers, kind)(**kept)
        sources = [tensors[node[0]] for node in layer["inbound_nodes"][0]]
        tensors[name] = made(sources if len(sources) > 1 else sources[0])
        wanted = WEIGHTS.get(kind, [])[: len(made.weights)]
        if wanted:
            made.set_weights([arrays[f"{name}/{weight}"] for weight in wanted])
    model = keras.Model(image, [tensors[name] for name in STAGE_ENDS], name="teacher")
    model.trainable = False
    return model


def fit_head(features, labels, l2=5e-2, steps=400):
    """Fits a logistic regression to standardized features; returns (mean, deviation, w, b)."""
    mean, deviation = features.mean(0), features.std(0) + 1e-3
    x = tf.constant((features - mean) / deviation, tf.float32)
    y = tf.one_hot(labels, 2)
    w, b = tf.Variable(tf.zeros((x.shape[1], 2))), tf.Variable(tf.zeros(2))
    optimizer = keras.optimizers.Adam(3e-3)
    optimizer.build([w, b])

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, x @ w + b))
            loss += l2 * tf.reduce_sum(w * w)
        optimizer.apply_gradients(zip(tape.gradient(loss, [w, b]), [w, b]))

    for _ in range(steps):
        step()
    return mean.astype(np.float32), deviation.astype(np.float32), w.numpy(), b.numpy()
