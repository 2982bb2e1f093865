"""Plain sentences that go with a simulation: what was assumed, what a reader must not overlook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.emergency.coverage import speed_needed_kmh
from sim.emergency.placement import RULES
from sim.emergency.runs import response_interval
from sim.emergency.scenario_world import ScenarioWorld
from sim.errors import Problem
from sim.indicators import whole_up
from sim.supply.model import Supply

if TYPE_CHECKING:
    from sim.emergency.simulation import YearResult


def notices_of(
    world: ScenarioWorld, results: Sequence[YearResult], supply: Supply, warnings: Sequence[Problem]
) -> tuple[str, ...]:
    """All notices of a run, in a fixed order."""
    return (
        *(warning.what for warning in warnings),
        *_stations(world),
        *_table(world),
        *_crews(world),
        *_vehicles(world, results, supply),
        *_hospitals(world, results),
        *_overload(results),
        *_precision(world, results),
        *_fleets(world, results),
        *_radius(world),
    )


def _stations(world: ScenarioWorld) -> list[str]:
    plan = world.plan
    found = []
    assumed = sum(place == "assumed" for place in plan.place)
    if assumed:
        found.append(f"The places of {assumed} of {plan.base} existing stations are assumptions; parameter draws move them.")
    rule = world.scenario.body.emergency.unplaced_stations
    if rule is not None and sum(rule.opens.values()):
        found.append(
            f"{sum(rule.opens.values())} planned stations have no place: each was put at the zone {RULES[rule.placement]}; "
            "parameter draws move them."
        )
    return found


def _table(world: ScenarioWorld) -> list[str]:
    ruled = sum(place.startswith("rule:") for place in world.plan.place)
    if world.travel_min is None or not ruled:
        return []
    return [f"The travel-time table cannot know {ruled} stations that are put by a rule: the travel law times them."]


def _crews(world: ScenarioWorld) -> list[str]:
    duty = world.scenario.body.emergency.units_on_duty
    if duty.day is not None and duty.night is not None:
        return []
    day, night = (round(world.base_units[shift]) for shift in ("day", "night"))
    return [
        f"Crews on duty are an assumption: {day} by day and {night} by night in the base year; every station that opens adds "
        "one by day and one by night."
    ]


def _vehicles(world: ScenarioWorld, results: Sequence[YearResult], supply: Supply) -> list[str]:
    """Years in which the planned ambulances are fewer than the crews on duty need."""
    series = supply.series.get("ambulances")
    if series is None:
        return []
    reserve = world.parameters.number("vehicle_reserve")
    found = []
    for result in results:
        position = [index for index, year in enumerate(supply.years) if year == result.year]
        owned = float(series.values[position[0]]) if position else math.nan
        needed = whole_up(result.duty.largest * reserve)
        if owned < needed:
            found.append(
                f"{result.year}: {owned:.0f} ambulances are planned, but {result.duty.largest} crews on duty with a reserve of "
                f"{reserve:g} vehicles a crew need {needed:.0f}."
            )
    return found


def _hospitals(world: ScenarioWorld, results: Sequence[YearResult]) -> list[str]:
    years = [str(result.year) for result in results if not len(world.hospitals_in(result.year))]
    if not years:
        return []
    return [f"No hospital with an emergency department is known in {', '.join(years)}: units become free at the scene."]


def _overload(results: Sequence[YearResult]) -> list[str]:
    years = [str(result.year) for result in results if any(row[0] == "load" and not row[4] for row in result.checked)]
    if not years:
        return []
    return [
        f"Overload in {', '.join(years)}: calls bring more work than the crews on duty can do. The queue grows, so means "
        "of these years depend on how long one looks and are no steady state."
    ]


def _precision(world: ScenarioWorld, results: Sequence[YearResult]) -> list[str]:
    """Years whose replications ended at their bound before the interval was as narrow as the scenario asks for."""
    section = world.scenario.body.emergency
    if section.target_half_width_min is None:
        return []
    short = [
        f"{result.year}: {len(result.central)} replications leave the 95 % interval of the mean response at +- {half:.3g} min, "
        f"wider than the {section.target_half_width_min:g} min asked for."
        for result in results
        if (half := response_interval(result.central).half_width) > section.target_half_width_min
    ]
    return short


def _fleets(world: ScenarioWorld, results: Sequence[YearResult]) -> list[str]:
    """Years in which more crews cannot make up for where the stations are."""
    standard = world.scenario.body.emergency.standard_min
    short = [result for result in results if result.fleet.units is None]
    if not short:
        return []
    ample = [result.fleet.ample_mean_min for result in short]
    years = ", ".join(str(result.year) for result in short)
    return [
        f"No number of crews on duty at the planned stations meets the mean response of {standard:g} min in {years}: with ample "
        f"crews it is {min(ample):.1f} to {max(ample):.1f} min."
    ]


def _radius(world: ScenarioWorld) -> list[str]:
    section, get = world.scenario.body.emergency, world.parameters.number
    detour = section.detour or get("travel.detour")
    overhead = get("overhead_min")
    speed = speed_needed_kmh(section.radius_rural_km, section.standard_min, overhead, detour)
    return [
        f"{section.radius_rural_km:g} km within {section.standard_min:g} min needs about {speed:.0f} km/h door to door on "
        f"the road (detour {detour:g}, {overhead:g} min before the wheels roll): the rural radius and the time standard are "
        "two different promises."
    ]
