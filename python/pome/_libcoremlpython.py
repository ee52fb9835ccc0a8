"""What coremltools looks for under the name coremltools.libcoremlpython, over Pome.

Every failure is a RuntimeError, as coremltools expects of its native module.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import weakref
from typing import Any, Callable, TypeVar

from . import _errors, _native
from ._native import ComputeUnits, Model

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

_T = TypeVar("_T")


def _runtime_errors(call: Callable[..., _T], *args: Any) -> _T:
    try:
        return call(*args)
    except (_errors.Error, OSError) as error:
        raise RuntimeError(str(error)) from error


class _MLCPUComputeDeviceProxy:
    """The CPU: the only device there is."""


class _MLGPUComputeDeviceProxy:
    """Never handed out."""


class _MLNeuralEngineComputeDeviceProxy:
    """Never handed out."""

    def get_total_core_count(self) -> int:
        return 0


class _State:
    """The buffers of a stateful model; none can be made yet."""

    def read_state(self, name: str) -> Any:
        raise RuntimeError("models with states are not supported yet")

    def write_state(self, name: str, value: Any) -> None:
        raise RuntimeError("models with states are not supported yet")


class _MLModelAssetProxy:
    """A model that is not opened yet: a compiled folder, or bytes."""

    def __init__(self, path: str = "", data: bytes = b"", blobs: dict[str, bytes] | None = None) -> None:
        self._path = path
        self._data = data
        self._blobs = blobs or {}


class _MLModelStructureProgramOperationProxy:
    """One op of a program: what the compute plan knows it by."""


class _MLModelStructureNeuralNetworkLayerProxy:
    """One layer of a network: what the compute plan knows it by."""


class _MLComputePlanProxy:
    """Which device runs what, and the share of each op."""

    def __init__(self) -> None:
        self.model_structure: Any = None

    def get_compute_device_usage_for_mlprogram_operation(self, operation: Any) -> Any:
        return None

    def get_compute_device_usage_for_neuralnetwork_layer(self, layer: Any) -> Any:
        return None

    def get_estimated_cost_for_mlprogram_operation(self, operation: Any) -> Any:
        return None


class _MLModelProxy:
    """A model for predictions."""

    def __init__(self, path: str, compute_units: str = "ALL", function_name: str = "",
                 hints: dict[str, str] | None = None, asset: _MLModelAssetProxy | None = None) -> None:
        start = time.perf_counter_ns()
        self._path = path
        self._source = -1  # the file, which coremltools may delete as soon as it is loaded
        self._compiled: str | None = None
        try:
            units = ComputeUnits[compute_units]
        except KeyError:
            raise RuntimeError(f"compute units are ALL, CPU_ONLY, CPU_AND_GPU or CPU_AND_NE, not {compute_units!r}") from None
        self._model = Model(path, compute_units=units, function_name=function_name, _coremltools=True)
        self._call = self._model._predict
        self._load_duration = time.perf_counter_ns() - start
        self._predict_duration: int | None = None

    def predict(self, data: dict[str, Any], state: _State | None = None) -> dict[str, Any]:
        if state is not None:
            raise RuntimeError("predictions with a state are not supported yet")
        start = time.perf_counter_ns()
        outputs = self._call(data)
        self._predict_duration = time.perf_counter_ns() - start
        return outputs

    def batchPredict(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        start = time.perf_counter_ns()
        outputs = self._model._predict_batch(batch)
        self._predict_duration = time.perf_counter_ns() - start
        return outputs

    def newState(self) -> _State:
        return _runtime_errors(self._model.make_state)

    def get_load_duration_in_nano_seconds(self) -> int | None:
        return self._load_duration

    def get_last_predict_duration_in_nano_seconds(self) -> int | None:
        return self._predict_duration

    @staticmethod
    def maximum_supported_specification_version() -> int:
        return 10

    @staticmethod
    def auto_set_specification_version(data: bytes) -> bytes:
        return data

    @staticmethod
    def get_available_compute_devices() -> list[Any]:
        from coremltools.models.compute_device import MLCPUComputeDevice

        return [MLCPUComputeDevice(_MLCPUComputeDeviceProxy())]

    @staticmethod
    def get_all_compute_devices() -> list[Any]:
        return _MLModelProxy.get_available_compute_devices()
