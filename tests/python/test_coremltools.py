from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import textwrap

import coremltools as ct
import numpy as np
import PIL.Image
import pytest

import pome.coremltools  # after coremltools
from coremltools.models import MLModel
from coremltools.models.compute_plan import MLComputePlan, MLModelStructure
from coremltools.models.model import MLModelAsset

X = {"x": np.ones(4, np.float32)}


def run(code: str, *arguments: object) -> str:
    """What a fresh Python prints."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", textwrap.dedent(code), *map(str, arguments)],
                          capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("first, second", [("pome.coremltools", "coremltools"), ("coremltools", "pome.coremltools")])
def test_the_order_of_imports_is_free(dense, first, second):
    out = run(f"""
        import sys
        import {first}
        import {second}
        import coremltools, numpy
        model = coremltools.models.MLModel(sys.argv[1])
        print(model.predict({{"x": numpy.ones(4)}})["y"].size)
        """, dense.path)
    assert out == "3"


def test_names_imported_before_are_bound_anew(dense):
    out = run("""
        from coremltools.models import _compiled_model, compute_device, compute_plan, model
        assert model._MLModelProxy is None
        import pome.coremltools
        import coremltools.models.ml_program.experimental.compute_plan_utils as plans
        for name in ("_MLModelProxy", "_MLModelAssetProxy"):
            assert getattr(model, name) is not None, name
        assert None not in (_compiled_model._MLModelProxy, compute_plan._MLModelProxy, compute_plan._MLComputePlanProxy,
                            compute_device._MLModelProxy, compute_device._MLCPUComputeDeviceProxy,
                            compute_device._MLGPUComputeDeviceProxy, compute_device._MLNeuralEngineComputeDeviceProxy,
                            plans._MLComputePlanRemoteProxy)
        print("all")
        """)
    assert out == "all"


def test_predict(dense):
    for model in (MLModel(str(dense.path)), MLModel(dense.spec)):
        assert model.load_duration_in_nano_seconds > 0
        assert model.last_predict_duration_in_nano_seconds is None
        y = model.predict({"x": np.array([1, 2, 3, 4], np.float32)})["y"]
        assert y.dtype in (np.float32, np.float64)
        np.testing.assert_allclose(y.reshape(-1), dense.of([1, 2, 3, 4]), rtol=1e-5)
        assert model.last_predict_duration_in_nano_seconds > 0
        assert len(model.predict([dict(X), dict(X)])) == 2


def test_classifier_and_pictures(catdog, photos, rgb):
    picture = PIL.Image.open(photos / "cat.jpg").convert("RGB").resize((224, 224))
    assert MLModel(str(catdog)).predict({"image": picture})["classLabel"] == "cat"
    out = MLModel(str(rgb.path)).predict({"picture": PIL.Image.new("RGB", (3, 2), (100, 50, 20))})["out"]
    assert out.mode == "RGBA" and out.getpixel((0, 0)) == (50, 25, 10, 255)


def test_every_failure_is_a_runtime_error(dense, tmp_path):
    model = MLModel(str(dense.path))
    for inputs in ({}, {"x": np.ones(5)}, {"x": "text"}):
        with pytest.raises((RuntimeError)):
            model.predict(inputs)
    (tmp_path / "a.mlmodelc").mkdir()
    with pytest.raises(RuntimeError):
        ct.models.CompiledMLModel(str(tmp_path / "a.mlmodelc"))
    spec = ct.proto.Model_pb2.Model()
    spec.CopyFrom(dense.spec)
    del spec.neuralNetwork.layers[0].innerProduct.weights.floatValue[:]
    with pytest.warns(RuntimeWarning, match="dense"):
        model = MLModel(spec)
    with pytest.raises(RuntimeError, match="dense"):
        model.predict(dict(X))
    with pytest.raises(RuntimeError, match='Error compiling model: "'):
        ct.models.utils.compile_model(spec)


def test_nothing_is_said_of_the_platform():
    assert not ct.models.utils._is_macos() and ct.models.utils._macos_version() == ()
    assert not ct._deps._IS_MACOS
    assert sys.platform == "linux"


def test_claiming_macos_reaches_every_module():
    out = run("""
        import coremltools.models.neural_network.quantization_utils as before
        import pome.coremltools
        pome.coremltools.claim_macos("14.5")
        from coremltools.models.utils import _is_macos, _macos_version
        import coremltools as ct
        from coremltools.models.ml_program.experimental import compute_plan_utils
        assert _is_macos() and before._macos_version() == _macos_version() == (14, 5)
        assert ct.models.model._macos_version() == ct.models._compiled_model._macos_version() == (14, 5)
        assert ct._deps._IS_MACOS and compute_plan_utils._IS_MACOS
        print(__import__("sys").platform)
        """)
    assert out == "linux"


def test_compiled_models_without_a_claim(dense, tmp_path):
    wanted = dense.of(np.ones(4))
    path = ct.models.utils.compile_model(dense.spec, str(tmp_path / "b.mlmodelc"))
    moved = shutil.copytree(tmp_path / "b.mlmodelc", tmp_path / "c.mlmodelc")
    shutil.rmtree(tmp_path / "b.mlmodelc")
    model = ct.models.CompiledMLModel(str(moved))
    np.testing.assert_allclose(model.predict(dict(X))["y"].reshape(-1), wanted, rtol=1e-5)
    assert path is None or path.endswith(".mlmodelc")
    assert ct.models.utils.compile_model.__name__ == "compile_model" and ct.models.utils.compile_model.__doc__


def test_the_compiled_path_goes_with_the_model(dense):
    model = MLModel(dense.spec)  # its file is gone already
    path = pathlib.Path(model.get_compiled_model_path())
    assert path.is_dir() and path.suffix == ".mlmodelc"
    np.testing.assert_array_equal(ct.models.CompiledMLModel(str(path)).predict(dict(X))["y"], model.predict(dict(X))["y"])
    assert model.get_compiled_model_path() == str(path)
    del model
    assert not path.exists()


def test_assets(dense, tmp_path):
    data = dense.spec.SerializeToString()
    model = ct.models.CompiledMLModel.from_asset(MLModelAsset.from_memory(data))
    wanted = dense.of(np.ones(4))
    np.testing.assert_allclose(model.predict(dict(X))["y"].reshape(-1), wanted, rtol=1e-5)
    path = str(tmp_path / "d.mlmodelc")
    ct.models.utils.compile_model(dense.spec, path)
    model = ct.models.CompiledMLModel.from_asset(MLModelAsset.from_path(path))
    np.testing.assert_allclose(model.predict(dict(X))["y"].reshape(-1), wanted, rtol=1e-5)
    with pytest.raises(RuntimeError):
        MLModelAsset.from_path(str(tmp_path / "none.mlmodelc"))


def test_structure_plan_and_devices(dense, tmp_path):
    path = str(tmp_path / "e.mlmodelc")
    ct.models.utils.compile_model(dense.spec, path)
    layers = MLModelStructure.load_from_path(path).neuralnetwork.layers
    assert [(layer.name, layer.type) for layer in layers] == [("dense", "inner_product"), ("relu", "activation")]
    plan = MLComputePlan.load_from_path(path)
    usage = plan.get_compute_device_usage_for_neuralnetwork_layer(plan.model_structure.neuralnetwork.layers[0])
    assert type(usage.preferred_compute_device).__name__ == "MLCPUComputeDevice"
    assert len(MLModel.get_available_compute_devices()) == 1


def test_a_state_of_a_model_without_any_is_empty(dense):
    model = MLModel(str(dense.path))
    state = model.make_state()
    assert model.predict(dict(X), state=state)["y"].size == 3
    with pytest.raises(RuntimeError, match='"x".*none'):
        state.read_state("x")


def test_float16_comes_as_float32(tmp_path):
    package = tmp_path / "half.mlpackage"
    root = pathlib.Path(__file__).resolve().parents[2]
    pome.convert(root / "examples/models/catdog.h5", package, model_precision="float16", image_input_names=[])
    model = MLModel(str(package))
    name = model.get_spec().description.input[0].name
    out = model.predict({name: np.zeros((1, 224, 224, 3), np.float16)})
    assert all(v.dtype == np.float32 for v in out.values() if isinstance(v, np.ndarray))
