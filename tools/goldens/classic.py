#!/usr/bin/env python3
"""Writes tests/data/classic: small models that scikit-learn, libsvm, XGBoost and LightGBM trained, converted with
coremltools, and what the libraries themselves predict with them.

    python3.11 -m venv venv && venv/bin/pip install -r tools/goldens/requirements-classic.txt
    venv/bin/python tools/goldens/classic.py

Each case of learned.json: model (the file), rows (the features of one prediction each; null is a missing value), and of
what the library gives labels, probabilities (in the order of "classes"), values.
"""
import json
import pathlib
import warnings

import numpy as np

import classic_models

OUT = pathlib.Path(__file__).parents[2] / "tests" / "data" / "classic"


def numbers(array):
    """Nested lists; NaN (a missing value) is null."""
    if isinstance(array, (list, tuple, np.ndarray)):
        return [numbers(a) for a in array]
    return None if array != array else float(array)


def case_text(case):
    """One line a key, so that a difference is readable."""
    return "{" + ",\n ".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in case.items()) + "}"


def main():
    warnings.simplefilter("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    cases = []
    for model in classic_models.all_models():
        file = model.name + ".mlmodel"
        (OUT / file).write_bytes(model.spec.SerializeToString(deterministic=True))
        case = {"model": file, "oracle": model.oracle, "tolerance": model.tolerance, "rows": numbers(model.rows)}
        if model.labels is not None:
            case["labels"] = [v if isinstance(v, str) else int(v) for v in model.labels]
        if model.probabilities is not None:
            case["classes"] = [v if isinstance(v, str) else int(v) for v in model.classes]
            case["probabilities"] = numbers(model.probabilities)
        if model.values is not None:
            case["values"] = numbers(model.values)
        cases.append(case)
    (OUT / "learned.json").write_text("[" + ",\n".join(map(case_text, cases)) + "]\n")
    print(len(cases), "models,", sum(f.stat().st_size for f in OUT.iterdir()), "bytes")


if __name__ == "__main__":
    main()
