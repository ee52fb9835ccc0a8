"""The typed classes that `pome generate --lang python` writes: they import, predict, and mypy accepts them."""

from __future__ import annotations

import importlib
import pathlib
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest

import pome

BUILD = pathlib.Path(pome.__file__).resolve().parents[2]
# The package's files are links to the sources; the command is where PYTHONPATH says.
BUILD = next((pathlib.Path(p).parent for p in sys.path if (pathlib.Path(p).parent / "bin/pome").exists()), BUILD)
COMMAND = BUILD / "bin/pome"
pytestmark = pytest.mark.skipif(not COMMAND.exists(), reason="the command pome is not built")


def generate(model: pathlib.Path, folder: pathlib.Path, name: str) -> pathlib.Path:
    subprocess.run([COMMAND, "generate", model, "--lang", "python", "-o", folder, "--class-name", name, "--quiet"], check=True)
    return folder / f"{name}.py"


def load(model: pathlib.Path, folder: pathlib.Path, name: str, monkeypatch: pytest.MonkeyPatch):
    generate(model, folder, name)
    monkeypatch.syspath_prepend(str(folder))
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def test_a_picture_goes_in_and_a_label_comes_out(catdog, photos, tmp_path, monkeypatch):
    made = load(catdog, tmp_path, "Pets", monkeypatch)
    model = made.Pets(catdog, threads=1)
    photo = PIL.Image.open(photos / "dog.jpg")
    by_argument = model.prediction(photo)
    by_name = model.prediction(image=photo, crop_and_scale="centerCrop")
    by_input = model.prediction(made.PetsInput(photo))
    assert by_argument.classLabel == by_name.classLabel == by_input.classLabel == "dog"
    assert by_argument == by_input
    assert made.PetsLabel(by_argument.classLabel) is made.PetsLabel.dog
    assert set(by_argument.classLabelProbs) == {label.value for label in made.PetsLabel}
    assert model.predictions([made.PetsInput(photo)] * 2) == [by_input, by_input]
    assert made.PetsInput.image_width == 224


def test_arrays_and_bytes(dense, tmp_path, monkeypatch):
    made = load(dense.path, tmp_path, "Dense", monkeypatch)
    model = made.Dense.from_bytes(dense.path.read_bytes())
    x = np.array([0.5, -1.0, 2.0, 3.0], np.float32)
    np.testing.assert_allclose(model.prediction(x).y.reshape(-1), dense.of(x), rtol=1e-5, atol=1e-6)
    assert made.DenseInput.x_shape == (4,) and made.DenseInput.x_type == "float64"


def test_another_model_is_refused(dense, catdog, tmp_path, monkeypatch):
    made = load(dense.path, tmp_path, "Dense", monkeypatch)
    with pytest.raises(pome.InvalidModelError, match="Dense was generated for another model"):
        made.Dense(catdog)


def test_mypy_accepts_them_and_finds_slips(catdog, dense, tmp_path):
    """The hostile models too, where the build has made them."""
    files = [generate(catdog, tmp_path, "Pets"), generate(dense.path, tmp_path, "Dense")]
    for number, model in enumerate(sorted((BUILD / "tests/hostile").glob("*.mlmodel"))):
        files.append(generate(model, tmp_path, f"Hostile{number}"))
    use = tmp_path / "use.py"
    use.write_text("import PIL.Image\nfrom Pets import Pets\n\n"
                   "output = Pets('m').prediction(PIL.Image.open('p'))\nlabel: str = output.classLabel\n"
                   "number: int = output.classLabelProbs\nPets('m').prediction('photo.jpg')\nprint(output.classLable)\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run([*command, "use.py"], capture_output=True, text=True, cwd=tmp_path)
    complaints = [line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line]
    assert sorted(set(complaints)) == ["6", "7", "8"], done.stdout
