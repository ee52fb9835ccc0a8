"""What coremltools looks for under the name coremltools.libcoremlpython, over Pome.

Every failure is a RuntimeError, as coremltools expects of its native module.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import _errors, _native
from ._native import ComputeUnits, Model, State

__all__ = [
    "_MLCPUComputeDeviceProxy",
    "_MLComputePlanProxy",
    "_MLGPUComputeDeviceProxy",
    "_MLModelAssetProxy",
    "_MLModelProxy",
    "_MLModelStructureNeuralNetworkLayerProxy",
    "_MLModelStructureProgramOperationProxy",
    "_MLNeuralEngineComputeDeviceProxy",
    "_State",
]


# Classes for custom layers and models by the names that files have for them (pome.Model says what they are to have):
# every model that coremltools loads hears of them.
custom_layers: dict[str, Any] = {}
custom_models: dict[str, Any] = {}


@contextlib.contextmanager
def _runtime_errors(what: str = "") -> Iterator[None]:
    """Failures of Pome and of the operating system as RuntimeErrors."""
    try:
        yield
    except (_errors.Error, OSError) as error:
        raise RuntimeError(f'{what}: "{error}".' if what else str(error)) from error


class _MLCPUComputeDeviceProxy:
    """The CPU: the only device there is."""


class _MLGPUComputeDeviceProxy:
    """Never handed out."""


class _MLNeuralEngineComputeDeviceProxy:
    """Never handed out."""

    def get_total_core_count(self) -> int:
        return 0


class _State:
    """The buffers of a stateful model."""

    def __init__(self, state: State) -> None:
        self._state = state

    def read_state(self, name: str) -> Any:
        return self._state.read(name)

    def write_state(self, name: str, value: Any) -> None:
        self._state.write(name, value)


class _MLModelAssetProxy:
    """A model that is not opened yet: a compiled folder, or bytes."""

    def __init__(self, path: str = "", data: bytes = b"", blobs: dict[str, bytes] | None = None) -> None:
        self._path = path
        self._data = data
        self._blobs = blobs or {}

    def _write(self, folder: Path) -> None:
        """As a folder that can be compiled."""
        folder.joinpath("pome.json").write_text('{"format": 1}\n')
        folder.joinpath("model.mlmodel").write_bytes(self._data)
        folder.joinpath("weights").mkdir()
        for name, blob in self._blobs.items():
            folder.joinpath("weights", os.path.basename(name)).write_bytes(blob)


class _MLModelStructureProgramOperationProxy:
    """What the compute plan knows an op by: the names of what it makes."""

    def __init__(self, outputs: tuple[str, ...] = ()) -> None:
        self._outputs = outputs


class _MLModelStructureNeuralNetworkLayerProxy:
    """What the compute plan knows a layer by: its name."""

    def __init__(self, name: str = "") -> None:
        self._name = name


class _MLComputePlanProxy:
    """Which device runs what, and the share of each op."""

    def __init__(self) -> None:
        self.model_structure: Any = None
        self._shares: dict[str, float] = {}

    def get_compute_device_usage_for_mlprogram_operation(self, operation: Any) -> Any:
        return None if operation.operator_name == "const" else _usage()

    def get_compute_device_usage_for_neuralnetwork_layer(self, layer: Any) -> Any:
        return _usage()

    def get_estimated_cost_for_mlprogram_operation(self, operation: Any) -> Any:
        from coremltools.models.compute_plan import MLComputePlanCost

        names = [output.name for output in operation.outputs]
        shares = [self._shares[name] for name in names if name in self._shares]
        return MLComputePlanCost(shares[0]) if shares else None


def _usage() -> Any:
    from coremltools.models.compute_plan import MLComputePlanDeviceUsage

    devices = _MLModelProxy.get_available_compute_devices()
    return MLComputePlanDeviceUsage(devices[0], devices)


def _units(name: str) -> ComputeUnits:
    try:
        return ComputeUnits[name]
    except KeyError:
        raise RuntimeError(f"compute units are ALL, CPU_ONLY, CPU_AND_GPU or CPU_AND_NE, not {name!r}") from None


def _compile(source: str, name: str) -> str:
    """A new folder NAME.mlmodelc in a folder of its own."""
    folder = tempfile.mkdtemp(prefix="pome-")
    destination = os.path.join(folder, name + ".mlmodelc")
    try:
        _native.compile_model(source, destination)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return destination


class _MLModelProxy:
    """A model for predictions."""

    def __init__(self, path: str, compute_units: str = "ALL", function_name: str = "",
                 hints: dict[str, str] | None = None, asset: _MLModelAssetProxy | None = None) -> None:
        start = time.perf_counter_ns()
        units = _units(compute_units)
        self._asset = asset
        self._path = path if asset is None else asset._path
        self._file = -1
        self._compiled: str | None = None
        if asset is not None and not asset._path:
            self._model = Model._coremltools_from_bytes(asset._data, asset._blobs, units, function_name)
        else:
            self._model = Model._coremltools(self._path, units, function_name)
        if asset is None and path.endswith(".mlmodel"):
            # coremltools deletes the file as soon as it is loaded; get_compiled_model_path() reads it here.
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            weakref.finalize(self, os.close, self._file)
        self._call = self._model._predict
        self._load_duration = time.perf_counter_ns() - start
        self._predict_duration: int | None = None

    def predict(self, data: dict[str, Any], state: _State | None = None) -> dict[str, Any]:
        start = time.perf_counter_ns()
        outputs = self._call(data) if state is None else self._model._predict_with_state(data, state._state)
        self._predict_duration = time.perf_counter_ns() - start
        return outputs

    def batchPredict(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        start = time.perf_counter_ns()
        outputs = self._model._predict_batch(batch)
        self._predict_duration = time.perf_counter_ns() - start
        return outputs

    def newState(self) -> _State:
        return _State(self._model.make_state())

    def get_compiled_model_path(self) -> str:
        """A compiled copy; its folder goes with this object, unless the model was opened from one."""
        if self._path.rstrip("/").endswith(".mlmodelc"):
            return self._path
        if self._compiled is None:
            with _runtime_errors("Error compiling model"), tempfile.TemporaryDirectory(prefix="pome-") as folder:
                name = os.path.splitext(os.path.basename(self._path.rstrip("/")))[0] or "model"
                self._compiled = _compile(self._source(Path(folder)), name)
            weakref.finalize(self, shutil.rmtree, os.path.dirname(self._compiled), ignore_errors=True)
        return self._compiled

    def _source(self, folder: Path) -> str:
        """Where the model can be read from, even when its file is gone."""
        if self._asset is not None:
            self._asset._write(folder)
            return str(folder)
        if self._file < 0:
            return self._path
        copy = folder / "model.mlmodel"
        with open(self._file, "rb", closefd=False) as file, copy.open("wb") as out:
            file.seek(0)
            shutil.copyfileobj(file, out)
        return str(copy)

    def get_load_duration_in_nano_seconds(self) -> int | None:
        return self._load_duration

    def get_last_predict_duration_in_nano_seconds(self) -> int | None:
        return self._predict_duration

    @staticmethod
    def compileModel(path: str) -> str:
        name = os.path.splitext(os.path.basename(path.rstrip("/")))[0] or "model"
        with _runtime_errors("Error compiling model"):
            return _compile(path, name)

    @staticmethod
    def maximum_supported_specification_version() -> int:
        return 10

    @staticmethod
    def auto_set_specification_version(data: bytes) -> bytes:
        """The oldest version that a specification's content allows is what its writer said: unchanged."""
        if not isinstance(data, bytes):
            raise TypeError(f"the bytes of a specification are wanted, {type(data).__name__} came")
        return data

    @staticmethod
    def create_model_asset_from_path(path: str) -> Any:
        from coremltools.models.model import MLModelAsset

        if not os.path.isdir(path):
            raise RuntimeError(f"{path}: a compiled model, a folder .mlmodelc, is wanted")
        return MLModelAsset(_MLModelAssetProxy(path))

    @staticmethod
    def create_model_asset_from_memory(data: bytes, blobs: dict[str, bytes]) -> Any:
        from coremltools.models.model import MLModelAsset

        if not isinstance(data, bytes) or not all(isinstance(blob, bytes) for blob in blobs.values()):
            raise RuntimeError("the specification and the blobs are to be bytes")
        return MLModelAsset(_MLModelAssetProxy("", data, blobs))

    @staticmethod
    def get_model_structure(path: str) -> Any:
        from ._model_structure import structure_of

        with _runtime_errors():
            return structure_of(path)

    @staticmethod
    def get_compute_plan(path: str, compute_units: str) -> Any:
        from coremltools.models.compute_plan import MLComputePlan

        from ._model_structure import shares_of, structure_of

        proxy = _MLComputePlanProxy()
        with _runtime_errors():
            proxy.model_structure = structure_of(path)
            proxy._shares = shares_of(Model(path, compute_units=_units(compute_units)).compute_plan())
        return MLComputePlan(proxy)

    @staticmethod
    def get_available_compute_devices() -> list[Any]:
        from coremltools.models.compute_device import MLCPUComputeDevice

        return [MLCPUComputeDevice(_MLCPUComputeDeviceProxy())]

    @staticmethod
    def get_all_compute_devices() -> list[Any]:
        return _MLModelProxy.get_available_compute_devices()
