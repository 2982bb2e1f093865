"""Units (crews) on duty by station and shift. Vehicles are another number: vehicles = units x reserve.

Rule, when a scenario does not set stations one by one: every open station has one unit; each further unit goes to the
station with the most expected calls per unit at that point (calls counted at the nearest station; ties to the first).
Without a county total in the scenario, the total is the region's observed or assumed one, and every station that opens adds one
unit by day and one by night; closing a station moves its units to the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.stations import StationPlan
from sim.errors import Place, Problems
from sim.scenario.model import ByYear, Scenario

SHIFTS = ("day", "night")


@dataclass(frozen=True)
class Duty:
    """Units on duty of one year, shape ``[open station]`` each, in the order of ``StationPlan.open_in(year)``."""

    day: NDArray[np.int64]
    night: NDArray[np.int64]

    @property
    def largest(self) -> int:
        """Units of the larger shift, the whole county: what vehicles are counted from."""
        return int(max(self.day.sum(), self.night.sum()))


def spread_units(total: int, calls: NDArray[np.float64], fixed: Mapping[int, int] | None = None) -> NDArray[np.int64]:
    """Spread ``total`` units over stations: one each, then always to the most calls per unit.

    Args:
        total: units of the county in this shift.
        calls: expected calls for which each station is the nearest.
        fixed: units of stations (by position) that are set and not spread; the others share the rest.

    Returns:
        Units per station. With fewer units than stations, the stations with most calls have one each.
    """
    fixed = fixed or {}
    units = np.zeros(len(calls), dtype=np.int64)
    for station, number in fixed.items():
        units[station] = number
    others = [station for station in range(len(calls)) if station not in fixed]
    left = max(0, total - sum(fixed.values()))
    busiest = sorted(others, key=lambda station: (-calls[station], station))
    for station in busiest[:left]:
        units[station] = 1
    for _ in range(left - len(others)):
        units[max(others, key=lambda station: (calls[station] / units[station], -station))] += 1
    return units


def county_total(scenario: Scenario, base: Mapping[str, float], plan: StationPlan, year: int, shift: str) -> int:
    """Units of the county in a shift: the scenario's path, or the region's number plus one for every added station.

    Args:
        scenario: its ``emergency.units_on_duty``.
        base: the region's units by shift.
        plan: the stations.
        year: calendar year.
        shift: ``day`` or ``night``.
    """
    path: ByYear | None = getattr(scenario.body.emergency.units_on_duty, shift)
    if path is not None:
        return round(float(path.at(year)))
    here = plan.open_in(year)
    return round(base[shift]) + int((here >= plan.base).sum())


def units_on_duty(
    scenario: Scenario,
    base: Mapping[str, float],
    plan: StationPlan,
    year: int,
    calls: NDArray[np.float64],
    problems: Problems,
    set_crews: Mapping[str, Mapping[str, int]] | None = None,
) -> Duty:
    """Units of every open station of a year by shift.

    Args:
        scenario: its ``emergency.units_on_duty``.
        base: the region's units by shift, ``day`` and ``night``.
        plan: the stations.
        year: calendar year.
        calls: expected calls for which each open station is the nearest.
        problems: a station without a unit by day and a shift without any unit are errors; a station without a unit by
            night is a warning (its calls wait for units of others).
        set_crews: per station id crews by shift in place of those it would have (shift patterns); other stations keep theirs.
    """
    here = plan.open_in(year)
    by_shift = {}
    for shift in SHIFTS:
        fixed = {}
        for id_, set_ in scenario.body.emergency.units_on_duty.stations.items():
            position = np.flatnonzero(here == plan.ids.index(id_)) if id_ in plan.ids else []
            if len(position) and shift in set_:
                fixed[int(position[0])] = set_[shift]
        total = county_total(scenario, base, plan, year, shift)
        by_shift[shift] = spread_units(total, calls, fixed)
        for position, station in enumerate(here):
            crews = (set_crews or {}).get(plan.ids[station])
            by_shift[shift][position] = by_shift[shift][position] if crews is None else crews[shift]
        _check(scenario, plan, year, shift, by_shift[shift], problems)
    duty = Duty(by_shift["day"], by_shift["night"])
    for id_, wanted in scenario.body.emergency.units_on_duty.monitoring.items():
        crews = [max(duty.day[at], duty.night[at]) for at, station in enumerate(here) if plan.ids[station] == id_]
        if crews and wanted > crews[0]:
            place = place_of(scenario, ("emergency", "units_on_duty", "monitoring", id_))
            problems.warn(place, f"{year}: station {id_} has {crews[0]} crews at a time, fewer than {wanted} monitoring vehicles")
    return duty


def _check(
    scenario: Scenario, plan: StationPlan, year: int, shift: str, units: NDArray[np.int64], problems: Problems
) -> None:
    place = place_of(scenario, ("emergency", "units_on_duty", shift))
    if units.sum() == 0:
        problems.error(place, f"{year}: nobody is on duty by {shift}", "at least one unit in every shift")
        return
    without = [plan.names[station] for station in plan.open_in(year)[units == 0]]
    if not without:
        return
    what = f"{year}: {len(without)} of {len(units)} stations have no unit on duty by {shift}: {', '.join(without)}"
    if shift == "day":
        problems.error(place, what, "at least one unit by day at every open station, or its closure")
    else:
        problems.warn(place, what)


def place_of(scenario: Scenario, address: tuple[str | int, ...]) -> Place:
    """Where a value of the scenario was set, or the section around it, or the file."""
    while address:
        if address in scenario.origins and scenario.origins[address].place.file:
            return scenario.origins[address].place
        address = address[:-1]
    return Place(scenario.path)
