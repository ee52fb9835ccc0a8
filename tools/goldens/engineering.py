#!/usr/bin/env python3
"""Writes tests/data/classic/engineering: small models of the feature-engineering types and what they must give.

    python3.11 -m venv venv && venv/bin/pip install -r tools/goldens/requirements-classic.txt
    venv/bin/python tools/goldens/engineering.py

Encoders, imputers, scalers, normalizers and dictionary vectorizers are scikit-learn's, converted with coremltools;
the others are written with coremltools' messages and their values come from NumPy. Each case of cases.json: model (the
file), oracle, tolerance, and for each prediction inputs and outputs by name. A value is a number (Double), a text, a
list (MultiArray of doubles; null is NaN), or an object that says what it is: {"int64": 3}, {"dictionary": {...}},
{"int64_dictionary": {...}}, {"sequence": [...]}, {"shape": [...], "values": [...], "step": n} (every n-th element).
"""
import json
import pathlib
import warnings

import numpy as np
from coremltools import proto
from coremltools.converters import sklearn as converter
from coremltools.models import datatypes, pipeline
from coremltools.models._interface_management import set_transform_interface_params
from sklearn.feature_extraction import DictVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, OneHotEncoder, StandardScaler

OUT = pathlib.Path(__file__).parents[2] / "tests" / "data" / "classic" / "engineering"
RANDOM = np.random.default_rng(4)
CASES = []


def array(values):
    return [None if v != v else float(v) for v in np.asarray(values).ravel()]


def add(name, spec, oracle, predictions, tolerance=1e-12):
    if hasattr(spec, "get_spec"):
        spec = spec.get_spec()
    (OUT / f"{name}.mlmodel").write_bytes(spec.SerializeToString(deterministic=True))
    CASES.append({"model": f"{name}.mlmodel", "oracle": oracle, "tolerance": tolerance,
                  "predictions": [{"inputs": i, "outputs": o} for i, o in predictions]})


def new_spec(inputs, outputs, version=1):
    spec = proto.Model_pb2.Model()
    spec.specificationVersion = version
    return set_transform_interface_params(spec, inputs, outputs, are_optional=False)


def converted(name, model, rows):
    spec = converter.convert(model, [("x", datatypes.Array(rows.shape[1]))], "y")
    want = model.transform(rows)
    want = want.toarray() if hasattr(want, "toarray") else want
    add(name, spec, "scikit-learn " + type(model).__name__,
        [({"x": array(r)}, {"y": array(w)}) for r, w in zip(rows, want)])


def from_scikit_learn():
    rows = RANDOM.normal(size=(6, 5)) * [1, 10, 0.1, 3, 100] + [0, 5, -1, 0, 7]
    for norm in ("l1", "l2", "max"):
        converted("normalizer_" + norm, Normalizer(norm=norm).fit(rows), np.vstack([rows, np.zeros(5)]))
    converted("scaler", StandardScaler().fit(rows), rows)
    holes = rows.copy()
    holes[[0, 1, 2, 2, 4], [0, 3, 1, 4, 2]] = np.nan
    converted("imputer_nan", SimpleImputer(strategy="mean").fit(holes), holes)
    zeros = np.where(np.isnan(holes), 0, holes)
    converted("imputer_zero", SimpleImputer(missing_values=0, strategy="median").fit(zeros), zeros)
    categories = np.array([[0, 3], [1, 0], [2, 2], [0, 1], [3, 0]])
    encoder = OneHotEncoder(handle_unknown="ignore").fit(categories)
    converted("one_hot", encoder, categories)


def dictionaries():
    rows = [{"a": 1.0, "b": 2.5}, {"c": -1.0}, {}, {"b": 3.0, "unknown": 9.0, "a": 0.25}]
    model = DictVectorizer().fit(rows[:2])
    spec = converter.convert(model, "x", "y")
    add("dict_vectorizer", spec, "scikit-learn DictVectorizer",
        [({"x": {"dictionary": r}}, {"y": array(w)}) for r, w in zip(rows, model.transform(rows).toarray())])
    spec = new_spec([("x", datatypes.Dictionary(int))], [("y", datatypes.Array(3))])
    spec.dictVectorizer.int64ToIndex.vector.extend([7, -2, 40])
    add("dict_vectorizer_int64", spec, "by hand",
        [({"x": {"int64_dictionary": {"40": 3.0, "7": 1.5, "8": 9.0}}}, {"y": [1.5, 0.0, 3.0]})])
    # The converter describes String keys, the vectorizer has Int64 ones, and integers come.
    rows = [{7: 1.0, 40: 2.0}, {-2: 1.0, 7: -1.0}, {40: 0.5}, {-2: 3.0}, {}, {8: 1.0, 7: 2.5}]
    model = make_pipeline(DictVectorizer(), LogisticRegression(multi_class="ovr")).fit(rows[:4], [0, 1, 0, 1])
    spec = converter.convert(model, "x", "y")
    add("dict_vectorizer_described_as_texts", spec, "scikit-learn DictVectorizer, LogisticRegression",
        [({"x": {"int64_dictionary": {str(k): v for k, v in r.items()}}},
          {"y": {"int64": int(label)}, "classProbability": {"int64_dictionary": dict(zip("01", map(float, p)))}})
         for r, label, p in zip(rows, model.predict(rows), model.predict_proba(rows))])


