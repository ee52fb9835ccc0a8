"""Small models for the tests, made by coremltools, whose answers NumPy knows."""

from __future__ import annotations

import logging
import pathlib

import numpy as np
import pytest

logging.getLogger("coremltools").setLevel(logging.ERROR)  # it warns of every library that is not installed

import coremltools  # noqa: E402
from coremltools.models import datatypes  # noqa: E402
from coremltools.models.neural_network import NeuralNetworkBuilder  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Dense:
    """relu(W x + b) of a vector of 4."""

    def __init__(self, folder: pathlib.Path) -> None:
        random = np.random.default_rng(3)
        self.weight = random.standard_normal((3, 4)).astype(np.float32)
        self.bias = random.standard_normal(3).astype(np.float32)
        builder = NeuralNetworkBuilder([("x", datatypes.Array(4))], [("y", datatypes.Array(3))])
        builder.add_inner_product("dense", self.weight, self.bias, 4, 3, True, "x", "dense")
        builder.add_activation("relu", "RELU", "dense", "y")
        self.spec = builder.spec
        self.path = folder / "dense.mlmodel"
        coremltools.models.utils.save_spec(builder.spec, str(self.path))

    def of(self, x: object) -> np.ndarray:
        return np.maximum(self.weight @ np.asarray(x, np.float64) + self.bias, 0)


class Halves:
    """2 x for a picture in, a picture out: `color` is a ColorSpace name."""

    def __init__(self, folder: pathlib.Path, color: str, channels: int) -> None:
        builder = NeuralNetworkBuilder([("picture", datatypes.Array(channels, 2, 3))],
                                       [("out", datatypes.Array(channels, 2, 3))])
        builder.add_activation("half", "LINEAR", "picture", "out", params=[0.5, 0])
        for feature in (builder.spec.description.input[0], builder.spec.description.output[0]):
            image = feature.type.imageType
            image.width, image.height = 3, 2
            image.colorSpace = coremltools.proto.FeatureTypes_pb2.ImageFeatureType.ColorSpace.Value(color)
        self.path = folder / f"{color}.mlmodel"
        coremltools.models.utils.save_spec(builder.spec, str(self.path))


@pytest.fixture(scope="session")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Dense:
    return Dense(tmp_path_factory.mktemp("dense"))


@pytest.fixture(scope="session")
def rgb(tmp_path_factory: pytest.TempPathFactory) -> Halves:
    return Halves(tmp_path_factory.mktemp("rgb"), "RGB", 3)


@pytest.fixture(scope="session")
def gray(tmp_path_factory: pytest.TempPathFactory) -> Halves:
    return Halves(tmp_path_factory.mktemp("gray"), "GRAYSCALE", 1)


@pytest.fixture(scope="session")
def catdog(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The embedded classifier, converted as its page says."""
    import pome

    path = tmp_path_factory.mktemp("catdog") / "CatDog.mlmodel"
    pome.convert(ROOT / "examples/models/catdog.h5", path, class_labels=["cat", "dog"], image_scale=2 / 255,
                 red_bias=-1, green_bias=-1, blue_bias=-1)
    return path


@pytest.fixture(scope="session")
def photos() -> pathlib.Path:
    return ROOT / "examples/pictures"
