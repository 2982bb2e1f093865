"""Checks of a scenario against what is known of its region. One check is one function."""

from __future__ import annotations

import numpy as np

from sim.csvfile import Column, read_csv
from sim.indicators import dictionary, rate_of
from sim.region.model import Region
from sim.scenario.model import Address
from sim.scenario.view import View
from sim.textfile import exists, is_file

EXAMPLE = "EXAMPLE"
"""Source of the invented numbers in a starter pack."""

_TABLE_COLUMNS = (Column("zone"), Column("station"), Column("minutes", float, minimum=0, maximum=24 * 60))
_HUGE_MIGRATION_SHARE = 0.1
_PLANNING_RANGE = (0.5, 2.0)
_FAR = 10.0
"""A plan more than ten times as large or as small as what was observed is pointed out."""
_FAR_OBSERVED = 2.0
"""An observed value of a later year more than twice as large or as small as the earlier one is pointed out."""
_SMALL = 20
"""From so few things no order of size is judged: 2 laboratories may well become 30."""


def check_region(view: View, region: Region) -> None:
    """All checks of this module."""
    check_invented_numbers(view, region)
    check_horizon_of_region(view, region)
    check_population_size(view, region)
    check_observed(view, region)
    check_levels_of_region(view, region)
    check_projects_of_region(view, region)
    check_places(view, region)
    check_station_names(view, region)
    check_unit_numbers(view, region)
    check_station_numbers(view, region)
    check_travel_table(view, region)


def check_invented_numbers(view: View, region: Region) -> None:
    """A starter pack's invented numbers are pointed out as long as their source stands in the pack."""
    if EXAMPLE in region.sources:
        view.problems.warn(
            view.place(("region",)),
            f"the pack of {region.key} names the invented numbers of the starter pack (source {EXAMPLE} in its sources.yaml)",
            "numbers of the region itself; then delete that source",
        )


def residents(region: Region) -> float:
    """Counted residents of the latest census."""
    return float(region.census[max(region.census)].counts.sum())


def check_horizon_of_region(view: View, region: Region) -> None:
    """The horizon starts at the region's base year and ends within its reference tables."""
    horizon = view.body.horizon
    if horizon.start != region.base_year:
        view.problems.error(
            view.place(("horizon", "from")),
            f"the horizon starts in {horizon.start}",
            f"the base year of {region.key}, {region.base_year}",
            str(region.base_year),
        )
    table = region.tables.get("life_expectancy")
    last = int(np.max(table["year"])) if table is not None and "year" in table else horizon.end
    if horizon.end > last:
        view.problems.error(
            view.place(("horizon", "to")), f"the horizon ends in {horizon.end}", f"at most {last}, where the reference data end"
        )


def check_population_size(view: View, region: Region) -> None:
    """Migration and planning populations are of the region's order of size."""
    people = residents(region)
    at: Address = ("population", "migration", "net_per_year")
    path = view.body.population.migration.net_per_year
    for year, number in path.points if path is not None else ():
        name = "net_per_year" + (f".{year}" if year else "")
        if abs(number) > people:
            view.problems.error(
                view.place((*at, year)), f"{name} is {number:,.0f}, more than all {people:,.0f} residents", "net migrants a year"
            )
        elif abs(number) > _HUGE_MIGRATION_SHARE * people:
            share = f"{abs(number) / people:.0%} of the residents a year"
            view.problems.warn(view.place((*at, year)), f"{name} is {number:,.0f}, {share}")
    for year, number in view.body.population.planning_population.items():
        low, high = (factor * people for factor in _PLANNING_RANGE)
        if low <= number <= high:
            continue
        tell = view.problems.warn if low / 5 <= number <= high * 5 else view.problems.error
        tell(
            view.place(("population", "planning_population", year)),
            f"planning_population.{year} is {number:,.0f}; the census counted {people:,.0f}",
            "residents, in persons",
            f"{number * 10_000:.0f}" if low <= number * 10_000 <= high else "",
        )