def imputers():
    spec = new_spec([("x", datatypes.String())], [("y", datatypes.String())])
    spec.imputer.imputedStringValue = "somewhere"
    spec.imputer.replaceStringValue = ""
    add("imputer_text", spec, "by hand", [({"x": "Rome"}, {"y": "Rome"}), ({"x": ""}, {"y": "somewhere"})])
    spec = new_spec([("x", datatypes.Int64())], [("y", datatypes.Int64())])
    spec.imputer.imputedInt64Value = 2**62 + 1
    spec.imputer.replaceInt64Value = -1
    add("imputer_int64", spec, "by hand", [({"x": {"int64": -1}}, {"y": {"int64": 2**62 + 1}}),
                                           ({"x": {"int64": 2**62 + 3}}, {"y": {"int64": 2**62 + 3}})])
    spec = new_spec([("x", datatypes.Dictionary(str))], [("y", datatypes.Dictionary(str))])
    spec.imputer.imputedStringDictionary.map.update({"a": 1.0, "b": 2.0})
    spec.imputer.replaceDoubleValue = -9
    add("imputer_dictionary", spec, "by hand",
        [({"x": {"dictionary": {"a": 5.0, "z": 6.0}}}, {"y": {"dictionary": {"a": 5.0, "b": 2.0, "z": 6.0}}}),
         ({"x": {"dictionary": {"b": -9.0}}}, {"y": {"dictionary": {"a": 1.0, "b": 2.0}}})])
    spec = new_spec([("x", datatypes.Array(3))], [("y", datatypes.Array(3))])
    spec.description.input[0].type.isOptional = True
    spec.imputer.imputedInt64Array.vector.extend([4, 5, 6])
    spec.imputer.replaceInt64Value = 0
    add("imputer_optional", spec, "by hand", [({}, {"y": [4, 5, 6]}), ({"x": [0, 8, 0]}, {"y": [4, 8, 6]})])


def vectors():
    values = RANDOM.normal(size=6)
    spec = new_spec([("x", datatypes.Array(2, 3))], [("y", datatypes.Array(4))])
    spec.arrayFeatureExtractor.extractIndex.extend([5, 0, 0, 3])
    add("extract_four", spec, "NumPy", [({"x": array(values)}, {"y": array(values[[5, 0, 0, 3]])})])
    spec = new_spec([("x", datatypes.Array(6))], [("y", datatypes.Double())])
    spec.arrayFeatureExtractor.extractIndex.append(2)
    add("extract_one", spec, "NumPy", [({"x": array(values)}, {"y": float(values[2])})])
    spec = new_spec([("n", datatypes.Int64()), ("d", datatypes.Double()), ("x", datatypes.Array(2)),
                     ("s", datatypes.Dictionary(int))], [("y", datatypes.Array(8))])
    for name, count in (("x", 2), ("n", 1), ("s", 4), ("d", 1)):
        column = spec.featureVectorizer.inputList.add()
        column.inputColumn, column.inputDimensions = name, count
    add("vectorizer", spec, "by hand",
        [({"n": {"int64": -3}, "d": 0.5, "x": [7, 8], "s": {"int64_dictionary": {"3": 1.5, "0": 2.0}}},
          {"y": [7, 8, -3, 2, 0, 0, 1.5, 0.5]}),
         ({"n": {"int64": 1}, "d": None, "x": [0, 0], "s": {"int64_dictionary": {}}},
          {"y": [0, 0, 1, 0, 0, 0, 0, None]})])
    spec = new_spec([("x", datatypes.Array(3))], [("y", datatypes.Array(3))])
    spec.scaler.shiftValue.append(-2)
    spec.scaler.scaleValue.extend([1, 10, 0.5])
    x = RANDOM.normal(size=3)
    add("scaler_one_shift", spec, "NumPy", [({"x": array(x)}, {"y": array([1, 10, 0.5] * (x - 2))})])
    spec = new_spec([("x", datatypes.Double())], [("y", datatypes.Double())])
    spec.scaler.shiftValue.append(3)
    add("scaler_number", spec, "NumPy", [({"x": 1.5}, {"y": 4.5})])


