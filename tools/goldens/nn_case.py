"""A neural network of a layer or two, and what it gives."""

import zlib

import numpy as np


class Case:
    """`declared` holds shapes of inputs where they are not the arrays' own."""

    def __init__(self, name, inputs, layers, outputs, tolerance=2e-5, declared=None):
        self.name, self.inputs, self.layers, self.tolerance = name, inputs, layers, tolerance
        self.declared = {k: x.shape for k, x in inputs.items()} if declared is None else declared
        self.outputs = outputs if isinstance(outputs, dict) else {"y": outputs}


def random(name, *shape, low=-1.0, high=1.0):
    """Float32 numbers that depend on the name alone."""
    rng = np.random.RandomState(zlib.crc32(name.encode()))
    return rng.uniform(low, high, shape).astype(np.float32)
