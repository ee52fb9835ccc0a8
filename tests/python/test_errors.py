from __future__ import annotations

import numpy as np
import PIL.Image
import pytest

import pome


@pytest.fixture(scope="module")
def model(dense):
    return pome.Model(dense.path)


X = np.ones(4, np.float32)


@pytest.mark.parametrize("inputs, error, builtin, words", [
    ({}, pome.MissingInputError, KeyError, ['"x"', "missing", "MultiArray"]),
    ({"y": X}, pome.UnknownNameError, KeyError, ['"y"', '"x"']),
    ({"x": X, "z": X}, pome.UnknownNameError, KeyError, ['"z"', '"x"']),
    ({"x": "text"}, pome.TypeMismatchError, TypeError, ['"x"', "String", "MultiArray"]),
    ({"x": {1: 2.0}}, pome.TypeMismatchError, TypeError, ['"x"', "Dictionary", "MultiArray"]),
    ({"x": None}, pome.TypeMismatchError, TypeError, ['"x"', "NoneType", "MultiArray"]),
    ({"x": object()}, pome.TypeMismatchError, TypeError, ['"x"', "object", "MultiArray"]),
    ({"x": np.array([1, "a", None, 2], object)}, pome.TypeMismatchError, TypeError, ['"x"', "no numbers"]),
    ({"x": np.array(["a", "b"])}, pome.TypeMismatchError, TypeError, ['"x"', "no numbers"]),
    ({"x": np.ones(4, complex)}, pome.TypeMismatchError, TypeError, ['"x"', "no numbers"]),
    ({"x": [[1, 2], [3]]}, pome.TypeMismatchError, TypeError, ['"x"', "list"]),
    ({"x": np.ones(5, np.float32)}, pome.ShapeMismatchError, ValueError, ['"x"', "5", "4"]),
    ({"x": 1 << 70}, pome.InvalidArgumentError, ValueError, ['"x"', "64 bits"]),
    ({"x": "\ud800"}, pome.InvalidArgumentError, ValueError, ['"x"', "UTF-8"]),
    ({3: X}, pome.TypeMismatchError, TypeError, ["names", "3", "int"]),
    ([{"x": X}, 5], pome.TypeMismatchError, TypeError, ["element 1", "int"]),
    ("x", pome.TypeMismatchError, TypeError, ["dict", "str"]),
    (None, pome.TypeMismatchError, TypeError, ["dict", "NoneType"]),
])
def test_what_does_not_fit_is_named(model, inputs, error, builtin, words):
    with pytest.raises(error) as caught:
        model.predict(inputs)
    assert isinstance(caught.value, builtin) and isinstance(caught.value, pome.Error)
    for word in words:
        assert word in str(caught.value)
    assert caught.value.code and caught.value.message in str(caught.value)


def test_pictures_are_wanted_where_they_are(rgb, dense):
    with pytest.raises(pome.TypeMismatchError, match='"picture".*PIL.Image'):
        pome.Model(rgb.path).predict({"picture": np.zeros((2, 3, 3), np.uint8)})
    with pytest.raises(pome.TypeMismatchError, match='"x".*Image.*MultiArray'):
        pome.Model(dense.path).predict({"x": PIL.Image.new("RGB", (2, 2))})


def test_files(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        pome.Model(tmp_path / "none.mlmodel")
    assert isinstance(caught.value, pome.NotFoundError) and caught.value.code == "not_found"
    (tmp_path / "text.mlmodel").write_text("hello")
    with pytest.raises(pome.InvalidModelError) as caught:
        pome.Model(tmp_path / "text.mlmodel")
    assert str(tmp_path / "text.mlmodel") in caught.value.places


def test_options(dense):
    with pytest.raises(pome.InvalidArgumentError, match="threads"):
        pome.Model(dense.path, threads=-1)
    with pytest.raises(pome.LimitExceededError):
        pome.Model(dense.path, memory_limit=10)
    with pytest.raises(pome.UnknownNameError, match="nope"):
        pome.Model(dense.path, function_name="nope")
    assert pome.Model(dense.path, compute_units=pome.ComputeUnits.CPU_ONLY).functions == []


def test_a_wrong_key_in_a_model_does_not_end_the_process(dense):
    """Errors leave nothing behind: the same object answers afterwards."""
    model = pome.Model(dense.path)
    for _ in range(100):
        with pytest.raises(pome.Error):
            model.predict({"x": np.ones(7)})
    assert model.predict({"x": X})["y"].size == 3