def check_observed(view: View, region: Region) -> None:
    """Observed values of later years are of the order of what was known before; else a unit or a year was mistaken."""
    counted = residents(region)
    before = {key: observation.number for key, observation in region.baseline.items()} | {"population": counted}
    for key, by_year in region.observed.items():
        known = before.get(key, 0.0)
        for year, observation in by_year.items():
            if known > _SMALL and not known / _FAR_OBSERVED <= observation.number <= known * _FAR_OBSERVED:
                view.problems.warn(
                    observation.place,
                    f"{key} of {year} is {observation.number:,.10g}, but {known:,.10g} were counted before",
                    f"from half to double that number in {observation.unit}",
                )


def check_levels_of_region(view: View, region: Region) -> None:
    """``hold`` needs an observation; a count is not larger than the population; the base year is not overwritten unnoticed."""
    people, known = residents(region), dictionary()
    for key, section in view.body.resources.items():
        if key not in known or not known[key].resource:
            continue
        at = ("resources", key)
        observed = region.baseline.get(key)
        if section.hold and observed is None:
            what = f"{key} was not observed in {region.key}: there is nothing to hold"
            view.problems.warn(view.place((*at, "hold")), what, "count or per_head")
        for year, number in (section.count or {}).items():
            place = view.place((*at, "count", year))
            if number > people:
                view.problems.error(place, f"{key}.count.{year} is {number:,.0f}, more than one for each resident", "a count")
            elif observed is not None and _far(number, observed.number):
                view.problems.warn(
                    place,
                    f"{key}.count.{year} is {number:g}, but {observed.number:g} were observed in {region.base_year}",
                    "a count; levels per head stand under per_head",
                )
            elif year == region.base_year and observed is not None and number != observed.number:
                view.problems.warn(place, f"{key}.count.{year} is {number:g}, but {observed.number:g} were observed")
        _check_per_head(view, region, key)
        if region.base_year in (section.per_head or {}) and observed is not None:
            view.problems.warn(
                view.place((*at, "per_head", region.base_year)),
                f"{key}.per_head.{region.base_year} replaces the observed {observed.number:g}",
            )


def _check_per_head(view: View, region: Region, key: str) -> None:
    """A level per head is of the order of the observed one: else its unit was mistaken."""
    rate, observed = rate_of(key), region.baseline.get(key)
    if rate is None or observed is None:
        return
    people = residents(region)
    for year, number in (view.body.resources[key].per_head or {}).items():
        if _far(number * people / rate.per, observed.number):
            level = observed.number / people * rate.per
            view.problems.warn(
                view.place(("resources", key, "per_head", year)),
                f"{key}.per_head.{year} is {number:g} {rate.unit}, but {level:.3g} were observed in {region.base_year}",
                f"a level {rate.unit} residents",
            )


def _far(planned: float, observed: float) -> bool:
    """Whether a plan is so far from what was observed that a unit was probably mistaken (closing all, 0, is meant)."""
    return observed > _SMALL and planned > 0 and not observed / _FAR <= planned <= observed * _FAR


def check_projects_of_region(view: View, region: Region) -> None:
    """Projects do not take away more than there can be: the observed or the largest planned count."""
    people, known = residents(region), dictionary()
    for key, section in view.body.resources.items():
        taken = -sum(min(project.adds, 0.0) for project in section.projects)
        if not taken or key not in known or not known[key].resource:
            continue
        rate, observed = rate_of(key), region.baseline.get(key)
        planned = [*(section.count or {}).values()]
        if rate is not None:
            planned += [level * _PLANNING_RANGE[1] * people / rate.per for level in (section.per_head or {}).values()]
        most = max([*planned, observed.number if observed is not None else 0.0])
        if taken > most + sum(max(project.adds, 0.0) for project in section.projects):
            first = next(index for index, project in enumerate(section.projects) if project.adds < 0)
            view.problems.error(
                view.place(("resources", key, "projects", first, "adds")),
                f"the projects of {key} take {taken:,.0f} away, more than there are",
                f"at most {most:,.0f}",
            )


