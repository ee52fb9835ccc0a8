"""Expected outputs of random, by NumPy's own Philox4x64-10 and the textbook transforms."""

import numpy as np

from golden import Out, op


def uniform(seed, shape):
    """Generator(Philox).random() of the seed."""
    return np.random.Generator(np.random.Philox(key=int(seed))).random(int(np.prod(shape))).reshape(shape)


def dtype(*given):
    """MIL's name of the dtype of the first parameter that is there."""
    return next((g.mil for g in given if g is not None), "fp32")


def number(value, default):
    return default if value is None else float(value)


@op("random_bernoulli")
def random_bernoulli(shape, seed, opset, prob=None):
    return Out(uniform(seed, tuple(shape)) < number(prob, 0.5), dtype(prob))


@op("random_uniform")
def random_uniform(shape, seed, opset, low=None, high=None):
    a, b = number(low, 0.0), number(high, 1.0)
    return Out(a + (b - a) * uniform(seed, tuple(shape)), dtype(low, high))


@op("random_normal")
def random_normal(shape, seed, opset, mean=None, stddev=None):
    """Box and Muller: the real and imaginary part of sqrt(-2 ln(1 - u)) exp(2 pi i v)."""
    n = int(np.prod(shape))
    u = uniform(seed, (n + n % 2,))
    z = np.sqrt(-2 * np.log(1 - u[::2])) * np.exp(2j * np.pi * u[1::2])
    z = np.stack([z.real, z.imag], axis=-1).reshape(-1)[:n].reshape(tuple(shape))
    return Out(number(mean, 0.0) + number(stddev, 1.0) * z, dtype(mean, stddev), atol=1e-7)


@op("random_categorical")
def random_categorical(x, seed, opset, mode="logits", size=1):
    rows = np.asarray(x, np.float64).reshape(-1, x.shape[-1])
    u = uniform(seed, (len(rows), int(size)))
    picked = np.zeros(u.shape)
    for i, row in enumerate(rows):
        p = np.exp(row - row.max()) if str(mode) == "logits" else row
        sums = np.cumsum(p)
        picked[i] = np.searchsorted(sums, u[i] * sums[-1], side="right")
    return Out(picked.reshape(*x.shape[:-1], int(size)), x.mil)
