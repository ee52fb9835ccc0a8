#!/usr/bin/env python3
"""What a call from Python costs: 13 doubles through featureVectorizer -> tree, and loading a network of 3 layers.

    PYTHONPATH=build/release/python .venv-coremltools/bin/python benchmarks/python/overhead.py

Prints medians in microseconds, with the quartiles and the bar: of pome.Model, of coremltools' MLModel over Pome, and of
MLModel's own code with a model that answers at once, which is what nobody below it can save. Meant for a quiet machine;
exit status 1 where a bar is missed, that of MLModel only where its own code leaves room for it.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np

logging.disable(logging.WARNING)

import coremltools as ct  # noqa: E402
from coremltools.models import datatypes  # noqa: E402
from coremltools.models.feature_vectorizer import create_feature_vectorizer  # noqa: E402
from coremltools.models.neural_network import NeuralNetworkBuilder  # noqa: E402
from coremltools.models.pipeline import PipelineRegressor  # noqa: E402
from coremltools.models.tree_ensemble import TreeEnsembleRegressor  # noqa: E402

import pome  # noqa: E402
import pome.coremltools  # noqa: E402

NAMES = [f"column_{i}" for i in range(13)]


def tree(depth: int = 6) -> ct.proto.Model_pb2.Model:
    """A vectorizer and one full tree over 13 columns."""
    features = [(name, datatypes.Double()) for name in NAMES]
    vector = [("vector", datatypes.Array(13))]
    builder = TreeEnsembleRegressor(vector, "y")
    builder.set_default_prediction_value(0.0)
    random = np.random.default_rng(1)
    inner = 2**depth - 1
    for node in range(inner):
        builder.add_branch_node(0, node, int(random.integers(13)), float(random.standard_normal()),
                                "BranchOnValueLessThanEqual", 2 * node + 1, 2 * node + 2)
    for node in range(inner, 2 * inner + 1):
        builder.add_leaf_node(0, node, float(random.standard_normal()))
    pipeline = PipelineRegressor(features, [("y", datatypes.Double())])
    vectorizer, _ = create_feature_vectorizer(features, "vector", {})
    pipeline.add_model(vectorizer)
    pipeline.add_model(builder.spec)
    return pipeline.spec


def network() -> ct.proto.Model_pb2.Model:
    builder = NeuralNetworkBuilder([("x", datatypes.Array(10))], [("y", datatypes.Array(5))])
    builder.add_inner_product("dense", np.ones((5, 10)), np.zeros(5), 10, 5, True, "x", "a")
    builder.add_activation("relu", "RELU", "a", "b")
    builder.add_elementwise("twice", ["b"], "y", "MULTIPLY", alpha=2.0)
    return builder.spec


def measure(title: str, bar: float | None, call: Callable[[], object], runs: int) -> float:
    """The median in microseconds, after a tenth of the runs to warm up."""
    times = []
    for run in range(-runs // 10, runs):
        start = time.perf_counter()
        call()
        if run >= 0:
            times.append((time.perf_counter() - start) * 1e6)
    low, median, high = statistics.quantiles(times, n=4)
    limit = "" if bar is None else f"   bar {bar:.0f}"
    print(f"{title:35} {median:8.2f} us ({low:.2f} to {high:.2f}){limit}", flush=True)
    return median


class Instant:
    """Stands for a native model that costs nothing."""

    def predict(self, data: dict[str, float], state: None) -> dict[str, float]:
        return {}


def main() -> int:
    row = {name: float(i) for i, name in enumerate(NAMES)}
    with tempfile.TemporaryDirectory() as folder:
        tree_path, network_path = os.path.join(folder, "tree.mlmodel"), os.path.join(folder, "network.mlmodel")
        ct.models.utils.save_spec(tree(), tree_path)
        ct.models.utils.save_spec(network(), network_path)
        model = pome.Model(tree_path)
        plain = measure("predict 13 doubles, pome.Model", 6, lambda: model.predict(row), 20000)
        over = ct.models.MLModel(tree_path)
        through = measure("predict 13 doubles, MLModel on Pome", 15, lambda: over.predict(row), 20000)
        over.__proxy__ = Instant()
        own = measure("predict 13 doubles, MLModel itself", None, lambda: over.predict(row), 20000)
        load = measure("load a network of 3 layers", 500, lambda: pome.Model(network_path), 300)
        proxy = ct.models.model._MLModelProxy
        native = measure("  through coremltools' native name", 500,
                         lambda: proxy(network_path, "ALL", "", {}, None), 300)
    print(f"Pome's share of a call through MLModel: {through - own:.2f} us")
    missed = plain >= 6 or through >= max(15, own + 6) or load >= 500 or native >= 500
    print("a bar is missed" if missed else "within the bars" + (", but for MLModel's own code" if through >= 15 else ""))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
