#!/usr/bin/env python3
"""Writes an ML program of two functions that share a weight, made by coremltools, and what they give by NumPy:
tests/data/typed/two_functions.mlpackage and two_functions.json.

    .venv-coremltools/bin/python tools/goldens/two_functions.py
"""
import json
import pathlib
import shutil
import tempfile

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/data/typed"
WEIGHT = np.random.default_rng(11).normal(size=(4, 5)).round(3).astype(np.float32)  # over ten values: in weight.bin
TARGET = ct.target.iOS18  # the first with functions


def project_program():
    """project(x [3, 4]) -> projected [3, 5]: rows through the weight."""

    @mb.program(input_specs=[mb.TensorSpec((3, 4))], opset_version=TARGET)
    def program(x):
        return mb.matmul(x=x, y=WEIGHT, name="projected")

    return program


def distance_program():
    """distance(p [4], q [4]) -> distance [1], direction [5]: of two points behind the same weight."""

    @mb.program(input_specs=[mb.TensorSpec((4,)), mb.TensorSpec((4,))], opset_version=TARGET)
    def program(p, q):
        rows = mb.expand_dims(x=mb.sub(x=q, y=p), axes=[0])
        direction = mb.squeeze(x=mb.matmul(x=rows, y=WEIGHT), axes=[0], name="direction")
        return mb.reduce_l2_norm(x=direction, axes=[0], keep_dims=True, name="distance"), direction

    return program


def write_package(path):
    with tempfile.TemporaryDirectory() as work:
        functions = ct.utils.MultiFunctionDescriptor()
        for name, program in [("project", project_program()), ("distance", distance_program())]:
            model = ct.convert(program, convert_to="mlprogram", minimum_deployment_target=TARGET,
                               compute_precision=ct.precision.FLOAT32, skip_model_load=True)  # fmt: skip
            model.save(f"{work}/{name}.mlpackage")
            functions.add_function(f"{work}/{name}.mlpackage", src_function_name="main", target_function_name=name)
        functions.default_function_name = "project"
        shutil.rmtree(path, ignore_errors=True)
        ct.utils.save_multifunction(functions, str(path))


def expected():
    generator = np.random.default_rng(12)
    x, p, q = (generator.normal(size=shape).round(3) for shape in [(3, 4), (4,), (4,)])
    weight = WEIGHT.astype(np.float64)
    direction = (q - p) @ weight
    arrays = {"x": x, "projected": x @ weight, "p": p, "q": q, "direction": direction,
              "distance": [np.linalg.norm(direction)]}
    return {name: np.asarray(values).ravel().tolist() for name, values in arrays.items()}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_package(FOLDER / "two_functions.mlpackage")
    (FOLDER / "two_functions.json").write_text(json.dumps(expected(), indent=1) + "\n")


if __name__ == "__main__":
    main()
