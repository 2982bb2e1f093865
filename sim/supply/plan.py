"""From what a scenario asks for to a planned count of every resource and year.

Supply is a *planned count*: it has no draw axis. A per-head target becomes a count **once**, with a planning population
that stands in the resolved scenario (default: the central projection at the target year). Between given points the path
is straight; after the last it is carried forward; before the first, when nothing was observed, it is ``not observed``.
Whole things are rounded up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.indicators import Indicator, dictionary, rate_of, whole_up
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.model import ResourceSection, Scenario, StaffFlow
from sim.supply.model import Supply, SupplySeries
from sim.supply.projects import added_by, opening_date
from sim.supply.staff import implied_hires, stock_and_flow

_ATTRITION = {"nurses": "workforce.attrition.nurses"}
_ATTRITION_OTHER_STAFF = "workforce.attrition.physicians"


def plan_supply(region: Region, scenario: Scenario, population: Population) -> Supply:
    """Planned counts of every resource of the dictionary.

    Args:
        region: baseline values and attrition parameters.
        scenario: the ``resources`` section and the planning population.
        population: the projection whose central draw turns per-head targets into counts.

    Returns:
        a series for each resource that the baseline or the scenario knows.
    """
    years = scenario.years
    series = {}
    for indicator in dictionary().values():
        if not indicator.resource:
            continue
        section = scenario.body.resources.get(indicator.key, ResourceSection())
        built = _series(indicator, section, region, scenario, population, years)
        if built is not None:
            series[indicator.key] = built
    return Supply(years, series)


def planning_population(scenario: Scenario, population: Population, year: int) -> float:
    """Residents with which a per-head target of ``year`` becomes a count."""
    given = scenario.body.population.planning_population.get(year)
    return float(given) if given is not None else float(population.at_end_of(year)[0].sum())


def _series(
    indicator: Indicator,
    section: ResourceSection,
    region: Region,
    scenario: Scenario,
    population: Population,
    years: NDArray[np.int64],
) -> SupplySeries | None:
    observed = region.baseline.get(indicator.key)
    start = {region.base_year: observed.number} if observed is not None else {}
    targets, residents = ({}, {}) if section.hold else _targets(indicator, section, scenario, population)
    points = {**start, **targets}
    if not points:
        return None
    values, how = _path(points, start, years)
    if section.projects:
        added = sum(added_by(opening_date(p.opens), p.adds, p.ramp_up_years, years) for p in section.projects)
        values = values + added
        how = tuple("project" if added[i] else how[i] for i in range(len(years)))
    hires = None
    if indicator.family == "staff":
        attrition = _attrition(indicator, section, region, years)
        hires = implied_hires(values, attrition)
        if section.flow is not None and not section.hold:
            values, hires = _limited_by_recruitment(section.flow, values, hires, attrition, years)
            how = tuple("flow" if how[i] not in ("observed", "not_observed") else how[i] for i in range(len(years)))
    if indicator.whole:
        values = np.array([whole_up(value) if np.isfinite(value) else value for value in values])
    return SupplySeries(indicator.key, values, how, residents, _source(indicator, region, scenario, bool(targets)), hires)


def _targets(
    indicator: Indicator, section: ResourceSection, scenario: Scenario, population: Population
) -> tuple[dict[int, float], dict[int, float]]:
    """Counts at the given years, and the residents used for those that were given per head."""
    counts = {int(year): float(value) for year, value in (section.count or {}).items()}
    residents: dict[int, float] = {}
    rate = rate_of(indicator.key)
    for year, value in (section.per_head or {}).items():
        if rate is None:
            raise ValueError(f"{indicator.key} has no per-head rate")
        residents[int(year)] = planning_population(scenario, population, int(year))
        wanted = value * residents[int(year)] / rate.per
        counts[int(year)] = whole_up(wanted) if indicator.whole else wanted
    return counts, residents


def _path(
    points: Mapping[int, float], observed: Mapping[int, float], years: NDArray[np.int64]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Straight between points, constant after, NaN before; and how each year's value came about."""
    at = np.array(sorted(points))
    values = np.interp(years, at, [points[int(year)] for year in at])
    values[years < at[0]] = np.nan
    how = []
    for year in map(int, years):
        if year < at[0]:
            how.append("not_observed")
        elif year in points:
            how.append("observed" if observed.get(year) == points[year] else "planned")
        else:
            how.append("interpolated" if year < at[-1] else "carried_forward")
    return values, tuple(how)


def _attrition(
    indicator: Indicator, section: ResourceSection, region: Region, years: NDArray[np.int64]
) -> NDArray[np.float64]:
    if section.flow is not None and section.flow.attrition is not None:
        return section.flow.attrition.at(years)
    parameter = region.parameters[_ATTRITION.get(indicator.key, _ATTRITION_OTHER_STAFF)]
    return np.full(len(years), parameter.number)


def _limited_by_recruitment(
    flow: StaffFlow,
    values: NDArray[np.float64],
    wanted: NDArray[np.float64],
    attrition: NDArray[np.float64],
    years: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The stock that the recruits of the flow allow, from the first known year on, and those recruits."""
    known = np.flatnonzero(np.isfinite(values))
    first = int(known[0])
    if flow.recruits_per_year is not None:
        recruits = flow.recruits_per_year.at(years)
    else:
        recruits = np.nan_to_num(wanted) * flow.recruitment_factor.at(years)
    stock = values.copy()
    stock[first:] = stock_and_flow(values[first], recruits[first:], attrition[first:], flow.training_lag_years)
    shown = recruits.copy()
    shown[: first + 1] = np.nan
    return stock, shown


def _source(indicator: Indicator, region: Region, scenario: Scenario, planned: bool) -> str:
    """The words of the scorecard's ``source`` column for the supply."""
    observed = region.baseline.get(indicator.key)
    parts = []
    if observed is not None:
        parts.append(f"base {observed.source} ({observed.confidence})")
    if planned:
        rate = rate_of(indicator.key)
        names = {indicator.key, rate.key if rate else indicator.key}
        target = next((t for t in region.plan if t.indicator in names), None)
        written = scenario.origins.get(("resources", indicator.key))
        where = f"{written.place.file}:{written.place.line}" if written else scenario.path
        parts.append(f"scenario {where}" + (f" after {target.source} ({target.confidence})" if target else ""))
    return "; ".join(parts)
