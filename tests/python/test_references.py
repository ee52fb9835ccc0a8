"""A thousand predictions of each kind hold on to nothing."""

from __future__ import annotations

import gc
import sys
import tracemalloc

import numpy as np
import PIL.Image
import pytest

import pome

RUNS = 1000


def kinds(dense, rgb, gray, catdog):
    x = np.ones(4, np.float32)
    small = PIL.Image.new("RGB", (3, 2), (9, 8, 7))
    yield "array", pome.Model(dense.path), {"x": x}
    yield "converted array", pome.Model(dense.path), {"x": np.ones(4, np.int64)}
    yield "strided array", pome.Model(dense.path), {"x": np.ones((4, 2), np.float32)[:, 0]}
    yield "list", pome.Model(dense.path), {"x": [1.0, 2.0, 3.0, 4.0]}
    yield "picture", pome.Model(rgb.path), {"picture": small}
    yield "gray picture", pome.Model(gray.path), {"picture": small.convert("L")}
    yield "unknown name", pome.Model(dense.path), {"z": x}
    yield "wrong shape", pome.Model(dense.path), {"x": np.ones(9)}
    yield "wrong type", pome.Model(dense.path), {"x": object()}


def predict(model: pome.Model, inputs: dict) -> None:
    try:
        model.predict(inputs)
    except pome.Error:
        pass


def growth(model: pome.Model, inputs: dict) -> tuple[int, int]:
    """How much RUNS predictions added to the reference counts around them, and to the bytes that Python holds."""
    (name, value), = inputs.items()
    objects = (inputs, name, value, model, None)
    gc.collect()
    tracemalloc.start()
    predict(model, inputs)
    before = tracemalloc.get_traced_memory()[0]
    counts = [sys.getrefcount(o) for o in objects]
    for _ in range(RUNS):
        predict(model, inputs)
    grown = max(sys.getrefcount(o) - count for o, count in zip(objects, counts))
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return grown, after - before


def test_a_thousand_predictions_of_each_kind(dense, rgb, gray, catdog):
    for kind, model, inputs in kinds(dense, rgb, gray, catdog):
        for _ in range(20):
            predict(model, inputs)
        # A leak is there each time; what other threads of the process do meanwhile is not.
        rounds = [growth(model, inputs)]
        if rounds[0][0] >= RUNS // 2 or rounds[0][1] >= 20_000:
            rounds.append(growth(model, inputs))
        references, size = min(rounds)
        assert references < RUNS // 2, f"{kind}: a reference count grew by {references}"
        assert size < 20_000, f"{kind}: {size} bytes are held after {RUNS} predictions"


def test_an_output_keeps_its_memory_and_an_input_is_let_go(dense):
    model = pome.Model(dense.path)
    x = np.ones(4, np.float32)
    count = sys.getrefcount(x)
    y = model.predict({"x": x})["y"]
    assert sys.getrefcount(x) == count
    del model
    gc.collect()
    np.testing.assert_allclose(y.reshape(-1), dense.of(x), rtol=1e-5)


@pytest.mark.parametrize("rounds", [200])
def test_loading_and_dropping_models(dense, rounds):
    pome.Model(dense.path)
    gc.collect()
    before = resident()
    for _ in range(rounds):
        pome.Model(dense.path, threads=1)
    assert resident() - before < 20 << 20


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
