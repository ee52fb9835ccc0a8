#!/usr/bin/env python3
"""Predicts with every type of model and every kind of value, many times each, and tells what stays behind.

    every_kind.py make FOLDER               # models that the repository does not hold; needs coremltools
    PYTHONMALLOC=malloc every_kind.py run FOLDER [RUNS]

Prints a line a kind: bytes of the heap that the second half of RUNS predictions kept, references to the objects around
them that they kept. Fails where either is more than noise. tools/check_python_memory.sh runs it under valgrind.
"""

from __future__ import annotations

import concurrent.futures
import ctypes
import gc
import pathlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The bytes that a prediction may keep on the average: half of the smallest block that malloc gives out. What the heap
# grows by otherwise does not grow with the runs: where there is more, twice, four and eight times as many tell.
NOISE = 16


def make(folder: pathlib.Path) -> None:
    """The models that are made here: a picture in and out, a custom layer, a state, a custom model of every feature."""
    import coremltools as ct
    from coremltools.converters.mil.mil import Builder as mb
    from coremltools.converters.mil.mil import types
    from coremltools.models import datatypes
    from coremltools.models.neural_network import NeuralNetworkBuilder

    color_space = ct.proto.FeatureTypes_pb2.ImageFeatureType.ColorSpace
    for color, channels in (("RGB", 3), ("GRAYSCALE", 1)):
        builder = NeuralNetworkBuilder([("x", datatypes.Array(channels, 4, 6))], [("y", datatypes.Array(channels, 4, 6))])
        builder.add_activation("half", "LINEAR", "x", "y", params=[0.5, 0])
        for feature in (builder.spec.description.input[0], builder.spec.description.output[0]):
            feature.type.imageType.width, feature.type.imageType.height = 6, 4
            feature.type.imageType.colorSpace = color_space.Value(color)
        ct.models.utils.save_spec(builder.spec, str(folder / f"picture_{color.lower()}.mlmodel"))

    builder = NeuralNetworkBuilder([("x", datatypes.Array(4))], [("y", datatypes.Array(4))])
    layer = builder.spec.neuralNetwork.layers.add(name="mine", input=["x"], output=["y"])
    layer.custom.className = "Twice"
    layer.custom.weights.add().floatValue.extend([1.0, 2.0])
    ct.models.utils.save_spec(builder.spec, str(folder / "custom_layer.mlmodel"))

    @mb.program(input_specs=[mb.TensorSpec((2, 3), dtype=types.fp16), mb.StateTensorSpec((2, 3), dtype=types.fp16)],
                opset_version=ct.target.iOS18)
    def program(x: Any, total: Any) -> Any:
        y = mb.add(x=x, y=mb.read_state(input=total), name="y")
        mb.coreml_update_state(state=total, value=y)
        return y

    ct.convert(program, minimum_deployment_target=ct.target.iOS18, skip_model_load=True).save(
        str(folder / "state.mlpackage"))

    spec = ct.proto.Model_pb2.Model(specificationVersion=4)
    for side, prefix in ((spec.description.input, ""), (spec.description.output, "out_")):
        for name in ("int64", "double", "string", "texts", "numbers", "by_text", "by_number", "array", "picture"):
            feature = side.add(name=prefix + name).type
            if name in ("int64", "double", "string"):
                getattr(feature, name + "Type").SetInParent()
            elif name == "texts":
                feature.sequenceType.stringType.SetInParent()
            elif name == "numbers":
                feature.sequenceType.int64Type.SetInParent()
            elif name == "by_text":
                feature.dictionaryType.stringKeyType.SetInParent()
            elif name == "by_number":
                feature.dictionaryType.int64KeyType.SetInParent()
            elif name == "array":
                feature.multiArrayType.dataType = ct.proto.FeatureTypes_pb2.ArrayFeatureType.FLOAT32
                feature.multiArrayType.shape.extend([2, 3])
            else:
                feature.imageType.width, feature.imageType.height = 6, 4
                feature.imageType.colorSpace = color_space.Value("RGB")
    spec.customModel.className = "Echo"
    ct.models.utils.save_spec(spec, str(folder / "echo.mlmodel"))


