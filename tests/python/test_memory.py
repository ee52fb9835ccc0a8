"""What predictions leave behind, and what they copy."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import textwrap

import coremltools
import numpy as np
import pytest
from coremltools.models import datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder

EVERY_KIND = pathlib.Path(__file__).with_name("every_kind.py")


def test_every_kind_of_model_value_and_error_keeps_nothing(tmp_path):
    """The short form of tools/check_python_memory.sh."""
    subprocess.run([sys.executable, str(EVERY_KIND), "make", str(tmp_path)], check=True, capture_output=True)
    done = subprocess.run([sys.executable, str(EVERY_KIND), "run", str(tmp_path), "400"], capture_output=True, text=True,
                          env={**os.environ, "PYTHONMALLOC": "malloc"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not seen" not in done.stdout
    kinds = done.stdout.splitlines()
    assert len(kinds) > 120 and kinds[-1].endswith(" 0 kept something")


@pytest.fixture(scope="module")
def sums(tmp_path_factory):
    """The sum of 2^23 numbers, 32 MiB."""
    builder = NeuralNetworkBuilder([("x", datatypes.Array(1 << 23))], [("y", datatypes.Array(1))],
                                   disable_rank5_shape_mapping=True)
    builder.add_reduce_sum("sum", "x", "y", axes=[0], keepdims=True)
    builder.spec.description.input[0].type.multiArrayType.dataType = \
        coremltools.proto.FeatureTypes_pb2.ArrayFeatureType.FLOAT32
    path = tmp_path_factory.mktemp("sums") / "sums.mlmodel"
    coremltools.models.utils.save_spec(builder.spec, str(path))
    return path


def test_contiguous_arrays_are_not_copied_on_their_way_in(sums):
    """The most memory that the process had tells: it grows by the network's own memory, and by a copy of the array
    only where the array lies in steps."""
    code = """
        import resource, sys
        import numpy as np, pome
        most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        model = pome.Model(sys.argv[1], threads=1)
        plan = model.compute_plan()
        x = np.full((1 << 23, 2), 1.0, np.float32)
        whole = x[:, 0].copy()
        before = most()
        assert model.predict({"x": whole})["y"] == 1 << 23
        contiguous = most() - before
        read_only = whole.copy(); read_only.flags.writeable = False
        before = most()
        assert model.predict({"x": read_only})["y"] == 1 << 23
        locked = most() - before
        assert model.predict({"x": x[:, 0]})["y"] == 1 << 23
        print(plan.arena_bytes, contiguous, locked, most() - before)
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(sums)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    arena, contiguous, locked, strided = map(int, done.stdout.split())
    megabyte = 1 << 20
    assert contiguous < arena + 8 * megabyte, (arena, contiguous)
    assert locked < 8 * megabyte
    assert strided > 24 * megabyte  # the measure sees a copy


def test_an_array_is_let_go_when_the_prediction_is_over(dense):
    import pome

    model = pome.Model(dense.path)
    x = np.ones(4, np.float32)
    model.predict({"x": x})
    x.resize(8, refcheck=True)  # refuses while somebody holds the buffer
    assert x.size == 8
