"""Expected outputs of tensor_transformation, by NumPy and (pixel blocks) ONNX Runtime."""

import numpy as np

import onnx_runtime
from golden import Out, op


def same(values, x):
    return Out(values, x.mil)


def ints(a):
    return [int(v) for v in np.ravel(a)]


@op("reshape")
def reshape(x, shape, opset):
    shape = ints(shape)
    for i, extent in enumerate(shape):
        source = i - len(shape) + x.ndim if opset == "ios17" else i
        if extent == 0:
            shape[i] = x.shape[source] if 0 <= source < x.ndim else 1
    if x.size == 0 and -1 in shape:  # NumPy cannot tell: the one case in the samples is [0,3] to [0,-1]
        assert x.shape == (0, 3) and shape == [0, -1]
        shape = [0, 3]
    return same(np.reshape(np.asarray(x), shape), x)


@op("reshape_like")
def reshape_like(x, ref_tensors, begins, ends, end_masks, opset):
    shape = []
    for ref, begin, end, mask in zip(ref_tensors, begins, ends, end_masks):
        shape += ref.shape[int(begin):] if mask else ref.shape[int(begin):int(end)]
    return same(np.reshape(np.asarray(x), shape), x)


@op("expand_dims")
def expand_dims(x, axes, opset):
    return same(np.expand_dims(np.asarray(x), tuple(ints(axes))), x)


@op("squeeze")
def squeeze(x, opset, axes=None):
    axes = None if axes is None else tuple(a for a in ints(axes) if x.shape[a] == 1)
    return same(np.squeeze(np.asarray(x), axes), x)


@op("reverse")
def reverse(x, opset, axes=None):
    return same(np.flip(np.asarray(x), None if axes is None else tuple(ints(axes))), x)


@op("transpose")
def transpose(x, perm, opset):
    return same(np.transpose(np.asarray(x), ints(perm)), x)


@op("flatten2d")
def flatten2d(x, opset, axis=1):
    axis = int(axis) + (x.ndim if axis < 0 else 0)
    return same(np.asarray(x).reshape(int(np.prod(x.shape[:axis])), -1), x)


@op("reverse_sequence")
def reverse_sequence(x, lengths, opset, seq_axis=0, batch_axis=0):
    y = np.asarray(x).copy()
    moved = np.moveaxis(y, (int(batch_axis), int(seq_axis)), (0, 1))
    for row, length in zip(moved, ints(lengths)):
        row[:length] = row[:length][::-1].copy()
    return same(y, x)


def part(x, begin, end, stride=None, begin_mask=None, end_mask=None, squeeze_mask=None):
    index = []
    for i in range(x.ndim):
        if squeeze_mask is not None and squeeze_mask[i]:
            index.append(int(begin[i]))
            continue
        lo = None if begin_mask is not None and begin_mask[i] else int(begin[i])
        hi = None if end_mask is not None and end_mask[i] else int(end[i])
        index.append(slice(lo, hi, None if stride is None else int(stride[i])))
    return tuple(index)


@op("slice_by_index")
def slice_by_index(x, opset, **bounds):
    return same(np.asarray(x)[part(x, **bounds)], x)


@op("slice_update")
def slice_update(x, update, opset, **bounds):
    y = np.array(x)
    y[part(x, **bounds)] = update
    return same(y, x)


@op("slice_by_size")
def slice_by_size(x, begin, size, opset):
    index = []
    for b, s, extent in zip(ints(begin), ints(size), x.shape):
        b += extent if b < 0 else 0
        index.append(slice(b, extent if s == -1 else b + s))
    return same(np.asarray(x)[tuple(index)], x)


@op("sliding_windows")
def sliding_windows(x, axis, size, opset, stride=1):
    axis = int(axis) % x.ndim
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(x), int(size), axis)
    return same(np.moveaxis(windows.take(range(0, windows.shape[axis], int(stride)), axis), -1, axis + 1), x)


def from_onnx(op_type, x, **attributes):
    return onnx_runtime.run(op_type, [np.asarray(x, np.float32)], opset=13, **attributes)


@op("depth_to_space")
def depth_to_space(x, block_size, opset):
    return same(from_onnx("DepthToSpace", x, blocksize=int(block_size), mode="DCR"), x)


@op("space_to_depth")
def space_to_depth(x, block_size, opset):
    return same(from_onnx("SpaceToDepth", x, blocksize=int(block_size)), x)


@op("pixel_shuffle")
def pixel_shuffle(x, upscale_factor, opset):
    return same(from_onnx("DepthToSpace", x, blocksize=int(upscale_factor), mode="CRD"), x)


@op("pixel_unshuffle")
def pixel_unshuffle(x, downscale_factor, opset):
    """ONNX has no such op: the inverse of its pixel shuffle, found by shuffling positions."""
    r, (n, c, h, w) = int(downscale_factor), x.shape
    shape = (n, c * r * r, h // r, w // r)
    source = from_onnx("DepthToSpace", np.arange(x.size).reshape(shape), blocksize=r, mode="CRD")
    y = np.empty(x.size)
    y[source.astype(np.int64).ravel()] = np.asarray(x).ravel()
    return same(y.reshape(shape), x)


def scatter_pixels(x, shape, source):
    """By an index loop over the definition, so that no reshape trick is shared with our kernels."""
    y = np.zeros(shape, np.asarray(x).dtype)
    for index in np.ndindex(*shape):
        at = source(*index)
        inside = all(0 <= a < e for a, e in zip(at, x.shape))
        y[index] = x[at] if inside else 0
    return same(y, x)


@op("space_to_batch")
def space_to_batch(x, block_shape, paddings, opset):
    (bh, bw), ((top, bottom), (left, right)) = ints(block_shape), np.asarray(paddings).tolist()
    n, c, h, w = x.shape
    return scatter_pixels(x, (n * bh * bw, c, (h + top + bottom) // bh, (w + left + right) // bw),
                          lambda k, c, i, j: (k % n, c, i * bh + k // n // bw - top, j * bw + k // n % bw - left))


@op("batch_to_space")
def batch_to_space(x, block_shape, crops, opset):
    (bh, bw), ((top, bottom), (left, right)) = ints(block_shape), np.asarray(crops).tolist()
    n, c, h, w = x.shape
    n //= bh * bw

    def source(k, c, i, j):
        i, j = i + top, j + left
        return ((i % bh * bw + j % bw) * n + k, c, i // bh, j // bw)

    return scatter_pixels(x, (n, c, h * bh - top - bottom, w * bw - left - right), source)
