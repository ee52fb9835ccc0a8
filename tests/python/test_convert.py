from __future__ import annotations

import pathlib

import PIL.Image
import pytest

import pome

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "examples/models/catdog.h5"


@pytest.mark.parametrize("name", ["a.mlmodel", "a.mlpackage"])
def test_both_containers(tmp_path, photos, name):
    report = pome.convert(SOURCE, tmp_path / name, class_labels=["cat", "dog"], image_scale=2 / 255, red_bias=-1,
                          green_bias=-1, blue_bias=-1, author="me", version="3", short_description="pets")
    assert report.layers > 50 and report.parameters > 100_000 and "Keras" in report.source
    model = pome.Model(tmp_path / name)
    assert model.description.metadata.author == "me" and model.description.metadata.version == "3"
    assert model.predict({"image": PIL.Image.open(photos / "cat.jpg")})["classLabel"] == "cat"


def test_labels_from_a_file_and_names(tmp_path, photos):
    (tmp_path / "labels.txt").write_text("cat\ndog\n")
    pome.convert(str(SOURCE), str(tmp_path / "b.mlmodel"), class_labels=tmp_path / "labels.txt", input_names="photo",
                 predicted_feature_name="animal", predicted_probabilities_output="chances")
    description = pome.Model(tmp_path / "b.mlmodel").description
    assert [f.name for f in description.inputs] == ["photo"]
    assert {f.name for f in description.outputs} == {"animal", "chances"}
    assert description.class_labels == ["cat", "dog"]


def test_errors(tmp_path):
    with pytest.raises(pome.InvalidArgumentError, match="model_precision"):
        pome.convert(SOURCE, tmp_path / "c.mlmodel", model_precision="float8")
    with pytest.raises(pome.TypeMismatchError, match="class_labels"):
        pome.convert(SOURCE, tmp_path / "c.mlmodel", class_labels=[1, 2])
    with pytest.raises(pome.InvalidArgumentError):
        pome.convert(SOURCE, tmp_path / "c.mlmodel", class_labels=["one", "two", "three"])
    with pytest.raises(FileNotFoundError):
        pome.convert(tmp_path / "none.h5", tmp_path / "c.mlmodel")
    assert list(tmp_path.iterdir()) == []
