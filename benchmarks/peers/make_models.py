#!/usr/bin/env python3
"""Writes the ten networks of the comparison with random weights, the same weights for every engine.

    python make_models.py OUT_FOLDER [--seed 1] [--only NAME ...] [--formats keras onnx tflite] [--pome BUILD]

For each network: NAME.keras, NAME.onnx (NCHW input; for ONNX Runtime, OpenVINO and ncnn), NAME.tflite (LiteRT),
NAME.npy (an input, NHWC), NAME.expected.npy (Keras' answer to it) and, with --pome, NAME.mlmodel and NAME.bin (the
input as plain floats in the layout of the .mlmodel). Batch norms get random statistics, so that folding has something
to fold; equal seeds give equal files, and no engine can know the weights.
"""
import argparse
import os
import pathlib
import subprocess

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers

FORMATS = ["keras", "onnx", "tflite"]


def squeezenet(size=224):
    """SqueezeNet 1.1, as its authors' prototxt has it."""
    def fire(x, squeeze, expand):
        x = layers.Conv2D(squeeze, 1, activation="relu", kernel_initializer="he_normal")(x)
        left = layers.Conv2D(expand, 1, activation="relu", kernel_initializer="he_normal")(x)
        right = layers.Conv2D(expand, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        return layers.Concatenate()([left, right])

    x = image = keras.Input((size, size, 3))
    x = layers.Conv2D(64, 3, strides=2, activation="relu", kernel_initializer="he_normal")(x)
    for sizes in [(16, 64), (16, 64)], [(32, 128), (32, 128)], [(48, 192), (48, 192), (64, 256), (64, 256)]:
        x = layers.MaxPooling2D(3, 2)(x)
        for squeeze, expand in sizes:
            x = fire(x, squeeze, expand)
    x = layers.Conv2D(1000, 1, activation="relu", kernel_initializer="he_normal")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Softmax()(x), name="squeezenet")


def tiny_yolo(size=416):
    """TinyYOLOv2 for the 20 classes of VOC: 13 x 13 cells of 5 boxes."""
    def block(x, channels, pool):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.LeakyReLU(negative_slope=0.1)(layers.BatchNormalization()(x))
        return layers.MaxPooling2D(2, pool, padding="same")(x) if pool else x

    x = image = keras.Input((size, size, 3))
    for channels, pool in [(16, 2), (32, 2), (64, 2), (128, 2), (256, 2), (512, 1), (1024, 0), (1024, 0)]:
        x = block(x, channels, pool)
    return keras.Model(image, layers.Conv2D(125, 1)(x), name="tiny_yolo")


def unet(size=256, base=32):
    """UNet of five levels, resized by nearest neighbour and a convolution on the way up."""
    def conv(x, channels):
        return layers.Conv2D(channels, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)

    x = image = keras.Input((size, size, 3))
    skips = []
    for level in range(4):
        x = conv(conv(x, base << level), base << level)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = conv(conv(x, base << 4), base << 4)
    for level in reversed(range(4)):
        x = conv(layers.UpSampling2D(2)(x), base << level)
        x = layers.Concatenate()([skips[level], x])
        x = conv(conv(x, base << level), base << level)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(x), name="unet")


NETWORKS = {
    "mobilenet_v1": lambda: keras.applications.MobileNet(weights=None),
    "mobilenet_v2": lambda: keras.applications.MobileNetV2(weights=None),
    "mobilenet_v3_large": lambda: keras.applications.MobileNetV3Large(
        input_shape=(224, 224, 3), weights=None, include_preprocessing=False),
    "efficientnet_b0": lambda: keras.applications.EfficientNetB0(weights=None),
    "resnet50": lambda: keras.applications.ResNet50(weights=None),
    "densenet121": lambda: keras.applications.DenseNet121(weights=None),
    "inception_v3": lambda: keras.applications.InceptionV3(weights=None),
    "squeezenet": squeezenet,
    "tiny_yolo": tiny_yolo,
    "unet": unet,
}


# Networks that scale their input from [0, 255] themselves.
INPUT_RANGES = {"efficientnet_b0": (0, 255)}


def randomize(model, generator):
    """Statistics away from 0 and 1; activations stay near unit size."""
    for layer in model.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        n = layer.moving_mean.shape[0]
        values = [generator.uniform(0.6, 1.2, n)] if layer.scale else []
        values += [generator.normal(0, 0.1, n)] if layer.center else []
        layer.set_weights(values + [generator.normal(0, 0.1, n), generator.uniform(0.5, 1.5, n)])


def add_scalars_as_vectors():
    """tf2onnx 1.17 gives up cancelling its transposes where a constant of rank 0 is added (hard_sigmoid's 3): the peers
    would get a network full of them. A vector of one value means the same and passes."""
    from tf2onnx.optimizer.transpose_optimizer import TransposeOptimizer
    handler = TransposeOptimizer._add_handler
    if handler.__name__ == "with_vectors":
        return

    def with_vectors(optimizer, transpose, node):
        for source in node.inputs:
            if source.is_const() and source.get_tensor_value(as_list=False).ndim == 0:
                source.set_tensor_value(source.get_tensor_value(as_list=False).reshape(1))
        return handler(optimizer, transpose, node)

    TransposeOptimizer._add_handler = with_vectors


def write_peers(model, target, formats):
    import tensorflow as tf
    shape = (1, *model.input_shape[1:])
    spec = [tf.TensorSpec(shape, tf.float32, name="input")]
    function = tf.function(lambda t: model(t, training=False), input_signature=spec)
    if "onnx" in formats:
        import tf2onnx
        from tensorflow.python.framework import convert_to_constants
        add_scalars_as_vectors()
        # Frozen first: what a layer keeps outside of its weights (Normalization's mean) would become an input.
        frozen = convert_to_constants.convert_variables_to_constants_v2(function.get_concrete_function())
        names = [t.name for t in frozen.inputs], [t.name for t in frozen.outputs]
        tf2onnx.convert.from_graph_def(frozen.graph.as_graph_def(), input_names=names[0], output_names=names[1], opset=17,
                                       output_path=f"{target}.onnx", inputs_as_nchw=names[0])  # fmt: skip
    if "tflite" in formats:
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()])
        pathlib.Path(f"{target}.tflite").write_bytes(converter.convert())


def write_pome(target, build):
    """The path of a user: `pome convert`; an array input stays an array."""
    command = [build / "bin/pome", "convert", f"{target}.keras", "--no-image-input", "--quiet", "-o", f"{target}.mlmodel"]
    subprocess.run([str(word) for word in command], check=True)
    np.load(f"{target}.npy").tofile(f"{target}.bin")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=list(NETWORKS), choices=list(NETWORKS), metavar="NAME")
    parser.add_argument("--formats", nargs="+", default=FORMATS, choices=FORMATS, metavar="FORMAT")
    parser.add_argument("--pome", type=pathlib.Path, metavar="BUILD", help="a build with bin/pome")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.only:
        keras.utils.set_random_seed(arguments.seed)
        generator = np.random.default_rng(arguments.seed)
        model = NETWORKS[name]()
        randomize(model, generator)
        target = arguments.folder / name
        model.save(f"{target}.keras", include_optimizer=False)
        x = generator.uniform(*INPUT_RANGES.get(name, (-1, 1)), (1, *model.input_shape[1:])).astype(np.float32)
        np.save(f"{target}.npy", x)
        np.save(f"{target}.expected.npy", np.asarray(model(x, training=False)))
        write_peers(model, target, arguments.formats)
        if arguments.pome:
            write_pome(target, arguments.pome)
        print(name, "written", flush=True)


if __name__ == "__main__":
    main()
