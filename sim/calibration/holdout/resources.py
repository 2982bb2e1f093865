"""Beds and staff between an earlier year and the base year: printed growth, growth of need, and what plans implied.

Supply is decided, not predicted: a county builds beds and hires. Three things can still be said of it and are, apart. The
*need* that the model would have foreseen from the earlier year, beside the growth of supply that is printed. The *earlier
plan's own target* for the base year, which a run of that year would have shown as supply, beside what was reached. The *hires*
that printed growth implies, by the stock and flow of :mod:`sim.supply.staff`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.calibration.holdout.as_it_stood import as_it_stood
from sim.calibration.holdout.model import HoldoutRow, Kind, Naive
from sim.demand import model_need
from sim.draws import Draws, quantiles
from sim.indicators import rate_of
from sim.population import Population, project_region
from sim.population.backtest import path_as_known_in_2010
from sim.population.inputs import EARLIER_CENSUS
from sim.region.model import Region
from sim.supply.staff import implied_hires

Array = NDArray[np.float64]

SUBJECT = "resources"

_FROM = "backtest.from_year"
_GROWTH, _TARGET = "backtest.growth.", "backtest.target."
_ATTRITION = "workforce.attrition.physicians"
_EARLIER = {"response_mean_min": "activity.response_mean_2015_min"}
"""Indicators whose earlier value is printed as a level, not as growth."""


def resource_rows(region: Region, draws: Draws) -> tuple[HoldoutRow, ...]:
    """Printed growth against need, and the earlier plan against its outcome; none where no growth is printed.

    Args:
        region: its pack.
        draws: parameter draws of the need.
    """
    if _FROM not in region.parameters:
        return ()
    first = int(region.parameters[_FROM].number)
    return (*_growth_rows(region, first, draws), *_target_rows(region), *_hires_rows(region, first))


def as_projected_then(region: Region, counted: Population, draws: Draws) -> Population:
    """The same years as one would have projected them from the census of 2010."""
    path = path_as_known_in_2010(region, draws)
    first = int(counted.years[0]) - (EARLIER_CENSUS + 1)
    flows = slice(first, first + len(counted.years) - 1)
    return dataclasses.replace(
        counted,
        counts=path.counts[:, first : first + len(counted.years)],
        births=np.broadcast_to(path.births, (draws.size, *path.births.shape[1:]))[:, flows],
        deaths=path.deaths_total[:, flows],
        net_migration=path.net_migration_total[:, flows],
        clipped=path.clipped[:, flows],
    )


def _growth_rows(region: Region, first: int, draws: Draws) -> list[HoldoutRow]:
    """Growth of need on the residents as projected then, and on those of the censuses, beside the printed growth of supply.

    The scenario begins a year before, so that the flows of ``first`` have the residents of its middle.
    """
    scenario = as_it_stood(region, first - 1, region.base_year)
    counted = project_region(region, scenario, draws)
    populations = {
        ("projected", Kind.BACK_TEST): as_projected_then(region, counted, draws),
        ("counted", Kind.HINDSIGHT): counted,
    }
    rows = []
    for (variant, kind), population in populations.items():
        need = model_need(region, scenario, population, draws).need
        at_first, at_last = (population.at_end_of(year).sum(axis=(1, 2)) for year in (first, region.base_year))
        more_people = at_last / at_first
        for key in _keys(region, _GROWTH):
            count = key.removesuffix("_per_1000")
            if count not in need:
                continue
            values = need[count].values
            growth = values[:, -1] / values[:, 1]
            per_head = key != count
            naives = [Naive("no_change", 0.0)] + ([] if per_head else [Naive("residents", float(more_people[0]) - 1.0)])
            growth = (growth / more_people if per_head else growth) - 1.0
            rows.append(_row(region, f"{key}_growth", variant, kind, "share", _GROWTH + key, growth, naives))
    return rows


def _target_rows(region: Region) -> list[HoldoutRow]:
    """The earlier plan's targets for the base year beside what was reached, and beside the earlier value."""
    rows = []
    for key in _keys(region, _TARGET):
        if key not in region.baseline:
            continue
        target, reached = region.parameters[_TARGET + key], region.baseline[key]
        rows.append(
            HoldoutRow(
                region=region.key,
                subject=SUBJECT,
                what=key,
                variant="earlier_plan",
                year=region.base_year,
                unit=target.unit,
                observed=reached.number,
                model=target.number,
                p10=None,
                p90=None,
                naives=_earlier_value(region, key, reached.number),
                kind=Kind.IMPLIED,
                source=reached.source,
                note="resources_earlier_plan",
            )
        )
    return rows


