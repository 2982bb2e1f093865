"""Paths of the uncertain inputs after the census, with draws: total fertility, life expectancy, net migration.

Each path is a central path plus a deviation that is normal (for fertility: of the logarithm) with a stated standard deviation
by year and correlated from year to year as a first-order autoregression. National spreads are those of the World Population
Prospects: the 80 % bounds are read as the 10 % and 90 % points. Draw 0 is the central path.

Sources: United Nations (2024), World Population Prospects 2024; Raftery, A., Alkema, L. & Gerland, P. (2014), Bayesian
population projections for the United Nations, Statistical Science 29(1):58-68 (autoregressive paths).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws, autoregressive
from sim.population.inputs import LATEST_CENSUS, Inputs, national, national_life_expectancy
from sim.region import Observation
from sim.scenario.model import Fertility, Migration, Mortality, Variant

Array = NDArray[np.float64]

# Years for which deviations are drawn, whatever the horizon: a longer one keeps the deviations of the years before it.
_DRAWN_YEARS = 60
# Distance of the 10 % and 90 % points of the standard normal distribution from its mean.
_P90 = 1.2815515655446004


def fertility_path(inputs: Inputs, years: NDArray[np.int64], asked: Fertility, draws: Draws) -> Array:
    """Total fertility, children per woman, shape ``[draw, year]``.

    The region keeps its ratio to the nation of the census year; the national path is the median of the World Population
    Prospects, or its low or high variant. The deviation of the logarithm has a national part (the published bounds) and a
    regional part that grows from nothing to its long-run spread.
    """
    table = inputs.region.tables["total_fertility"]
    median = national(table, "tfr", years)
    if asked.tfr is not None:
        central = asked.tfr.at(years)
    else:
        shift = np.zeros(len(years))
        if asked.variant is not Variant.MEDIUM:
            column = "low_variant" if asked.variant is Variant.LOW else "high_variant"
            shift = _since_census(years, np.log(national(table, column, years) / median))
        central = inputs.fertility_ratio * median * np.exp(shift)
    bounds = np.log(national(table, "upper80", years) / national(table, "lower80", years))
    spread = _since_census(years, bounds) / (2 * _P90)
    correlation = inputs.parameter("population.fertility.correlation_per_year").number
    scores = draws.normal("population.fertility", 2 * _DRAWN_YEARS)
    nation = autoregressive(scores[:, :_DRAWN_YEARS], correlation, start_at_zero=False)[:, : len(years)]
    place = autoregressive(scores[:, _DRAWN_YEARS:], correlation)[:, : len(years)]
    regional = inputs.parameter("population.fertility.regional_log_sd").number
    return central * np.exp(spread * nation + regional * place)


def life_expectancy_path(inputs: Inputs, years: NDArray[np.int64], asked: Mortality, draws: Draws) -> Array:
    """Life expectancy at birth by sex, years, shape ``[draw, year, sex]``.

    The region gains in years what the nation gains by sex. Variants follow the 80 % bounds. Deviations are common to both
    sexes: a level that stays (the region's value is that of the city around it) and a path within the published bounds.
    """
    median = national_life_expectancy(inputs.region, years)
    lower = _since_census(years, (national_life_expectancy(inputs.region, years, "lower80") - median).T).T
    upper = _since_census(years, (national_life_expectancy(inputs.region, years, "upper80") - median).T).T
    if asked.life_expectancy is not None:
        around = inputs.life_expectancy - inputs.life_expectancy_both
        central = asked.life_expectancy.at(years)[:, None] + around
    else:
        gain = median - national_life_expectancy(inputs.region, np.array([LATEST_CENSUS]))
        central = inputs.life_expectancy + gain
        if asked.variant is Variant.LOW:
            central = central + lower
        elif asked.variant is Variant.HIGH:
            central = central + upper
    spread = (upper - lower) / (2 * _P90)
    correlation = inputs.parameter("population.life_expectancy.correlation_per_year").number
    scores = draws.normal("population.mortality", 1 + _DRAWN_YEARS)
    level = inputs.parameter("population.life_expectancy.base_sd").number * scores[:, :1, None]
    path = autoregressive(scores[:, 1:], correlation, start_at_zero=False)[:, : len(years), None]
    return central + level + spread * path


def net_migration_path(inputs: Inputs, years: NDArray[np.int64], asked: Migration, draws: Draws) -> Array:
    """Net migrants a year, persons, shape ``[draw, year]``.

    A share of the yearly mean between the censuses that falls along a straight line to a level that then stays.
    """
    if asked.net_per_year is not None:
        central = asked.net_per_year.at(years)
    else:
        first = inputs.parameter("population.migration.first_share")
        last = inputs.parameter("population.migration.last_share")
        until = inputs.parameter("population.migration.decline_until").number
        ends = [_variant(share, asked.variant) for share in (first, last)]
        share = np.interp(years, [LATEST_CENSUS + 1, until], ends)
        central = inputs.decade.net_migration_per_year * share
    spread = inputs.parameter("population.migration.sd_per_1000").number / 1000.0 * inputs.latest.sum()
    correlation = inputs.parameter("population.migration.correlation_per_year").number
    scores = draws.normal("population.migration", _DRAWN_YEARS)
    return central + spread * autoregressive(scores, correlation, start_at_zero=False)[:, : len(years)]


def _variant(observation: Observation, variant: Variant) -> float:
    if variant is Variant.LOW:
        return observation.low
    return observation.high if variant is Variant.HIGH else observation.number


def _since_census(years: NDArray[np.int64], values: Array) -> Array:
    """``values`` over the last axis of years, with straight lines from 0 in the census year to the first year given.

    The published estimates of the years just after the census carry no bounds.
    """
    values = np.asarray(values, dtype=float)
    flat = values.reshape(-1, len(years))
    filled = np.empty_like(flat)
    for row, line in enumerate(flat):
        given = np.isfinite(line)
        filled[row] = np.interp(years, np.append(LATEST_CENSUS, years[given]), np.append(0.0, line[given]))
    return filled.reshape(values.shape)
