"""Expected values of the compressed constants (constexpr_*), by NumPy."""

import numpy as np

from elementwise import wide
from golden import Out, op


def unpack(data, bits, count):
    flat = np.unpackbits(np.asarray(data), bitorder="little")[:count * bits].reshape(count, bits)
    return flat @ (1 << np.arange(bits))


@op("constexpr_affine_dequantize")
def affine(quantized_data, zero_point, scale, axis, opset):
    shape = [1] * quantized_data.ndim
    shape[int(axis)] = -1
    zero, factor = wide(zero_point).reshape(shape), wide(scale).reshape(shape)
    return Out(factor * (wide(quantized_data) - zero), scale.mil)


@op("constexpr_cast")
def cast(source_val, output_dtype, opset):
    return Out(np.asarray(source_val, np.float32), output_dtype)


@op("constexpr_lut_to_dense")
def lut_to_dense(indices, lut, shape, opset):
    shape = [int(d) for d in shape]
    index = unpack(indices, int(np.log2(lut.size)), int(np.prod(shape)))
    return Out(np.asarray(lut)[index].reshape(shape), lut.mil)


@op("constexpr_sparse_to_dense")
def sparse_to_dense(nonzero_data, mask, shape, opset):
    shape = [int(d) for d in shape]
    y = np.zeros(int(np.prod(shape)), nonzero_data.dtype)
    y[unpack(mask, 1, y.size).astype(bool)] = np.asarray(nonzero_data)
    return Out(y.reshape(shape), nonzero_data.mil)