def categories():
    spec = new_spec([("x", datatypes.String())], [("y", datatypes.Int64())])
    spec.categoricalMapping.stringToInt64Map.map.update({"one": 1, "two": 2})
    spec.categoricalMapping.int64Value = -1
    add("mapping_text", spec, "by hand",
        [({"x": "two"}, {"y": {"int64": 2}}), ({"x": "three"}, {"y": {"int64": -1}})])
    spec = new_spec([("x", datatypes.Int64())], [("y", datatypes.String())])
    spec.categoricalMapping.int64ToStringMap.map.update({1: "one", -5: "minus five"})
    spec.categoricalMapping.strValue = "many"
    spec.description.input[0].type.sequenceType.int64Type.SetInParent()
    spec.description.output[0].type.sequenceType.stringType.SetInParent()
    add("mapping_sequence", spec, "by hand",
        [({"x": {"sequence": [1, 2, -5]}}, {"y": {"sequence": ["one", "many", "minus five"]}}),
         ({"x": {"sequence": [1]}}, {"y": {"sequence": ["one"]}})])
    spec = new_spec([("x", datatypes.String())], [("y", datatypes.Array(3))])
    spec.oneHotEncoder.stringCategories.vector.extend(["red", "green", "blue"])
    spec.oneHotEncoder.handleUnknown = 1
    add("one_hot_texts", spec, "by hand", [({"x": "green"}, {"y": [0, 1, 0]}), ({"x": "teal"}, {"y": [0, 0, 0]})])
    spec = new_spec([("a", datatypes.Double()), ("b", datatypes.String())],
                    [("b", datatypes.String()), ("a", datatypes.Double())])
    spec.identity.SetInParent()
    add("identity", spec, "by hand", [({"a": 1.25, "b": "text"}, {"a": 1.25, "b": "text"})])
    spec = new_spec([("x", datatypes.Array(3))], [("y", datatypes.Array(3))], 6)
    for _ in range(3):
        spec.classConfidenceThresholding.precisionRecallCurves.add().precisionValues.vector.extend([0.5, 0.9])
    add("thresholding", spec, "by hand", [({"x": [0.1, 0.7, 0.2]}, {"y": [0.1, 0.7, 0.2]})])


def suppressed(boxes, scores, iou, confidence, per_class):
    """Greedy non-maximum suppression, the slow way: rows that stay."""
    x, y, w, h = boxes.T
    corners = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
    left = np.maximum(corners[:, None, :2], corners[None, :, :2])
    right = np.minimum(corners[:, None, 2:], corners[None, :, 2:])
    shared = np.clip(right - left, 0, None).prod(axis=2)
    area = (w * h)[:, None] + (w * h)[None, :] - shared
    ious = shared / area
    best, label = scores.max(axis=1), scores.argmax(axis=1)
    stay = []
    for i in np.argsort(-best, kind="stable"):
        rivals = [j for j in stay if not per_class or label[j] == label[i]]
        if best[i] >= confidence and all(ious[i, j] <= iou for j in rivals):
            stay.append(i)
    return stay


