"""pytest plugin that runs coremltools' own tests, where they are installed, with Pome under them.

tools/conformance starts it. It puts Pome in place and claims macOS, counts predictions, and writes one JSON object a
test. Environment:
  POME_CONFORMANCE_LOG      file that gets the JSON lines
  POME_CONFORMANCE_MACOS    version of macOS to claim (15.0)
  POME_CONFORMANCE_MACHINE  what platform.machine() answers, e.g. arm64 (the truth)
  POME_CONFORMANCE_SAMPLE   the most cases of one parametrised test function (all)
  POME_CONFORMANCE_PICK     so many tests, drawn at random (all); POME_CONFORMANCE_SEED (1) says which
"""

from __future__ import annotations

import builtins
import csv
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import platform
import random
import re
import sys
import types

import numpy as np
import pytest

import pome.coremltools

pome.coremltools.claim_macos(os.environ.get("POME_CONFORMANCE_MACOS", "15.0"))

import coremltools.models.model  # noqa: E402

if coremltools.models.model._MLModelProxy is None:  # coremltools itself says nothing then
    raise ImportError("Pome did not get under coremltools")
if os.environ.get("POME_CONFORMANCE_MACHINE"):
    platform.machine = lambda: os.environ["POME_CONFORMANCE_MACHINE"]


# What the tests want of the world around them ------------------------------------------------------------------------

def libsvm_under_both_names() -> None:
    """The tests import svmutil plainly as well; the package of PyPI has it below libsvm only."""
    try:
        import libsvm.svm
        import libsvm.svmutil
    except ImportError:
        return
    libsvm.__version__ = getattr(libsvm, "__version__", "3.32.0")
    for name in ("svm", "svmutil", "commonutil"):
        if "libsvm." + name in sys.modules:
            sys.modules.setdefault(name, sys.modules["libsvm." + name])


class Table(dict):
    """A data set as scikit-learn hands it out."""

    __getattr__ = dict.__getitem__


def housing_table() -> Table:
    """Stands in for a table of 506 houses that the tests would fetch over the network: the same columns and ranges,
    other numbers."""
    r = np.random.RandomState(7)
    n = 506
    columns = [  # name, values, decimals
        ("CRIM", r.exponential(3.6, n) + 0.006, 5), ("ZN", r.choice([0, 12.5, 25, 80], n), 1),
        ("INDUS", r.uniform(0.5, 27.7, n), 2), ("CHAS", r.choice([0.0, 1.0], n, p=[0.93, 0.07]), 0),
        ("NOX", r.uniform(0.385, 0.871, n), 4), ("RM", r.normal(6.28, 0.7, n), 3), ("AGE", r.uniform(3, 100, n), 1),
        ("DIS", r.uniform(1.1, 12.1, n), 4), ("RAD", r.choice([1.0, 2, 3, 4, 5, 6, 7, 8, 24], n), 0),
        ("TAX", r.uniform(187, 711, n), 0), ("PTRATIO", r.uniform(12.6, 22, n), 1), ("B", r.uniform(0.3, 396.9, n), 2),
        ("LSTAT", r.uniform(1.7, 38, n), 2),
    ]
    data = np.column_stack([np.round(values, decimals) for _, values, decimals in columns])
    price = 22 + 7 * (data[:, 5] - 6.28) - 0.5 * (data[:, 12] - 12) + r.normal(0, 3, n)
    # Names in a list: xgboost refuses them in an array.
    return Table(data=data, target=np.round(np.clip(price, 5, 50), 1), feature_names=[name for name, _, _ in columns])


def replace_housing_table() -> None:
    try:
        import coremltools.test.utils as utils
    except ImportError:
        return
    utils.load_boston = housing_table


libsvm_under_both_names()
replace_housing_table()

# Files that import torch at their top though few of their tests need it: while such a file is imported where torch is
# not installed, torch is a hollow module; a test that calls into it is skipped.
HAS_TORCH = importlib.util.find_spec("torch") is not None
importing = False


