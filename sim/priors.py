"""Uncertain inputs as draws: a central value with its 10 % and 90 % points becomes one value a draw.

The distribution is a two-piece normal on the scale of the quantity (logarithm for levels, logit for shares): its median is
the central value and its 10 % and 90 % points are the stated ones, also when these lie unevenly around it. For a
symmetric range it is the lognormal or logit-normal distribution (Johnson, Kotz and Balakrishnan 1994, *Continuous
Univariate Distributions* 1, 14.8; the two pieces: Wallis 2014, Statistical Science 29(1)).

Every parameter has normal scores on a named stream of its own. Parameters that were fitted together are correlated (a normal
copula: Nelsen 2006, *An Introduction to Copulas*, 2.3): the scores of a group are its Cholesky factor times the members' own
ones, so that the first of the group, and every parameter outside a group, keeps the scores it would have had alone.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.errors import InputError, Problem
from sim.region.model import JointFit, Observation

_STREAMS = {
    "care.admission_level": "demand.admission_level",
    "care.visit_level": "demand.visit_level",
    "care.stay_level": "demand.length_of_stay",
    "need.childcare_take_up": "demand.childcare_take_up",
    "emergency.call_level_factor": "demand.call_level",
    "emergency.travel.multiplier": "emergency.travel_speed",
    "emergency.turnout_factor": "emergency.turnout",
}
"""Parameters with a stream of their own; the others share one, told apart by their key."""

_DEMAND_TOO = ("emergency.call_growth_per_year",)
"""Emergency parameters that the demand models drew first: calls are the same in both, draw by draw."""

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
    centre, down, up = (forward(x, share) for x in (value, observation.low, observation.high))
    width = np.where(scores > 0, up - centre, centre - down) / Z90
    return np.where(scores == 0, value, backward(centre + width * scores, share))


def scores(joint: tuple[JointFit, ...], draws: Draws, key: str, stream: str = "") -> NDArray[np.float64]:
    """Standard normal scores of a parameter, shape ``[draw]``; draw 0 is zero.

    Args:
        joint: the region's groups of parameters that were fitted together.
        draws: the draw axis.
        key: the parameter.
        stream: its own random stream, where it is not the one of its key.
    """
    group = next((group for group in joint if key in group.keys), None)
    if group is None:
        return _own_scores(draws, key, stream)
    row = np.linalg.cholesky(group.correlation)[group.keys.index(key)]
    total = np.zeros(draws.size)
    for weight, member in zip(row, group.keys, strict=True):
        if weight:
            total += weight * _own_scores(draws, member)
    return total


def _own_scores(draws: Draws, key: str, stream: str = "") -> NDArray[np.float64]:
    if stream or key in _STREAMS:
        return draws.normal(stream or _STREAMS[key])[:, 0]
    shared = "emergency.parameter" if key.startswith("emergency.") and key not in _DEMAND_TOO else "demand.parameter"
    return draws.normal(shared, index=tuple(key.encode()))[:, 0]


def is_share(unit: str) -> bool:
    """Whether a unit is that of a quantity between 0 and 1: ``share`` or ``share of ...`` (a share *per year* is a rate)."""
    return unit == "share" or unit.startswith("share of ")


def forward(value: float, share: bool) -> float:
    """A value on the scale on which its distribution is normal: the logit of a share, else the logarithm."""
    return math.log(value / (1.0 - value)) if share else math.log(value)


def backward(values: NDArray[np.float64], share: bool) -> NDArray[np.float64]:
    """The inverse of :func:`forward`."""
    return 1.0 / (1.0 + np.exp(-values)) if share else np.exp(values)
