#!/usr/bin/env python3
"""Opens a model that Pome wrote with coremltools, and compares what it shows with what was meant.

    check_with_coremltools.py MODEL EXPECTED.json

EXPECTED.json: {"specificationVersion": 6, "inputs": {name: text}, "outputs": {name: text},
"labels": [...] or null, "metadata": {"author": ..., "license": ..., "shortDescription": ...,
"versionString": ..., "userDefined": {...}}, "weights": [count, sum] or null}; the texts are those of
feature_text() below, weights are all constants of 10 elements or more (true: read, whatever they
hold). An ML program is also
loaded op by op into coremltools' own program representation, which checks every op, parameter and
type with its definitions and reads weight.bin with Apple's reader.

Needs coremltools (9.0); no Mac. Exit status 1 and a list of differences when something differs.
"""
import json
import pathlib
import sys

import coremltools as ct
import numpy as np
from coremltools.proto import FeatureTypes_pb2 as ft

ARRAY = ft.ArrayFeatureType.ArrayDataType
COLOR = ft.ImageFeatureType.ColorSpace


def feature_text(feature):
    kind = feature.type.WhichOneof("Type")
    if kind == "multiArrayType":
        array = feature.type.multiArrayType
        return f"array {ARRAY.Name(array.dataType)} {list(array.shape)}"
    if kind == "imageType":
        image = feature.type.imageType
        return f"image {COLOR.Name(image.colorSpace)} {image.width}x{image.height}"
    return kind


def labels_of(spec):
    classifier = spec.WhichOneof("Type")
    if classifier == "mlProgram":
        function = spec.mlProgram.functions["main"]
        for op in function.block_specializations[function.opset].operations:
            if op.type == "classify":
                values = op.inputs["classes"].arguments[0].value.immediateValue.list.values
                tensors = [v.immediateValue.tensor for v in values]
                return [(list(t.strings.values) + list(t.longInts.values))[0] for t in tensors]
        return None
    message = getattr(spec, classifier)
    if not hasattr(message, "stringClassLabels"):
        return None
    return list(message.stringClassLabels.vector) + list(message.int64ClassLabels.vector)


def shown(model):
    spec = model.get_spec()
    metadata = spec.description.metadata
    return {
        "specificationVersion": spec.specificationVersion,
        "inputs": {f.name: feature_text(f) for f in spec.description.input},
        "outputs": {f.name: feature_text(f) for f in spec.description.output},
        "labels": labels_of(spec),
        "metadata": {
            "author": model.author,
            "license": model.license,
            "shortDescription": model.short_description,
            "versionString": model.version,
            "userDefined": dict(metadata.userDefined),
        },
    }


def weights_of(model):
    """Count and sum of the elements of large constants, after coremltools checked every op."""
    from coremltools.converters.mil.frontend.milproto.load import load

    spec = model.get_spec()
    program = load(spec, spec.specificationVersion, file_weights_dir=model.weights_dir or "")
    count, total = 0, 0.0
    for function in program.functions.values():
        for op in function.operations:
            if op.op_type != "const" or not isinstance(op.outputs[0].val, np.ndarray):
                continue
            if op.outputs[0].val.size >= 10 and op.outputs[0].val.dtype.kind in "fiu":
                count += op.outputs[0].val.size
                total += float(op.outputs[0].val.astype(np.float64).sum())
    return [count, total]


def main():
    path, expected_path = sys.argv[1:]
    expected = json.loads(pathlib.Path(expected_path).read_text())
    model = ct.models.MLModel(path, skip_model_load=True)
    weights = expected.pop("weights", None)
    differences = []
    found = shown(model)
    for key, value in expected.items():
        if found[key] != value:
            differences.append(f"{key}: expected {value}, coremltools shows {found[key]}")
    if weights is not None:
        got = weights_of(model)
        if weights is True:
            pass
        elif got[0] != weights[0] or abs(got[1] - weights[1]) > 1e-6 * max(1.0, abs(weights[1])):
            differences.append(f"weights: expected {weights}, coremltools reads {got}")
    print("\n".join(differences) or f"{path}: coremltools shows what was meant")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
