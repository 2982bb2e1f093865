"""The response of an earlier year, when stations that stand today had not been built.

In every parameter draw (station places, split of residents over towns, level and growth of calls, turnout, service times) the
travel multiplier is fitted to the mean response of the base year alone: the draws differ in why the response is what it is,
not in what it is. The same draw then answers the calls of the earlier year from the stations that were open then, and is
compared with the mean response of that year and with the coverage of both years, none of which it was told.

Crews on duty of the earlier year were not printed. Two assumptions bound them: one crew a station as in the base year, so
that the new stations brought their crews with them; or the crews of the base year, so that only their places were new.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.holdout.as_it_stood import as_it_stood
from sim.calibration.holdout.model import HoldoutRow, Kind, Naive
from sim.draws import Draws, quantiles
from sim.emergency.calls import CallTable
from sim.emergency.coverage import distances_km
from sim.emergency.duty import Duty, spread_units
from sim.emergency.runs import Engine, calls_of, engine_named, mean_response
from sim.emergency.scenario_world import ScenarioWorld, scenario_world
from sim.population import project_region
from sim.region.model import Region

Array = NDArray[np.float64]

SUBJECT = "emergency"
SIMULATED_DRAWS = 70
"""Draws that are fitted and simulated."""

_EARLIER = "activity.response_mean_2015_min"
_NOW = "response_mean_min"
RADIUS = "backtest.coverage_radius_km"
AREA = "activity.coverage_3_5km_area_share"
_COVERAGE = {
    "coverage_area": ("activity.coverage_3_5km_area_2015_share", AREA),
    "coverage_people": ("activity.coverage_3_5km_people_2015_share", "activity.coverage_3_5km_people_share"),
}
"""Observed coverage of the earlier and of the base year by quantity."""

_BRACKETS = tuple((math.log(low), math.log(high)) for low, high in ((0.7, 1.8), (0.2, 6.0)))
"""Logarithms of the multipliers between which a fit is sought: likely ones first, then as in :mod:`sim.emergency.fit_travel`."""

_LOG_TOLERANCE = 5e-4
"""Relative precision of a fitted multiplier: some thousandths of a minute of the mean response."""


@dataclass(frozen=True)
class Service:
    """The emergency service in two years and many draws.

    Attributes:
        world: the region without any plan; holds both years.
        now: the base year, to whose mean response every draw is fitted.
        then: the earlier year.
        observed: mean response of the base year, minutes.
        engine: which engine runs.
    """

    world: ScenarioWorld
    now: int
    then: int
    observed: float
    engine: Engine

    def duty(self, year: int, crews: int) -> Duty:
        """So many crews day and night, spread over the stations of the year by the rule of :mod:`sim.emergency.duty`."""
        zones, plan = self.world.region.zones, self.world.plan
        here = plan.open_in(year)
        nearest = distances_km(zones.x_km, zones.y_km, plan.x_km[here], plan.y_km[here]).argmin(axis=1)
        units = spread_units(crews, np.bincount(nearest, self.world.demand.calls(year), minlength=len(here)))
        return Duty(units, units)

    def crews(self, year: int) -> int:
        """Crews of the year at the pack's number of crews a station."""
        return round(len(self.world.plan.open_in(year)) * self.world.parameters.number("units_per_station"))

    def calls(self, year: int, draw: int, duty: Duty) -> CallTable:
        """The calls of a year in a draw; they depend neither on travel times nor on crews."""
        setup = self.world.setup(year, draw, duty, self.world.demand.calls(year, draw))
        return calls_of(setup, self.world.draws.seed, year, 0)

    def mean(self, year: int, draw: int, multiplier: float, duty: Duty, calls: CallTable | None = None) -> float:
        """Mean response of a year in a draw, minutes, on the calls of the year and draw (``calls``, if they are at hand)."""
        setup = self.world.with_multiplier(multiplier).setup(year, draw, duty, self.world.demand.calls(year, draw))
        return mean_response(setup.world, [calls or self.calls(year, draw, duty)], self.engine)

    def multiplier(self, year: int, draw: int, duty: Duty, minutes: float) -> float:
        """The multiplier with which a year has this mean response in a draw; 0.2 or 6 where that is not enough."""
        from scipy.optimize import brentq

        calls = self.calls(year, draw, duty)

        def above(log_multiplier: float) -> float:
            return self.mean(year, draw, math.exp(log_multiplier), duty, calls) - minutes

        for low, high in _BRACKETS:
            if above(low) <= 0.0 <= above(high):
                return math.exp(brentq(above, low, high, xtol=_LOG_TOLERANCE))
        return math.exp(low if above(low) > 0.0 else high)

    def covered(self, year: int, draw: int, radius_km: float) -> tuple[float, float]:
        """Share of the land and of the residents within a straight radius of the nearest open station."""
        zones = self.world.region.zones
        inside = self.world.plan_of(draw).nearest_km(year, zones.x_km, zones.y_km) <= radius_km
        people = self.world.demand.people(year, draw)
        return float(zones.land_km2[inside].sum() / zones.land_km2.sum()), float(people[inside].sum() / people.sum())


