"""Net migration as the residual of counted populations: what survival and births do not explain.

Source: United Nations (1970), *Manual VI: Methods of Measuring Internal Migration*, chapter II (forward survival); stock
method for yearly populations as in DemoTools (Riffe et al. 2019), ``mig_resid_stock``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Below this age the profile is held nearly level: cohorts born between the censuses, or missed in the first, cannot tell
# arrivals at one age of childhood from those at another.
CHILDREN_BELOW = 15
CHILDREN_STIFFNESS = 30.0
# From this age on nobody moves: what is left there is the error of mortality.
OLDEST = 90


def residual_stock(population: Array, survival: Array, asfr: Array, srb: Array) -> Array:
    """Net migration in each interval from yearly populations, by the age reached at its end.

    Args:
        population: persons, shape ``[time, sex, age]`` (male, female), last age open.
        survival: survival ratios of each interval, shape ``[time - 1, sex, age]``: at age 0 from birth, at the open age of
            those of the open age and the one before.
        asfr: births per woman and year, shape ``[time - 1, age]`` over the same ages.
        srb: boys per girl at birth, shape ``[time - 1]``.

    Returns:
        net migrants who are there at the end of the interval, shape ``[time - 1, sex, age]``.
    """
    women = 0.5 * (population[:-1, 1] + population[1:, 1])
    births = by_sex((asfr * women).sum(axis=1), srb)
    return population[1:] - survive(population[:-1], births, survival)


def survive(population: Array, births: Array, survival: Array) -> Array:
    """Survivors one interval later without migration.

    Args:
        population: persons at its start, shape ``[..., sex, age]``.
        births: births during it, shape ``[..., sex]``.
        survival: as in :func:`residual_stock`, shape ``[..., sex, age]``.
    """
    reached = np.concatenate([births[..., None], population[..., :-1]], axis=-1)
    reached[..., -1] = reached[..., -1] + population[..., -1]
    return reached * survival


def by_sex(births: Array, srb: Array) -> Array:
    """Split births, shape ``[...]``, into boys and girls, shape ``[..., sex]``."""
    boys = births * srb / (1.0 + srb)
    return np.stack([boys, births - boys], axis=-1)


def intercensal_residual(first: Array, second: Array, survival: Array, asfr: Array, srb: Array) -> Array:
    """Net migrants between two censuses who are counted in the second, by sex and age in the second.

    Births of an interval come from the women between the two counts (straight line of each age), so that children born to
    women who arrived between the censuses are births and not migrants.

    Args:
        first, second: persons, shape ``[sex, age]``, last age open.
        survival: survival ratios, shape ``[interval, sex, age]``, one interval a year between the counts.
        asfr: births per woman and year, shape ``[interval, age]``.
        srb: boys per girl at birth, shape ``[interval]``.
    """
    intervals = len(survival)
    middle = (np.arange(intervals) + 0.5) / intervals
    women = first[1] + middle[:, None] * (second[1] - first[1])
    births = by_sex((asfr * women).sum(axis=1), srb)
    there = first
    for interval in range(intervals):
        there = survive(there, births[interval], survival[interval])
    return second - there


def yearly_profile(residual: Array, survival: Array, smoothing: float) -> Array:
    """The yearly net migration by age that, repeated every year, leaves the residual between two censuses.

    A person who was ``x`` at the second census arrived at one of the ages ``x - n + 1 .. x`` and survived since: the residual
    is a moving sum of the profile. Sums over five years of age are reproduced in the sense of least squares with a
    penalty on the profile's second differences (Whittaker 1923), which takes out what a moving sum cannot show. For
    children steps from age to age are penalised as well; nobody of 90 and over moves.

    Args:
        residual: shape ``[sex, age]``, last age open.
        survival: shape ``[interval, sex, age]``.
        smoothing: weight of the penalty.

    Returns:
        net migrants a year by the age reached at the end of the year, shape ``[sex, age]``; the sum of what remains of it
        equals the residual's.
    """
    sexes, ages = residual.shape
    group = np.minimum(np.arange(ages) // 5, (ages - 1) // 5)
    sums = (group == np.arange(group[-1] + 1)[:, None]).astype(float)
    bend, step = np.diff(np.eye(OLDEST), n=2, axis=0), np.diff(np.eye(OLDEST), axis=0)[: CHILDREN_BELOW - 1]
    roughness = bend.T @ bend + CHILDREN_STIFFNESS * step.T @ step
    profile = np.zeros_like(residual)
    for sex in range(sexes):
        leaves = _what_is_left(survival[:, sex])[:, :OLDEST]
        design, target = sums @ leaves, sums @ residual[sex]
        inner = design.T @ design + smoothing * roughness
        total = leaves.sum(axis=0)
        bordered = np.block([[inner, total[:, None]], [total[None, :], np.zeros((1, 1))]])
        right = np.concatenate([design.T @ target, [residual[sex].sum()]])
        profile[sex, :OLDEST] = np.linalg.solve(bordered, right)[:-1]
    return profile


def _what_is_left(survival: Array) -> Array:
    """Matrix ``[age at the second census, age at arrival]``: persons left of one arriving at that age every year."""
    intervals, ages = survival.shape
    left = np.zeros((ages, ages))
    for interval in range(intervals):
        moved = np.zeros_like(left)
        moved[1:] = left[:-1] * survival[interval, 1:, None]
        moved[-1] += left[-1] * survival[interval, -1]
        left = moved + np.eye(ages)
    return left
