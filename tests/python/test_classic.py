"""Numbers, texts and dictionaries through the types of models that take them."""

from __future__ import annotations

import pathlib

import coremltools
import numpy as np
import pytest

import pome

Model_pb2 = coremltools.proto.Model_pb2
FeatureTypes_pb2 = coremltools.proto.FeatureTypes_pb2


def new_spec(inputs: dict[str, str], outputs: dict[str, str]) -> Model_pb2.Model:
    """Features by name and the format's word for their type."""
    spec = Model_pb2.Model()
    spec.specificationVersion = 1
    for side, features in ((spec.description.input, inputs), (spec.description.output, outputs)):
        for name, kind in features.items():
            feature = side.add()
            feature.name = name
            if kind in ("int64", "string", "double"):
                getattr(feature.type, kind + "Type").SetInParent()
            elif kind == "dictionary":
                feature.type.dictionaryType.stringKeyType.SetInParent()
            else:
                feature.type.multiArrayType.dataType = FeatureTypes_pb2.ArrayFeatureType.DOUBLE
                feature.type.multiArrayType.shape.append(int(kind))
    return spec


def saved(spec: Model_pb2.Model, folder: pathlib.Path, name: str) -> pome.Model:
    path = folder / f"{name}.mlmodel"
    path.write_bytes(spec.SerializeToString())
    return pome.Model(path)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """int64 -> string"""
    spec = new_spec({"number": "int64"}, {"word": "string"})
    spec.categoricalMapping.int64ToStringMap.map[1] = "one"
    spec.categoricalMapping.int64ToStringMap.map[-2] = "minus two"
    spec.categoricalMapping.strValue = "many"
    return saved(spec, tmp_path_factory.mktemp("words"), "words")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """string -> int64"""
    spec = new_spec({"word": "string"}, {"number": "int64"})
    spec.categoricalMapping.stringToInt64Map.map["one"] = 1
    spec.categoricalMapping.stringToInt64Map.map["fünf"] = 5
    spec.categoricalMapping.int64Value = -1
    return saved(spec, tmp_path_factory.mktemp("numbers"), "numbers")


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    """dictionary -> array"""
    spec = new_spec({"counts": "dictionary"}, {"vector": "3"})
    spec.dictVectorizer.stringToIndex.vector.extend(["a", "b", "c"])
    return saved(spec, tmp_path_factory.mktemp("bag"), "bag")


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    """2 x0 - 3 x1 + 0.5"""
    spec = new_spec({"x": "2"}, {"y": "double"})
    spec.description.predictedFeatureName = "y"
    spec.glmRegressor.weights.add().value.extend([2.0, -3.0])
    spec.glmRegressor.offset.append(0.5)
    return saved(spec, tmp_path_factory.mktemp("line"), "line")


@pytest.mark.parametrize("value", [1, np.int64(1), np.int8(1), np.uint16(1), 1.0, True, np.array([1]), np.array(1),
                                   np.array([[1.0]])])
def test_integers(words, value):
    assert words.predict({"number": value}) == {"word": "one"}


def test_integers_and_texts(words, numbers):
    assert words.predict({"number": -2}) == {"word": "minus two"}
    assert words.predict({"number": 2**62}) == {"word": "many"}
    assert numbers.predict({"word": "fünf"}) == {"number": 5}
    assert numbers.predict({"word": "one".encode()}) == {"number": 1}
    assert numbers.predict({"word": "?"}) == {"number": -1}
    assert type(numbers.predict({"word": "?"})["number"]) is int


@pytest.mark.parametrize("value, words_", [
    (1.5, "1.5"), (float("nan"), "nan"), (float("inf"), "inf"), ("one", "String"), (np.array([1, 2]), "Int64"),
    (2**63, "64 bits"), ({}, "Dictionary"), (None, "NoneType"), ([1, 2], "Int64"), (np.array(["x"], object), "no numbers"),
])
def test_what_is_no_integer(words, value, words_):
    with pytest.raises(pome.Error, match='"number"') as caught:
        words.predict({"number": value})
    assert words_ in str(caught.value)


def test_dictionaries(bag):
    out = bag.predict({"counts": {"a": 1, "c": np.float32(2.5), "unknown": 7}})["vector"]
    np.testing.assert_array_equal(out.reshape(-1), [1, 0, 2.5])
    np.testing.assert_array_equal(bag.predict({"counts": {}})["vector"].reshape(-1), [0, 0, 0])


@pytest.mark.parametrize("value", [{"a": "x"}, {1: 2.0}, {"a": None}, {None: 1.0}, ["a"], "a", 3,
                                   {float("nan"): 1.0}, {"a": 1j}, {"a": "1"}, {("a",): 1.0}, np.array([1.0]), np.nan])
def test_what_is_no_dictionary(bag, value):
    with pytest.raises(pome.TypeMismatchError, match='"counts"'):
        bag.predict({"counts": value})


