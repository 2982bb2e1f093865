"""Planned levels split by year and town (按年度、按区镇分解落实): a table that a planner can hand out.

Whole things are shared out by largest remainder (Hamilton's method; M. L. Balinski and H. P. Young 1982, *Fair
Representation*): every town gets the whole part of its quota, and what is left goes to the largest remainders, of equal ones
to the town that stands first. The towns add up to the county exactly and no town is a whole thing away from its quota. The
share of a town is its share of the residents of that year, for childcare of the children under 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.indicators import Indicator, dictionary, rate_of
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import ResourceSection, Scenario
from sim.supply.model import Supply

RESIDENTS, CHILDREN = "residents", "children_under_3"
_CHILD_AGE = 3


@dataclass(frozen=True)
class TownTarget:
    """What one town is to have of one resource at the end of one year.

    Attributes:
        indicator: key of the resource.
        year: scorecard year, from the first after the base year to the last that the scenario plans.
        town_id, name_zh, name_en: the town.
        by: whose share decides: ``residents`` or ``children_under_3``.
        weight: the town's share, 0..1, central projection.
        target: the town's part, a whole number where the resource comes in whole things.
        region_total: the county's planned count, the sum over towns.
    """

    indicator: str
    year: int
    town_id: str
    name_zh: str
    name_en: str
    by: str
    weight: float
    target: float
    region_total: float


def split_targets(region: Region, scenario: Scenario, population: Population, supply: Supply) -> tuple[TownTarget, ...]:
    """Every planned level by year and town.

    Resources are split that a scenario plans and that people use where they live: those with a per-head rate, and childcare.
    Stations and hospitals have places of their own and are not split.

    Args:
        region: names of the towns.
        scenario: which resources are planned, and to what year.
        population: central shares of the towns.
        supply: the county's planned counts.

    Returns:
        rows by indicator (dictionary order), year and town.
    """
    names = dict(zip(region.towns.ids, zip(region.towns.names_zh, region.towns.names_en, strict=True), strict=True))
    targets = []
    for key, series in supply.series.items():
        indicator, section = dictionary()[key], scenario.body.resources.get(key)
        last = _last_planned_year(section)
        if last is None or not _is_split(indicator):
            continue
        by = CHILDREN if indicator.family == "childcare" else RESIDENTS
        for position, year in enumerate(map(int, supply.years)):
            total = float(series.values[position])
            if not region.base_year < year <= last or not np.isfinite(total):
                continue
            weights = town_weights(population, year, by)
            parts = largest_remainder(total, weights) if indicator.whole else total * weights
            for town, weight, part in zip(population.towns, weights, parts, strict=True):
                zh, en = names.get(town, (town, town))
                targets.append(TownTarget(key, year, town, zh, en, by, float(weight), float(part), total))
    return tuple(targets)


def town_weights(population: Population, year: int, by: str) -> NDArray[np.float64]:
    """Shares of the towns at the end of ``year`` in the central draw, shape ``[town]``; they sum to 1.

    Args:
        by: ``residents`` or ``children_under_3`` (the broad age groups that begin below 3).
    """
    time = population.index(year + 1)
    groups = np.add.reduceat(population.counts[0, time].sum(axis=0), population.town_age_from)
    if by == CHILDREN:
        groups = groups * (population.town_age_from < _CHILD_AGE)
    people = population.town_shares[0, time] @ groups
    return people / people.sum()


def largest_remainder(total: float, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """A whole total shared out in whole parts in proportion to weights, shape ``[part]``; the parts sum to it.

    A part with weight 0 gets nothing; of two parts the one with more weight never gets less.

    Raises:
        ValueError: a total that is no whole number or below 0; a weight below 0, or none above 0.
    """
    weights = np.asarray(weights, dtype=float)
    if total != int(total) or total < 0:
        raise ValueError(f"{total} is no whole number of things")
    if np.any(weights < 0) or not np.isfinite(weights).all() or not weights.sum() > 0:
        raise ValueError("weights must be non-negative, one of them positive")
    quotas = total * (weights / weights.sum())
    parts = np.floor(np.round(quotas, 9))
    rest = np.where(weights > 0, quotas - parts, -np.inf)
    left = int(total - parts.sum())
    parts[np.argsort(-rest, kind="stable")[:left]] += 1
    return parts


def _is_split(indicator: Indicator) -> bool:
    return rate_of(indicator.key) is not None or indicator.family == "childcare"


def _last_planned_year(section: ResourceSection | None) -> int | None:
    """The last year for which a scenario states a level or opens a project; None where it plans nothing."""
    if section is None:
        return None
    years = [*(section.count or {}), *(section.per_head or {}), *(project.year for project in section.projects)]
    return max(map(int, years), default=None) if not section.hold or section.projects else None
