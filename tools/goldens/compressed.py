"""Expected values of the compressed constants (constexpr_*), by NumPy."""

import numpy as np

from elementwise import wide
from golden import Out, op
from sample import named


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


def spread(blocks, shape):
    """A value for each block, repeated for every element of it."""
    for axis, extent in enumerate(shape):
        blocks = np.repeat(blocks, extent // blocks.shape[axis], axis)
    return blocks


@op("constexpr_blockwise_shift_scale")
def blockwise(data, scale, opset, offset=None):
    shift = 0 if offset is None else spread(wide(offset), data.shape)
    return Out(spread(wide(scale), data.shape) * (wide(data) - shift), scale.mil)


def dense(values, mask):
    y = np.zeros(mask.shape, values.dtype)
    y[np.asarray(mask) != 0] = np.asarray(values)
    return named(y, values.mil)


@op("constexpr_sparse_blockwise_shift_scale")
def sparse_blockwise(data_mask, nonzero_data, scale, opset, offset=None):
    y = blockwise(dense(nonzero_data, data_mask), scale, opset, offset)
    return [Out(data_mask, "uint1"), Out(y.values[np.asarray(data_mask) != 0], scale.mil)]


def entries(indices, lut, axis):
    """[..., values of an entry] for each index, then the values moved into the axis."""
    tables = spread(np.asarray(lut), indices.shape)
    found = np.take_along_axis(tables, np.asarray(indices, np.int64)[..., None, None], axis=-2)[..., 0, :]
    if axis is None:
        return found[..., 0]
    axis = int(axis) % indices.ndim
    shape = list(indices.shape)
    shape[axis] *= found.shape[-1]
    return np.moveaxis(found, -1, axis + 1).reshape(shape)


@op("constexpr_lut_to_sparse")
def lut_to_sparse(indices_mask, indices_nonzero_data, lut, opset, vector_axis=None):
    values = entries(dense(indices_nonzero_data, indices_mask), lut, vector_axis)
    mask = np.asarray(indices_mask)
    if vector_axis is not None:
        mask = np.repeat(mask, lut.shape[-1], int(vector_axis))
    return [Out(mask, "uint1"), Out(values[mask != 0], lut.mil)]


@op("constexpr_lut_to_dense")
def lut_to_dense(indices, lut, opset, shape=None, vector_axis=None):
    if shape is None:  # ios18
        return Out(entries(indices, lut, vector_axis), lut.mil)
    shape = [int(d) for d in shape]
    index = unpack(indices, int(np.log2(lut.size)), int(np.prod(shape)))
    return Out(np.asarray(lut)[index].reshape(shape), lut.mil)


@op("constexpr_sparse_to_dense")
def sparse_to_dense(nonzero_data, mask, opset, shape=None):
    if shape is None:  # ios18
        return Out(dense(nonzero_data, mask), nonzero_data.mil)
    shape = [int(d) for d in shape]
    y = np.zeros(int(np.prod(shape)), nonzero_data.dtype)
    y[unpack(mask, 1, y.size).astype(bool)] = np.asarray(nonzero_data)
    return Out(y.reshape(shape), nonzero_data.mil)
