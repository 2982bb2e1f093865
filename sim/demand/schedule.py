"""Age schedules: rates for broad ages spread over single ages."""

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
