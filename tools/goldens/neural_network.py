#!/usr/bin/env python3
"""Small neural networks with expected outputs: tests/data/nn/{rank5,exact,control}.json.

coremltools' NeuralNetworkBuilder makes each model; NumPy or ONNX Runtime, from the layer's formula, its numbers. A file
holds one case a line: {"name", "model" (base64), "inputs", "outputs" ({"shape", "data"} by feature name), "tolerance"}.

    pip install -r tools/goldens/requirements.txt && python3 tools/goldens/neural_network.py
"""

import base64
import json
import pathlib
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
from coremltools.models import datatypes  # noqa: E402
from coremltools.models.neural_network import NeuralNetworkBuilder, quantization_utils  # noqa: E402,F401

import nn_control  # noqa: E402
import nn_dynamic  # noqa: E402
import nn_exact  # noqa: E402
import nn_rank5  # noqa: E402
import nn_recurrent  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tensor(array):
    array = np.asarray(array, dtype=np.float32)
    return {"shape": list(array.shape), "data": [float(f"{v:.9g}") for v in array.flatten()]}


def build(case, exact):
    inputs = [(name, datatypes.Array(*shape)) for name, shape in case.declared.items()]
    builder = NeuralNetworkBuilder(
        inputs,
        [(name, None) for name in case.outputs],
        disable_rank5_shape_mapping=exact,
        use_float_arraytype=True,
    )
    case.layers(builder)
    return builder.spec


def line(case, exact):
    spec = build(case, exact)
    record = {
        "name": case.name,
        "inputs": {name: tensor(x) for name, x in case.inputs.items()},
        "outputs": {name: tensor(y) for name, y in case.outputs.items()},
        "tolerance": case.tolerance,
        "model": base64.b64encode(spec.SerializeToString()).decode(),
    }
    return json.dumps(record)


def main():
    files = {
        "rank5": (False, nn_rank5.cases() + nn_recurrent.rank5_cases() + nn_dynamic.rank5_cases()),
        "exact": (True, nn_exact.cases() + nn_recurrent.exact_cases() + nn_dynamic.exact_cases()),
        "control": (True, nn_control.cases()),
    }
    for name, (exact, cases) in files.items():
        lines = [line(case, exact) for case in cases]
        path = ROOT / "tests/data/nn" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
        print(f"{path.relative_to(ROOT)}: {len(lines)} cases", file=sys.stderr)


if __name__ == "__main__":
    main()
