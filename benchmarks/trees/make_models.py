#!/usr/bin/env python3
"""Trains an ensemble of 100 trees of depth 8 with each of XGBoost, LightGBM and scikit-learn, and writes it in the
library's own format, as .mlmodel, and 100,000 rows of 50 float32 features to predict.

    python make_models.py FOLDER
"""
import pathlib
import pickle
import sys

import coremltools as ct
import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import GradientBoostingRegressor

TREES, DEPTH, FEATURES, ROWS, TRAINED_ON = 100, 8, 50, 100_000, 20_000


def rows(count, seed):
    return np.random.default_rng(seed).normal(size=(count, FEATURES)).astype(np.float32)


def target(x):
    return x[:, 0] * x[:, 1] + np.sin(3 * x[:, 2]) + (x[:, 3] > 0.3) * x[:, 4] + 0.3 * x[:, 5:20].sum(axis=1)


def add_lightgbm(builder, number, node):
    if "leaf_value" in node:
        builder.add_leaf_node(number, node["leaf_index"], node["leaf_value"])
        return node["leaf_index"]
    at = 1000 + node["split_index"]
    children = [add_lightgbm(builder, number, node[side]) for side in ("left_child", "right_child")]
    builder.add_branch_node(number, at, node["split_feature"], float(node["threshold"]), "BranchOnValueLessThanEqual",
                            *children, missing_value_tracks_true_child=node["default_left"])
    return at


def from_lightgbm(booster):
    """coremltools has a builder for trees, no converter for LightGBM."""
    builder = ct.models.tree_ensemble.TreeEnsembleRegressor([("x", ct.models.datatypes.Array(FEATURES))], "y")
    builder.set_default_prediction_value(0.0)
    for number, grown in enumerate(booster.dump_model()["tree_info"]):
        add_lightgbm(builder, number, grown["tree_structure"])
    return builder.spec


def only_model(spec):
    """The trees themselves where the converter put a vectorizer in front."""
    kind = spec.WhichOneof("Type")
    if not kind.startswith("pipeline"):
        return spec
    models = getattr(spec, kind)
    return (models.models if kind == "pipeline" else models.pipeline.models)[-1]


def array_input(spec):
    """Features as one array, whatever the converter made of them."""
    del spec.description.input[:]
    array = spec.description.input.add(name="x").type.multiArrayType
    array.shape.append(FEATURES)
    array.dataType = array.FLOAT32


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    x = rows(TRAINED_ON, 1)
    y = target(x)
    rows(ROWS, 2).tofile(folder / "rows.f32")
    names = [f"f{i}" for i in range(FEATURES)]

    grown = xgboost.XGBRegressor(n_estimators=TREES, max_depth=DEPTH, tree_method="hist", base_score=0.5).fit(x, y)
    grown.save_model(folder / "xgboost.json")
    specs = {"xgboost": only_model(ct.converters.xgboost.convert(grown, names, "y").get_spec())}

    options = {"num_leaves": 2**DEPTH, "max_depth": DEPTH, "min_data_in_leaf": 5, "verbose": -1}
    booster = lightgbm.train(options, lightgbm.Dataset(x, y), TREES)
    booster.save_model(folder / "lightgbm.txt")
    specs["lightgbm"] = from_lightgbm(booster)

    trees = GradientBoostingRegressor(n_estimators=TREES, max_depth=DEPTH, max_features=10, random_state=1).fit(x, y)
    (folder / "sklearn.pickle").write_bytes(pickle.dumps(trees))
    specs["sklearn"] = only_model(ct.converters.sklearn.convert(trees, "x", "y").get_spec())
    for name, spec in specs.items():
        array_input(spec)
        (folder / (name + ".mlmodel")).write_bytes(spec.SerializeToString())


if __name__ == "__main__":
    main()
