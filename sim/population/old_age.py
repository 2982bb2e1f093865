"""Life expectancy from the survival of the old between two censuses: few of them move, so those missing have died."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.population.mortality import relational_rates
from sim.population.residual import survive
from sim.population.survival import survival_from_mx

Array = NDArray[np.float64]

_TRIALS = np.arange(-4.0, 8.01, 0.5)


def years_to_add(first: Array, second: Array, standard: Array, life_expectancy: Array, survivors_from: int) -> float:
    """Years to add to a path of life expectancy so that the old of the first census survive to the second as counted.

    Source of the idea: United Nations (1983), *Manual X: Indirect Techniques for Demographic Estimation*, chapter IX
    (intercensal survival).

    Args:
        first, second: persons at the two censuses, shape ``[sex, age]``.
        standard: national death rates of the years between, shape ``[interval, sex, age]``.
        life_expectancy: the path in these years, shape ``[interval, sex]``.
        survivors_from: first age in the second census that is compared, both sexes together.
    """
    expectancy = life_expectancy + _TRIALS[:, None, None]
    survival = survival_from_mx(relational_rates(standard, np.ones(2), expectancy))
    there = np.broadcast_to(first, (len(_TRIALS), *first.shape))
    nobody = np.zeros((len(_TRIALS), len(first)))
    for interval in range(survival.shape[1]):
        there = survive(there, nobody, survival[:, interval])
    survivors = there[..., survivors_from:].sum(axis=(1, 2))
    return float(np.interp(second[:, survivors_from:].sum(), survivors, _TRIALS))
