"""Puts Pome under coremltools: its MLModel(...).predict() then works on this machine.

    import pome.coremltools
    import coremltools as ct            # before or after
    ct.models.MLModel("m.mlmodel").predict({"x": 1.0})

What is put in place of coremltools.libcoremlpython is pome._libcoremlpython. Where coremltools asks for macOS on the
way of a user (make_state, CompiledMLModel, compile_model, optimization hints) importing this module answers; the
names are listed in docs/coremltools.md. Nothing else hears that this machine is a Mac, unless claim_macos() is called.

custom_layers and custom_models are dicts, {"ClassName": class}, of what models loaded by coremltools may refer to;
pome.Model says what such a class has.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from . import _libcoremlpython as _native
from ._libcoremlpython import custom_layers as custom_layers
from ._libcoremlpython import custom_models as custom_models

_NATIVE = "coremltools.libcoremlpython"
_answer: tuple[int, ...] = (15, 0)  # what coremltools hears where it asks for the version of macOS


def _yes() -> bool:
    return True


def _version() -> tuple[int, ...]:
    return _answer


def _loaded() -> list[types.ModuleType]:
    """The modules of coremltools that are loaded."""
    return [m for name, m in list(sys.modules.items())
            if m is not None and (name == "coremltools" or name.startswith("coremltools."))]


def _rebind_native() -> None:
    """Gives the native classes to modules that had looked for them in vain."""
    for module in _loaded():
        for name in _native.__all__:
            if vars(module).get(name, _native) is None:
                setattr(module, name, getattr(_native, name))
    late = sys.modules.get("coremltools.models.ml_program.experimental.compute_plan_utils")
    if late is not None and getattr(late, "_MLComputePlanRemoteProxy", late) is None:
        importlib.reload(late)  # it derives classes from the native ones where they are


class _Globals(dict[str, Any]):
    """The globals of a module, some names aside."""

    def __init__(self, module: types.ModuleType, **aside: Any) -> None:
        names = {k: v for k, v in vars(module).items() if k.startswith("__")}
        super().__init__(names, **aside)
        self._module = module

    def __missing__(self, name: str) -> Any:
        return vars(self._module)[name]


def _answering(function: types.FunctionType, module: types.ModuleType) -> types.FunctionType:
    """The function, which hears _version() where it asks for the version of macOS."""
    out = types.FunctionType(function.__code__, _Globals(module, _macos_version=_version), function.__name__,
                             function.__defaults__, function.__closure__)
    out.__kwdefaults__ = function.__kwdefaults__
    out.__doc__ = function.__doc__
    out.__module__ = function.__module__
    out.__qualname__ = function.__qualname__
    out.__annotations__ = function.__annotations__
    return out


def _open_gates() -> None:
    """Answers where coremltools asks for macOS on the way of a user (docs/coremltools.md)."""
    model = importlib.import_module("coremltools.models.model")
    compiled = importlib.import_module("coremltools.models._compiled_model")
    utils = importlib.import_module("coremltools.models.utils")
    if sys.platform == "darwin":
        return
    model._is_macos = _yes  # type: ignore[attr-defined]
    model._macos_version = _version  # type: ignore[attr-defined]
    compiled._macos_version = _version  # type: ignore[attr-defined]
    original = utils.compile_model
    utils.compile_model = _answering(original, utils)  # type: ignore[attr-defined]
    for module in _loaded():
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, utils.compile_model)


def claim_macos(version: str = "15.0") -> None:
    """For tests: every module of coremltools, loaded or not, takes this machine for a Mac of that version, so that
    its own tests predict instead of skipping. sys.platform stays what it is. Modules of tests that are loaded after
    the call hear it too, since they import the names from coremltools."""
    global _answer
    import coremltools._deps
    import coremltools.models.utils as utils

    _answer = tuple(int(part) for part in version.split("."))
    names = {"_is_macos": (utils._is_macos, _yes), "_macos_version": (utils._macos_version, _version)}
    for module in _loaded():
        for name, (old, new) in names.items():
            if vars(module).get(name) is old:
                setattr(module, name, new)
        if vars(module).get("_IS_MACOS") is False:
            setattr(module, "_IS_MACOS", True)


def _install() -> None:
    sys.modules[_NATIVE] = _native
    try:
        importlib.import_module("coremltools")
    except ImportError as error:
        del sys.modules[_NATIVE]
        raise ImportError(f"pome.coremltools needs coremltools: pip install coremltools ({error})") from error
    _rebind_native()
    _open_gates()


_install()
