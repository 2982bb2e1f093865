"""A region's death rates by year: a national standard moved to the region's life expectancy, draw by draw.

The standard of a calendar year is the national life table of the World Population Prospects (five-year periods, rates
interpolated in logs between mid-periods), graduated to single ages through its cumulated hazard. The region's table is
Brass' relation ``Y = alpha + beta Y_standard``: ``beta`` from the region's infant mortality where it was observed for residents
(else 1), ``alpha`` from the life expectancy wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.population.graduation import monotone_cubic
from sim.population.life_table import abridged_life_table, life_table
from sim.population.model import OPEN_AGE, SEXES
from sim.population.mortality_models import fit_level_and_slope, infant_rate, relational_mx

Array = NDArray[np.float64]

_ALPHAS = np.linspace(-1.6, 1.0, 131)
_PERIOD = 5.0


def standard_rates(table: Mapping[str, NDArray[Any]], years: NDArray[np.int64]) -> Array:
    """Death rates of calendar years by sex and single age, shape ``[year, sex, age]``, ages 0..100+.

    Args:
        table: columns ``period_from, sex, age_from, mx``; a period runs from 1 July to 1 July five years later.
        years: calendar years; a year is the instant of its middle. Before the first and after the last mid-period the
            nearest period stands.
    """
    starts, ages = np.unique(table["period_from"]), np.unique(table["age_from"])
    rates = np.empty((len(starts), len(SEXES), len(ages)))
    for index, sex in enumerate(SEXES):
        chosen = table["sex"] == sex
        order = np.lexsort((table["age_from"][chosen], table["period_from"][chosen]))
        rates[:, index] = table["mx"][chosen][order].reshape(len(starts), len(ages))
    middle = starts + 0.5 * _PERIOD + 0.5
    at = np.clip((np.asarray(years) + 0.5 - middle[0]) / _PERIOD, 0, len(starts) - 1)
    left = np.minimum(at.astype(int), len(starts) - 2)
    weight = (at - left)[:, None, None]
    yearly = np.exp((1 - weight) * np.log(rates[left]) + weight * np.log(rates[left + 1]))
    single = np.empty((len(yearly), len(SEXES), OPEN_AGE + 1))
    for index, sex in enumerate(SEXES):
        for year in range(len(yearly)):
            single[year, index] = single_ages(yearly[year, index], ages, sex)
    return single


def single_ages(mx: Array, ages: NDArray[np.int64], sex: str) -> Array:
    """Death rates by single age from an abridged life table, the survivors at its ages kept.

    Args:
        mx: rates of the groups, shape ``[group]``, the last open.
        ages: their first ages: 0, 1, 5, 10 ...
        sex: for the mean age at death of infants.
    """
    alive = abridged_life_table(mx, ages, sex).lx
    hazard = monotone_cubic(ages.astype(float), -np.log(alive), np.arange(ages[-1] + 1.0))
    dying = -np.expm1(-np.diff(hazard))
    single = dying / (1.0 - 0.5 * dying)
    single[0] = infant_rate(dying[0], sex)
    return np.append(single, mx[-1])


def slopes_of_infant_mortality(standard: Array, life_expectancy: Array, q0: float) -> Array:
    """Slope ``beta`` of each sex at which the relation has the life expectancy and the infant mortality, shape ``[sex]``.

    Both sexes' infant mortality keep the ratio they have in the standard.

    Args:
        standard: death rates of one year, shape ``[sex, age]``.
        life_expectancy: years at birth, shape ``[sex]``.
        q0: probability of dying in the first year, both sexes together.
    """
    dying = np.array([1.0 - life_table(standard[i], sex=sex).lx[1] for i, sex in enumerate(SEXES)])
    factor = q0 / dying.mean()
    return np.array(
        [
            fit_level_and_slope(life_expectancy[i], float(dying[i] * factor), standard[i], sex)[1]
            for i, sex in enumerate(SEXES)
        ]
    )


def relational_rates(standard: Array, slope: Array, life_expectancy: Array) -> Array:
    """Death rates at the life expectancies asked for.

    Args:
        standard: shape ``[interval, sex, age]``.
        slope: ``beta`` of each sex, shape ``[sex]``.
        life_expectancy: years at birth, shape ``[draw, interval, sex]``; a value that the relation cannot give (it reaches
            from about 45 to 100 years) is brought to the nearest it can.

    Returns:
        shape ``[draw, interval, sex, age]``.
    """
    mx = np.empty((*life_expectancy.shape, standard.shape[-1]))
    for index, sex in enumerate(SEXES):
        trial = relational_mx(_ALPHAS, standard[:, None, index], sex, beta=slope[index])
        expectancy = life_table(trial, sex=sex).ex[..., 0]
        alpha = np.stack(
            [
                np.interp(-life_expectancy[:, interval, index], -expectancy[interval], _ALPHAS)
                for interval in range(len(standard))
            ],
            axis=1,
        )
        mx[:, :, index] = relational_mx(alpha, standard[:, index], sex, beta=slope[index])
    return mx
