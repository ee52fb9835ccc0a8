"""Expected outputs of tensor_operation and control, by NumPy."""

import numpy as np

from elementwise import wide
from golden import Out, op


def plain(x):
    return np.asarray(x)


def scalar(x, default=None):
    return default if x is None else np.asarray(x).reshape(-1)[0].item()


@op("concat")
def concat(values, axis, opset, interleave=False):
    arrays = [plain(v) for v in values]
    if arrays[0].ndim == 0:
        return Out(np.stack(arrays), values[0].mil)
    axis = int(axis) % arrays[0].ndim
    if interleave:
        y = np.stack(arrays, axis + 1)
        shape = list(arrays[0].shape)
        shape[axis] *= len(arrays)
        y = y.reshape(shape)
    else:
        y = np.concatenate(arrays, axis)
    return Out(y, values[0].mil)


@op("stack")
def stack(values, axis, opset):
    return Out(np.stack([plain(v) for v in values], int(axis)), values[0].mil)


@op("split")
def split(x, axis, opset, num_splits=None, split_sizes=None):
    cuts = int(num_splits) if split_sizes is None else np.cumsum(plain(split_sizes))[:-1]
    return [Out(part, x.mil) for part in np.split(plain(x), cuts, int(axis))]


@op("pad")
def pad(x, pad, opset, mode="constant", constant_val=0.0):
    pairs = plain(pad).reshape(-1, 2).tolist()
    widths = [(0, 0)] * (x.ndim - len(pairs)) + [tuple(p) for p in pairs]
    if mode == "constant":
        return Out(np.pad(plain(x), widths, constant_values=np.asarray(constant_val, x.dtype)), x.mil)
    return Out(np.pad(plain(x), widths, mode="edge" if mode == "replicate" else mode), x.mil)


@op("tile")
def tile(x, reps, opset):
    return Out(np.tile(plain(x), plain(reps)), x.mil)


@op("gather")
def gather(x, indices, opset, axis=0, batch_dims=0, validate_indices=False):
    axis, batch, indices, y = int(axis) % x.ndim, int(batch_dims), plain(indices).astype(np.int64), plain(x)
    if batch == 0:
        return Out(np.take(y, indices, axis), x.mil)
    rows = [np.take(y[i], indices[i], axis - batch) for i in np.ndindex(*x.shape[:batch])]
    return Out(np.stack(rows).reshape(x.shape[:batch] + rows[0].shape), x.mil)


@op("gather_along_axis")
def gather_along_axis(x, indices, opset, axis=0, validate_indices=False):
    return Out(np.take_along_axis(plain(x), plain(indices).astype(np.int64), int(axis)), x.mil)


@op("gather_nd")
def gather_nd(x, indices, opset, batch_dims=0, validate_indices=False):
    batch, indices, y = int(batch_dims), plain(indices).astype(np.int64), plain(x)

    def pick(part, index):
        return part[tuple(np.moveaxis(index, -1, 0))]

    if batch == 0:
        return Out(pick(y, indices), x.mil)
    return Out(np.stack([pick(y[i], indices[i]) for i in range(x.shape[0])]), x.mil)


@op("fill")
def fill(shape, opset, value=None):
    if value is None:
        return Out(np.zeros(plain(shape)), "fp32")
    return Out(np.full(plain(shape), plain(value)), value.mil)


@op("fill_like")
def fill_like(ref_tensor, opset, value=None):
    return fill(np.array(ref_tensor.shape), opset, value)


@op("shape")
def shape(x, opset):
    return Out(np.array(x.shape, np.int32), "int32")


@op("select")
def select(cond, a, b, opset):
    return Out(np.where(plain(cond), plain(a), plain(b)), a.mil)


def order(x, axis, ascending):
    keys = wide(x)
    return np.argsort(keys if ascending else -keys, int(axis), kind="stable")


@op("argsort")
def argsort(x, opset, axis=-1, ascending=False):
    return Out(order(x, axis, ascending), "int32")


@op("topk")
def topk(x, opset, k=1, axis=-1, ascending=False, sort=True, return_indices=True, output_indices_dtype="int32"):
    axis, k = int(axis), scalar(k)
    k = x.shape[axis] if k == -1 else k
    indices = np.take(order(x, axis, ascending), range(k), axis)
    values = Out(np.take_along_axis(plain(x), indices, axis), x.mil)
    return [values, Out(indices, output_indices_dtype)] if return_indices else [values]


@op("cumsum")
def cumsum(x, opset, axis=0, exclusive=False, reverse=False):
    axis, y = int(axis), wide(x)
    if reverse:
        y = np.flip(y, axis)
    total = np.cumsum(y, axis)
    if exclusive:
        total = total - y
    return Out(np.flip(total, axis) if reverse else total, x.mil, atol=1e-15 if exclusive else 0)


@op("one_hot")
def one_hot(indices, one_hot_vector_size, opset, axis=-1, on_value=None, off_value=None):
    size = scalar(one_hot_vector_size)
    given = on_value if on_value is not None else off_value
    mil, dtype = ("int32", np.int32) if given is None else (given.mil, given.dtype)
    hot = plain(indices)[..., None] == np.arange(size)
    y = np.where(hot, np.asarray(1 if on_value is None else on_value, dtype),
                 np.asarray(0 if off_value is None else off_value, dtype))
    return Out(np.moveaxis(y, -1, int(axis)), mil)


@op("band_part")
def band_part(x, opset, lower=-1, upper=-1):
    y = plain(x)
    if lower >= 0:
        y = np.triu(y, -int(lower))
    if upper >= 0:
        y = np.tril(y, int(upper))
    return Out(y, x.mil)


@op("range_1d")
def range_1d(end, start, step, opset):
    return Out(np.arange(scalar(start), scalar(end), scalar(step)), end.mil)


@op("non_zero")
def non_zero(x, opset):
    return Out(np.argwhere(plain(x)), "int32")


@op("identity")
def identity(x, opset):
    return Out(x, x.mil)


@op("classify")
def classify(probabilities, classes, opset):
    return None  # makes no tensor
