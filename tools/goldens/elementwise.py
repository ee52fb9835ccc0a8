"""Expected outputs of the elementwise families, by NumPy and SciPy in float64."""

import numpy as np
from scipy import special

from golden import Out, op


def wide(x):
    """float64, or int64 for integers and bools as they are."""
    return np.asarray(x).astype(np.float64 if x.mil.startswith("fp") else np.int64)


def out_like(values, x):
    values = np.asarray(values)
    if x.mil == "int32":
        values = np.trunc(values).astype(np.int64).astype(np.int32)
    return Out(values, x.mil)


UNARY = {
    "abs": np.abs, "acos": np.arccos, "asin": np.arcsin, "atan": np.arctan, "atanh": np.arctanh, "ceil": np.ceil,
    "cos": np.cos, "cosh": np.cosh, "erf": special.erf, "exp": np.exp, "floor": np.floor, "round": np.rint,
    "sign": np.sign, "sin": np.sin, "sinh": np.sinh, "sqrt": np.sqrt, "square": np.square, "tan": np.tan,
    "tanh": np.tanh, "exp2": lambda x: np.exp2(np.asarray(x, np.float64)),
}
for _name, _function in UNARY.items():
    op(_name)(lambda x, opset, f=_function: out_like(f(wide(x)), x))


@op("logical_not")
def logical_not(x, opset):
    return Out(np.logical_not(x), "bool")


@op("clip")
def clip(x, alpha, beta, opset):
    return Out(np.minimum(np.maximum(wide(x), wide(alpha)), wide(beta)), x.mil)


@op("threshold")
def threshold(x, alpha, opset):
    return Out(np.maximum(wide(x), wide(alpha)), x.mil)


def epsilon_of(x, epsilon, default, opset):
    if epsilon is not None:
        return float(epsilon)
    half = x.mil == "fp16" and opset in ("ios15", "ios16")
    return float(np.float16(default) if half else np.float32(default))


@op("inverse")
def inverse(x, opset, epsilon=None):
    return Out(1 / (wide(x) + epsilon_of(x, epsilon, 1e-4, opset)), x.mil)


@op("log")
def log(x, opset, epsilon=None):
    return Out(np.log(wide(x) + epsilon_of(x, epsilon, 1e-45, opset)), x.mil)


@op("rsqrt")
def rsqrt(x, opset, epsilon=None):
    return Out(1 / np.sqrt(wide(x) + epsilon_of(x, epsilon, 1e-12, opset)), x.mil)


@op("cast")
def cast(x, dtype, opset):
    kinds = {"fp16": np.float16, "fp32": np.float32, "bool": np.bool_}
    return Out(np.asarray(x).astype(kinds.get(dtype) or np.dtype(dtype)), dtype)


def float_or_int(f, g=None):
    def run(x, y, opset):
        if x.mil.startswith("fp"):
            return Out(f(wide(x), wide(y)), x.mil)
        return Out((g or f)(np.asarray(x), np.asarray(y)), x.mil)

    return run


op("add")(float_or_int(np.add))
op("sub")(float_or_int(np.subtract))
op("mul")(float_or_int(np.multiply))
op("maximum")(float_or_int(np.maximum))
op("minimum")(float_or_int(np.minimum))
op("floor_div")(float_or_int(np.floor_divide))
op("mod")(float_or_int(np.mod))
op("pow")(float_or_int(np.power))
op("real_div")(float_or_int(np.divide, lambda x, y: np.trunc(x / y)))

for _name, _function in {
    "equal": np.equal, "not_equal": np.not_equal, "less": np.less, "less_equal": np.less_equal, "greater": np.greater,
    "greater_equal": np.greater_equal, "logical_and": np.logical_and, "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
}.items():
    op(_name)(lambda x, y, opset, f=_function: Out(f(np.asarray(x), np.asarray(y)), "bool"))
