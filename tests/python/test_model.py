from __future__ import annotations

import concurrent.futures
import pathlib
import threading
import time

import numpy as np
import PIL.Image
import pytest

import pome


def test_an_array_network_gives_what_numpy_gives(dense):
    model = pome.Model(dense.path)
    x = np.array([0.5, -1.0, 2.0, 3.0], np.float32)
    y = model.predict({"x": x})["y"]
    np.testing.assert_allclose(y.reshape(-1), dense.of(x), rtol=1e-5, atol=1e-6)
    assert y.flags.c_contiguous and y.flags.writeable


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16",
                                   "uint32", "uint64", "bool"])
def test_every_kind_of_number_is_taken(dense, dtype):
    x = np.array([1, 0, 1, 1]).astype(dtype)
    y = pome.Model(dense.path).predict({"x": x})["y"]
    np.testing.assert_allclose(y.reshape(-1), dense.of(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("of", [
    lambda x: x.tolist(), lambda x: tuple(x.tolist()), lambda x: np.repeat(x, 2)[::2], lambda x: x[::-1].copy()[::-1],
    lambda x: memoryview(x), lambda x: np.ascontiguousarray(np.stack([x, x], 1))[:, 0], lambda x: x.astype(">f4"),
], ids=["list", "tuple", "strided", "reversed", "memoryview", "column", "big-endian"])
def test_arrays_in_every_shape_of_memory(dense, of):
    x = np.array([1.5, -2, 3, 0.25], np.float32)
    y = pome.Model(dense.path).predict({"x": of(x)})["y"]
    np.testing.assert_allclose(y.reshape(-1), dense.of(x), rtol=1e-5, atol=1e-6)


def test_read_only_arrays_and_unaligned_ones(dense):
    x = np.array([1, 2, 3, 4], np.float32)
    locked = x.copy()
    locked.flags.writeable = False
    shifted = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32)
    assert not shifted.flags.aligned
    model = pome.Model(dense.path)
    for given in (locked, shifted):
        np.testing.assert_allclose(model.predict({"x": given})["y"].reshape(-1), dense.of(x), rtol=1e-5)


def test_outputs_are_fresh(dense):
    model = pome.Model(dense.path)
    first = model.predict({"x": np.ones(4, np.float32)})["y"]
    kept = first.copy()
    model.predict({"x": np.full(4, 7, np.float32)})
    np.testing.assert_array_equal(first, kept)
    first[:] = -1
    assert (model.predict({"x": np.ones(4, np.float32)})["y"] != -1).any()


def test_a_list_gives_a_list(dense):
    model = pome.Model(dense.path)
    rows = [{"x": np.full(4, i, np.float32)} for i in range(5)]
    outputs = model.predict(rows)
    assert isinstance(outputs, list) and len(outputs) == 5
    for row, out in zip(rows, outputs):
        np.testing.assert_array_equal(out["y"], model.predict(row)["y"])
    assert model.predict([]) == []
    with pytest.raises(pome.ShapeMismatchError, match="1"):
        model.predict([rows[0], {"x": np.zeros(3, np.float32)}])


def test_classifiers(catdog, photos):
    model = pome.Model(catdog)
    out = model.predict({"image": PIL.Image.open(photos / "dog.jpg")})
    assert out["classLabel"] == "dog"
    assert set(out["classLabelProbs"]) == {"cat", "dog"}
    assert abs(sum(out["classLabelProbs"].values()) - 1) < 1e-6


def test_pictures_in_and_out(rgb, gray):
    pixels = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * 10
    out = pome.Model(rgb.path).predict({"picture": PIL.Image.fromarray(pixels)})["out"]
    assert out.mode == "RGB" and out.size == (3, 2)
    np.testing.assert_allclose(np.asarray(out), pixels / 2, atol=0.51)
    luma = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40
    out = pome.Model(gray.path).predict({"picture": PIL.Image.fromarray(luma)})["out"]
    assert out.mode == "L"
    np.testing.assert_allclose(np.asarray(out), luma / 2, atol=0.51)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "LA", "CMYK"])
def test_modes_of_pictures(rgb, mode):
    picture = PIL.Image.new("RGB", (3, 2), (200, 200, 200)).convert(mode)
    out = pome.Model(rgb.path).predict({"picture": picture})["out"]
    assert abs(int(np.asarray(out).mean()) - np.asarray(picture.convert("RGB")).mean() / 2) < 2


