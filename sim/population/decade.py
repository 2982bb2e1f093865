"""The years between two censuses: births, deaths and the net migration that lead from one count to the other.

A census of 1 November ``y`` stands unmoved for 1 January ``y + 1``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.population.engine import Projection, cohort_component
from sim.population.residual import intercensal_residual, survive, yearly_profile

Array = NDArray[np.float64]

_ROUNDS = 4


@dataclass(frozen=True)
class Decade:
    """What two censuses say about the years between them.

    Attributes:
        years: calendar years (= intervals), shape ``[interval]``.
        residual: net migrants counted in the second census, by sex and age there, shape ``[sex, age]``; people whom the first
            census missed are no migrants.
        profile: smooth yearly net migration behind the residual, shape ``[sex, age]``.
        migration: what leads exactly from the first count to the second, year by year: net migration and, for the people
            whom the first census missed, their finding; shape ``[interval, sex, age]``.
        projection: the years themselves, from the first count as published, draw axis of 1.
    """

    years: NDArray[np.int64]
    residual: Array
    profile: Array
    migration: Array
    projection: Projection


def between_censuses(
    first: Array,
    second: Array,
    years: NDArray[np.int64],
    survival: Array,
    asfr: Array,
    srb: Array,
    *,
    smoothing: float,
    missed: Array | None = None,
) -> Decade:
    """Explain the second count by the first.

    The smooth profile is repeated every year; what it leaves unexplained in a cohort is spread evenly over the years that
    the cohort lived through, so that the second count is met.

    Args:
        first, second: persons on 1 January of ``years[0]`` and of ``years[-1] + 1``, shape ``[sex, age]``.
        years: calendar years between, shape ``[interval]``.
        survival, asfr, srb: shapes ``[interval, sex, age]``, ``[interval, age]``, ``[interval]``.
        smoothing: weight of the penalty on the profile.
        missed: people whom the first census missed, shape ``[sex, age]``; None: none.
    """
    there = first if missed is None else first + missed
    residual = intercensal_residual(there, second, survival, asfr, srb)
    profile = yearly_profile(residual, survival, smoothing)
    migration = np.broadcast_to(profile, survival.shape).copy()
    for _ in range(_ROUNDS):
        projection = cohort_component(first[None], survival[None], asfr[None], srb[None], migration[None])
        migration += _spread(second - projection.counts[0, -1], survival)
    projection = cohort_component(first[None], survival[None], asfr[None], srb[None], migration[None])
    return Decade(years, residual, profile, migration, projection)


def _spread(missing: Array, survival: Array) -> Array:
    """Migration of each interval, by age at its end, that adds ``missing`` to the last count, shape as ``survival``.

    A cohort's share is divided by what survives of one added in each of its years; the open age takes all in the last year.
    """
    intervals, sexes, ages = survival.shape
    added = np.zeros_like(survival)
    left = np.zeros((sexes, ages))
    for interval in range(intervals):
        left = survive(left, np.zeros(sexes), survival[interval]) + 1.0
    for back in range(intervals):
        interval = intervals - 1 - back
        at_end = ages - 1 - back
        added[interval, :, :at_end] = (missing / left)[:, back : ages - 1]
    added[-1, :, -1] = missing[:, -1]
    return added
