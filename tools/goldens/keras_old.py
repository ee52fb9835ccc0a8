"""Runs Keras 1.2.2 and 2.2.4 on TensorFlow 2.12's v1 interface: import this before keras. The environment variable
OLD_KERAS names the folder where the old Keras was installed.

    python3.11 -m venv v && v/bin/pip install "tensorflow-cpu==2.12.*" "numpy<1.24" pyyaml six scipy
    v/bin/pip install --no-deps --target k1 keras==1.2.2
    v/bin/pip install --no-deps --target k224 keras==2.2.4 keras_applications==1.0.6 keras_preprocessing==1.0.5
"""

import collections
import collections.abc
import inspect
import os
import sys
import types

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

for _name in ("Iterable", "Mapping", "Sequence", "Callable"):
    setattr(collections, _name, getattr(collections.abc, _name))

_ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
inspect.getargspec = lambda f: _ArgSpec(*inspect.getfullargspec(f)[:4])

import numpy as np
import h5py
import tensorflow
import tensorflow.compat.v1 as tf1
from tensorflow.python.framework import ops as _ops

tf1.disable_eager_execution()
tf1.disable_v2_behavior()
_ops._TensorLike = getattr(_ops, "_TensorLike", type("_TensorLike", (), {}))
_ops.is_dense_tensor_like = getattr(_ops, "is_dense_tensor_like", lambda t: isinstance(t, _ops.Tensor))
# TensorFlow brings a Keras of its own, which must not answer to the name.
for _module in [m for m in sys.modules if m == "keras" or m.startswith("keras.")]:
    del sys.modules[_module]
sys.path.insert(0, os.environ["OLD_KERAS"])
sys.modules["tensorflow"] = tf1
for _part in ("core", "contrib"):
    if not hasattr(tf1, _part):
        setattr(tf1, _part, types.ModuleType(_part))


class _Text(str):
    """Text attributes that old Keras decodes once more."""

    def decode(self, *_):
        return str(self)


_get = h5py.AttributeManager.__getitem__


def _decoding(self, name):
    value = _get(self, name)
    if isinstance(value, np.ndarray) and value.dtype.kind in "SO":  # old Keras asks whether the list is empty
        return [_Text(v) if isinstance(v, str) else v for v in value]
    return _Text(value) if isinstance(value, str) else value


h5py.AttributeManager.__getitem__ = _decoding
