"""Expected values of quantize and dequantize, by NumPy."""

import numpy as np

from elementwise import wide
from golden import Out, op


def along(values, x, axis):
    if values is None:
        return 0
    if values.ndim == 0:
        return wide(values)
    shape = [1] * x.ndim
    shape[int(axis)] = -1
    return wide(values).reshape(shape)


@op("quantize")
def quantize(input, scale, output_dtype, opset, zero_point=None, axis=None):  # noqa: A002
    # float32 as runtimes have it: where a quotient lies beside a half decides over the result
    quotient = np.asarray(input, np.float32) / np.asarray(along(scale, input, axis), np.float32)
    limits = np.iinfo(str(output_dtype))
    whole = np.rint(np.nan_to_num(quotient.astype(np.float64), posinf=np.inf, neginf=-np.inf))
    return Out(np.clip(whole + along(zero_point, input, axis), limits.min, limits.max), str(output_dtype))


@op("dequantize")
def dequantize(input, scale, opset, zero_point=None, axis=None):  # noqa: A002
    return Out(along(scale, input, axis) * (wide(input) - along(zero_point, input, axis)), scale.mil)