def detections():
    boxes = np.concatenate([RANDOM.uniform(0.2, 0.8, (40, 2)), RANDOM.uniform(0.1, 0.4, (40, 2))], axis=1)
    scores = RANDOM.uniform(0, 1, (40, 3)) ** 2
    spec = new_spec([("confidence_in", datatypes.Array(40, 3)), ("boxes_in", datatypes.Array(40, 4)),
                     ("iou", datatypes.Double()), ("least", datatypes.Double())],
                    [("confidence", datatypes.Array(1, 3)), ("boxes", datatypes.Array(1, 4))], 3)
    nms = spec.nonMaximumSuppression
    nms.confidenceInputFeatureName, nms.coordinatesInputFeatureName = "confidence_in", "boxes_in"
    nms.confidenceOutputFeatureName, nms.coordinatesOutputFeatureName = "confidence", "boxes"
    nms.iouThresholdInputFeatureName, nms.confidenceThresholdInputFeatureName = "iou", "least"
    nms.iouThreshold, nms.confidenceThreshold = 0.3, 0.5
    nms.stringClassLabels.vector.extend(["cat", "dog", "cow"])
    for output, width in zip(spec.description.output, (3, 4)):
        array_type = output.type.multiArrayType
        del array_type.shape[:]
        for low, high in ((0, -1), (width, width)):
            size = array_type.shapeRange.sizeRanges.add()
            size.lowerBound, size.upperBound = low, high
    for per_class in (False, True):
        nms.pickTop.perClass = per_class
        predictions = []
        for given in ({}, {"iou": 0.6}, {"least": 0.7, "iou": 0.1}, {"least": 2.0}):
            stay = suppressed(boxes, scores, given.get("iou", 0.3), given.get("least", 0.5), per_class)
            predictions.append((
                {"confidence_in": {"shape": [40, 3], "values": array(scores)},
                 "boxes_in": {"shape": [40, 4], "values": array(boxes)}, **given},
                {"confidence": {"shape": [len(stay), 3], "values": array(scores[stay])},
                 "boxes": {"shape": [len(stay), 4], "values": array(boxes[stay])}}))
        add("nms_per_class" if per_class else "nms", spec, "NumPy", predictions)


def vggish(samples):
    """As VGGish publishes it: [96, 64] log-mel of 15600 samples at 16 kHz."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 400)[::160]
    window = 0.5 - 0.5 * np.cos(2 * np.pi / 400 * np.arange(400))
    spectrum = np.abs(np.fft.rfft(frames * window, 512))
    mel = lambda hertz: 1127.0 * np.log(1.0 + hertz / 700.0)
    bins = mel(np.linspace(0, 8000, 257))
    edges = np.linspace(mel(125.0), mel(7500.0), 66)
    bank = np.zeros((257, 64))
    for i in range(64):
        lower, centre, upper = edges[i:i + 3]
        bank[:, i] = np.maximum(0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre)))
    bank[0] = 0
    return np.log(spectrum @ bank + 0.01)


def sound():
    spec = new_spec([("audio", datatypes.Array(15600))], [("mel", datatypes.Array(1, 96, 64))], 4)
    spec.soundAnalysisPreprocessing.vggish.SetInParent()
    for f in (spec.description.input[0], spec.description.output[0]):
        f.type.multiArrayType.dataType = proto.FeatureTypes_pb2.ArrayFeatureType.FLOAT32
    # The test makes the same samples: a rising tone with a little of a second one.
    t = np.arange(15600) / 16000
    samples = (0.5 * np.sin(2 * np.pi * (200 + 1500 * t) * t) + 0.1 * np.sin(2 * np.pi * 5000 * t)).astype(np.float32)
    want = vggish(samples.astype(np.float64))
    add("vggish", spec, "NumPy", [({"audio": {"chirp": 15600}},
                                   {"mel": {"shape": [1, 96, 64], "step": 29, "values": array(want.ravel()[::29])}})],
        tolerance=1e-4)


def nested():
    """A pipeline in a pipeline whose parts overwrite the name that they read."""
    rows = RANDOM.normal(size=(4, 3))
    inner = pipeline.Pipeline([("x", datatypes.Array(3))], [("x", datatypes.Array(3))])
    for shift in (1.0, -4.0):
        part = new_spec([("x", datatypes.Array(3))], [("x", datatypes.Array(3))])
        part.scaler.shiftValue.append(shift)
        part.scaler.scaleValue.append(2)
        inner.add_model(part)
    outer = pipeline.Pipeline([("x", datatypes.Array(3)), ("note", datatypes.String())],
                              [("y", datatypes.Double()), ("note", datatypes.String()), ("x", datatypes.Array(3))])
    outer.add_model(inner.spec)
    part = new_spec([("x", datatypes.Array(3))], [("y", datatypes.Int64())])
    part.description.output[0].type.doubleType.SetInParent()
    part.arrayFeatureExtractor.extractIndex.append(1)
    outer.add_model(part)
    want = 2 * (2 * (rows + 1) - 4)
    add("nested", outer.spec, "NumPy", [({"x": array(r), "note": "n"}, {"y": float(w[1]), "note": "n", "x": array(w)})
                                        for r, w in zip(rows, want)])


def main():
    warnings.simplefilter("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (from_scikit_learn, dictionaries, imputers, vectors, categories, detections, sound, nested):
        make()
    text = ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES)
    (OUT / "cases.json").write_text("[" + text + "]\n")
    print(len(CASES), "models,", sum(f.stat().st_size for f in OUT.iterdir()), "bytes")


if __name__ == "__main__":
    main()
