"""Fertility: age patterns by year, and the total fertility that explains the infants counted in a census."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.population.graduation import monotone
from sim.population.model import OPEN_AGE

Array = NDArray[np.float64]

_PERIOD = 5.0


def age_patterns(table: Mapping[str, NDArray[Any]], years: NDArray[np.int64]) -> Array:
    """Share of each single age in total fertility, by calendar year, shape ``[year, age]`` over ages 0..100; rows sum to 1.

    Five-year patterns are interpolated between mid-periods and graduated to single ages, group sums kept.

    Args:
        table: columns ``period_from, age_from, share``; five-year periods from 1 July and five-year ages.
        years: calendar years.
    """
    starts, ages = np.unique(table["period_from"]), np.unique(table["age_from"])
    order = np.lexsort((table["age_from"], table["period_from"]))
    grouped = table["share"][order].reshape(len(starts), len(ages))
    middle = starts + 0.5 * _PERIOD + 0.5
    at = np.asarray(years) + 0.5
    yearly = np.stack([np.interp(at, middle, grouped[:, group]) for group in range(len(ages))], axis=1)
    yearly /= yearly.sum(axis=1, keepdims=True)
    pattern = np.zeros((len(yearly), OPEN_AGE + 1))
    last = int(ages[-1] + (ages[-1] - ages[-2]) - 1)
    pattern[:, ages[0] : last + 1] = monotone(yearly, ages, last_age=last)
    return pattern


def fertility_of_infants(infants: float, women: Array, pattern: Array, infant_survival: float) -> float:
    """Total fertility at which the women of a census have had the infants counted in it.

    ``TFR = infants / (s0 sum f(x) (W(x) + W(x + 1)) / 2)``: the births of the twelve months before the census, by women who
    were half a year younger on average; deaths and arrivals of women within the year are neglected.

    Args:
        infants: persons aged 0, both sexes.
        women: women by single age at the census, shape ``[age]``.
        pattern: share of each age in total fertility, shape ``[age]``, sums to 1.
        infant_survival: share of the births of a year alive at its end, ``L0 / l0``, both sexes.
    """
    exposed = 0.5 * (women + np.append(women[1:], 0.0))
    return float(infants / (infant_survival * (pattern * exposed).sum()))
