"""Runs Apple's Core ML models anywhere.

    import pome
    model = pome.Model("CatDog.mlmodel")
    model.predict({"image": PIL.Image.open("photo.jpg")})

`import pome.coremltools` lets coremltools' own MLModel(...).predict() run on this machine.
"""

from __future__ import annotations

from ._converter import convert
from ._errors import (
    CancelledError,
    Error,
    FileAccessError,
    InternalError,
    InvalidArgumentError,
    InvalidModelError,
    LimitExceededError,
    MissingInputError,
    NotFoundError,
    OutOfMemoryError,
    ShapeMismatchError,
    TypeMismatchError,
    UnknownNameError,
    UnsupportedError,
)
from ._native import (
    Complaint,
    ComputePlan,
    ComputePlanStep,
    ComputeUnits,
    CustomLayerSource,
    CustomModelSource,
    FeatureDescription,
    FeatureType,
    FunctionDescription,
    KernelRefusal,
    Model,
    ModelDescription,
    ModelInfo,
    ModelMetadata,
    State,
    compile_model,
    inspect,
    isa_in_use,
    validate,
)

__version__ = "0.1.0"

__all__ = [
    "CancelledError",
    "Complaint",
    "ComputePlan",
    "ComputePlanStep",
    "ComputeUnits",
    "CustomLayerSource",
    "CustomModelSource",
    "Error",
    "FeatureDescription",
    "FeatureType",
    "FileAccessError",
    "FunctionDescription",
    "InternalError",
    "InvalidArgumentError",
    "InvalidModelError",
    "KernelRefusal",
    "LimitExceededError",
    "MissingInputError",
    "Model",
    "ModelDescription",
    "ModelInfo",
    "ModelMetadata",
    "NotFoundError",
    "OutOfMemoryError",
    "ShapeMismatchError",
    "State",
    "TypeMismatchError",
    "UnknownNameError",
    "UnsupportedError",
    "compile_model",
    "convert",
    "inspect",
    "isa_in_use",
    "validate",
]
