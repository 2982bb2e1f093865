"""Checks of the emergency policies against the region: stations, towns, hospitals, whether somebody is on duty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np

from sim.region.model import Region
from sim.scenario.checks_surge import check_surge_of_region
from sim.scenario.emergency_policies import ShiftPattern
from sim.scenario.model import Address
from sim.scenario.section import first_moment, last_moment
from sim.scenario.view import View

_STEP = 4
"""Shifts are looked at by quarters of an hour."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check_policies_of_region(view: View, region: Region) -> None:
    """All checks of this module."""
    stations = [*region.stations.ids, *(station.name for station in view.body.emergency.new_stations)]
    check_shift_stations(view, region, stations)
    check_somebody_on_duty(view, region, stations)
    check_preferences(view, region, stations)
    check_reserve_against_crews(view, region)
    check_compliance_table(view, region, stations)
    check_hospital_ids(view, region)
    check_hospital_is_open(view, region)
    check_surge_of_region(view, region, stations)


def _known_station(view: View, region: Region, at: Address, station: str, stations: list[str], *, key: bool = False) -> bool:
    if station in stations:
        return True
    place = view.key_place(at) if key else view.place(at)
    view.problems.unknown(place, f"unknown station of {region.key}", station, stations)
    return False


def check_shift_stations(view: View, region: Region, stations: list[str]) -> None:
    """Stations with shifts of their own exist."""
    shifts = view.body.emergency.shifts
    for station in shifts.crews if shifts is not None else ():
        _known_station(view, region, ("emergency", "shifts", "crews", station), station, stations, key=True)
    for station in view.body.emergency.units_on_duty.monitoring:
        _known_station(view, region, ("emergency", "units_on_duty", "monitoring", station), station, stations, key=True)


def check_somebody_on_duty(view: View, region: Region, stations: list[str]) -> None:
    """At every hour of the week a shift that has crews is running."""
    shifts = view.body.emergency.shifts
    if shifts is None or not shifts.patterns:
        return
    used = {name for crews in shifts.crews.values() for name, number in crews.items() if number}
    if set(stations) - set(shifts.crews) or view.body.emergency.unplaced_stations is not None:
        used |= {"day", "night"}
    plain = region.parameters["emergency.shift_day_hours"].schedule
    known = {
        "day": ShiftPattern.model_validate({"from": float(plain[0]), "to": float(plain[1])}),
        "night": ShiftPattern.model_validate({"from": float(plain[1]), "to": float(plain[0])}),
    } | dict(shifts.patterns)
    covered = np.zeros(7 * 24 * _STEP, dtype=bool)
    for name in sorted(used & set(known)):
        covered |= quarters(known[name])
    gaps = np.flatnonzero(~covered)
    if len(gaps):
        day, hour = divmod(int(gaps[0]) / _STEP, 24)
        what = f"nobody is on duty on {_DAYS[int(day)]} at {int(hour):02d}:{int(hour % 1 * 60):02d}"
        more = f", {len(gaps) / _STEP:g} hours a week in all"
        view.problems.error(view.place(("emergency", "shifts", "patterns")), what + more, "a shift with crews at every hour")


def quarters(pattern: ShiftPattern) -> np.ndarray:
    """Quarter hours of the week, Monday first, that lie inside a shift, shape ``[672]``."""
    days = {"all": range(7), "workdays": range(5), "weekends": (5, 6)}[pattern.days]
    found = np.zeros(7 * 24 * _STEP, dtype=bool)
    for day in days:
        start = (day * 24 + pattern.start) * _STEP
        steps = np.arange(int(np.ceil(start)), int(np.floor(start + pattern.hours * _STEP)))
        found[steps % len(found)] = True
    return found


def check_preferences(view: View, region: Region, stations: list[str]) -> None:
    """Preference lists are of known towns or zones and name known stations once."""
    dispatch = view.body.emergency.dispatch
    known = [*region.towns.ids, *region.zones.ids]
    for area, wanted in dispatch.preference.items() if dispatch is not None else ():
        at = ("emergency", "dispatch", "preference", area)
        if area not in known:
            towns = zip(region.towns.ids, region.towns.names_zh, strict=True)
            meant = next((id_ for id_, name in towns if area in name), "")
            view.problems.unknown(
                view.key_place(at), f"unknown town or zone of {region.key}", area, region.towns.ids, meant=meant
            )
        for index, station in enumerate(wanted):
            if _known_station(view, region, (*at, index), station, stations) and station in wanted[:index]:
                view.problems.error(view.place((*at, index)), f"station {station!r} stands twice for {area!r}", "each once")


