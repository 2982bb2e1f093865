"""The split of a region's residents over its towns, by broad age group.

Constant share (Smith, S., Tayman, J. & Swanson, D. (2013), *A Practitioner's Guide to State and Local Population Projections*,
chapter 8): a town keeps its share of each broad age group of the region, so that towns move with the region's age structure.
The shares of the age groups differ by the stated odds between urban and rural towns and are fitted to the towns' totals and
the region's groups (iterative proportional fitting, Deming & Stephan 1940). Draws vary the towns' weights by the stated error of
their populations and let them drift from year to year.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.region import Towns

Array = NDArray[np.float64]

AGE_FROM = np.array([0, 3, 15, 60, 75], dtype=np.int64)
_DRAWN_YEARS = 60
_ROUNDS = 50
_TOLERANCE = 1e-13


def town_shares(towns: Towns, groups: Array, rural_odds: Array, drift_sd: float, ahead: NDArray[np.int64], draws: Draws) -> Array:
    """Shares of the towns in each broad age group, shape ``[draw, time, town, group]``; they sum to 1 over towns.

    Args:
        towns: towns with their population, its error (standard deviation of the logarithm) and their kind.
        groups: residents of the base year by broad age group, shape ``[group]``.
        rural_odds: odds of living in a rural town by age group against all ages, shape ``[group]``.
        drift_sd: standard deviation of the yearly step of a town's log weight.
        ahead: years after the base year of each point of time, shape ``[time]``; no drift up to 0.
        draws: the draw axis.
    """
    number = len(towns.ids)
    scores = draws.normal("population.towns", number * (1 + _DRAWN_YEARS)).reshape(draws.size, 1 + _DRAWN_YEARS, number)
    walk = np.concatenate([np.zeros((draws.size, 1, number)), np.cumsum(drift_sd * scores[:, 1:], axis=1)], axis=1)
    weight = towns.population * np.exp(towns.population_log_sd * scores[:, :1] + walk[:, np.maximum(ahead, 0)])
    share = weight / weight.sum(axis=-1, keepdims=True)
    leaning = np.where(towns.urban[:, None], 1.0, rural_odds)
    return fit_shares(share, groups / groups.sum(), leaning)


def fit_shares(share: Array, groups: Array, leaning: Array) -> Array:
    """Town shares by age group whose totals are ``share``, shape ``[..., town, group]``; they sum to 1 over towns.

    Args:
        share: each town's share of all residents, shape ``[..., town]``, sums to 1.
        groups: each group's share of all residents, shape ``[group]``, sums to 1.
        leaning: odds of each town and group before fitting, shape ``[town, group]``.
    """
    cells = share[..., None] * groups * leaning
    for _ in range(_ROUNDS):
        before = cells
        cells = cells * (share / cells.sum(axis=-1))[..., None]
        cells = cells * (groups / cells.sum(axis=-2))[..., None, :]
        if np.abs(cells - before).max() < _TOLERANCE:
            break
    return cells / cells.sum(axis=-2, keepdims=True)


def broad_groups(counts: Array) -> Array:
    """Residents by broad age group, shape ``[..., group]``, from counts by sex and single age, shape ``[..., sex, age]``."""
    return np.add.reduceat(counts.sum(axis=-2), AGE_FROM, axis=-1)
