"""The stubs say what the module has, and the package's own code agrees with them."""

from __future__ import annotations

import ast
import importlib
import pathlib
import subprocess
import sys

import pytest

import pome

PACKAGE = pathlib.Path(pome.__file__).parent


def mypy(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, cwd=PACKAGE.parent)
    return done.stdout + done.stderr if done.returncode else ""


def test_stubs_are_there():
    assert (PACKAGE / "_native.pyi").exists() and (PACKAGE / "py.typed").exists()
    text = (PACKAGE / "_native.pyi").read_text()
    assert "def predict(self, inputs: Mapping[str, Any]" in text


def test_the_package_is_typed(tmp_path):
    config = pathlib.Path(__file__).resolve().parents[2] / "pyproject.toml"
    assert mypy("mypy", "--config-file", str(config), "--cache-dir", str(tmp_path), "-p", "pome") == ""


def members(body: list[ast.stmt]) -> set[str]:
    names = set()
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names.update(target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
    return names


def of_interest(names: set[str]) -> set[str]:
    return {name for name in names if not name.startswith("__")}


@pytest.mark.parametrize("name", ["_native", "_convert"])
def test_stubs_match_the_module(name):
    """Name by name; mypy's stubtest does not know what nanobind's functions and classes are."""
    module = importlib.import_module("pome." + name)
    tree = ast.parse((PACKAGE / f"{name}.pyi").read_text())
    assert of_interest(members(tree.body)) == of_interest(set(dir(module)))
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            found = {n for n in vars(getattr(module, statement.name)) if not n.startswith("_") or n in members(statement.body)}
            assert of_interest(members(statement.body)) == of_interest(found), statement.name


def test_everything_public_has_words():
    for name in pome.__all__:
        thing = getattr(pome, name)
        assert thing.__doc__, name
        values = getattr(thing, "__members__", ())
        for member, value in vars(thing).items() if isinstance(thing, type) else ():
            if not member.startswith("_") and member not in values and thing.__module__.startswith("pome"):
                assert isinstance(value, (str, tuple)) or value.__doc__, f"{name}.{member}"


def test_words_tell_what_can_go_wrong():
    for call in (pome.Model, pome.Model.predict, pome.Model.make_state, pome.State.read, pome.State.write, pome.convert,
                 pome.inspect, pome.validate):
        assert "Raises" in (call.__doc__ or ""), call


def test_users_code_is_checked_against_the_stubs(tmp_path):
    good = tmp_path / "good.py"
    good.write_text("import pome\nm = pome.Model('a', threads=2)\nprint(m.predict({'x': 1.0})['y'], m.description.inputs[0].shape)\n")
    bad = tmp_path / "bad.py"
    bad.write_text("import pome\npome.Model(3).predict('x')\n")
    assert mypy("mypy", "--cache-dir", str(tmp_path / "cache"), str(good)) == ""
    said = mypy("mypy", "--cache-dir", str(tmp_path / "cache"), str(bad))
    assert said.count("error:") >= 2