def check_reserve_against_crews(view: View, region: Region) -> None:
    """Fewer units are held back than are on duty."""
    dispatch = view.body.emergency.dispatch
    if dispatch is None:
        return
    fewest = fewest_crews(view, region)
    for priority, number in dispatch.reserve.items():
        if number >= fewest:
            view.problems.warn(
                view.place(("emergency", "dispatch", "reserve", priority)),
                f"reserve: priority {priority} holds back {number} units, but only {fewest:g} are on duty in the smallest shift",
                "fewer; such calls wait until more units are free than are on duty",
            )


def fewest_crews(view: View, region: Region) -> float:
    """Crews on duty in the smaller shift of the first year: the scenario's, or the region's before stations are added."""
    units, years = view.body.emergency.units_on_duty, view.body.horizon.years
    found = []
    for shift in ("day", "night"):
        path, key = getattr(units, shift), f"emergency.units_on_duty_{shift}"
        if path is not None:
            found.append(float(path.at(years).min()))
        elif key in region.parameters:
            found.append(region.parameters[key].number)
        else:
            found.append(region.parameters["emergency.units_per_station"].number * len(region.stations.ids))
    return min(found)


def check_compliance_table(view: View, region: Region, stations: list[str]) -> None:
    """A compliance table has a method that reads it, known stations that stay open, and not more slots than units."""
    move_up = view.body.emergency.move_up
    if move_up is None or move_up.table is None:
        return
    at = ("emergency", "move_up", "table")
    if move_up.method != "table":
        what = f"the compliance table is not used: move_up.method is {move_up.method}"
        view.problems.warn(view.key_place(at), what, "method: table")
    if not move_up.table:
        view.problems.error(view.place(at), "move_up.table is empty", "a row for every number of free units")
    closes = {closure.station: closure.year for closure in view.body.emergency.closures}
    for level, row in enumerate(move_up.table):
        if len(row) > level + 1:
            what = f"row {level + 1} of the compliance table holds {len(row)} stations with {level + 1} free units"
            view.problems.error(view.place((*at, level)), what, f"at most {level + 1}")
        for slot, station in enumerate(row):
            if _known_station(view, region, (*at, level, slot), station, stations) and station in closes:
                what = f"row {level + 1} of the compliance table holds {station!r}, which is closed from {closes[station]} on"
                view.problems.error(view.place((*at, level, slot)), what, "stations that stay open")


def check_hospital_ids(view: View, region: Region) -> None:
    """Hospitals are known and have an emergency department."""
    hospitals = view.body.emergency.hospitals
    if hospitals is None:
        return
    taking = [id_ for id_, takes in zip(region.hospitals.ids, region.hospitals.has_emergency, strict=True) if takes]
    named: list[tuple[Address, str, bool]] = []
    for key in ("bays", "divert_at"):
        named += [(("emergency", "hospitals", key, id_), id_, True) for id_ in getattr(hospitals, key)]
    for index, closure in enumerate(hospitals.closures):
        named.append((("emergency", "hospitals", "closures", index, "hospital"), closure.hospital, False))
    for at, id_, is_key in named:
        place = view.key_place(at) if is_key else view.place(at)
        if id_ not in region.hospitals.ids:
            meant = _named(id_, zip(region.hospitals.ids, region.hospitals.names_zh, strict=True))
            view.problems.unknown(place, f"unknown hospital of {region.key}", id_, taking, meant=meant)
        elif id_ not in taking:
            view.problems.error(place, f"hospital {id_!r} has no emergency department", "one of " + ", ".join(taking))


def _named(text: str, names: Iterable[tuple[str, str]]) -> str:
    return next((id_ for id_, name in names if text in name), "")


def check_hospital_is_open(view: View, region: Region) -> None:
    """At every moment a hospital with an emergency department is open."""
    hospitals = view.body.emergency.hospitals
    if hospitals is None:
        return
    spells = [(first_moment(c.start), last_moment(c.end), c.hospital) for c in hospitals.closures]
    for index, (start, _, _) in enumerate(spells):
        shut = {id_ for first, last, id_ in spells if first <= start < last}
        if _taking(region, start) and _taking(region, start) <= shut:
            what = f"from {hospitals.closures[index].start} on no hospital takes emergency patients"
            place = view.place(("emergency", "hospitals", "closures", index))
            view.problems.error(place, what, "at least one hospital that stays open")
            return


def _taking(region: Region, moment: dt.datetime) -> set[str]:
    """Hospitals with an emergency department at a moment, closures aside."""
    rows = zip(region.hospitals.ids, region.hospitals.status, region.hospitals.has_emergency, strict=True)
    return {
        id_
        for id_, status, takes in rows
        if takes and (status == "existing" or (status == "opening_in_plan" and moment.year >= region.plan_year))
    }
