"""Checks of the emergency policies by themselves: shifts, dispatch, hospitals. One check is one function."""

from __future__ import annotations

import itertools

from sim.scenario.emergency_policies import ShiftPattern
from sim.scenario.model import Address
from sim.scenario.section import first_moment, last_moment
from sim.scenario.view import View

VEHICLES = ("basic", "monitoring")
"""Vehicle types as scenarios name them."""


def check_policies(view: View) -> None:
    """All checks of this module."""
    check_breaks(view)
    check_pattern_names(view)
    check_vehicle_types(view)
    check_reserve(view)
    check_redirect(view)
    check_move_up(view)
    check_hospital_closures(view)
    check_diversion(view)


def check_spell(view: View, at: Address, start: str, end: str, what: str) -> bool:
    """Something lies inside the horizon and does not end before it begins; whether it does not."""
    for key, text in (("from", start), ("to", end)):
        view.check_year((*at, key), int(text[:4]), f"{what}: {text}")
    if last_moment(end) > first_moment(start):
        return True
    view.problems.error(view.place((*at, "to")), f"{what} ends {end}, before it begins", f"after {start}")
    return False


def check_breaks(view: View) -> None:
    """Breaks lie inside their shift, one after the other, and a late one still ends before the next is due."""
    shifts = view.body.emergency.shifts
    for name, pattern in shifts.patterns.items() if shifts is not None else ():
        before = 0.0
        for index, pause in enumerate(pattern.breaks):
            at = ("emergency", "shifts", "patterns", name, "breaks", index)
            due, latest = since_start(pattern, pause.due), since_start(pattern, pause.latest)
            if due > pattern.hours or latest > pattern.hours:
                what = f"shift {name!r}: break {index + 1} lies outside the shift"
                view.problems.error(view.place(at), what, f"hours between {pattern.start:g} and {pattern.end:g}")
                continue
            if latest < due:
                what = f"shift {name!r}: break {index + 1} has to begin by {pause.latest:g} but is due at {pause.due:g}"
                view.problems.error(view.place((*at, "latest")), what, "latest at or after due")
                continue
            if index and due < before:
                what = f"shift {name!r}: break {index + 1} overlaps the break before it"
                expected = f"due at or after {(pattern.start + before) % 24:g}, when a late one ends"
                view.problems.error(view.place((*at, "due")), what, expected)
            before = latest + pause.minutes / 60.0
            if before > pattern.hours:
                what = f"shift {name!r}: break {index + 1}, begun late, ends after the shift"
                view.problems.error(view.place((*at, "latest")), what, f"latest + minutes by {pattern.end:g}")


def since_start(pattern: ShiftPattern, hour: float) -> float:
    """Hours from the start of a shift to an hour of the day."""
    return (hour - pattern.start) % 24.0


def check_pattern_names(view: View) -> None:
    """Stations name patterns that are there, and each has a crew."""
    shifts = view.body.emergency.shifts
    if shifts is None:
        return
    if not shifts.patterns:
        place = view.place(("emergency", "shifts", "patterns"))
        view.problems.error(place, "shifts.patterns is empty", "a pattern such as day: {from: 8, to: 20}")
    for station, crews in shifts.crews.items():
        at = ("emergency", "shifts", "crews", station)
        for pattern in crews:
            if pattern not in shifts.patterns:
                place = view.key_place((*at, pattern))
                view.problems.unknown(place, f"unknown shift pattern of station {station!r}", pattern, shifts.patterns)
        if not sum(crews.values()):
            view.problems.error(view.place(at), f"station {station!r} has no crew in any shift", "at least one, or its closure")
        if station in view.body.emergency.units_on_duty.stations:
            what = f"the crews of station {station!r} stand in shifts.crews and in units_on_duty.stations"
            view.problems.error(view.key_place(at), what, "one of the two")


def check_vehicle_types(view: View) -> None:
    """Vehicle types are known."""
    dispatch = view.body.emergency.dispatch
    for vehicle in dispatch.vehicle_fit if dispatch is not None else ():
        if vehicle not in VEHICLES:
            place = view.key_place(("emergency", "dispatch", "vehicle_fit", vehicle))
            view.problems.unknown(place, "unknown vehicle type", vehicle, VEHICLES)


def check_reserve(view: View) -> None:
    """Less urgent calls hold back at least as many units as more urgent ones."""
    dispatch = view.body.emergency.dispatch
    given = sorted(dispatch.reserve.items()) if dispatch is not None else []
    for (urgent, held), (less, number) in itertools.pairwise(given):
        if number < held:
            view.problems.error(
                view.place(("emergency", "dispatch", "reserve", less)),
                f"reserve: priority {less} holds back {number} units, fewer than the more urgent priority {urgent} ({held})",
                f"at least {held}",
            )


def check_redirect(view: View) -> None:
    """A unit is taken from a less urgent call only."""
    redirect = view.body.emergency.dispatch.redirect if view.body.emergency.dispatch is not None else None
    if redirect is not None and redirect.from_priority <= redirect.to_priority:
        view.problems.error(
            view.place(("emergency", "dispatch", "redirect", "from_priority")),
            f"redirect: units would be taken from priority {redirect.from_priority} for priority {redirect.to_priority}",
            "from_priority above to_priority (1 is the most urgent)",
        )


def check_move_up(view: View) -> None:
    """Units that move can be sent on their way."""
    emergency = view.body.emergency
    if emergency.move_up is not None and emergency.move_up.method != "none" and not emergency.return_dispatch:
        place = view.place(("emergency", "return_dispatch"))
        view.problems.error(place, "with move-up, units can be sent on their way, but return_dispatch is false", "true")


def check_hospital_closures(view: View) -> None:
    """Closures run forwards inside the horizon."""
    hospitals = view.body.emergency.hospitals
    for index, closure in enumerate(hospitals.closures if hospitals is not None else ()):
        at = ("emergency", "hospitals", "closures", index)
        check_spell(view, at, closure.start, closure.end, f"closure of hospital {closure.hospital!r}")


def check_diversion(view: View) -> None:
    """Only a hospital with bays can have units that wait."""
    hospitals = view.body.emergency.hospitals
    for hospital in hospitals.divert_at if hospitals is not None else ():
        if hospital not in hospitals.bays:
            place = view.key_place(("emergency", "hospitals", "divert_at", hospital))
            what = f"hospital {hospital!r} has no bays set: nobody waits, so it never diverts"
            view.problems.warn(place, what, "bays for it too")
