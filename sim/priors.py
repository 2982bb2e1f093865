"""Uncertain inputs as draws: a central value with its 10 % and 90 % points becomes one value a draw.

The distribution is a two-piece normal on the scale of the quantity (logarithm for levels, logit for shares): its median is
the central value and its 10 % and 90 % points are the stated ones, also when these lie unevenly around it. For a
symmetric range it is the lognormal or logit-normal distribution (Johnson, Kotz and Balakrishnan 1994, *Continuous
Univariate Distributions* 1, 14.8; the two pieces: Wallis 2014, Statistical Science 29(1)).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.region.model import Observation

Z90 = 1.2815515655446004
"""The 90 % point of the standard normal distribution."""


def log_sd(low: float, high: float) -> float:
    """Standard deviation of the logarithm whose 10 % and 90 % points are ``low`` and ``high``."""
    return math.log(high / low) / (2.0 * Z90)


def interval(median: float, sd: float) -> tuple[float, float]:
    """The 10 % and 90 % points of a lognormal distribution with this median and log standard deviation."""
    return median * math.exp(-Z90 * sd), median * math.exp(Z90 * sd)


def sample(observation: Observation, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """One value for each standard normal score; a score of 0 gives the central value itself.

    Args:
        observation: central value with ``low`` and ``high``; without them the value is taken as certain.
        scores: standard normal scores, any shape.

    Raises:
        InputError: a range that is not within (0, 1) for a share, or not positive for a level.
    """
    value = observation.number
    if observation.low is None or observation.high is None:
        return np.full(scores.shape, value)
    share = is_share(observation.unit)
    if not 0.0 < observation.low <= value <= observation.high or (share and observation.high >= 1.0):
        wanted = "0 < low <= value <= high" + (" < 1" if share else "")
        raise InputError([Problem(observation.place, f"the range {observation.low:g} to {observation.high:g}", wanted)])
    centre, down, up = (_forward(x, share) for x in (value, observation.low, observation.high))
    width = np.where(scores > 0, up - centre, centre - down) / Z90
    return np.where(scores == 0, value, _backward(centre + width * scores, share))


def is_share(unit: str) -> bool:
    """Whether a unit is that of a quantity between 0 and 1: ``share`` or ``share of ...`` (a share *per year* is a rate)."""
    return unit == "share" or unit.startswith("share of ")


def _forward(value: float, share: bool) -> float:
    return math.log(value / (1.0 - value)) if share else math.log(value)


def _backward(values: NDArray[np.float64], share: bool) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-values)) if share else np.exp(values)