def emergency_rows(region: Region, draws: Draws) -> tuple[HoldoutRow, ...]:
    """Response and coverage of the earlier year; none where no earlier response is known.

    Args:
        region: its pack.
        draws: the first :data:`SIMULATED_DRAWS` of them are simulated; coverage, which needs no simulation, takes all.
    """
    if not can_be_tested(region):
        return ()
    service = service_of(region, Draws(min(draws.n, SIMULATED_DRAWS), draws.seed))
    now = service.duty(service.now, service.crews(service.now))
    size = service.world.draws.size
    fitted = np.array([service.multiplier(service.now, draw, now, service.observed) for draw in range(size)])
    coverage = _coverage_rows(service_of(region, draws))
    return (*_response_rows(service, fitted), *_what_it_takes(service, fitted), *coverage)


def can_be_tested(region: Region) -> bool:
    """Whether the mean response of an earlier and of the base year are known."""
    return _EARLIER in region.parameters and _NOW in region.baseline


def service_of(region: Region, draws: Draws) -> Service:
    """Set the two years up."""
    now, then = region.baseline[_NOW], int(region.parameters[_EARLIER].year or region.base_year)
    scenario = as_it_stood(region, then - 1, region.base_year)
    world = scenario_world(region, scenario, project_region(region, scenario, draws), draws)
    return Service(world, region.base_year, then, now.number, engine_named("compiled"))


def _response_rows(service: Service, fitted: Array) -> list[HoldoutRow]:
    """The mean response of the earlier year under each assumption on its crews."""
    variants = {"crew_a_station": service.crews(service.then), "crews_kept": service.crews(service.now)}
    rows = []
    for variant, crews in variants.items():
        duty = service.duty(service.then, crews)
        means = np.array([service.mean(service.then, draw, float(fit), duty) for draw, fit in enumerate(fitted)])
        rows.append(response_row(service, variant, means))
    return rows


def response_row(service: Service, variant: str, by_draw: Array) -> HoldoutRow:
    """The mean response of the earlier year by draw beside the observed one."""
    naives = (Naive("no_change", service.observed), Naive("square_root_law", square_root_law(service)))
    return _row(service, "response_mean", variant, service.then, "min", _observed(service, _EARLIER), by_draw, naives)


def square_root_law(service: Service) -> float:
    """The earlier mean response by rule of thumb, minutes.

    Mean distance goes with the square root of area over stations (Kolesar and Blum 1973, *Management Science* 19(12):1368),
    travel time with the distance to the power of the travel law.
    """
    get, plan = service.world.parameters.number, service.world.plan
    fewer = len(plan.open_in(service.now)) / len(plan.open_in(service.then))
    before = get("overhead_min")
    return before + (service.observed - before) * fewer ** (0.5 * get("travel.b"))


