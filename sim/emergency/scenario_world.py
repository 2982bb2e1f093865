"""From a region and a scenario to the worlds that the engines run: one world, call intensity and service law per year and draw.

A parameter draw changes the call level and growth, residents, station places, travel time, turnout and service times
together (their priors stand in the packs). Units on duty and urban zones are the plan's and the census's: no draw moves them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, yearly_intensity
from sim.emergency.coverage import distances_km, urban_zones
from sim.emergency.demand_intensity import CallDemand, call_demand
from sim.emergency.duty import SHIFTS, Duty, units_on_duty
from sim.emergency.observed_response import ObservedResponse, observed_response, tied_factors
from sim.emergency.parameters import Parameters
from sim.emergency.policy_build import YearWorld, mean_patience, policies_of
from sim.emergency.roster import Crew, crews_of, lose_station, shift_crews, units_of, with_vehicles
from sim.emergency.shift_hours import crews_by_shift
from sim.emergency.stations import StationPlan, place_moves, plan_stations
from sim.emergency.surge import Happening, events_of, happening, spell_in
from sim.emergency.travel import TravelLaw
from sim.emergency.travel_table import read_travel_table
from sim.emergency.world import HOURS_OF_WEEK, Rules, Units, World, check_world, places, plane_world, weekly_units
from sim.errors import Problems
from sim.population.model import Population
from sim.region.model import Region
from sim.scenario.emergency_policies import StationLoss
from sim.scenario.model import ByYear, Scenario

PRIORITIES = ("critical", "emergency", "urgent", "non_emergency")
"""Names of priorities 1 to 4, as in the parameters ``emergency.priority_share.<name>``."""

VARIED = ("travel.multiplier", "travel.b", "turnout_factor", "service_time_factor", "transport_share")
"""Parameters that the draws vary here; call level, growth, residents and station places are varied where they are made."""

_DAY = np.arange(HOURS_OF_WEEK) % 24
_WORKDAY = np.arange(HOURS_OF_WEEK) // 24 < 5


@dataclass(frozen=True)
class Setup:
    """One year in one parameter draw, ready to run.

    Attributes:
        world, intensity, service: what the engines take.
        stations: indices into the plan of the stations that are open, in the order of the world's stations.
        own_station: of each zone, the world's station that is nearest by expected travel time.
        happenings: the year's events.
    """

    world: World
    intensity: CallIntensity
    service: ServiceLaw
    stations: NDArray[np.int64]
    own_station: NDArray[np.int64]
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True)
class ScenarioWorld:
    """All that a scenario says about its emergency service.

    Attributes:
        region, scenario, draws: what the simulation was handed.
        demand: residents and calls per zone.
        parameters: the region's emergency parameters.
        urban: whether a zone is urban (census share, residents of 2020).
        between_km: straight distances between zones, shape ``[zone, zone]``.
        plan: stations in their central places.
        travel_min: the user's travel-time table ``[plan station, zone]``, or None; NaN for stations that are put by a rule,
            which a table cannot know: the law times them.
        multiplier: travel multiplier of all draws in place of the packs' one, while it is being fitted.
    """

    region: Region
    scenario: Scenario
    draws: Draws
    demand: CallDemand
    parameters: Parameters
    urban: NDArray[np.bool_]
    between_km: NDArray[np.float64]
    plan: StationPlan
    travel_min: NDArray[np.float64] | None
    multiplier: float | None = None

    def plan_of(self, draw: int) -> StationPlan:
        """The stations in the places of a draw."""
        if draw == 0:
            return self.plan
        if draw not in self._plans:
            section = self.scenario.body.emergency
            self._plans[draw] = plan_stations(
                self.region, section, self.demand.people, self.urban, self.between_km, self._moves[draw]
            )
        return self._plans[draw]

    @functools.cached_property
    def _plans(self) -> dict[int, StationPlan]:
        return {}

    @functools.cached_property
    def _moves(self) -> NDArray[np.float64]:
        return place_moves(self.region, self.scenario.body.emergency, self.draws)

    @functools.cached_property
    def base_units(self) -> dict[str, float]:
        """The region's units on duty by shift: its own number, or so many per station of the pack."""
        per_station = self.parameters.number("units_per_station") * self.plan.base
        own = {shift: f"units_on_duty_{shift}" for shift in SHIFTS}
        get = self.parameters
        return {shift: get.number(key) if get.has(key) else per_station for shift, key in own.items()}

    def duty(self, year: int, problems: Problems, calls: NDArray[np.float64] | None = None) -> Duty:
        """Units on duty by station, spread by the year's calls per zone (or ``calls``); findings go to ``problems``."""
        here = self.plan.open_in(year)
        zones = self.region.zones
        distance = distances_km(zones.x_km, zones.y_km, self.plan.x_km[here], self.plan.y_km[here])
        by_zone = self.demand.calls(year) if calls is None else calls
        by_station = np.bincount(distance.argmin(axis=1), by_zone, minlength=len(here))
        shifts = self.scenario.body.emergency.shifts
        set_crews = None if shifts is None else crews_by_shift(shifts, self.parameters.schedule("shift_day_hours"))
        return units_on_duty(self.scenario, self.base_units, self.plan, year, by_station, problems, set_crews)

    def setup(
        self, year: int, draw: int, duty: Duty, calls: NDArray[np.float64] | None = None, without: str | None = None
    ) -> Setup:
        """Everything one year in one draw needs to run.

        Args:
            year: calendar year; a year before the projection needs ``calls``.
            draw: parameter draw, 0 = central.
            duty: units on duty by open station.
            calls: expected calls per zone that stand in for the projected ones.
            without: name of an event that is left out.
        """
        zones, hospitals = self.region.zones, self.region.hospitals
        plan = self.plan_of(draw)
        here = plan.open_in(year)
        taking = self.hospitals_in(year)
        intensity = self.intensity(year, self.demand.calls(year, draw) if calls is None else calls)
        service = self.service(year, draw)
        happenings = self.happenings(year, draw, without)
        crews = self.crews(duty, intensity, year, happenings)
        world = plane_world(
            zones=places(zones.x_km, zones.y_km),
            stations=places(plan.x_km[here], plan.y_km[here]),
            hospitals=places(hospitals.x_km[taking], hospitals.y_km[taking]),
            units=units_of(crews),
            law=self.law(year, draw),
            horizon_min=intensity.horizon_min,
            station_minutes=self._station_minutes(year, draw, here),
            travel_factor=self._travel_factor,
            expected_turnout_min=service.expected_turnout_min,
            rules=Rules(
                return_dispatch=self.scenario.body.emergency.return_dispatch,
                road_turnout_share=self.parameters.number("road_turnout_share"),
            ),
            first_hour=intensity.first_hour,
            priorities=len(PRIORITIES),
        )
        slower = self._transport_scale * self._drawn["service_time_factor"][draw]
        world = replace(world, to_hospital=world.to_hospital * slower)
        open_ids = tuple(plan.ids[station] for station in here)
        ids = tuple(hospitals.ids[hospital] for hospital in taking)
        known = YearWorld(self.region, self.parameters, year, world, intensity, service, crews, open_ids, ids, happenings)
        policies = policies_of(self.scenario.body.emergency, known)
        if policies is not None:
            world = replace(world, policies=policies)
            check_world(world)
        return Setup(world, intensity, service, here, world.expected.station.argmin(axis=0), happenings)

    def happenings(self, year: int, draw: int, without: str | None = None) -> tuple[Happening, ...]:
        """The scenario's events of a year, but for one that is left out."""
        hours = self.parameters.number("policy.mass_casualty_hours")
        found = []
        for event in events_of(self.scenario.body.emergency.surge):
            spell = spell_in(event, year, hours)
            if spell is not None and event.name != without:
                found.append(happening(event, spell, self.region, self.demand, year, draw))
        return tuple(found)

    def crews(
        self, duty: Duty, intensity: CallIntensity, year: int, happenings: Sequence[Happening]
    ) -> list[Crew]:
        """Crews in the order of their numbers, as lost stations leave them."""
        plan, section = self.plan, self.scenario.body.emergency
        ids = [plan.ids[station] for station in plan.open_in(year)]
        hours = self.parameters.schedule("shift_day_hours")
        crews = crews_of(self.units(duty, intensity))
        if section.shifts is not None:
            weekday, horizon = intensity.first_hour // 24, intensity.horizon_min
            crews = shift_crews(section.shifts, ids, duty, hours, first_weekday=weekday, horizon_min=horizon)
        crews = with_vehicles(crews, [section.units_on_duty.monitoring.get(id_, 0) for id_ in ids])
        for one in happenings:
            if isinstance(one.event, StationLoss) and one.event.station in ids:
                to = ids.index(one.event.crews_to) if one.event.crews_to in ids else None
                crews = lose_station(crews, ids.index(one.event.station), one.spell.first, one.spell.last, to)
        return crews

    def with_multiplier(self, multiplier: float) -> ScenarioWorld:
        """The same scenario with this travel multiplier in every draw."""
        return replace(self, multiplier=multiplier)

    def units(self, duty: Duty, intensity: CallIntensity) -> Units:
        """Crews: at each station those on duty day and night first, then those of one shift."""
        first, last = self.parameters.schedule("shift_day_hours")
        by_day = (first <= _DAY) & (last > _DAY)
        station, pattern = [], []
        for number, (day, night) in enumerate(zip(duty.day, duty.night, strict=True)):
            both = min(day, night)
            for hours, count in ((np.ones(HOURS_OF_WEEK, dtype=bool), both), (by_day, day - both), (~by_day, night - both)):
                station += [number] * count
                pattern += [hours] * count
        return weekly_units(
            station, np.array(pattern), first_hour=intensity.first_hour, horizon_min=intensity.horizon_min
        )

    def law(self, year: int, draw: int) -> TravelLaw:
        """Minutes = a x multiplier x km ** b (straight line); a detour other than the pack's scales the distance."""
        section = self.scenario.body.emergency
        exponent = float(self._drawn["travel.b"][draw])
        longer = 1.0 if section.detour is None else section.detour / self.parameters.number("travel.detour")
        scale = self.parameters.number("travel.a_min") * self._drawn["travel.multiplier"][draw] * longer**exponent
        return TravelLaw(scale / float(section.speed_factor.at(year)), exponent)

    def intensity(self, year: int, calls: NDArray[np.float64]) -> CallIntensity:
        """When and where calls are expected, from the year's calls per zone."""
        get = self.parameters.schedule
        return yearly_intensity(
            calls_per_year=float(calls.sum()),
            year=year,
            hour_share=get("hourly_profile"),
            weekday_factor=get("weekday_factor"),
            month_factor=get("monthly_factor"),
            zone_share=calls / calls.sum(),
            priority_share=[self.parameters.number(f"priority_share.{name}") for name in PRIORITIES],
            day_variance=self.parameters.number("day_variance"),
        )

    def service(self, year: int, draw: int) -> ServiceLaw:
        """How long the parts of a call take. A turnout that the scenario states is its central one, whatever was fitted."""
        section, get = self.scenario.body.emergency, self.parameters.number
        longer = self._drawn["service_time_factor"][draw]
        factor = self._drawn["turnout_factor"]
        stated = section.turnout_median_min
        if stated is None:
            median = get("turnout.median_min") * factor[draw]
        else:
            median = float(stated.at(year)) * (factor[draw] / factor[0])
        share = section.transport_share if section.transport_share is not None else self._drawn["transport_share"][draw]
        return ServiceLaw(
            dispatch=Lognormal(get("call_handling.median_min"), get("call_handling.sigma")),
            turnout_median_min=median * np.where(self._night, get("night_turnout_factor"), 1.0),
            turnout_sigma=_at(section.turnout_sigma, year, get("turnout.sigma")),
            scene=Lognormal(get("on_scene.median_min") * longer, get("on_scene.sigma")),
            handover=Lognormal(get("handover.median_min") * longer, get("handover.sigma")),
            transport_share=np.full(len(PRIORITIES), share),
            travel_sigma=get("travel_error_sigma"),
            travel_correlation=get("travel_error_correlation"),
            patience_mean_min=None if section.dispatch is None else mean_patience(section.dispatch),
            second_draws=section.dispatch is not None and section.dispatch.redirect is not None,
        )

    def hospitals_in(self, year: int) -> NDArray[np.int64]:
        """Hospitals with an emergency department: existing ones, and those the plan opens from its target year on."""
        hospitals = self.region.hospitals
        there = [
            status == "existing" or (status == "opening_in_plan" and year >= self.region.plan_year) for status in hospitals.status
        ]
        return np.flatnonzero(hospitals.has_emergency & np.array(there, dtype=bool))

    @functools.cached_property
    def _drawn(self) -> dict[str, NDArray[np.float64]]:
        """Values by draw of the parameters that vary."""
        drawn = {key: self.parameters.drawn(key) for key in VARIED}
        if self.multiplier is not None:
            drawn["travel.multiplier"] = np.full(self.draws.size, self.multiplier)
        else:
            drawn["travel.multiplier"] = drawn["travel.multiplier"] * self.tied
        return drawn

    @functools.cached_property
    def observed(self) -> ObservedResponse | None:
        """The region's observed mean response, if there is one."""
        return observed_response(self.region, self.parameters, self.demand.yearly(self.region.base_year))

    @functools.cached_property
    def tied(self) -> NDArray[np.float64]:
        """Factor by draw on the travel multiplier that keeps the observed mean response; 1 where none was observed."""
        if self.observed is None:
            return np.ones(self.draws.size)
        calls = self.demand.calls(self.region.base_year)
        return tied_factors(self.observed, self.region, self.parameters.drawn("travel.b"), calls, self.plan_of)

    def _station_minutes(self, year: int, draw: int, here: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """The user's table at the scenario's speed, varied in the draws as the travel law is; None without a table."""
        if self.travel_min is None:
            return None
        multiplier = self._drawn["travel.multiplier"]
        speed = float(self.scenario.body.emergency.speed_factor.at(year))
        zones, plan = self.region.zones, self.plan_of(draw)
        by_law = self.law(year, draw).table(plan.x_km[here], plan.y_km[here], zones.x_km, zones.y_km)
        given = self.travel_min[here] * (multiplier[draw] / multiplier[0] / speed)
        return np.where(np.isnan(given), by_law, given)

    @functools.cached_property
    def _night(self) -> NDArray[np.bool_]:
        return np.isin(_DAY, self.parameters.schedule("night_hours"))

    @functools.cached_property
    def _travel_factor(self) -> NDArray[np.float64]:
        peak = np.isin(_DAY, self.parameters.schedule("peak_hours")) & _WORKDAY
        by_night = np.where(self._night, self.parameters.number("night_travel_factor"), 1.0)
        return np.where(peak, self.parameters.number("peak_travel_factor"), by_night)

    @functools.cached_property
    def _transport_scale(self) -> float:
        """Brings the law's mean drive to the nearest hospital in the base year to the stated mean; 1 without a hospital."""
        base = self.region.base_year
        taking = self.hospitals_in(base)
        if not len(taking):
            return 1.0
        zones, hospitals = self.region.zones, self.region.hospitals
        law = self.law(base, 0).table(zones.x_km, zones.y_km, hospitals.x_km[taking], hospitals.y_km[taking])
        calls = self.demand.calls(base)
        spread = np.exp(0.5 * self.parameters.number("travel_error_sigma") ** 2)
        return self.parameters.number("transport_mean_min") / float(calls @ law.min(axis=1) / calls.sum() * spread)


def scenario_world(region: Region, scenario: Scenario, population: Population, draws: Draws) -> ScenarioWorld:
    """Read a scenario's emergency set-up.

    Raises:
        InputError: the travel-time table is wrong.
    """
    zones, section = region.zones, scenario.body.emergency
    demand = call_demand(region, scenario, population, draws)
    urban = urban_zones(zones.population, zones.land_km2, region.urban_share)
    between = distances_km(zones.x_km, zones.y_km, zones.x_km, zones.y_km)
    plan = plan_stations(region, section, demand.people, urban, between)
    table = _travel_table(scenario, plan, zones.ids) if scenario.travel_table else None
    return ScenarioWorld(region, scenario, draws, demand, demand.parameters, urban, between, plan, table)


def _travel_table(scenario: Scenario, plan: StationPlan, zones: tuple[str, ...]) -> NDArray[np.float64]:
    """The user's table with a row for every station of the plan; NaN for those that are put by a rule."""
    known = [index for index, place in enumerate(plan.place) if not place.startswith("rule:")]
    minutes = np.full((len(plan.ids), len(zones)), np.nan)
    minutes[known] = read_travel_table(Path(str(scenario.travel_table)), [plan.ids[index] for index in known], zones)
    return minutes


def _at(path: ByYear | None, year: int, default: float) -> float:
    """A scenario's path at a year, or the region's value."""
    return default if path is None else float(path.at(year))
