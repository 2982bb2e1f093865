"""Checks of the emergency section by itself: years, stations, closures, units on duty. One check is one function."""

from __future__ import annotations

from sim.scenario.checks_policies import check_policies
from sim.scenario.checks_surge import check_surge
from sim.scenario.model import Address, is_year
from sim.scenario.view import View

SHIFTS = ("day", "night")


def check_emergency(view: View) -> None:
    """All checks of this module."""
    check_simulated_years(view)
    check_new_stations(view)
    check_unplaced_stations(view)
    check_closures(view)
    check_county_units(view)
    check_station_units(view)
    check_policies(view)
    check_surge(view)


def check_simulated_years(view: View) -> None:
    """Simulated years lie inside the horizon (the population must be known) and stand once each."""
    years = view.body.emergency.years
    if years is None:
        return
    at: Address = ("emergency", "years")
    first, last = view.body.horizon.start, view.body.horizon.end
    if not years:
        view.problems.error(view.place(at), "emergency.years is an empty list", "years of the horizon, or leave the key out")
    for index, year in enumerate(years):
        place = view.place((*at, index))
        if not first <= year <= last:
            view.problems.error(place, f"emergency year {year} lies outside the horizon", f"a year from {first} to {last}")
        if year in years[:index]:
            view.problems.error(place, f"emergency year {year} stands twice", "each year once")


def check_new_stations(view: View) -> None:
    """A new station opens inside the horizon, has a name of its own and exactly one place."""
    names: set[str] = set()
    for index, station in enumerate(view.body.emergency.new_stations):
        at = ("emergency", "new_stations", index)
        view.check_year((*at, "opens"), station.opens, f"station {station.name!r} opens in {station.opens}, which")
        if station.name in names:
            view.problems.error(view.place((*at, "name")), f"station {station.name!r} stands twice", "each station once")
        names.add(station.name)
        point = [station.lon is not None, station.lat is not None]
        if any(point) and station.town is not None:
            view.problems.error(view.place(at), f"station {station.name!r} has a point and a town", "lon and lat, or town")
        elif any(point) and not all(point):
            view.problems.error(view.place(at), f"station {station.name!r} has half a point", "both lon and lat")
        elif not any(point) and station.town is None:
            view.problems.error(
                view.place(at), f"station {station.name!r} has no place", "lon and lat, or town; else unplaced_stations"
            )


def check_unplaced_stations(view: View) -> None:
    """Unplaced stations open in years of the horizon."""
    unplaced = view.body.emergency.unplaced_stations
    if unplaced is None:
        return
    at = ("emergency", "unplaced_stations", "opens")
    if not unplaced.opens:
        view.problems.error(view.place(at), "unplaced_stations.opens is empty", "a mapping of years to numbers of stations")
    for year in unplaced.opens:
        if is_year(year):
            view.check_year((*at, year), year, f"unplaced_stations.opens: {year}")
        else:
            view.problems.error(view.key_place((*at, year)), f"unplaced_stations.opens: {year} is no year", "a year such as 2025")


def check_closures(view: View) -> None:
    """A station closes once, inside the horizon, and after it opened."""
    opened = {station.name: station.opens for station in view.body.emergency.new_stations}
    closed: set[str] = set()
    for index, closure in enumerate(view.body.emergency.closures):
        at = ("emergency", "closures", index)
        view.check_year((*at, "year"), closure.year, f"closure of {closure.station!r} in {closure.year}, which")
        if closure.station in closed:
            view.problems.error(view.place(at), f"station {closure.station!r} closes twice", "each station once")
        closed.add(closure.station)
        if closure.station in opened and closure.year <= opened[closure.station]:
            view.problems.error(
                view.place((*at, "year")),
                f"station {closure.station!r} closes in {closure.year}, before it has served a year",
                f"a year after its opening in {opened[closure.station]}",
            )


def check_county_units(view: View) -> None:
    """Units are whole, somebody is on duty in either shift, and more units at night than by day are pointed out."""
    units = view.body.emergency.units_on_duty
    for shift in SHIFTS:
        path = getattr(units, shift)
        at = ("emergency", "units_on_duty", shift)
        for year, number in path.points if path is not None else ():
            here = (*at, year)
            name = f"units_on_duty.{shift}" + (f".{year}" if year else "")
            if number != int(number):
                view.problems.error(view.place(here), f"{name} is {number:g}", "a whole number of units")
            elif number == 0:
                view.problems.error(view.place(here), f"{name} is 0: nobody is on duty", "at least one unit")
    if units.day is None or units.night is None:
        return
    years = view.body.horizon.years
    more = years[units.night.at(years) > units.day.at(years)]
    if len(more):
        view.problems.warn(
            view.place(("emergency", "units_on_duty", "night")),
            f"more units are on duty at night than by day in {int(more[0])}",
            "at most as many at night as by day (the shifts may have been mixed up)",
        )


def check_station_units(view: View) -> None:
    """Units of single stations are given for the known shifts."""
    for station, shifts in view.body.emergency.units_on_duty.stations.items():
        at = ("emergency", "units_on_duty", "stations", station)
        for shift in shifts:
            if shift not in SHIFTS:
                view.problems.unknown(view.key_place((*at, shift)), f"unknown shift of station {station!r}", shift, SHIFTS)
        for shift in SHIFTS:
            if shift not in shifts:
                what = f"station {station!r} has no number of units for the {shift}"
                view.problems.error(view.place(at), what, f"{shift}: number")