def _earlier_value(region: Region, key: str, reached: float) -> tuple[Naive, ...]:
    """The value of the earlier year: printed, or what was reached less its printed growth."""
    if key in _EARLIER:
        return (Naive("no_change", region.parameters[_EARLIER[key]].number),)
    growth = region.parameters.get(_GROWTH + key)
    return () if growth is None else (Naive("no_change", reached / (1.0 + growth.number)),)


def _hires_rows(region: Region, first: int) -> list[HoldoutRow]:
    """Physicians hired over the years if the printed growth is true, along a straight line; the interval is attrition's."""
    key, staff = _GROWTH + "physicians", region.baseline.get("physicians")
    if key not in region.parameters or staff is None:
        return []
    start = staff.number / (1.0 + region.parameters[key].number)
    path = np.linspace(start, staff.number, region.base_year - first + 1)
    attrition = region.parameters[_ATTRITION]
    shares = (attrition.number, attrition.low or attrition.number, attrition.high or attrition.number)
    central, low, high = (float(implied_hires(path, np.full(len(path), share))[1:].sum()) for share in shares)
    return [
        HoldoutRow(
            region=region.key,
            subject=SUBJECT,
            what="physicians_hired",
            variant="central",
            year=region.base_year,
            unit="persons",
            observed=None,
            model=central,
            p10=low,
            p90=high,
            naives=(),
            kind=Kind.IMPLIED,
            source=region.parameters[key].source,
            note="resources_physicians_hired",
        )
    ]


def plan_rows(region: Region, midway: Sequence[HoldoutRow]) -> tuple[HoldoutRow, ...]:
    """What a plan's per-head targets come to in its target year, where no outcome of that year is known.

    Args:
        region: its pack.
        midway: rows of :mod:`sim.calibration.holdout.population_midway`: residents of the target year, counted and as they
            would have been projected in the base year; without them there is nothing to multiply with.
    """
    people = [row for row in midway if row.what == "residents" and row.kind is Kind.BACK_TEST and row.year == region.plan_year]
    if not people or people[0].observed is None or people[0].model is None:
        return ()
    residents, projected = people[0].observed, people[0].model
    rates = {rate.key: (count, rate.per) for count in region.baseline if (rate := rate_of(count)) is not None}
    rows = []
    for target in region.plan:
        if target.indicator not in rates or target.borrowed_from or target.operator != "=" or target.year != region.plan_year:
            continue
        count, per = rates[target.indicator]
        rows.append(
            HoldoutRow(
                region=region.key,
                subject=SUBJECT,
                what=count,
                variant="plan",
                year=target.year,
                unit=region.baseline[count].unit,
                observed=None,
                model=target.value * residents / per,
                p10=None,
                p90=None,
                naives=(
                    Naive("no_change", region.baseline[count].number),
                    Naive("on_projection", target.value * projected / per),
                ),
                kind=Kind.IMPLIED,
                source=target.source,
                note="resources_plan",
            )
        )
    return tuple(rows)


def _keys(region: Region, prefix: str) -> list[str]:
    return [key.removeprefix(prefix) for key in region.parameters if key.startswith(prefix)]


def _row(
    region: Region, what: str, variant: str, kind: Kind, unit: str, observed: str, by_draw: Array, naives: list[Naive]
) -> HoldoutRow:
    p10, p90 = quantiles(by_draw, (0.1, 0.9))
    return HoldoutRow(
        region=region.key,
        subject=SUBJECT,
        what=what,
        variant=variant,
        year=region.base_year,
        unit=unit,
        observed=region.parameters[observed].number,
        model=float(by_draw[0]),
        p10=float(p10),
        p90=float(p90),
        naives=tuple(naives),
        kind=kind,
        source=region.parameters[observed].source,
        note="resources_growth",
        judged=False,
    )
