"""What the highest of several years says about a level, when the document does not say which year it was.

Every year's figure scatters around its level: ``log figure(t) = log level + log unit(t) + noise(t)``, with independent
normal noise. The printed peak is the largest of them, so it lies above the level by what the luckiest year gave. With
``u(t) = log unit(t)``, noise ``s`` and one error ``d`` common to all years (rounding, definition, spread ``c``), the density
of a peak ``m`` at the log level ``x`` is

    z(t) = (m - d - x - u(t)) / s
    f(m | x) = mean over d of  sum over t of  phi(z(t)) / s  x  product over r != t of  Phi(z(r))

the density of the maximum of independent, not identical normal variables (H. A. David and H. N. Nagaraja 2003, *Order
Statistics*, 3rd ed., 5.2). Times a normal prior of ``x`` and integrated on a grid it gives the posterior. In five years of
equal units with a flat prior the median level lies at ``m - s Phi^-1(0.5^(1/5)) = m - 1.13 s``, below what the peak implies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_STEPS_A_SPREAD, _REACH, _NODES = 60, 8.0, 21
_POINTS = (0.1, 0.5, 0.9)


def level_below_peak(
    median: float, sd: float, units: Sequence[float], peak: float, noise: float, common: float
) -> tuple[float, float, float]:
    """The 10 %, 50 % and 90 % points of a level after a peak was seen.

    Args:
        median, sd: the prior's median and the standard deviation of its logarithm.
        units: what the schedule gives for a level of 1 in each of the years.
        peak: the highest figure of these years.
        noise: standard deviation of the logarithm of a year's figure around its level.
        common: standard deviation of the logarithm of the error that all years share.

    Raises:
        ValueError: a quantity that is not positive (``common`` may be 0), or no year.
    """
    if not units or min(median, sd, peak, noise, *units) <= 0.0 or common < 0.0:
        raise ValueError("levels, units, peaks and their spreads must be positive")
    implied = math.log(peak) - np.log(np.asarray(units, dtype=float))
    prior = math.log(median)
    step = min(sd, math.hypot(noise, common)) / _STEPS_A_SPREAD
    reach = _REACH * min(sd, math.hypot(noise, common))
    low = min(prior, float(implied.min())) - reach
    high = max(prior, float(implied.max())) + reach
    levels = low + step * np.arange(math.ceil((high - low) / step) + 1)
    log_density = -0.5 * np.square((levels - prior) / sd) + _log_likelihood(levels, implied, noise, common)
    density = np.exp(log_density - log_density.max())
    area = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    low, middle, high = (math.exp(float(np.interp(p * area[-1], area, levels))) for p in _POINTS)
    return low, middle, high


def _log_likelihood(
    levels: NDArray[np.float64], implied: NDArray[np.float64], noise: float, common: float
) -> NDArray[np.float64]:
    """Logarithm of the peak's density, up to a constant, by log level; the common error by Gauss-Hermite quadrature."""
    from scipy.special import log_ndtr, logsumexp

    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    scores = (implied[:, None, None] - common * nodes[None, :, None] - levels[None, None, :]) / noise
    below = log_ndtr(scores)
    one_is_largest = -0.5 * np.square(scores) + below.sum(axis=0) - below
    return logsumexp(logsumexp(one_is_largest, axis=0), axis=0, b=weights[:, None])
