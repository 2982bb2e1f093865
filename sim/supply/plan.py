"""From what a scenario asks for to a planned count of every resource and year.

Supply is a *planned count*: it has no draw axis. A per-head target becomes a count **once**, with a planning population
that stands in the resolved scenario (default: the central projection at the target year). Between given points the path
is straight; after the last it is carried forward; before the first, when nothing was observed, it is ``not observed``.
Whole things are rounded up. What was observed after the base year takes the place of the plan up to the last such year; from
there the path goes on to the targets that are still ahead.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.indicators import Indicator, dictionary, rate_of, whole_up
from sim.population.model import Population
from sim.region.model import Observation, Region
from sim.scenario import observed_in_use
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
    years, observed = scenario.years, observed_in_use(region, scenario)
    series = {}
    for indicator in dictionary().values():
        if not indicator.resource:
            continue
        section = scenario.body.resources.get(indicator.key, ResourceSection())
        built = _series(indicator, section, region, scenario, population, observed.get(indicator.key, {}))
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
    later: Mapping[int, Observation],
) -> SupplySeries | None:
    years = scenario.years
    baseline = region.baseline.get(indicator.key)
    start = {region.base_year: baseline.number} if baseline is not None else {}
    seen = {year: observation.number for year, observation in later.items()}
    last = max(seen, default=region.base_year)
    targets, residents = ({}, {}) if section.hold else _targets(indicator, section, scenario, population)
    ahead = {year: count for year, count in targets.items() if year > last or not seen}
    added = sum(
        (added_by(opening_date(p.opens), p.adds, p.ramp_up_years, years) for p in section.projects), np.zeros(len(years))
    )
    # What the projects have added by then stands in an observed count already.
    within = {year: count - float(added[year - int(years[0])]) for year, count in seen.items()}
    points = {**start, **within, **ahead}
    if not points:
        return None
    values, how = _path(points, {**start, **within}, years)
    if section.projects:
        values = values + added
        how = tuple("project" if added[i] and years[i] not in seen else how[i] for i in range(len(years)))
    hires = None
    if indicator.family == "staff":
        attrition = _attrition(indicator, section, region, years)
        hires = implied_hires(values, attrition)
        if section.flow is not None and not section.hold:
            values, hires = _limited_by_recruitment(section.flow, values, hires, attrition, years, last)
            limited = [how[i] not in ("observed", "not_observed") and (years[i] > last or not seen) for i in range(len(years))]
            how = tuple("flow" if limited[i] else how[i] for i in range(len(years)))
    if indicator.whole:
        values = np.array([whole_up(value) if np.isfinite(value) else value for value in values])
    source = _source(indicator, region, scenario, later, bool(ahead))
    return SupplySeries(indicator.key, values, how, residents, source, hires)


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
    last_observed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The stock that the recruits of the flow allow, from the last observed (or first known) year on, and those recruits."""
    known = np.flatnonzero(np.isfinite(values))
    first = max(int(known[0]), last_observed - int(years[0]))
    if flow.recruits_per_year is not None:
        recruits = flow.recruits_per_year.at(years)
    else:
        recruits = np.nan_to_num(wanted) * flow.recruitment_factor.at(years)
    stock = values.copy()
    stock[first:] = stock_and_flow(values[first], recruits[first:], attrition[first:], flow.training_lag_years)
    shown = recruits.copy()
    shown[: first + 1] = wanted[: first + 1]
    return stock, shown


def _source(
    indicator: Indicator, region: Region, scenario: Scenario, later: Mapping[int, Observation], planned: bool
) -> str:
    """The words of the scorecard's ``source`` column for the supply."""
    observed = region.baseline.get(indicator.key)
    parts = []
    if observed is not None:
        parts.append(f"base {observed.source} ({observed.confidence})")
    parts += [f"observed {year} {seen.source} ({seen.confidence})" for year, seen in later.items()]
    if planned:
        rate = rate_of(indicator.key)
        names = {indicator.key, rate.key if rate else indicator.key}
        target = next((t for t in region.plan if t.indicator in names), None)
        written = scenario.origins.get(("resources", indicator.key))
        where = f"{written.place.file}:{written.place.line}" if written else scenario.path
        parts.append(f"scenario {where}" + (f" after {target.source} ({target.confidence})" if target else ""))
    return "; ".join(parts)