def test_crop_and_scale(rgb):
    model = pome.Model(rgb.path)
    wide = PIL.Image.new("RGB", (300, 20), (100, 100, 100))
    fit = np.asarray(model.predict({"picture": wide}, crop_and_scale="scaleFit")["out"])
    fill = np.asarray(model.predict({"picture": wide}, crop_and_scale="scaleFill")["out"])
    assert fill.min() == 50 and fit.min() == 0
    with pytest.raises(pome.InvalidArgumentError, match="crop_and_scale"):
        model.predict({"picture": wide}, crop_and_scale="crop")


def test_description(catdog, dense):
    description = pome.Model(catdog).description
    (image,) = description.inputs
    assert (image.name, image.type, image.size, image.color) == ("image", pome.FeatureType.IMAGE, (224, 224), "Color RGB")
    assert description.class_labels == ["cat", "dog"]
    assert description.predicted_feature_name == "classLabel"
    assert description.model_type == "neuralNetworkClassifier"
    assert "image : Image (Color RGB 224 x 224)" in repr(description)
    (x,) = pome.Model(dense.path).description.inputs
    assert (x.type, x.shape, x.data_type, x.optional) == (pome.FeatureType.MULTI_ARRAY, [4], "float64", False)
    assert x.size is None and x.color is None


def test_models_from_memory(dense, catdog, photos, tmp_path):
    x = {"x": np.ones(4, np.float32)}
    model = pome.Model.from_bytes(dense.path.read_bytes())
    np.testing.assert_array_equal(model.predict(x)["y"], pome.Model(dense.path).predict(x)["y"])
    package = tmp_path / "catdog.mlpackage"
    pome.convert(pathlib.Path(photos).parent / "models/catdog.h5", package)
    weights = next(package.rglob("weight.bin"))
    specification = next(package.rglob("model.mlmodel")).read_bytes()
    model = pome.Model.from_bytes(specification, {"weights/weight.bin": weights.read_bytes()})
    assert model.description.model_type == "mlProgram"
    with pytest.raises(pome.InvalidModelError, match="weight.bin"):
        pome.Model.from_bytes(specification)
    with pytest.raises(pome.InvalidModelError):
        pome.Model.from_bytes(b"nonsense")


def test_compiled_models(catdog, photos, tmp_path):
    picture = {"image": PIL.Image.open(photos / "cat.jpg")}
    compiled = tmp_path / "a.mlmodelc"
    pome.compile_model(catdog, compiled)
    assert (compiled / "model.mil").read_text().startswith("program(")
    moved = compiled.rename(tmp_path / "b.mlmodelc")
    assert pome.Model(moved).predict(picture) == pome.Model(catdog).predict(picture)
    assert pome.inspect(moved).container == ".mlmodelc"
    with pytest.raises(pome.InvalidArgumentError, match="there already"):
        pome.compile_model(catdog, moved)


def test_plans_and_inspection(dense):
    plan = pome.Model(dense.path, threads=1).compute_plan()
    assert plan.threads == 1 and plan.isa == pome.isa_in_use()
    assert plan.steps and all(step.kernel and step.ops for step in plan.steps)
    assert all(step.runs == 1 and step.bytes > 0 for step in plan.steps)
    assert sum(step.cost_weight for step in plan.steps) == pytest.approx(1)
    info = pome.inspect(dense.path)
    assert info.runnable and dict(info.operations) == {"innerProduct": 1, "activation": 1}
    assert pome.validate(dense.path) == []


def test_many_threads_agree(dense):
    model = pome.Model(dense.path)
    rows = [np.random.default_rng(i).standard_normal(4).astype(np.float32) for i in range(64)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda x: model.predict({"x": x})["y"].reshape(-1), rows * 10))
    for x, y in zip(rows * 10, results):
        np.testing.assert_allclose(y, dense.of(x), rtol=1e-5, atol=1e-6)


def test_other_threads_run_while_a_model_predicts(catdog, photos):
    model = pome.Model(catdog, threads=1)
    picture = {"image": PIL.Image.open(photos / "cat.jpg").resize((224, 224))}
    inside = threading.Event()
    steps_meanwhile = 0

    def work():
        nonlocal steps_meanwhile
        while not inside.is_set():
            steps_meanwhile += 1
            time.sleep(0)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        before = steps_meanwhile
        model.predict([picture] * 20)  # one call, some 100 ms of work in the library
        assert steps_meanwhile > before
    finally:
        inside.set()
        thread.join()
