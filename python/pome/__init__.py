"""Runs Apple's Core ML models anywhere.

    import pome
    model = pome.Model("CatDog.mlmodel")
    model.predict({"image": PIL.Image.open("photo.jpg")})

`import pome.coremltools` lets coremltools' own MLModel(...).predict() run on this machine.
"""

from __future__ import annotations

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
    ComputeUnits,
    FeatureDescription,
    FeatureType,
    FunctionDescription,
    Model,
    ModelDescription,
    ModelMetadata,
)

__version__ = "0.1.0"

__all__ = [
    "CancelledError",
    "ComputeUnits",
    "Error",
    "FeatureDescription",
    "FeatureType",
    "FileAccessError",
    "FunctionDescription",
    "InternalError",
    "InvalidArgumentError",
    "InvalidModelError",
    "LimitExceededError",
    "MissingInputError",
    "Model",
    "ModelDescription",
    "ModelMetadata",
    "NotFoundError",
    "OutOfMemoryError",
    "ShapeMismatchError",
    "TypeMismatchError",
    "UnknownNameError",
    "UnsupportedError",
]