def check_places(view: View, region: Region) -> None:
    """New stations lie inside the county; their towns exist."""
    (west, south), (east, north) = np.nanmin(region.outline, axis=0), np.nanmax(region.outline, axis=0)
    box = (float(west), float(east), float(south), float(north))
    for index, station in enumerate(view.body.emergency.new_stations):
        at = ("emergency", "new_stations", index)
        towns = region.towns
        if station.town is not None and station.town not in towns.ids:
            meant = next((key for key, name in zip(towns.ids, towns.names_zh, strict=True) if station.town in name), "")
            view.problems.unknown(
                view.place((*at, "town")), f"unknown town of {region.key}", station.town, towns.ids, meant=meant
            )
        if station.lon is None or station.lat is None:
            continue
        inside_box = box[0] <= station.lon <= box[1] and box[2] <= station.lat <= box[3]
        where = f"station {station.name!r} at {station.lon:g}, {station.lat:g}"
        if not inside_box:
            swapped = box[0] <= station.lat <= box[1] and box[2] <= station.lon <= box[3]
            view.problems.error(
                view.place((*at, "lon")),
                f"{where} lies outside {region.key}",
                f"lon {box[0]:.3f} to {box[1]:.3f} and lat {box[2]:.3f} to {box[3]:.3f}",
                f"lon: {station.lat:g}, lat: {station.lon:g}" if swapped else "",
            )
        elif not inside(station.lon, station.lat, region.outline):
            view.problems.warn(view.place((*at, "lon")), f"{where} lies outside the county's outline", "a point inside it")


def inside(lon: float, lat: float, outline: np.ndarray) -> bool:
    """Whether a point lies inside an outline: an odd number of its edges is crossed on the way east.

    Args:
        lon, lat: the point.
        outline: rings of points, shape ``[point, 2]``; a row of NaN parts two rings.
    """
    crossed = 0
    breaks = np.flatnonzero(np.isnan(outline[:, 0]))
    for ring in np.split(outline, breaks):
        x, y = ring[~np.isnan(ring[:, 0])].T
        next_x, next_y = np.roll(x, -1), np.roll(y, -1)
        between = (y > lat) != (next_y > lat)
        at = x[between] + (lat - y[between]) / (next_y - y)[between] * (next_x - x)[between]
        crossed += np.count_nonzero(at > lon)
    return crossed % 2 == 1


def check_station_names(view: View, region: Region) -> None:
    """New stations take no known name; closures and single-station units speak of stations that exist."""
    emergency = view.body.emergency
    existing = dict(zip(region.stations.ids, region.stations.opened, strict=True))
    names = set(region.stations.names_zh)
    for index, station in enumerate(emergency.new_stations):
        if station.name in existing or station.name in names:
            place = view.place(("emergency", "new_stations", index, "name"))
            view.problems.error(place, f"station {station.name!r} exists already in {region.key}", "a new name")
    known = [*existing, *(station.name for station in emergency.new_stations)]
    for index, closure in enumerate(emergency.closures):
        at = ("emergency", "closures", index)
        if closure.station not in known:
            place = view.place((*at, "station"))
            view.problems.unknown(place, f"unknown station of {region.key}", closure.station, known)
        opened = existing.get(closure.station)
        if opened is not None and closure.year <= opened:
            view.problems.error(
                view.place((*at, "year")),
                f"station {closure.station!r} closes in {closure.year}, before it has served a year",
                f"a year after its opening in {opened}",
            )
    for station in emergency.units_on_duty.stations:
        if station not in known:
            place = view.key_place(("emergency", "units_on_duty", "stations", station))
            view.problems.unknown(place, f"unknown station of {region.key}", station, known)


