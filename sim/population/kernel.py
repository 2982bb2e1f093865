"""The projection loop, compiled. One file, so that its cache is keyed by all of its source.

:func:`sim.population.engine.cohort_component_reference` says the same in numpy, an interval at a time over all draws; here
each draw runs through all its intervals, so that its populations stay in the processor's cache. Draws do not touch each
other: any block of draws gives the same bits as the whole. Floating-point arithmetic is strict (no ``fastmath``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """``njit`` with a cache on disk, or without one where no folder for it can be written."""
    try:
        return njit(cache=True)(function)
    except RuntimeError:
        return njit(function)


@compiled
def total(values: Any) -> float:
    """Sum in four interleaved parts: a fixed order that the processor can overlap."""
    a = b = c = d = 0.0
    whole = len(values) - len(values) % 4
    for x in range(0, whole, 4):
        a += values[x]
        b += values[x + 1]
        c += values[x + 2]
        d += values[x + 3]
    for x in range(whole, len(values)):
        a += values[x]
    return (a + b) + (c + d)


@compiled
def project_draws(
    counts: Any,
    births: Any,
    deaths: Any,
    net_migration: Any,
    clipped: Any,
    survival: Any,
    asfr: Any,
    srb: Any,
    migration: Any,
    width: float,
    at_start: float,
    before_births: float,
    at_end: float,
    left_behind: float,
    floor: float,
) -> None:
    """Fill the results for all draws, in place.

    Args:
        counts: ``[draw, interval + 1, sex, age]`` with the base population in interval 0.
        births: ``[draw, interval, sex]``.
        deaths, net_migration: ``[draw, interval, sex, age]``, or a last axis of 1 for totals alone.
        clipped: ``[draw, interval]``.
        survival, asfr, srb, migration: inputs with a draw axis of 1 or of the number of draws.
        width: years in an interval and an age group.
        at_start, before_births, at_end: shares of the net migrants added at the start, after deaths but before births are
            counted, and after births.
        left_behind: persons left when out-migration takes a whole cohort.
        floor: persons put where a cell would be negative.
    """
    draws, intervals, sexes, ages = counts.shape[0], counts.shape[1] - 1, counts.shape[2], counts.shape[3]
    by_age = deaths.shape[3] == ages
    last = ages - 1
    moved = np.empty((sexes, ages))
    exposed = np.empty((sexes, ages))
    for draw in range(draws):
        survival_of = survival[draw if survival.shape[0] > 1 else 0]
        asfr_of = asfr[draw if asfr.shape[0] > 1 else 0]
        srb_of = srb[draw if srb.shape[0] > 1 else 0]
        migration_of = migration[draw if migration.shape[0] > 1 else 0]
        for t in range(intervals):
            kept_back = 0.0
            for sex in range(sexes):
                start, end = counts[draw, t, sex], counts[draw, t + 1, sex]
                asked, ratio = migration_of[t, sex], survival_of[t, sex]
                clip = 0
                for x in range(ages):
                    short = (asked[x] < 0.0) & (start[x] + asked[x] <= 0.0)
                    moved[sex, x] = left_behind - start[x] if short else asked[x]
                    clip |= short
                    exposed[sex, x] = start[x] + at_start * moved[sex, x]
                if clip:
                    for x in range(ages):
                        kept_back += moved[sex, x] - asked[x]
                for x in range(1, last):
                    end[x] = exposed[sex, x - 1] * ratio[x]
                end[last] = (exposed[sex, last - 1] + exposed[sex, last]) * ratio[last]
            women, reached, rate = exposed[sexes - 1], counts[draw, t + 1, sexes - 1], asfr_of[t]
            moving = moved[sexes - 1]
            born = 0.0
            for x in range(1, ages):
                if rate[x] > 0.0:
                    born += rate[x] * (0.5 * (women[x] + (reached[x] + before_births * moving[x])))
            born *= width
            boys = born * (srb_of[t] / (1.0 + srb_of[t]))
            for sex in range(sexes):
                end, ratio = counts[draw, t + 1, sex], survival_of[t, sex]
                newborn = (boys if sex == 0 else born - boys) if sexes == 2 else born
                births[draw, t, sex] = newborn
                end[0] = newborn * ratio[0]
                if by_age:
                    deaths[draw, t, sex, 0] = newborn - end[0]
                    for x in range(1, last):
                        deaths[draw, t, sex, x] = exposed[sex, x - 1] - end[x]
                    deaths[draw, t, sex, last] = (exposed[sex, last - 1] + exposed[sex, last]) - end[last]
                else:
                    deaths[draw, t, sex, 0] = newborn + (total(exposed[sex]) - total(end))
                share = before_births + at_end
                negative = 0
                for x in range(ages):
                    end[x] += share * moved[sex, x]
                    negative |= end[x] < 0.0
                if negative:
                    for x in range(ages):
                        if end[x] < 0.0:
                            moved[sex, x] += floor - end[x]
                            kept_back += floor - end[x]
                            end[x] = floor
                if by_age:
                    for x in range(ages):
                        net_migration[draw, t, sex, x] = moved[sex, x]
                else:
                    net_migration[draw, t, sex, 0] = total(moved[sex])
            clipped[draw, t] = kept_back