def test_keys_are_those_of_the_vectorizer(tmp_path):
    """As coremltools converts scikit-learn's: described with String keys, made of Int64 ones."""
    spec = new_spec({"counts": "dictionary"}, {"vector": "2"})
    spec.dictVectorizer.int64ToIndex.vector.extend([7, -2])
    model = saved(spec, tmp_path, "numbered")
    np.testing.assert_array_equal(model.predict({"counts": {-2: 1, 7: 2.5, 8: 9}})["vector"].reshape(-1), [2.5, 1])
    with pytest.raises(pome.TypeMismatchError, match='"counts".*Int64'):
        model.predict({"counts": {"7": 1.0}})


def test_regressors(line):
    assert line.predict({"x": np.array([3.0, 1.0])}) == {"y": 3.5}
    assert line.predict({"x": [3, 1]}) == {"y": 3.5}
    assert line.predict([{"x": np.array([i, 0.0])} for i in range(3)]) == [{"y": 0.5}, {"y": 2.5}, {"y": 4.5}]
    assert np.isnan(line.predict({"x": np.array([np.nan, 1.0])})["y"])
    with pytest.raises(pome.Error, match='"x"'):
        line.predict({"x": np.zeros(3)})


ENGINEERING = pathlib.Path(__file__).resolve().parents[2] / "tests/data/classic/engineering"
NAN = float("nan")


class Vanishing:
    """A number whose conversion empties the dictionary that it stands in."""

    def __init__(self, around):
        self.around = around

    def __float__(self):
        self.around.clear()
        return 1.0


@pytest.mark.parametrize("name, value, words", [
    ("dict_vectorizer_int64", {NAN: 1.0}, ["nan", "integers"]), ("dict_vectorizer_int64", {1.5: 1.0}, ["1.5", "integers"]),
    ("dict_vectorizer_int64", {"7": 1.0}, ["'7'", "integers"]), ("dict_vectorizer_int64", {2**64: 1.0}, ["integers"]),
    ("dict_vectorizer_int64", {7: None}, ["number", "None"]), ("mapping_sequence", [1, NAN], ["element 1", "nan"]),
    ("mapping_sequence", [1, "two"], ["element 1", "'two'"]), ("mapping_sequence", 5, ["Sequence"]),
    ("mapping_sequence", np.array([1.5]), ["Sequence"]), ("imputer_int64", NAN, ["nan", "Int64"]),
    ("scaler_number", "1", ["Double"]), ("scaler_number", np.array([1.0, 2.0]), ["Double"]),
    ("scaler_number", np.array([object()]), ["no numbers"]), ("scaler_number", 1 << 70, ["64 bits"]),
])
def test_what_does_not_fit_is_named(name, value, words):
    model = pome.Model(ENGINEERING / f"{name}.mlmodel")
    (feature,) = [f.name for f in model.description.inputs][:1]
    with pytest.raises(pome.Error) as caught:
        model.predict({feature: value})
    for word in [f'"{feature}"', *words]:
        assert word in str(caught.value)


def test_values_that_change_what_they_stand_in(bag):
    counts = {}
    counts.update({"a": Vanishing(counts), "b": 2.0, "c": 3.0})
    bag.predict({"counts": counts})  # whatever it gives: it gives something
    assert bag.predict({"counts": {"a": 1.0}})["vector"].reshape(-1)[0] == 1


def test_labels_that_are_no_texts(tmp_path):
    source = ENGINEERING.parents[3] / "examples/models/catdog.h5"
    for labels in ([NAN, 1.0], [None, "dog"], [["cat"], "dog"]):
        with pytest.raises(pome.TypeMismatchError, match="class_labels"):
            pome.convert(source, tmp_path / "m.mlmodel", class_labels=labels)


def test_linked_models(tmp_path):
    spec = new_spec({"x": "2"}, {"y": "double"})
    spec.description.predictedFeatureName = "y"
    spec.specificationVersion = 4
    spec.linkedModel.linkedModelFile.linkedModelFileName.defaultValue = "line.mlmodel"
    (tmp_path / "linking.mlmodel").write_bytes(spec.SerializeToString())
    linked = new_spec({"x": "2"}, {"y": "double"})
    linked.description.predictedFeatureName = "y"
    linked.glmRegressor.weights.add().value.extend([2.0, -3.0])
    linked.glmRegressor.offset.append(0.5)
    (tmp_path / "models").mkdir()
    saved(linked, tmp_path / "models", "line")
    model = pome.Model(tmp_path / "linking.mlmodel", linked_models=tmp_path / "models")
    assert model.predict({"x": [3, 1]}) == {"y": 3.5}
    with pytest.raises(pome.InvalidArgumentError, match="line.mlmodel"):
        pome.Model(tmp_path / "linking.mlmodel")
    with pytest.raises(pome.NotFoundError, match="line.mlmodel"):
        pome.Model(tmp_path / "linking.mlmodel", linked_models=str(tmp_path))
