"""Stateful ML programs, converted by coremltools, against NumPy."""

from __future__ import annotations

import subprocess
import sys
import threading

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil.mil import Builder as mb
from coremltools.converters.mil.mil import types

import pome
import pome.coremltools

WIDTH, LENGTH = 3, 5


def save(program, path):
    ct.convert(program, minimum_deployment_target=ct.target.iOS18, skip_model_load=True).save(str(path))
    return path


@pytest.fixture(scope="module")
def accumulator(tmp_path_factory):
    @mb.program(input_specs=[mb.TensorSpec((1,), dtype=types.fp16), mb.StateTensorSpec((1,), dtype=types.fp16)],
                opset_version=ct.target.iOS18)
    def program(x, total):
        y = mb.add(x=x, y=mb.read_state(input=total), name="y")
        mb.coreml_update_state(state=total, value=y)
        return y

    return save(program, tmp_path_factory.mktemp("accumulator") / "accumulator.mlpackage")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """One step of attention over the last LENGTH keys and values, which are states."""
    shape = (LENGTH, WIDTH)

    @mb.program(input_specs=[mb.TensorSpec((1, WIDTH), dtype=types.fp16), mb.TensorSpec((1, WIDTH), dtype=types.fp16),
                             mb.TensorSpec((1, WIDTH), dtype=types.fp16), mb.StateTensorSpec(shape, dtype=types.fp16),
                             mb.StateTensorSpec(shape, dtype=types.fp16)], opset_version=ct.target.iOS18)
    def program(q, k, v, keys, values):
        def push(state, row):
            old = mb.slice_by_index(x=mb.read_state(input=state), begin=[1, 0], end=[LENGTH, WIDTH])
            return mb.coreml_update_state(state=state, value=mb.concat(values=[old, row], axis=0))

        scores = mb.matmul(x=q, y=push(keys, k), transpose_y=True)
        return mb.matmul(x=mb.softmax(x=scores, axis=-1), y=push(values, v), name="out")

    return save(program, tmp_path_factory.mktemp("cache") / "cache.mlpackage")


def test_an_accumulator(accumulator):
    model = pome.Model(accumulator)
    (described,) = model.description.states
    assert (described.name, described.type, described.shape, described.data_type) == (
        "total", pome.FeatureType.STATE, [1], "float16")
    assert pome.inspect(accumulator).runnable
    first, second = model.make_state(), model.make_state()
    for i in range(1, 6):
        assert model.predict({"x": np.array([2.0])}, first)["y"] == 2 * i
        assert model.predict({"x": np.array([0.5])}, state=second)["y"] == i / 2
    assert first.read("total") == 10 and first.read("total").dtype == np.float16
    assert repr(first) == "State(total: State of MultiArray (Float16, 1))"
    first.write("total", [100])
    assert model.predict({"x": np.array([1.0])}, first)["y"] == 101
    copy = first.read("total")
    copy[:] = 0
    assert first.read("total") == 101


def test_a_cache_of_keys_and_values(cache):
    model = pome.Model(cache)
    state = model.make_state()
    random = np.random.default_rng(0)
    keys, values = np.zeros((LENGTH, WIDTH), np.float16), np.zeros((LENGTH, WIDTH), np.float16)
    for _ in range(3 * LENGTH):
        q, k, v = (random.standard_normal((1, WIDTH)).astype(np.float16) for _ in range(3))
        out = model.predict({"q": q, "k": k, "v": v}, state)["out"]
        keys, values = np.concatenate([keys[1:], k]), np.concatenate([values[1:], v])
        scores = np.exp(q.astype(np.float64) @ keys.T.astype(np.float64))
        np.testing.assert_allclose(out, scores / scores.sum() @ values.astype(np.float64), atol=2e-3)
        np.testing.assert_array_equal(state.read("keys"), keys)
        np.testing.assert_array_equal(state.read("values"), values)


