"""Paths of the uncertain inputs after the census, with draws: total fertility, life expectancy, net migration.

Each path is a central path plus a deviation that is normal (for fertility: of the logarithm) with a stated standard deviation
by year and correlated from year to year as a first-order autoregression. National spreads are those of the World Population
Prospects: the 80 % bounds are read as the 10 % and 90 % points. Draw 0 is the central path.

Sources: United Nations (2024), World Population Prospects 2024; Raftery, A., Alkema, L. & Gerland, P. (2014), Bayesian
population projections for the United Nations, Statistical Science 29(1):58-68 (autoregressive paths).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.draws import Draws, autoregressive
from sim.population.inputs import LATEST_CENSUS, Inputs, national, national_life_expectancy, parameter
from sim.region import Observation, Region
from sim.scenario.model import Fertility, Migration, Mortality, Variant

Array = NDArray[np.float64]

# Years for which deviations are drawn, whatever the horizon: a longer one keeps the deviations of the years before it.
_DRAWN_YEARS = 60
_YEARS = np.arange(LATEST_CENSUS + 1, LATEST_CENSUS + 1 + _DRAWN_YEARS)
# Distance of the 10 % and 90 % points of the standard normal distribution from its mean.
_P90 = 1.2815515655446004


def fertility_path(inputs: Inputs, years: NDArray[np.int64], asked: Fertility, draws: Draws) -> Array:
    """Total fertility, children per woman, shape ``[draw, year]``.

    The region keeps its ratio to the nation of the census year; the national path is the median of the World Population
    Prospects, or its low or high variant. Draws: :func:`fertility_deviation`.
    """
    table = inputs.region.tables["total_fertility"]
    median = national(table, "tfr", years)
    if asked.tfr is not None:
        central = asked.tfr.at(years)
    else:
        central = inputs.fertility_ratio * median
        if asked.variant is not Variant.MEDIUM:
            column = "low_variant" if asked.variant is Variant.LOW else "high_variant"
            central = central * _since_census(
                years, lambda y: national(table, column, y) / national(table, "tfr", y), at_census=1.0
            )
    return central * np.exp(fertility_deviation(inputs.region, years, draws))


def life_expectancy_path(inputs: Inputs, years: NDArray[np.int64], asked: Mortality, draws: Draws) -> Array:
    """Life expectancy at birth by sex, years, shape ``[draw, year, sex]``.

    The region gains in years what the nation gains by sex. Variants follow the 80 % bounds. Draws:
    :func:`life_expectancy_deviation` and, unless the scenario sets the path, :func:`survival_evidence_deviation`.
    """
    median = national_life_expectancy(inputs.region, years)
    deviation = life_expectancy_deviation(inputs.region, years, draws)
    if asked.life_expectancy is not None:
        around = inputs.life_expectancy - inputs.life_expectancy_both_sexes
        central = asked.life_expectancy.at(years)[:, None] + around
    else:
        deviation = deviation + survival_evidence_deviation(inputs, draws)[:, None, None]
        gain = median - national_life_expectancy(inputs.region, np.array([LATEST_CENSUS]))
        central = inputs.life_expectancy + gain
        if asked.variant is not Variant.MEDIUM:
            column = "lower80" if asked.variant is Variant.LOW else "upper80"
            region = inputs.region
            central = central + _since_census(
                years, lambda y: national_life_expectancy(region, y, column) - national_life_expectancy(region, y)
            )
    return central + deviation


def net_migration_path(inputs: Inputs, years: NDArray[np.int64], asked: Migration, draws: Draws) -> Array:
    """Net migrants a year, persons, shape ``[draw, year]``.

    A share of the yearly mean between the censuses that falls along a straight line to a level that then stays. Draws:
    :func:`net_migration_deviation`.
    """
    if asked.net_per_year is not None:
        central = asked.net_per_year.at(years)
    else:
        first = inputs.parameter("population.migration.first_share")
        last = inputs.parameter("population.migration.last_share")
        until = inputs.parameter("population.migration.decline_until").number
        ends = [of_variant(share, asked.variant) for share in (first, last)]
        share = np.interp(years, [LATEST_CENSUS + 1, until], ends)
        central = inputs.net_migration_per_year * share
    return central + net_migration_deviation(inputs.region, inputs.latest.sum(), len(years), draws)


def fertility_deviation(region: Region, years: NDArray[np.int64], draws: Draws) -> Array:
    """Deviation of the logarithm of total fertility, shape ``[draw, year]``.

    A national part with the spread of the published 80 % bounds, and a regional part that grows from nothing to its
    long-run spread.
    """
    table = region.tables["total_fertility"]
    bounds = _since_census(years, lambda y: np.log(national(table, "upper80", y) / national(table, "lower80", y)))
    spread = bounds / (2 * _P90)
    correlation = parameter(region, "population.fertility.correlation_per_year").number
    scores = draws.normal("population.fertility", 2 * _DRAWN_YEARS)
    nation = autoregressive(scores[:, :_DRAWN_YEARS], correlation, start_at_zero=False)[:, : len(years)]
    place = autoregressive(scores[:, _DRAWN_YEARS:], correlation)[:, : len(years)]
    return spread * nation + parameter(region, "population.fertility.regional_log_sd").number * place


def life_expectancy_deviation(region: Region, years: NDArray[np.int64], draws: Draws) -> Array:
    """Deviation of life expectancy in years, shape ``[draw, year, sex]``; both sexes deviate together.

    A level that stays, and a path with the spread of the published 80 % bounds.
    """
    bounds = _since_census(
        years,
        lambda y: national_life_expectancy(region, y, "upper80") - national_life_expectancy(region, y, "lower80"),
    )
    spread = bounds / (2 * _P90)
    correlation = parameter(region, "population.life_expectancy.correlation_per_year").number
    scores = draws.normal("population.mortality", 1 + _DRAWN_YEARS)
    level = parameter(region, "population.life_expectancy.base_sd").number * scores[:, :1, None]
    path = autoregressive(scores[:, 1:], correlation, start_at_zero=False)[:, : len(years), None]
    return level + spread * path


def survival_evidence_deviation(inputs: Inputs, draws: Draws) -> Array:
    """Deviation of life expectancy in years for not knowing how far the censuses are to be believed, shape ``[draw]``.

    The weight of what the survival of the old shows is drawn from a triangle between its low and high ends whose mean is its
    value (or as near as a triangle can be).
    """
    weight = inputs.parameter("population.life_expectancy.survival_weight")
    low, high = (of_variant(weight, end) for end in (Variant.LOW, Variant.HIGH))
    mode = min(max(3.0 * weight.number - low - high, low), high)
    drawn = triangular(ndtr(draws.normal("population.survival_evidence")[:, 0]), low, mode, high)
    deviation = inputs.survival_shows * (drawn - (low + mode + high) / 3.0)
    deviation[0] = 0.0
    return deviation


def triangular(probability: Array, low: float, mode: float, high: float) -> Array:
    """Quantiles of the triangular distribution, shape as ``probability``."""
    span = high - low
    rising = low + np.sqrt(probability * span * (mode - low))
    falling = high - np.sqrt((1.0 - probability) * span * (high - mode))
    return np.where(probability * span < mode - low, rising, falling)


def net_migration_deviation(region: Region, residents: float, years: int, draws: Draws) -> Array:
    """Deviation of yearly net migration in persons, shape ``[draw, year]``, in proportion to the residents."""
    spread = parameter(region, "population.migration.sd_per_1000").number / 1000.0 * residents
    correlation = parameter(region, "population.migration.correlation_per_year").number
    scores = draws.normal("population.migration", _DRAWN_YEARS)
    return spread * autoregressive(scores, correlation, start_at_zero=False)[:, :years]


def of_variant(observation: Observation, variant: Variant) -> float:
    """The low end, the value or the high end of an assumption; the value where it has no such end."""
    ends = {Variant.LOW: observation.low, Variant.HIGH: observation.high}
    end = ends.get(variant)
    return observation.number if end is None else end


def _since_census(
    years: NDArray[np.int64], published: Callable[[NDArray[np.int64]], Array], *, at_census: float = 0.0
) -> Array:
    """Published values at ``years`` (first axis), with straight lines from the census year to the first year that has any.

    The published estimates of the years just after the census carry no variants and no bounds.
    """
    values = published(_YEARS)
    columns = values.reshape(len(_YEARS), -1)
    filled = np.empty((len(years), columns.shape[1]))
    for index, column in enumerate(columns.T):
        given = np.isfinite(column)
        filled[:, index] = np.interp(years, np.append(LATEST_CENSUS, _YEARS[given]), np.append(at_census, column[given]))
    return filled.reshape(len(years), *values.shape[1:])
