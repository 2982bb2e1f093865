"""What the plan's own targets ask for, by draw and year.

A norm stands in its target years as printed. Between the printed baseline and the first target, and between two targets,
it is interpolated; after the last it is carried forward; in the base year and before a first target without a baseline
there is none. A per-head norm, as a count, moves with each draw's population.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.indicators import Indicator, rate_of, whole_up
from sim.population.model import Population
from sim.region.model import PlanTarget, Region


@dataclass(frozen=True)
class Norm:
    """A norm in one year.

    Attributes:
        value: the central norm, in the indicator's unit.
        by_draw: the norm in each draw, shape ``[draw]``, or ``[1]`` where it is the same in all.
        basis: ``target``, ``interpolated`` or ``carried_forward``, with ``borrowed`` in front where it is another region's.
        target: the printed statement it rests on.
    """

    value: float
    by_draw: NDArray[np.float64]
    basis: str
    target: PlanTarget


def norms_of(indicator: Indicator, region: Region, population: Population, years: NDArray[np.int64]) -> dict[int, Norm]:
    """The norms of one indicator by scorecard year; empty when the plan says nothing about it."""
    own = _targets(region, indicator.key)
    if own:
        return {year: _as_printed(indicator, path) for year, path in _by_year(region, own, years).items()}
    rate = rate_of(indicator.key)
    per_head = _targets(region, rate.key) if rate is not None else []
    if rate is None or not per_head:
        return {}
    return {
        year: _as_count(indicator, rate.per, path, population.at_end_of(year).sum(axis=(1, 2)))
        for year, path in _by_year(region, per_head, years).items()
    }


@dataclass(frozen=True)
class _Point:
    value: float
    basis: str
    target: PlanTarget


def _targets(region: Region, key: str) -> list[PlanTarget]:
    """The targets of a key, one a year; where a document states one twice, the first (its table) rules."""
    by_year: dict[int, PlanTarget] = {}
    for target in region.plan:
        if target.indicator == key:
            by_year.setdefault(target.year, target)
    return [by_year[year] for year in sorted(by_year)]


def _by_year(region: Region, targets: list[PlanTarget], years: NDArray[np.int64]) -> dict[int, _Point]:
    """The printed value, straight lines between, the last carried forward."""
    baseline = region.baseline.get(targets[0].indicator)
    at = [target.year for target in targets]
    values = [target.value for target in targets]
    start = None
    if baseline is not None and region.base_year < at[0]:
        start = region.base_year
        at, values = [start, *at], [baseline.number, *values]
    points = {}
    for year in map(int, years):
        if year < at[0] or year == start:
            continue
        target = next((t for t in targets if t.year >= year), targets[-1])
        kind = "target" if year == target.year else ("interpolated" if year < target.year else "carried_forward")
        basis = f"borrowed_{kind}" if target.borrowed_from else kind
        points[year] = _Point(float(np.interp(year, at, values)), basis, target)
    return points


def _as_printed(indicator: Indicator, point: _Point) -> Norm:
    value = whole_up(point.value) if indicator.whole else point.value
    return Norm(value, np.array([value]), point.basis, point.target)


def _as_count(indicator: Indicator, per: int, point: _Point, residents: NDArray[np.float64]) -> Norm:
    by_draw = point.value * residents / per
    if indicator.whole:
        by_draw = np.ceil(np.round(by_draw, 6))
    return Norm(float(by_draw[0]), by_draw, point.basis, point.target)