def test_compiled_and_through_coremltools(accumulator, tmp_path):
    pome.compile_model(accumulator, tmp_path / "a.mlmodelc")
    assert "read_state" in (tmp_path / "a.mlmodelc/model.mil").read_text()
    for model in (ct.models.MLModel(str(accumulator)), ct.models.CompiledMLModel(str(tmp_path / "a.mlmodelc"))):
        state = model.make_state()
        assert model.predict({"x": np.array([3.0])}, state=state)["y"] == 3
        assert model.predict({"x": np.array([4.0])}, state)["y"] == 7
        state.write_state("total", np.array([1.0]))
        assert state.read_state(name="total") == 1 and state.read_state("total").dtype == np.float32
        for call in (lambda: state.read_state("nothing"), lambda: state.write_state("total", np.zeros(2)),
                     lambda: state.write_state("total", "text"), lambda: model.predict({"x": np.array([1.0])})):
            with pytest.raises(RuntimeError, match="total"):
                call()
        assert state.read_state("total") == 1


@pytest.mark.parametrize("call, error, words", [
    (lambda m, s: m.predict({"x": [1.0]}), pome.MissingInputError, ['"total"', "make_state"]),
    (lambda m, s: m.predict([{"x": [1.0]}]), pome.MissingInputError, ['"total"']),
    (lambda m, s: m.predict({"x": [1.0]}, {"total": 1}), pome.TypeMismatchError, ["make_state", "dict"]),
    (lambda m, s: m.predict([{"x": [1.0]}], s), pome.TypeMismatchError, ["dict", "list"]),
    (lambda m, s: s.read("totl"), pome.UnknownNameError, ['"totl"', '"total"']),
    (lambda m, s: s.write("totl", 1), pome.UnknownNameError, ['"totl"']),
    (lambda m, s: s.write("total", np.zeros((1, 1))), pome.ShapeMismatchError, ["total", "[1,1]", "[1]"]),
    (lambda m, s: s.write("total", "x"), pome.TypeMismatchError, ["total", "no numbers"]),
    (lambda m, s: s.write("total", np.array([object()])), pome.TypeMismatchError, ["total", "no numbers"]),
])
def test_what_does_not_fit_is_named_and_changes_nothing(accumulator, call, error, words):
    model = pome.Model(accumulator)
    state = model.make_state()
    state.write("total", np.array([7]))
    with pytest.raises(error) as caught:
        call(model, state)
    for word in words:
        assert word in str(caught.value)
    assert state.read("total") == 7


def test_a_failing_prediction_leaves_the_state(cache):
    model = pome.Model(cache)
    state = model.make_state()
    row = np.ones((1, WIDTH))
    model.predict({"q": row, "k": row, "v": row}, state)
    before = state.read("keys")
    with pytest.raises(pome.ShapeMismatchError):
        model.predict({"q": row, "k": row, "v": np.ones((2, WIDTH))}, state)
    np.testing.assert_array_equal(state.read("keys"), before)


def test_one_prediction_at_a_time(tmp_path):
    """Threads that share a state either take turns or are told; no update is lost."""
    n = 1 << 20

    @mb.program(input_specs=[mb.StateTensorSpec((n,), dtype=types.fp16)], opset_version=ct.target.iOS18)
    def program(total):
        y = mb.add(x=mb.read_state(input=total), y=np.float16(1))
        mb.coreml_update_state(state=total, value=y)
        return mb.reduce_max(x=y, axes=[0], name="most")

    model = pome.Model(save(program, tmp_path / "big.mlpackage"), threads=1)
    state = model.make_state()
    done, refused = [], []

    def work():
        for _ in range(10):
            try:
                done.append(float(model.predict({}, state)["most"]))
            except pome.InvalidArgumentError as error:
                assert "one at a time" in str(error)
                refused.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(1, len(done) + 1)) and len(done) + len(refused) == 40
    np.testing.assert_array_equal(state.read("total"), np.full(n, len(done), np.float16))


def test_the_command_shows_them(accumulator):
    text = repr(pome.Model(accumulator).description)
    assert "States:\n  total : State of MultiArray (Float16, 1)" in text
