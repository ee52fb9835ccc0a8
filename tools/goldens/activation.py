"""Expected outputs of the activation family, by NumPy and SciPy in float64; softplus and the relu family's rarer members
also follow ONNX Runtime's operators of the same meaning."""

import numpy as np
import onnx_runtime
from scipy import special

from golden import Out, op


def wide(x):
    return np.asarray(x).astype(np.float64)


def channels(x, vector):
    return wide(vector).reshape(-1, *[1] * (x.ndim - 2))


for _name, _function in {
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "sigmoid": special.expit,
    "silu": lambda x: x * special.expit(x),
    "softplus": lambda x: np.logaddexp(0, x),
    "softsign": lambda x: x / (1 + np.abs(x)),
}.items():
    op(_name)(lambda x, opset, f=_function: Out(f(wide(x)), x.mil))


def by_onnx(op_type, x, rtol=4e-6, **attributes):
    return Out(onnx_runtime.run(op_type, [x], **attributes), x.mil, rtol, 1e-6)


@op("elu")
def elu(x, alpha, opset):
    return by_onnx("Elu", x, alpha=float(alpha))


@op("leaky_relu")
def leaky_relu(x, alpha, opset):
    return by_onnx("LeakyRelu", x, alpha=float(alpha))


@op("sigmoid_hard")
def sigmoid_hard(x, alpha, beta, opset):
    return by_onnx("HardSigmoid", x, alpha=float(alpha), beta=float(beta))


@op("thresholded_relu")
def thresholded_relu(x, alpha, opset):
    # ONNX's keeps x > alpha, Core ML's also x == alpha.
    return Out(np.where(wide(x) >= float(alpha), wide(x), 0), x.mil)


@op("clamped_relu")
def clamped_relu(x, alpha, beta, opset):
    return Out(np.minimum(np.where(wide(x) >= 0, wide(x), float(alpha) * wide(x)), float(beta)), x.mil)


@op("linear_activation")
def linear_activation(x, alpha, beta, opset):
    return Out(float(alpha) * wide(x) + float(beta), x.mil)


@op("scaled_tanh")
def scaled_tanh(x, alpha, beta, opset):
    return Out(float(alpha) * np.tanh(float(beta) * wide(x)), x.mil)


@op("prelu")
def prelu(x, alpha, opset):
    slope = np.asarray(alpha, np.float32).reshape(-1, *[1] * (x.ndim - 2))
    return Out(onnx_runtime.run("PRelu", [x, slope]), x.mil)


@op("softplus_parametric")
def softplus_parametric(x, alpha, beta, opset):
    return Out(channels(x, alpha) * np.logaddexp(0, channels(x, beta) * wide(x)), x.mil)


@op("gelu")
def gelu(x, opset, mode="EXACT"):
    if mode == "EXACT":
        return Out(wide(x) * special.ndtr(wide(x)), x.mil)
    if mode == "TANH_APPROXIMATION":
        return by_onnx("Gelu", x, rtol=1e-5, approximate="tanh")
    return Out(wide(x) * special.expit(1.702 * wide(x)), x.mil)


@op("softmax")
def softmax(x, opset, axis=-1):
    return Out(special.softmax(wide(x), axis=int(axis)) if x.size else wide(x), x.mil)
