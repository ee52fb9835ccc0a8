"""Expected outputs of the linear family, by NumPy in float64 (integers in int32, which wraps)."""

import numpy as np

from golden import Out, op


def wide(x):
    return np.asarray(x).astype(np.float64 if x.mil.startswith("fp") else np.int32)


@op("linear")
def linear(x, weight, opset, bias=None):
    y = np.matmul(wide(x), wide(weight).T)
    return Out(y if bias is None else y + wide(bias), x.mil)


@op("matmul")
def matmul(x, y, opset, transpose_x=False, transpose_y=False):
    a = np.swapaxes(wide(x), -1, -2) if transpose_x else wide(x)
    b = np.swapaxes(wide(y), -1, -2) if transpose_y else wide(y)
    return Out(np.matmul(a, b), x.mil)


@op("einsum")
def einsum(values, equation, opset):
    return Out(np.einsum(equation, wide(values[0]), wide(values[1])), values[0].mil)
