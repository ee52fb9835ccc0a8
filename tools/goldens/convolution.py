"""Expected outputs of the conv and pool families, by ONNX Runtime."""

import numpy as np
import onnx_runtime

from golden import Out, op

AUTO_PAD = {"valid": "VALID", "same": "SAME_UPPER", "same_lower": "SAME_LOWER", "custom": "NOTSET"}


def onnx_pads(pad, rank):
    """MIL's [before0, after0, before1, ...] as ONNX's [before0, before1, ..., after0, after1, ...]."""
    pad = [0] * (2 * rank) if pad is None else [int(p) for p in pad]
    return pad[0::2] + pad[1::2]


def ints(values):
    return None if values is None else [int(v) for v in values]


@op("conv")
def conv(x, weight, opset, bias=None, strides=None, pad_type="valid", pad=None, dilations=None, groups=1):
    rank = x.ndim - 2
    y = onnx_runtime.run(
        "Conv", [x, weight, bias], strides=ints(strides), dilations=ints(dilations), group=int(groups),
        auto_pad=AUTO_PAD[pad_type], pads=onnx_pads(pad, rank) if pad_type == "custom" else None)
    return Out(y, x.mil, onnx_runtime.RTOL, onnx_runtime.ATOL)


@op("conv_transpose", "pome.conv_transpose")
def conv_transpose(x, weight, opset, bias=None, strides=None, pad_type="valid", pad=None, dilations=None, groups=1,
                   output_shape=None):
    rank = x.ndim - 2
    kernel = weight.shape[2:]
    strides = ints(strides) or [1] * rank
    dilations = ints(dilations) or [1] * rank
    full = [(i - 1) * s + (k - 1) * d + 1 for i, s, k, d in zip(x.shape[2:], strides, kernel, dilations)]
    # Everything without cropping; the pad types then choose a stretch of it.
    y = onnx_runtime.run("ConvTranspose", [x, weight, bias], strides=strides, dilations=dilations, group=int(groups))
    assert list(y.shape[2:]) == full
    pads = onnx_pads(pad if pad_type == "custom" else None, rank)
    cut = []
    for i in range(rank):
        extent = x.shape[2 + i] * strides[i] if pad_type.startswith("same") else full[i] - pads[i] - pads[rank + i]
        if output_shape is not None:
            extent = int(output_shape[2 + i])
        before = pads[i]
        if pad_type.startswith("same"):
            total = max(0, full[i] - extent)
            before = (total + 1) // 2 if pad_type == "same_lower" else total // 2
        cut.append((before, extent))
    fill = np.zeros(y.shape[1]) if bias is None else np.asarray(bias, np.float64)
    out = np.broadcast_to(fill.reshape(1, -1, *[1] * rank), y.shape[:2] + tuple(e for _, e in cut)).copy()
    source = y[(slice(None), slice(None)) + tuple(slice(b, b + e) for b, e in cut)]
    out[tuple(slice(0, n) for n in source.shape)] = source
    return Out(out, x.mil, onnx_runtime.RTOL, onnx_runtime.ATOL)


def pool(op_type, x, kernel_sizes, strides, pad_type, pad, ceil_mode, **attributes):
    rank = x.ndim - 2
    return onnx_runtime.run(
        op_type, [x], opset=22, kernel_shape=ints(kernel_sizes), strides=ints(strides) or [1] * rank,
        auto_pad=AUTO_PAD[pad_type], pads=onnx_pads(pad, rank) if pad_type == "custom" else None,
        ceil_mode=int(ceil_mode), **attributes)


@op("max_pool")
def max_pool(x, kernel_sizes, pad_type, opset, strides=None, pad=None, ceil_mode=False):
    return Out(pool("MaxPool", x, kernel_sizes, strides, pad_type, pad, ceil_mode), x.mil)


@op("avg_pool")
def avg_pool(x, kernel_sizes, pad_type, opset, strides=None, pad=None, ceil_mode=False,
             exclude_padding_from_average=False):
    y = pool("AveragePool", x, kernel_sizes, strides, pad_type, pad, ceil_mode,
             count_include_pad=int(not exclude_padding_from_average))
    return Out(y, x.mil, onnx_runtime.RTOL, onnx_runtime.ATOL)


@op("l2_pool")
def l2_pool(x, kernel_sizes, pad_type, opset, strides=None, pad=None, ceil_mode=False):
    y = pool("LpPool", x, kernel_sizes, strides, pad_type, pad, ceil_mode, p=2)
    return Out(y, x.mil, onnx_runtime.RTOL, onnx_runtime.ATOL)
