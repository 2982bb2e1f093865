"""Differences in pairs: draw by draw, and replication by replication.

Two runs of one seed share their draws (the same births, the same use of care, the same roads in draw i) and their calls
(replication r). A difference taken inside a pair is free of what both share; its spread is what the scenarios themselves
leave open. Source: A. M. Law, Simulation Modeling and Analysis (5th ed. 2015), sections 10.2 and 11.2 (common random
numbers).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DUST = 1e-9
"""Differences smaller than this share of the figures are rounding of the last bits, not differences."""


@dataclass(frozen=True)
class PairedDraws:
    """``other - base`` over the random draws that both have.

    Attributes:
        p10, p50, p90: quantiles of the differences; NaN without a random draw.
        above, below: shares of draws in which the other is higher, lower.
        variance_ratio: variance of the difference of unpaired draws (the sum of both variances) over that of the pairs: how
            many times more draws an unpaired comparison would need. NaN where the pairs do not vary.
        pairs: random draws paired.
    """

    p10: float
    p50: float
    p90: float
    above: float
    below: float
    variance_ratio: float
    pairs: int


def paired_draws(other: NDArray[np.float64], base: NDArray[np.float64]) -> PairedDraws:
    """Compare two series over the draw axis (entry 0 is the central assumption and is left out).

    Series of different length are paired over their first common draws, which are the same ones by construction; draws in which
    one of them is not known, or without bound, are left out.
    """
    size = min(len(other), len(base))
    a, b = other[1:size], base[1:size]
    known = np.isfinite(a) & np.isfinite(b)
    a, b = a[known], b[known]
    if not len(a):
        return PairedDraws(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    difference = a - b
    dust = _DUST * np.maximum(np.abs(a), np.abs(b))
    difference[np.abs(difference) <= dust] = 0.0
    p10, p50, p90 = (float(value) for value in np.quantile(difference, (0.1, 0.5, 0.9)))
    paired = float(difference.var())
    ratio = float(a.var() + b.var()) / paired if paired > 0 else math.nan
    return PairedDraws(p10, p50, p90, float(np.mean(difference > 0)), float(np.mean(difference < 0)), ratio, len(a))
