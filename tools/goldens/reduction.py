"""Expected outputs of reduction, by NumPy and SciPy in float64."""

import numpy as np
from scipy import special

from elementwise import wide
from golden import Out, op

REDUCE = {
    "reduce_l1_norm": lambda x, **k: np.sum(np.abs(x), **k),
    "reduce_l2_norm": lambda x, **k: np.sqrt(np.sum(np.square(x), **k)),
    "reduce_log_sum": lambda x, **k: np.log(np.sum(x, **k)),
    "reduce_log_sum_exp": lambda x, **k: special.logsumexp(np.asarray(x, np.float64), **k),
    "reduce_max": np.max, "reduce_mean": np.mean, "reduce_min": np.min, "reduce_prod": np.prod, "reduce_sum": np.sum,
    "reduce_sum_square": lambda x, **k: np.sum(np.square(x), **k),
}


def reduce(function, x, axes, keep_dims):
    axes = None if axes is None else tuple(int(a) for a in np.ravel(axes))
    y = function(wide(x), axis=axes, keepdims=bool(keep_dims))
    # A sum that cancels is exact only relative to its terms.
    atol = 1e-14 * x.size if x.mil.startswith("fp") else 0
    return Out(np.trunc(y).astype(np.int64).astype(np.int32) if x.mil == "int32" else y, x.mil, atol=atol)


for _name, _function in REDUCE.items():
    op(_name)(lambda x, opset, axes=None, keep_dims=False, f=_function: reduce(f, x, axes, keep_dims))


@op("reduce_argmax")
def reduce_argmax(x, opset, axis=-1, keep_dims=False, output_dtype="int32"):
    return Out(np.argmax(wide(x), axis=int(axis), keepdims=bool(keep_dims)), output_dtype)


@op("reduce_argmin")
def reduce_argmin(x, opset, axis=-1, keep_dims=False, output_dtype="int32"):
    return Out(np.argmin(wide(x), axis=int(axis), keepdims=bool(keep_dims)), output_dtype)
