"""Why needs change between two years: exact parts of population size, age structure, births, use, stay, productivity, others.

The demand models are run on every mixture of the two years' factors (:func:`sim.demand.need_of_mixtures`), and each factor's
part is its Shapley value. The parts add up to the change in every draw. Needs are taken before they are rounded up to whole
things. Ambulances, whose need comes from the simulation, are not parted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.demand import FACTORS, need_of_mixtures
from sim.draws import Draws, quantiles
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import Scenario
from sim.scorecard.shapley import shapley_values

_MOST_DRAWS = 200
"""Draws over which the spread of the parts is taken: the first of the run's, enough for its 10 % and 90 % points."""


@dataclass(frozen=True)
class AttributionRow:
    """The part of one factor in the change of one need. Field order is the order of ``attribution.csv``.

    ``part`` is of the central draw and adds up over the factors to ``need_to - need_from``; ``part_p10`` and ``part_p90`` are
    over draws.
    """

    indicator: str
    unit: str
    from_year: int
    to_year: int
    factor: str
    part: float
    part_p10: float
    part_p90: float
    need_from: float
    need_to: float


def attribute(region: Region, scenario: Scenario, population: Population, draws: Draws) -> tuple[AttributionRow, ...]:
    """Parts of the change of every modelled need, from the base year to the plan's target year and to the last year.

    Args:
        region, scenario, population, draws: as for :func:`sim.demand.model_need`.
    """
    rows = []
    for start, end in periods(region, scenario):
        rows += attribute_between(region, scenario, population, draws, start, end)
    return tuple(rows)


def periods(region: Region, scenario: Scenario) -> list[tuple[int, int]]:
    """From the base year (or the first year) to the plan's target year and to the last year, each once."""
    years = [int(year) for year in scenario.years]
    start = region.base_year if region.base_year in years else years[0]
    return [(start, end) for end in dict.fromkeys((region.plan_year, years[-1])) if end in years and end > start]


def attribute_between(
    region: Region, scenario: Scenario, population: Population, draws: Draws, start: int, end: int
) -> Sequence[AttributionRow]:
    """Parts of the change of every modelled need between two scorecard years."""
    few = Draws(min(draws.n, _MOST_DRAWS), draws.seed)
    mixtures = need_of_mixtures(region, scenario, _first(population, few.size), few, start, end)
    rows = []
    for key, series in mixtures.need.items():
        if not np.isfinite(series.values[0]).all():
            continue
        parts = shapley_values(series.values)
        p10, p90 = quantiles(parts, (0.1, 0.9))
        ends = (float(series.values[0, 0]), float(series.values[0, -1]))
        rows += [
            AttributionRow(key, series.unit, start, end, str(factor), *map(float, (parts[0, at], p10[at], p90[at])), *ends)
            for at, factor in enumerate(FACTORS)
        ]
    return rows


def _first(population: Population, draws: int) -> Population:
    """The projection's first draws."""
    return replace(
        population,
        counts=population.counts[:draws],
        births=population.births[:draws],
        deaths=population.deaths[:draws],
        net_migration=population.net_migration[:draws],
        clipped=population.clipped[:draws],
        town_shares=population.town_shares[:draws],
    )
