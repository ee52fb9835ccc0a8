"""Expected outputs of attention, by NumPy and SciPy in float64."""

import numpy as np
from scipy import special

from elementwise import wide
from golden import Out, op


@op("scaled_dot_product_attention")
def attention(query, key, value, opset, attn_mask=None):
    weights = np.matmul(wide(query), np.swapaxes(wide(key), -1, -2)) / np.sqrt(query.shape[-1])
    if attn_mask is not None:
        weights = weights + (np.where(attn_mask, 0, -np.inf) if attn_mask.mil == "bool" else wide(attn_mask))
    y = np.matmul(special.softmax(weights, axis=-1), wide(value))
    return Out(y, query.mil, atol=1e-15 * key.shape[-2])  # sums that cancel
