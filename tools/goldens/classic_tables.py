#!/usr/bin/env python3
"""Writes tests/data/classic/tables: item-similarity recommenders and Bayesian probit regressors, which no library trains
any more, with what NumPy and SciPy compute from the formulas (src/classic/recommender, src/classic/bayesian_probit.cc).

    venv/bin/pip install -r tools/goldens/requirements-classic.txt && venv/bin/python tools/goldens/classic_tables.py
"""
import json
import pathlib

import numpy as np
from coremltools.proto import Model_pb2
from scipy import stats

OUT = pathlib.Path(__file__).parents[2] / "tests" / "data" / "classic" / "tables"
NAMES = ["apple", "bread", "cheese", "dates", "eggs", "flour"]


def recommender(texts):
    """Similarities that are not symmetric, and adjustments."""
    rng = np.random.default_rng(11)
    similar = np.round(rng.random((6, 6)) * (rng.random((6, 6)) < 0.6), 3)
    np.fill_diagonal(similar, 0)
    adjust = np.round(rng.normal(size=6) * 0.2, 3)
    spec = Model_pb2.Model()
    spec.specificationVersion = 4
    model = spec.itemSimilarityRecommender
    for k in range(6):
        entry = model.itemItemSimilarities.add(itemId=k, itemScoreAdjustment=adjust[k])
        for i in np.flatnonzero(similar[k]):
            entry.similarItemList.add(itemId=int(i), similarityScore=similar[k, i])
    if texts:
        model.itemStringIds.vector.extend(NAMES)
    else:
        model.itemInt64Ids.vector.extend([10 * (i + 1) for i in range(6)])
    model.itemInputFeatureName, model.numRecommendationsInputFeatureName = "items", "k"
    model.itemRestrictionInputFeatureName, model.itemExclusionInputFeatureName = "restrict", "exclude"
    model.recommendedItemListOutputFeatureName, model.recommendedItemScoreOutputFeatureName = "list", "scores"
    describe_recommender(spec.description, texts)
    return spec, similar, adjust


def describe_recommender(description, texts):
    key = "stringKeyType" if texts else "int64KeyType"
    element = "stringType" if texts else "int64Type"
    getattr(description.input.add(name="items").type.dictionaryType, key).SetInParent()
    description.input.add(name="k").type.int64Type.SetInParent()
    description.input[1].type.isOptional = True
    for name in ("restrict", "exclude"):
        feature = description.input.add(name=name)
        feature.type.isOptional = True
        getattr(feature.type.sequenceType, element).SetInParent()
    getattr(description.output.add(name="list").type.sequenceType, element).SetInParent()
    getattr(description.output.add(name="scores").type.dictionaryType, key).SetInParent()


def recommend(similar, adjust, given, k=5, restrict=None, exclude=None):
    items, ratings = np.array(list(given)), np.array(list(given.values()))
    scores = np.zeros(6)
    if len(items):
        linked = similar[:, items] != 0
        scores = (similar[:, items] * (ratings[None, :] - adjust[:, None]) * linked).sum(axis=1)
    allowed = set(range(6) if restrict is None else restrict) - set(given if exclude is None else exclude)
    order = sorted(allowed, key=lambda item: (-scores[item], item))[:k]
    return order, scores[order]


def recommender_case(texts):
    spec, similar, adjust = recommender(texts)
    name = (lambda i: NAMES[i]) if texts else (lambda i: 10 * (i + 1))
    kind = "" if texts else "int64_"
    predictions = []
    for given, options in (({0: 1.0}, {}), ({1: 4.0, 3: 2.0}, {"k": 3}), ({2: 1.0, 4: 1.0, 5: 3.0}, {"k": 100}),
                           ({0: 2.0}, {"exclude": [3]}), ({5: 1.0}, {"restrict": [0, 2, 5], "k": 2}), ({}, {"k": 2}),
                           ({1: 1.0}, {"k": 0})):
        order, scores = recommend(similar, adjust, given, **options)
        inputs = {"items": {kind + "dictionary": {str(name(i)): v for i, v in given.items()}}}
        if "k" in options:
            inputs["k"] = {"int64": options["k"]}
        for key in ("exclude", "restrict"):
            if key in options:
                inputs[key] = {"sequence": [name(i) for i in options[key]]}
        predictions.append({"inputs": inputs, "list": [name(i) for i in order], "scores": list(map(float, scores))})
    return spec, predictions


def bayesian():
    rng = np.random.default_rng(5)
    spec = Model_pb2.Model()
    spec.specificationVersion = 1
    model = spec.bayesianProbitRegressor
    model.numberOfFeatures = 3
    model.bias.mean, model.bias.precision = 0.25, 4.0
    means, variances = np.round(rng.normal(size=(3, 4)), 3), np.zeros((3, 4))
    for f in range(3):
        feature = model.features.add(featureId=f)
        for v in range(3):  # the fourth value is unknown
            precision = round(float(rng.uniform(0.5, 8)), 3)
            variances[f, v] = 1 / precision
            weight = feature.weights.add(featureValue=v)
            weight.featureWeight.mean, weight.featureWeight.precision = means[f, v], precision
    means[:, 3] = 0
    model.regressionInputFeatureName, model.optimismInputFeatureName = "x", "optimism"
    model.meanOutputFeatureName, model.varianceOutputFeatureName = "mean", "variance"
    model.pessimisticProbabilityOutputFeatureName = "pessimistic"
    array = spec.description.input.add(name="x").type.multiArrayType
    array.shape.append(3)
    array.dataType = array.DOUBLE
    optimism = spec.description.input.add(name="optimism")
    optimism.type.doubleType.SetInParent()
    optimism.type.isOptional = True
    for name in ("probability", "mean", "variance", "pessimistic"):
        spec.description.output.add(name=name).type.doubleType.SetInParent()
    spec.description.predictedFeatureName = "probability"
    return spec, means, variances


def bayesian_case():
    spec, means, variances = bayesian()
    predictions = []
    for values, optimism in (((0, 1, 2), None), ((2, 2, 0), 1.5), ((3, 0, 3), -0.5), ((1, 1, 1), 0.0)):
        at = (np.arange(3), np.array(values))
        mean, variance = 0.25 + means[at].sum(), 0.25 + variances[at].sum()
        shift = (optimism or 0) * np.sqrt(variance)
        inputs = {"x": list(map(float, values))}
        if optimism is not None:
            inputs["optimism"] = optimism
        outputs = {"probability": stats.norm.cdf(mean / np.sqrt(1 + variance)), "mean": mean, "variance": variance,
                   "pessimistic": stats.norm.cdf((mean + shift) / np.sqrt(1 + variance))}
        predictions.append({"inputs": inputs, "outputs": {k: float(v) for k, v in outputs.items()}})
    return spec, predictions


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = {"recommender_texts": recommender_case(True), "recommender_numbers": recommender_case(False),
             "bayesian": bayesian_case()}
    for name, (spec, predictions) in cases.items():
        (OUT / (name + ".mlmodel")).write_bytes(spec.SerializeToString(deterministic=True))
        lines = ",\n".join(json.dumps(p, separators=(",", ":")) for p in predictions)
        (OUT / (name + ".json")).write_text("[" + lines + "]\n")


if __name__ == "__main__":
    main()