class Twice:
    """A custom layer."""

    def __init__(self, source: Any) -> None:
        self.weights = source.weights

    def output_shapes(self, shapes: Any) -> Any:
        return shapes

    def evaluate(self, inputs: Any) -> Any:
        return 2 * inputs[0]


class Echo:
    """A custom model: gives what it takes."""

    def __init__(self, source: Any) -> None:
        self.names = [f.name for f in source.description.inputs]

    def predict(self, inputs: dict[str, Any]) -> dict[str, Any]:
        return {"out_" + name: inputs[name] for name in self.names}


def example(feature: Any) -> Any:
    """A value that the feature takes."""
    import numpy as np
    import PIL.Image

    from pome import FeatureType

    if feature.type == FeatureType.IMAGE:
        return PIL.Image.new("L" if "Gray" in feature.color else "RGB", feature.size, 120)
    if feature.type == FeatureType.MULTI_ARRAY:
        array = np.sin(np.arange(np.prod(feature.shape)) * 0.37).reshape(feature.shape)
        return array.astype(feature.data_type)
    if feature.type == FeatureType.DICTIONARY:
        return {1: 2.0} if feature.int64_keys else {"a": 2.0}
    if feature.type == FeatureType.SEQUENCE:
        return [1, 2] if feature.int64_keys else ["a", "b"]
    return {FeatureType.INT64: 1, FeatureType.DOUBLE: 0.5, FeatureType.STRING: "a"}[feature.type]


Call = Callable[[], object]


def files() -> list[pathlib.Path]:
    """Small models of every type that the repository holds."""
    return (sorted((ROOT / "tests/data/classic/engineering").glob("*.mlmodel")) +
            sorted((ROOT / "fuzz/seeds/mlmodel").iterdir()))


def of_files() -> Iterator[tuple[str, Call, tuple[Any, ...]]]:
    """Every model of the repository: one prediction, three at once, and through coremltools' native name."""
    import pome
    from pome import _libcoremlpython

    for path in files():
        try:
            model = pome.Model(path, threads=2)
        except pome.Error:
            continue
        inputs = {f.name: example(f) for f in model.description.inputs}
        try:
            model.predict(inputs)
        except pome.Error as error:
            yield f"{path.name}: {error.code}", lambda m=model, i=inputs: refused(m, i), (model, *inputs.values())
            continue
        yield path.name, lambda m=model, i=inputs: m.predict(i), (model, *inputs, *inputs.values())
        yield path.name + " x 3", lambda m=model, i=inputs: m.predict([i, i, i]), (model, *inputs.values())
        proxy = _libcoremlpython._MLModelProxy(str(path))
        yield path.name + " for coremltools", lambda p=proxy, i=inputs: p.predict(i, None), (proxy, *inputs.values())


def refused(model: Any, inputs: Any, *more: Any) -> None:
    import pome

    try:
        model.predict(inputs, *more)
    except pome.Error:
        return
    raise AssertionError("it was not refused")


