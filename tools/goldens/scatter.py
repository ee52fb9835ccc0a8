"""Expected outputs of the scatter family, by NumPy's ufunc.at."""

import numpy as np

from elementwise import wide
from golden import Out, op


def truncated_quotient(a, b):
    return a / b if a.dtype.kind == "f" else np.trunc(a / b).astype(a.dtype)


UFUNCS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "max": np.maximum, "min": np.minimum}


def change(y, index, updates, mode):
    if mode == "update":
        y[index] = updates
    elif mode == "div":  # the samples divide each element at most once
        y[index] = truncated_quotient(y[index], updates)
    else:
        UFUNCS[mode].at(y, index, updates)


def out(y, data):
    # Repeated indices round after each update.
    return Out(y, data.mil, rtol={"fp32": 5e-7, "fp16": 2e-3}.get(data.mil, 0), atol=1e-7 if data.mil == "fp32" else 0)


@op("scatter")
def scatter(data, indices, updates, opset, axis=0, mode="add", validate_indices=False):
    y, axis = wide(data), int(axis) % data.ndim
    change(y, (slice(None),) * axis + (np.asarray(indices),), wide(updates), mode)
    return out(y, data)


@op("scatter_along_axis")
def scatter_along_axis(data, indices, updates, opset, axis=0, mode="add", validate_indices=False):
    y, axis = wide(data), int(axis) % data.ndim
    index = list(np.indices(indices.shape))
    index[axis] = np.asarray(indices)
    change(y, tuple(index), wide(updates), mode)
    return out(y, data)


@op("scatter_nd")
def scatter_nd(data, indices, updates, opset, mode="add", validate_indices=False):
    y = wide(data)
    change(y, tuple(np.moveaxis(np.asarray(indices), -1, 0)), wide(updates), mode)
    return out(y, data)
