#!/usr/bin/env python3
"""Writes the networks of the comparison with random weights, the same weights for every engine:
NAME.h5 (Keras), NAME.onnx (ONNX Runtime, OpenVINO), NAME.tflite (LiteRT), NAME.npy (an input) and NAME.expected.npy
(Keras' answer to it).

    python make_models.py OUT_FOLDER [--seed 1]
"""
import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
import tf2onnx

NETWORKS = {
    "mobilenet_v1": lambda: keras.applications.MobileNet(weights=None),
    "mobilenet_v2": lambda: keras.applications.MobileNetV2(weights=None),
    "resnet50": lambda: keras.applications.ResNet50(weights=None),
}


def randomize(model, generator):
    """Statistics away from 0 and 1, so that folding has something to fold; activations stay near unit size."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            n = layer.gamma.shape[0]
            layer.set_weights([
                generator.uniform(0.6, 1.2, n), generator.normal(0, 0.1, n),
                generator.normal(0, 0.1, n), generator.uniform(0.5, 1.5, n)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, make in NETWORKS.items():
        keras.utils.set_random_seed(arguments.seed)
        generator = np.random.default_rng(arguments.seed)
        model = make()
        randomize(model, generator)
        target = arguments.folder / name
        model.save(f"{target}.h5", include_optimizer=False)
        x = generator.uniform(-1, 1, (1, 224, 224, 3)).astype(np.float32)
        np.save(f"{target}.npy", x)
        np.save(f"{target}.expected.npy", np.asarray(model(x)))
        spec = [tf.TensorSpec((1, 224, 224, 3), tf.float32, name="input")]
        function = tf.function(lambda t, m=model: m(t), input_signature=spec)
        tf2onnx.convert.from_function(function, input_signature=spec, opset=17, output_path=f"{target}.onnx",
                                      inputs_as_nchw=["input"])
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()])
        pathlib.Path(f"{target}.tflite").write_bytes(converter.convert())
        print(name, "written")


if __name__ == "__main__":
    main()