def _what_it_takes(service: Service, fitted: Array) -> list[HoldoutRow]:
    """How many crews, or how much slower a drive, would have given the observed response of the earlier year."""
    observed = _observed(service, _EARLIER)
    stations = service.duty(service.then, service.crews(service.then))
    crews, slower = [], []
    for draw, fit in enumerate(fitted):
        crews.append(fewest_crews(service, draw, float(fit), observed))
        slower.append(service.multiplier(service.then, draw, stations, observed) / fit)
    return [
        _row(service, "crews_that_give_observed", "central", service.then, "crews", None, np.array(crews, dtype=float)),
        _row(service, "slowness_that_gives_observed", "crew_a_station", service.then, "factor", None, np.array(slower)),
    ]


def fewest_crews(service: Service, draw: int, multiplier: float, minutes: float) -> int:
    """The smallest number of crews of the earlier year that answers within this mean response in a draw.

    With fewer crews than stations the busiest stations have one each.
    """
    crews, calls = service.crews(service.now), None
    while crews > 1:
        duty = service.duty(service.then, crews - 1)
        calls = calls or service.calls(service.then, draw, duty)
        if service.mean(service.then, draw, multiplier, duty, calls) > minutes:
            break
        crews -= 1
    return crews


def _coverage_rows(service: Service) -> list[HoldoutRow]:
    """Coverage of both years and its change; none without printed coverage."""
    parameters = service.world.region.parameters
    if RADIUS not in parameters:
        return []
    radius = parameters[RADIUS].number
    years = (service.then, service.now)
    shares = np.array([[service.covered(year, draw, radius) for draw in range(service.world.draws.size)] for year in years])
    rows = []
    for number, (what, keys) in enumerate(_COVERAGE.items()):
        then, now = (_observed(service, key) for key in keys)
        circles = [circle_share(service, year, radius) for year in years] if what == "coverage_area" else None
        for position, (year, observed) in enumerate(zip(years, (then, now), strict=True)):
            naives = [Naive("no_change", now)] if year == service.then else []
            if circles:
                naives.append(Naive("circles", circles[position]))
            rows.append(_row(service, what, "central", year, "share", observed, shares[position, :, number], tuple(naives)))
        gained = shares[1, :, number] - shares[0, :, number]
        naives = [Naive("no_change", 0.0)] + ([Naive("circles", circles[1] - circles[0])] if circles else [])
        rows.append(_row(service, f"{what}_gained", "central", service.now, "points", now - then, gained, tuple(naives)))
    return rows


def circle_share(service: Service, year: int, radius_km: float) -> float:
    """Stations times the area of a full circle over the official area: what a desk calculation gives, overlaps not seen."""
    area = service.world.region.parameters.get("demography.area_km2")
    total = area.number if area else float(service.world.region.zones.land_km2.sum())
    return len(service.world.plan.open_in(year)) * math.pi * radius_km**2 / total


def _observed(service: Service, key: str) -> float:
    return service.world.region.parameters[key].number


def _row(
    service: Service,
    what: str,
    variant: str,
    year: int,
    unit: str,
    observed: float | None,
    by_draw: Array,
    naives: tuple[Naive, ...] = (),
) -> HoldoutRow:
    p10, p90 = quantiles(by_draw, (0.1, 0.9))
    return HoldoutRow(
        region=service.world.region.key,
        subject=SUBJECT,
        what=what,
        variant=variant,
        year=year,
        unit=unit,
        observed=observed,
        model=float(by_draw[0]),
        p10=float(p10),
        p90=float(p90),
        naives=naives,
        kind=Kind.HOLD_OUT,
        source=service.world.region.parameters[_EARLIER].source,
        note=f"emergency_{what}",
    )
