"""The projection loop, compiled. One file, so that its cache is keyed by all of its source.

:func:`sim.population.engine.cohort_component_reference` says the same in numpy, an interval at a time over all draws; here
each draw runs through all its intervals, so that its populations stay in the processor's cache. Draws do not touch each
other: any block of draws gives the same bits as the whole. Floating-point arithmetic is strict (no ``fastmath``); loops run
from 0 over views, so that the compiler can use vector instructions without it.
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
    """Sum in eight interleaved parts: a fixed order whose additions do not wait for each other."""
    a = b = c = d = e = f = g = h = 0.0
    whole = len(values) // 8 * 8
    for x in range(0, whole, 8):
        a += values[x]
        b += values[x + 1]
        c += values[x + 2]
        d += values[x + 3]
        e += values[x + 4]
        f += values[x + 5]
        g += values[x + 6]
        h += values[x + 7]
    for x in range(whole, len(values)):
        a += values[x]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


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
        deaths, net_migration: ``[draw, interval, sex, age]``, or with a last axis of 0 if they are not wanted.
        clipped: ``[draw, interval]``.
        survival, asfr, srb, migration: inputs with a draw axis of 1 or of the number of draws.
        width: years in an interval and an age group.
        at_start, before_births, at_end: shares of the net migrants added at the start, after deaths but before births are
            counted, and after births.
        left_behind: persons left when out-migration takes a whole cohort.
        floor: persons put where a cell would be negative.
    """
    draws, intervals, sexes, ages = counts.shape[0], counts.shape[1] - 1, counts.shape[2], counts.shape[3]
    detail = deaths.shape[3] == ages
    last, mother, later = ages - 1, sexes - 1, before_births + at_end
    moved, exposed, born_at = np.zeros((sexes, ages)), np.zeros((sexes, ages)), np.empty(last)
    for draw in range(draws):
        s = draw if survival.shape[0] > 1 else 0
        f = draw if asfr.shape[0] > 1 else 0
        b = draw if srb.shape[0] > 1 else 0
        m = draw if migration.shape[0] > 1 else 0
        for t in range(intervals):
            kept_back = 0.0
            emptied = 0
            for sex in range(sexes):
                for x in range(ages):
                    asked = migration[m, t, sex, x]
                    emptied |= (asked < 0.0) & (counts[draw, t, sex, x] + asked <= 0.0)
            # In the usual case all move at the end and all can leave: one pass from start to end, straight from the inputs.
            usual = at_end == 1.0 and not emptied and not detail

            if usual:
                for x in range(last):
                    reached = counts[draw, t, mother, x] * survival[s, t, mother, x + 1]
                    born_at[x] = asfr[f, t, x + 1] * (0.5 * (counts[draw, t, mother, x + 1] + reached))
                oldest = counts[draw, t, mother, last - 1] + counts[draw, t, mother, last]
                reached = oldest * survival[s, t, mother, last]
                born_at[last - 1] = asfr[f, t, last] * (0.5 * (counts[draw, t, mother, last] + reached))
            else:
                for sex in range(sexes):
                    for x in range(ages):
                        start, asked = counts[draw, t, sex, x], migration[m, t, sex, x]
                        moved[sex, x] = asked
                        if asked < 0.0 and start + asked <= 0.0:
                            moved[sex, x] = left_behind - start
                            kept_back += moved[sex, x] - asked
                        exposed[sex, x] = start + at_start * moved[sex, x]
                    for x in range(last):
                        counts[draw, t + 1, sex, x + 1] = exposed[sex, x] * survival[s, t, sex, x + 1]
                    oldest = exposed[sex, last - 1] + exposed[sex, last]
                    counts[draw, t + 1, sex, last] = oldest * survival[s, t, sex, last]
                for x in range(last):
                    reached = counts[draw, t + 1, mother, x + 1] + before_births * moved[mother, x + 1]
                    born_at[x] = asfr[f, t, x + 1] * (0.5 * (exposed[mother, x + 1] + reached))
            born = width * total(born_at)
            male = born * (srb[b, t] / (1.0 + srb[b, t]))

            for sex in range(sexes):
                newborn = born if sexes == 1 else male if sex == 0 else born - male
                births[draw, t, sex] = newborn
                infants = newborn * survival[s, t, sex, 0]
                negative = 0
                if usual:
                    for x in range(last):
                        end = counts[draw, t, sex, x] * survival[s, t, sex, x + 1] + migration[m, t, sex, x + 1]
                        counts[draw, t + 1, sex, x + 1] = end
                        negative |= end < 0.0
                    oldest = counts[draw, t, sex, last - 1] + counts[draw, t, sex, last]
                    counts[draw, t + 1, sex, last] = oldest * survival[s, t, sex, last] + migration[m, t, sex, last]
                    counts[draw, t + 1, sex, 0] = infants + migration[m, t, sex, 0]
                    negative |= (counts[draw, t + 1, sex, 0] < 0.0) | (counts[draw, t + 1, sex, last] < 0.0)
                else:
                    counts[draw, t + 1, sex, 0] = infants
                    if detail:
                        deaths[draw, t, sex, 0] = newborn - infants
                        for x in range(last):
                            deaths[draw, t, sex, x + 1] = exposed[sex, x] - counts[draw, t + 1, sex, x + 1]
                        oldest = exposed[sex, last - 1] + exposed[sex, last]
                        deaths[draw, t, sex, last] = oldest - counts[draw, t + 1, sex, last]
                    for x in range(ages):
                        counts[draw, t + 1, sex, x] += later * moved[sex, x]
                        negative |= counts[draw, t + 1, sex, x] < 0.0
                if negative:
                    for x in range(ages):
                        if counts[draw, t + 1, sex, x] < 0.0:
                            lift = floor - counts[draw, t + 1, sex, x]
                            counts[draw, t + 1, sex, x] = floor
                            moved[sex, x] += lift
                            kept_back += lift
                if detail:
                    for x in range(ages):
                        net_migration[draw, t, sex, x] = moved[sex, x]
            clipped[draw, t] = kept_back
