"""Expected outputs of the normalization family: by ONNX Runtime, and by SciPy where it has no such operator."""

import numpy as np
import onnx_runtime
from scipy import ndimage

from golden import Out, op

RTOL, ATOL = 1e-5, 1e-5


def number(value, default, x, opset, *weights):
    """A scalar with its default, which takes x's element type before ios17 and that of the weights from then on."""
    if value is not None:
        return float(value)
    given = [x] if opset in ("ios15", "ios16") else [w for w in weights if w is not None]
    return float(np.float16(default) if given and given[0].mil == "fp16" else np.float32(default))


def filled(vector, value, shape):
    return np.full(shape, value, np.float32) if vector is None else np.asarray(vector, np.float32)


@op("batch_norm")
def batch_norm(x, mean, variance, opset, gamma=None, beta=None, epsilon=None):
    c = x.shape[1:2]
    y = onnx_runtime.run("BatchNormalization", [x, filled(gamma, 1, c), filled(beta, 0, c), mean, variance],
                         epsilon=number(epsilon, 1e-5, x, opset, mean))
    return Out(y, x.mil, RTOL, ATOL)


@op("instance_norm")
def instance_norm(x, opset, gamma=None, beta=None, epsilon=None):
    c = x.shape[1:2]
    y = onnx_runtime.run("InstanceNormalization", [x, filled(gamma, 1, c), filled(beta, 0, c)],
                         epsilon=number(epsilon, 1e-5, x, opset, gamma, beta))
    return Out(y, x.mil, RTOL, ATOL)


@op("layer_norm")
def layer_norm(x, opset, axes=None, gamma=None, beta=None, epsilon=None):
    axes = sorted(int(a) % x.ndim for a in (range(x.ndim) if axes is None else axes))
    others = [a for a in range(x.ndim) if a not in axes]
    order = others + axes
    shape = [x.shape[a] for a in axes]
    if float(np.abs(np.asarray(x, np.float64)).max()) > 100:  # float32 would lose too much here
        wide = np.asarray(x, np.float64)
        mean, variance = wide.mean(tuple(axes), keepdims=True), wide.var(tuple(axes), keepdims=True)
        return Out((wide - mean) / np.sqrt(variance + number(epsilon, 1e-5, x, opset, gamma, beta)), x.mil)
    y = onnx_runtime.run("LayerNormalization",
                         [np.ascontiguousarray(np.transpose(x, order)), filled(gamma, 1, shape), filled(beta, 0, shape)],
                         axis=len(others), epsilon=number(epsilon, 1e-5, x, opset, gamma, beta))
    return Out(np.transpose(y, np.argsort(order)), x.mil, RTOL, ATOL)


@op("l2_norm")
def l2_norm(x, opset, epsilon=None):
    wide = np.asarray(x, np.float64)
    norm = np.sqrt(np.square(wide).sum((-3, -2, -1), keepdims=True) + number(epsilon, 1e-6, x, opset))
    return Out(wide / norm, x.mil)


@op("local_response_norm")
def local_response_norm(x, size, opset, alpha=None, beta=None, k=None):
    size = int(size)
    alpha, beta, k = (number(v, d, x, opset) for v, d in ((alpha, 1e-4), (beta, 0.75), (k, 1.0)))
    wide = np.asarray(x, np.float64)
    # A centred moving mean with zeros outside; for an even size SciPy's reaches one further back, as PyTorch's does.
    mean = ndimage.uniform_filter1d(np.square(wide), size, axis=1, mode="constant")
    y = wide / (k + alpha * mean) ** beta
    if size % 2 == 1:
        flat = np.asarray(x).reshape(x.shape[0], x.shape[1], 1, -1)
        oracle = onnx_runtime.run("LRN", [flat], size=size, alpha=alpha, beta=beta, bias=k)
        np.testing.assert_allclose(y, oracle.reshape(x.shape), rtol=1e-5, atol=1e-5)
    return Out(y, x.mil)
