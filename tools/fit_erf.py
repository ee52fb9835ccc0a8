#!/usr/bin/env python3
"""Fits the polynomials of math-inl.h and sigmoid-inl.h in src/cpu/kernels/eltwise. Needs NumPy and SciPy; prints them with
their errors."""
import math

import numpy as np
from numpy.polynomial import chebyshev, polynomial
from scipy.special import erf, erfcx


def fit(function, low, high, degree, points=4000, rounds=40):
    """Minimax polynomial of least relative error on [low, high], by Lawson's reweighted least squares."""
    k = np.arange(points)
    u = np.cos(np.pi * (k + 0.5) / points)
    y = function((low + high) / 2 + (high - low) / 2 * u)
    weights = np.ones(points)
    for _ in range(rounds):
        rows = np.sqrt(weights) / np.abs(y)
        c = np.linalg.lstsq(chebyshev.chebvander(u, degree) * rows[:, None], y * rows, rcond=None)[0]
        error = np.abs((chebyshev.chebval(u, c) - y) / y)
        weights *= error / error.max() + 1e-12
        weights /= weights.mean()
    # From u in [-1, 1] back to the function's own variable.
    step = np.array([-(low + high) / (high - low), 2 / (high - low)])
    result, power = np.zeros(1), np.ones(1)
    for a in chebyshev.cheb2poly(c):
        result = polynomial.polyadd(result, a * power)
        power = polynomial.polymul(power, step)
    return result, error.max()


def show(name, result):
    coefficients, error = result
    print(f"{name}: relative error {error:.2g}")
    print("  " + ", ".join(f"{np.float32(c):.10g}f" for c in coefficients))


if __name__ == "__main__":
    # erfc(a) = exp(-a^2) * tail(t), t = 1 / (1 + 0.4 a), a in [0, 10.2].
    show("tail", fit(lambda t: erfcx((1 / t - 1) / 0.4), 1 / (1 + 0.4 * 10.2), 1, 9))
    # erf(x) = x * near(x^2), |x| < 0.85.
    show("near", fit(lambda s: erf(np.sqrt(s)) / np.sqrt(s), 1e-9, 0.85**2, 5))
    # e^r = 1 + r + r^2 q(r), |r| < ln 2 / 2; the error shown is that of q.
    half = math.log(2) / 2 * 1.0001
    # 2^f = 1 + f q(f), |f| < 1/2; the error shown is that of q.
    show("q of 2^f", fit(lambda f: np.expm1(f * math.log(2)) / f, -0.5001, 0.5001, 5))
    show("q", fit(lambda r: sum(r**k / math.factorial(k + 2) for k in range(20)), -half, half, 4))
