from __future__ import annotations

import coremltools
import numpy as np
import pytest
from coremltools.models import MLModel, datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder

import pome
import pome.coremltools


class Affine:
    """factor * x + weights, a custom layer."""

    def __init__(self, source: pome.CustomLayerSource) -> None:
        self.factor = source.parameters["factor"]
        assert source.parameters["word"] == "hello" and source.class_name == "Affine"
        (self.offset,) = source.weights

    def output_shapes(self, input_shapes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        return input_shapes

    def evaluate(self, inputs: list[np.ndarray]) -> np.ndarray:
        (x,) = inputs
        return self.factor * x + self.offset.reshape((1,) * (x.ndim - 1) + (-1,))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    builder = NeuralNetworkBuilder([("x", datatypes.Array(4))], [("y", datatypes.Array(4))],
                                   disable_rank5_shape_mapping=True)
    layer = builder.spec.neuralNetwork.layers.add()
    layer.name = "mine"
    layer.input.append("x")
    layer.output.append("y")
    layer.custom.className = "Affine"
    layer.custom.parameters["factor"].doubleValue = 3.0
    layer.custom.parameters["word"].stringValue = "hello"
    layer.custom.weights.add().floatValue.extend([1.0, 2.0, 3.0, 4.0])
    file = tmp_path_factory.mktemp("custom") / "affine.mlmodel"
    coremltools.models.utils.save_spec(builder.spec, str(file))
    try:
        pome.Model(file, custom_layers={"Affine": Affine})
    except pome.UnsupportedError as error:
        pytest.skip(f"the library has no custom layers yet: {error.message}")
    return file


X = np.array([1, -1, 0.5, 2], np.float32)
WANTED = 3 * X + [1, 2, 3, 4]


def test_a_layer_that_is_a_class(path):
    model = pome.Model(path, custom_layers={"Affine": Affine})
    np.testing.assert_allclose(model.predict({"x": X})["y"].reshape(-1), WANTED, rtol=1e-6)
    for out in model.predict([{"x": X}] * 5):
        np.testing.assert_allclose(out["y"].reshape(-1), WANTED, rtol=1e-6)


def test_a_class_that_is_not_registered_is_named(path):
    for layers in (None, {}, {"Other": Affine}):
        with pytest.raises(pome.Error, match="Affine"):
            pome.Model(path, custom_layers=layers)
    with pytest.raises(pome.TypeMismatchError, match="custom"):
        pome.Model(path, custom_layers={"Affine": 3})


@pytest.mark.parametrize("change, words", [
    ({"__init__": lambda self, source: 1 / 0}, "ZeroDivisionError"),
    ({"output_shapes": lambda self, shapes: 5}, "output_shapes"),
    ({"output_shapes": lambda self, shapes: [("a",)]}, "output_shapes"),
    ({"output_shapes": lambda self, shapes: []}, "mine"),
    ({"evaluate": lambda self, inputs: {}["key"]}, "KeyError"),
    ({"evaluate": lambda self, inputs: np.zeros((2, 2), np.float32)}, "shape"),
    ({"evaluate": lambda self, inputs: [inputs[0], inputs[0]]}, "2 arrays"),
    ({"evaluate": lambda self, inputs: [object()]}, "mine"),
    ({"evaluate": None}, "mine"),
])
def test_what_a_class_does_wrong_is_an_error(path, change, words):
    wrong = type("Wrong", (Affine,), change)
    with pytest.raises(pome.Error, match=words):
        pome.Model(path, custom_layers={"Affine": wrong}).predict({"x": X})


def test_through_coremltools(path):
    pome.coremltools.custom_layers["Affine"] = Affine
    try:
        y = MLModel(str(path)).predict({"x": X})["y"]
    finally:
        del pome.coremltools.custom_layers["Affine"]
    np.testing.assert_allclose(y.reshape(-1), WANTED, rtol=1e-6)


class Doubling:
    """A custom model."""

    def __init__(self, source: pome.CustomModelSource) -> None:
        assert source.class_name == "Doubling"
        self.by = source.parameters["by"]

    def predict(self, inputs: dict[str, object]) -> dict[str, object]:
        return {"y": inputs["x"] * self.by}


def test_a_model_that_is_a_class(tmp_path):
    spec = coremltools.proto.Model_pb2.Model()
    spec.specificationVersion = 2
    for side, name in ((spec.description.input, "x"), (spec.description.output, "y")):
        feature = side.add()
        feature.name = name
        feature.type.doubleType.MergeFromString(b"")
    spec.customModel.className = "Doubling"
    spec.customModel.parameters["by"].intValue = 2
    file = tmp_path / "double.mlmodel"
    file.write_bytes(spec.SerializeToString())
    model = pome.Model(file, custom_models={"Doubling": Doubling})
    assert model.predict({"x": 4.5}) == {"y": 9.0}
    wrong = type("Wrong", (Doubling,), {"predict": lambda self, inputs: {}})
    with pytest.raises(pome.Error, match="KeyError"):
        pome.Model(file, custom_models={"Doubling": wrong}).predict({"x": 1.0})
