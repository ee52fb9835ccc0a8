"""pome.convert(), with the names of coremltools' Keras converter."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ._errors import InvalidArgumentError, TypeMismatchError

if TYPE_CHECKING:
    from ._convert import ConversionReport


def _names(value: str | Sequence[str] | None, name: str) -> list[str]:
    if value is None:
        return []
    names = [value] if isinstance(value, str) else list(value)
    for item in names:
        if not isinstance(item, str):
            raise TypeMismatchError(f"{name}: texts are wanted, {item!r} ({type(item).__name__}) came")
    return names


def _labels(value: str | os.PathLike[str] | Sequence[str] | None) -> list[str]:
    if isinstance(value, (str, os.PathLike)):
        with open(value, encoding="utf-8") as file:
            return file.read().splitlines()
    return _names(value, "class_labels")


def convert(
    model: str | os.PathLike[str],
    destination: str | os.PathLike[str],
    *,
    input_names: str | Sequence[str] | None = None,
    output_names: str | Sequence[str] | None = None,
    image_input_names: str | Sequence[str] | None = None,
    input_name_shape_dict: Mapping[str, Sequence[int]] | None = None,
    is_bgr: bool = False,
    red_bias: float = 0.0,
    green_bias: float = 0.0,
    blue_bias: float = 0.0,
    gray_bias: float = 0.0,
    image_scale: float = 1.0,
    class_labels: str | os.PathLike[str] | Sequence[str] | None = None,
    predicted_feature_name: str = "classLabel",
    predicted_probabilities_output: str = "classLabelProbs",
    model_precision: str = "float32",
    short_description: str = "",
    author: str = "",
    license: str = "",
    version: str = "",
    batch: int = 1,
    memory_limit: int | None = None,
) -> ConversionReport:
    """Converts a Keras model file (.h5, .keras) and writes `destination`: .mlmodel is a neural network, .mlpackage an
    ML program.

    class_labels: a list of texts, or a file with one label a line; the model becomes a classifier.
    image_input_names: inputs that become pictures; None: the only one that looks like a picture; []: none. A
    channel's value is image_scale * v + bias, v in 0..255.
    input_name_shape_dict: extents that the source leaves open, batch included: {"input_1": [1, 224, 224, 3]}.
    model_precision: "float32" or "float16".
    batch: the batch extent of inputs that leave it open; -1 keeps it open.
    memory_limit: the most bytes of weights that are read; None is 4 GiB.

    Raises UnsupportedError for a layer that is not supported (named, with its place), InvalidModelError for a source
    that is damaged or of no known kind, InvalidArgumentError for labels or names that do not fit. Nothing half-written
    is left behind.
    """
    from . import _convert

    if model_precision not in ("float32", "float16"):
        raise InvalidArgumentError(f'model_precision is "float32" or "float16", not {model_precision!r}')
    options = _convert.Options()
    options.input_names = _names(input_names, "input_names")
    options.output_names = _names(output_names, "output_names")
    if image_input_names is not None:
        options.image_inputs = _names(image_input_names, "image_input_names")
    options.input_shapes = {name: list(shape) for name, shape in (input_name_shape_dict or {}).items()}
    options.is_bgr = is_bgr
    options.red_bias = red_bias
    options.green_bias = green_bias
    options.blue_bias = blue_bias
    options.gray_bias = gray_bias
    options.image_scale = image_scale
    options.class_labels = _labels(class_labels)
    options.predicted_feature_name = predicted_feature_name
    options.probabilities_name = predicted_probabilities_output
    options.float16 = model_precision == "float16"
    options.batch = batch
    if memory_limit is not None:
        options.memory_limit = memory_limit
    options.set_metadata({"short_description": short_description, "author": author, "license": license,
                          "version": version})
    return _convert.run(model, destination, options)