def stations_open(view: View, region: Region, year: int) -> int:
    """Stations open during ``year``."""
    emergency = view.body.emergency
    there = sum(opened is None or opened <= year for opened in region.stations.opened)
    new = sum(station.opens <= year for station in emergency.new_stations)
    unplaced = emergency.unplaced_stations.opens if emergency.unplaced_stations is not None else {}
    closed = sum(closure.year <= year for closure in emergency.closures)
    return there + new + sum(number for opens, number in unplaced.items() if opens <= year) - closed


def check_unit_numbers(view: View, region: Region) -> None:
    """Every open station has at least one unit by day; not more units are on duty than there are vehicles."""
    emergency = view.body.emergency
    at = ("emergency", "units_on_duty", "day")
    units = emergency.units_on_duty.day
    for year in map(int, view.body.horizon.years):
        if stations_open(view, region, year) <= 0:
            view.problems.error(view.place(("emergency", "closures")), f"no station is open in {year}", "at least one")
            return
        if units is not None and float(units.at(year)) < stations_open(view, region, year):
            view.problems.error(
                view.place(at),
                f"{float(units.at(year)):g} units on duty by day are fewer than the {stations_open(view, region, year)} "
                f"stations of {year}",
                "at least one unit for each station",
            )
            return
    vehicles = view.body.resources.get("ambulances")
    for year, number in (vehicles.count or {}).items() if vehicles is not None else ():
        if units is not None and float(units.at(year)) > number:
            what = f"{float(units.at(year)):g} units on duty in {year}, but {number:g} ambulances"
            view.problems.warn(view.place(at), what, "at most as many units as vehicles")


def check_station_numbers(view: View, region: Region) -> None:
    """The planned number of stations and the stations of the emergency section agree."""
    section = view.body.resources.get("emergency_stations")
    for year, number in (section.count or {}).items() if section is not None else ():
        stations = stations_open(view, region, year)
        if number != stations:
            view.problems.warn(
                view.place(("resources", "emergency_stations", "count", year)),
                f"{number:g} emergency stations are planned for {year}, but the emergency section opens {stations}",
                "the same number in resources.emergency_stations and in emergency",
            )


def check_travel_table(view: View, region: Region) -> None:
    """The travel table exists and gives minutes between every zone and every station of the region."""
    path = view.travel_table()
    if path is None:
        return
    place = view.place(("emergency", "travel_table"))
    if not is_file(path):
        what = "is no file" if exists(path) else "does not exist"
        view.problems.error(place, f"the travel table {view.body.emergency.travel_table} {what}", "a CSV file")
        return
    table = read_csv(path, _TABLE_COLUMNS, view.problems, extra=True, shown_as=view.body.emergency.travel_table)
    zones, stations = set(region.zones.ids), set(region.stations.ids)
    stations |= {station.name for station in view.body.emergency.new_stations}
    pairs: set[tuple[str, str]] = set()
    for row, entry in enumerate(table.rows):
        zone, station = entry["zone"], entry["station"]
        if zone not in zones:
            view.problems.unknown(table.place(row, "zone"), f"unknown zone of {region.key}", zone, zones)
        if station not in stations:
            view.problems.unknown(table.place(row, "station"), f"unknown station of {region.key}", station, stations)
        if (zone, station) in pairs:
            view.problems.error(table.place(row), f"{zone} to {station} stands twice", "each pair once")
        pairs.add((zone, station))
    if not table.rows:
        return
    holes = [f"{zone} - {station}" for zone in region.zones.ids for station in sorted(stations) if (zone, station) not in pairs]
    if holes:
        more = f" and {len(holes) - 3} more" if len(holes) > 3 else ""
        view.problems.error(place, f"the travel table lacks {', '.join(holes[:3])}{more}", "minutes for every zone and station")
