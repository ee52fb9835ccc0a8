"""Children of fork() predict with what their parent loaded: they answer, and do not wait for threads that are not
there."""

from __future__ import annotations

import os
import pathlib
import signal
import threading

import numpy as np
import pytest

import pome

ROOT = pathlib.Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def in_child(work) -> str:
    """What `work` -> str gives in a forked child; "killed" when it hangs."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            signal.alarm(30)
            os.write(write, str(work()).encode())
        except BaseException as error:
            os.write(write, repr(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as file:
        text = file.read().decode()
    status = os.waitpid(child, 0)[1]
    return text if status == 0 else f"killed by signal {status & 0x7f}"


@pytest.fixture(scope="module")
def picture(photos):
    import PIL.Image

    return {"image": PIL.Image.open(photos / "cat.jpg").resize((224, 224))}


def test_a_network_with_threads(catdog, picture):
    model = pome.Model(catdog, threads=3)
    probabilities = model.predict(picture)["classLabelProbs"]
    for _ in range(3):
        assert in_child(lambda: model.predict(picture)["classLabelProbs"] == probabilities) == "True"
    assert in_child(lambda: in_child(lambda: model.predict(picture)["classLabel"])) == "cat"
    assert model.predict(picture)["classLabelProbs"] == probabilities


def test_a_model_that_the_child_drops_and_one_that_it_loads(catdog, picture):
    models = [pome.Model(catdog, threads=3)]
    models[0].predict(picture)
    assert in_child(lambda: models.clear()) == "None"
    assert in_child(lambda: pome.Model(catdog, threads=3).predict(picture)["classLabel"]) == "cat"


def test_batches_of_classic_models():
    model = pome.Model(ROOT / "tests/data/classic/engineering/scaler.mlmodel", threads=3)
    (x,) = model.description.inputs
    rows = [{x.name: np.full(x.shape, i, np.float64)} for i in range(3000)]
    wanted = model.predict(rows)
    (y,) = wanted[0]

    def same() -> bool:
        return all(np.array_equal(a[y], b[y]) for a, b in zip(model.predict(rows), wanted))

    assert in_child(same) == "True"


def test_forks_while_other_threads_predict(catdog, picture):
    model = pome.Model(catdog, threads=2)
    label = model.predict(picture)["classLabel"]
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            model.predict(picture)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        answers = [in_child(lambda: model.predict(picture)["classLabel"]) for _ in range(10)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert answers == [label] * 10
