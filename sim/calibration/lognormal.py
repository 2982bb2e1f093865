"""Updating a lognormal prior with observations of known tolerance: the closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence


def update(median: float, sd: float, observations: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Posterior of a level whose logarithm is normal and is observed with normal errors of known spread.

    The precision of the posterior is the sum of the precisions; the mean of the logarithm is the mean of prior and
    observations weighted by them (Gelman et al. 2013, *Bayesian Data Analysis*, 3rd ed., 2.5).

    Args:
        median, sd: the prior's median and the standard deviation of its logarithm.
        observations: pairs of the level that an observation implies by itself, and the standard deviation of its logarithm.

    Returns:
        median and standard deviation of the logarithm.

    Raises:
        ValueError: a level or a spread that is not positive.
    """
    points = [(median, sd), *observations]
    if any(value <= 0.0 or spread <= 0.0 for value, spread in points):
        raise ValueError("levels and their spreads must be positive")
    weights = [1.0 / spread**2 for _, spread in points]
    mean = sum(weight * math.log(value) for weight, (value, _) in zip(weights, points, strict=True)) / sum(weights)
    return math.exp(mean), 1.0 / math.sqrt(sum(weights))
