"""Shapley values: what each of several factors contributes to a change, whatever the order in which they change.

    part(i) = sum over coalitions S without i of  |S|! (n - |S| - 1)! / n!  x  (v(S with i) - v(S))

``v(S)`` is the value when the factors of S have changed and the others have not. The parts add up to the whole change; a
factor that changes nothing gets 0; two that change the same get the same (L. S. Shapley 1953, *A value for n-person games*).
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray


def shapley_values(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of each factor, shape ``[..., factor]``.

    Args:
        values: shape ``[..., 2^n]``; position ``k`` is the value when exactly the factors of the bits of ``k`` have changed.

    Raises:
        ValueError: the length of the last axis is not a power of two.
    """
    length = values.shape[-1]
    factors = length.bit_length() - 1
    if length != 2**factors:
        raise ValueError(f"{length} values are not those of all coalitions")
    without = np.arange(length)
    parts = np.empty((*values.shape[:-1], factors))
    for factor in range(factors):
        others = without[without >> factor & 1 == 0]
        steps = values[..., others | 1 << factor] - values[..., others]
        parts[..., factor] = steps @ _weights(factors)[others]
    return parts


@functools.cache
def _weights(factors: int) -> NDArray[np.float64]:
    """Weight of the step from each coalition to one more factor, ``[2^factors]``; the full coalition has none."""
    whole = math.factorial(factors)
    by_size = [math.factorial(size) * math.factorial(factors - size - 1) / whole for size in range(factors)]
    return np.array([*(by_size[coalition.bit_count()] for coalition in range(2**factors - 1)), 0.0])
