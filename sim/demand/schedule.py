"""Age schedules: rates for broad ages spread over single ages, and the people they are applied to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.population.model import OPEN_AGE


def by_single_age(age_from: NDArray[np.float64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rates of age groups as rates of single ages 0..100, constant within a group, shape ``[age]``.

    Args:
        age_from: first age of each group, ascending from 0; the last group is open.
        rates: one rate a group.
    """
    group = np.searchsorted(age_from, np.arange(OPEN_AGE + 1), side="right") - 1
    return np.asarray(rates, dtype=float)[group]


def on_census_groups(
    age_from: NDArray[np.float64], rates: NDArray[np.float64], census_age_from: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Rates for the groups of a census table: the rate at each group's first age, shape ``[group]``.

    Exact when no census group reaches over two groups of the schedule.
    """
    return by_single_age(age_from, rates)[np.asarray(census_age_from, dtype=int)]