def of_values(folder: pathlib.Path) -> Iterator[tuple[str, Call, tuple[Any, ...]]]:
    """Every kind of value in and out, of errors, states and threads."""
    import numpy as np
    import PIL.Image

    import pome

    classes = {"custom_layers": {"Twice": Twice}, "custom_models": {"Echo": Echo}}
    for path in sorted(folder.iterdir()):
        model = pome.Model(path, **classes)
        inputs = {f.name: example(f) for f in model.description.inputs}
        yield path.name + ": loading", lambda p=path: pome.Model(p, threads=1, **classes), (path,)
        if model.description.states:
            state = model.make_state()
            yield "state", lambda m=model, i=inputs, s=state: m.predict(i, s), (model, state, *inputs.values())
            yield "state: new", model.make_state, (model,)
            yield "state: read", lambda s=state: s.read("total"), (state,)
            value = np.zeros((2, 3))
            yield "state: write", lambda s=state, v=value: s.write("total", v), (state, value)
            yield "state: missing", lambda m=model, i=inputs: refused(m, i), (model, *inputs.values())
            yield "state: wrong", lambda m=model, i=inputs: refused(m, i, 3), (model, *inputs.values())
            continue
        yield path.name, lambda m=model, i=inputs: m.predict(i), (model, *inputs, *inputs.values())
        yield path.name + " x 3", lambda m=model, i=inputs: m.predict([i] * 3), (model, *inputs.values())

    model = pome.Model(folder / "custom_layer.mlmodel", **classes)
    floats = np.ones(4, np.float32)
    for name, value in {
        "int64 array": np.ones(4, np.int64), "bool array": np.ones(4, bool), "half array": np.ones(4, np.float16),
        "strided array": np.ones((4, 2), np.float32)[:, 0], "big-endian array": np.ones(4, ">f4"), "list": [1.0, 2.0, 3.0, 4.0],
        "memoryview": memoryview(floats),
    }.items():
        yield name, lambda v=value: model.predict({"x": v}), (model, value)
    for name, inputs in {
        "nothing": {}, "unknown name": {"x": floats, "z": 1}, "wrong shape": {"x": np.ones(9)}, "text": {"x": "text"},
        "object": {"x": object()}, "object array": {"x": np.array([1, "a", None, 2], object)}, "ragged list": {"x": [[1], [2, 3]]},
        "None": {"x": None}, "name that is no text": {3: floats}, "picture": {"x": PIL.Image.new("RGB", (2, 2))},
        "lone surrogate": {"x": "\ud800"}, "long integer": {"x": 1 << 80}, "no dict": 3, "a list of no dicts": [floats],
    }.items():
        around = tuple(inputs.values()) if isinstance(inputs, dict) else (inputs,)
        yield "refused: " + name, lambda i=inputs: refused(model, i), (model, *around)
    failing = pome.Model(folder / "custom_layer.mlmodel", custom_layers={"Twice": Failing})
    yield "refused: code that raises", lambda: refused(failing, {"x": floats}), (failing, floats)
    yield "description", lambda: repr(model.description) + repr(model.compute_plan().steps), (model,)
    pool = concurrent.futures.ThreadPoolExecutor(4)
    for thread in range(4):
        pool.submit(model.predict, {"x": floats}).result()
    yield "threads", lambda: [f.result() for f in [pool.submit(model.predict, {"x": floats}) for _ in range(8)]], (model, floats)


class Failing(Twice):
    def evaluate(self, inputs: Any) -> Any:
        raise ValueError("not today")


class _MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


def heap() -> int:
    """Bytes that malloc has given out; Python's objects are among them with PYTHONMALLOC=malloc."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = _MallInfo
    info = mallinfo2()
    return int(info.uordblks + info.hblkhd)


def watch(call: Call, around: tuple[Any, ...], runs: int) -> tuple[int, int]:
    """The bytes and the references that the second half of `runs` calls kept."""
    for _ in range(runs - runs // 2):
        call()
    gc.collect()
    counts = [sys.getrefcount(o) for o in around]
    none = sys.getrefcount(None)
    before = heap()
    for _ in range(runs // 2):
        call()
    gc.collect()
    kept = heap() - before
    references = [sys.getrefcount(o) - count for o, count in zip(around, counts)]
    return kept, max([*references, sys.getrefcount(None) - none])


def sees_leaks(runs: int) -> bool:
    """Whether the measure notices a block that is lost each time."""
    kept, references = watch(lambda: ctypes.pythonapi.Py_IncRef(ctypes.py_object(object())), (), runs)
    return kept > NOISE * (runs // 2)


def main() -> int:
    folder = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "make":
        make(folder)
        return 0
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    if not sees_leaks(runs):
        print("the heap is not seen here (valgrind, or PYTHONMALLOC is not malloc): references alone are counted")
    failed = kinds = 0
    for source in (of_files(), of_values(folder)):
        for kind, call, around in source:
            for scale in (1, 2, 4, 8):
                kept, references = watch(call, around, scale * runs)
                wrong = kept > NOISE * (scale * runs // 2) or references > 20
                if not wrong:
                    break
            kinds += 1
            failed += wrong
            print(f"{kind:44} {kept:8} bytes {references:6} references{'   KEPT' if wrong else ''}", flush=True)
    print(f"{kinds} kinds, {runs} predictions each, {failed} kept something")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