class Hollow(type):
    def __getattr__(cls, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing

    def __call__(cls, *args: object, **kwargs: object) -> object:
        if not importing:
            pytest.skip("needs torch")
        return Missing


Missing = Hollow("Missing", (), {"__version__": "0.0.0"})


class HollowFinder:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> object:
        if importing and name.split(".")[0] in ("torch", "torchvision"):
            return importlib.machinery.ModuleSpec(name, HollowFinder, is_package=True)
        return None

    @staticmethod
    def create_module(spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: getattr(Missing, name)
        module.__version__ = "0.0.0"
        return module

    @staticmethod
    def exec_module(module: types.ModuleType) -> None:
        pass


def pytest_ignore_collect(collection_path: pathlib.Path) -> bool | None:
    where = collection_path.as_posix()
    if not HAS_TORCH and ("/frontend/torch/test" in where or "/optimize/torch" in where):
        return True
    return None


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    global importing
    if HAS_TORCH or not isinstance(collector, pytest.Module):
        yield
        return
    sys.meta_path.append(HollowFinder)
    importing = True
    builtins.torch = Missing  # for tests that import it only where coremltools found it
    yield
    importing = False
    sys.meta_path.remove(HollowFinder)
    for name in [n for n in sys.modules if n.split(".")[0] in ("torch", "torchvision")]:
        del sys.modules[name]


# Which tests run -----------------------------------------------------------------------------------------------------

def expected_failures() -> dict[str, str]:
    with open(pathlib.Path(__file__).parent / "conformance_pins" / "expected.tsv", newline="") as file:
        return {row["test"]: row["reason"] for row in csv.DictReader(file, delimiter="\t")}


def evenly(items: list, most: int) -> list:
    step = max(1.0, len(items) / most)
    return [items[int(i * step)] for i in range(min(most, len(items)))]


def pytest_collection_modifyitems(config, items: list) -> None:
    most = int(os.environ.get("POME_CONFORMANCE_SAMPLE", "0"))
    if most > 0:
        functions: dict[str, list] = {}
        for item in items:
            functions.setdefault(item.nodeid.split("[", 1)[0], []).append(item)
        keep = {id(item) for cases in functions.values() for item in evenly(cases, most)}
        items[:] = [item for item in items if id(item) in keep]
    pick = int(os.environ.get("POME_CONFORMANCE_PICK", "0"))
    if 0 < pick < len(items):
        draw = random.Random(int(os.environ.get("POME_CONFORMANCE_SEED", "1")))
        chosen = set(draw.sample(sorted(item.nodeid for item in items), pick))
        items[:] = [item for item in items if item.nodeid in chosen]
    expected = expected_failures()
    for item in items:
        name = item.nodeid[item.nodeid.find("coremltools/"):]
        reason = expected.get(name) or expected.get(name.split("[", 1)[0])
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))


@pytest.hookimpl(hookwrapper=True)
def pytest_make_parametrize_id(config, val, argname):
    """Names without addresses: two processes must give a case the same name."""
    outcome = yield
    if isinstance(outcome.get_result(), str):
        outcome.force_result(re.sub(r" at 0x[0-9a-f]+", "", outcome.get_result()))


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "slow: coremltools' own mark")


# Predictions are counted: without an engine most of these tests pass and predict nothing -----------------------------

predictions = 0


def counted(cls: type, name: str) -> None:
    call = getattr(cls, name)

    def wrapper(self, *args, **kwargs):
        global predictions
        predictions += 1
        return call(self, *args, **kwargs)

    setattr(cls, name, wrapper)


counted(coremltools.models.model._MLModelProxy, "predict")
counted(coremltools.models.model._MLModelProxy, "batchPredict")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    before = predictions
    yield
    item.user_properties.append(("predictions", predictions - before))


def first_line_of_error(report) -> str:
    """The message of the exception, on one line; paths of temporary files, which differ each time, made equal."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else str(report.longrepr)
    line = " ".join(text.split("\n", 3)[:2]).strip()
    return re.sub(r"(?<!\w)(?:/[\w.-]+)+", "PATH", line)[:300]


def pytest_runtest_logreport(report) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ or "POME_CONFORMANCE_LOG" not in os.environ:
        return  # the controller hears of it too
    if report.when != "call" and report.outcome == "passed":
        return
    if report.when == "teardown" and report.outcome != "failed":
        return
    reason = ""
    outcome = report.outcome
    if hasattr(report, "wasxfail"):
        outcome = "xfailed" if report.skipped else "xpassed"
        reason = report.wasxfail
    elif report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    elif report.failed:
        reason = first_line_of_error(report)
    line = {"test": report.nodeid[max(report.nodeid.find("coremltools/"), 0):], "outcome": outcome,
            "predictions": dict(report.user_properties).get("predictions", 0), "seconds": round(report.duration, 3),
            "reason": reason}
    with open(os.environ["POME_CONFORMANCE_LOG"], "a") as log:
        log.write(json.dumps(line) + "\n")


def pytest_collectreport(report) -> None:
    if report.failed and "POME_CONFORMANCE_LOG" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        line = {"test": report.nodeid, "outcome": "failed", "predictions": 0, "seconds": 0,
                "reason": "not collected: " + first_line_of_error(report)}
        with open(os.environ["POME_CONFORMANCE_LOG"], "a") as log:
            log.write(json.dumps(line) + "\n")
