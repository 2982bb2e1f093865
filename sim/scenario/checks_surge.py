"""Checks of surges: dates, names, places. One check is one function."""

from __future__ import annotations

from collections.abc import Iterator

from sim.region.model import Region
from sim.scenario.checks_policies import check_spell
from sim.scenario.emergency_policies import MassCasualty, Profile, RoadClosure, StationLoss
from sim.scenario.model import Address
from sim.scenario.section import first_moment, last_moment
from sim.scenario.view import View

Event = Profile | MassCasualty | StationLoss | RoadClosure
_SHARES_ROOM = 1e-6


def events(view: View) -> Iterator[tuple[Address, Event]]:
    """Every event of a scenario with its address."""
    surge = view.body.emergency.surge
    if surge is None:
        return
    for kind in ("profiles", "mass_casualties", "station_losses", "road_closures"):
        for index, event in enumerate(getattr(surge, kind)):
            yield ("emergency", "surge", kind, index), event


def check_surge(view: View) -> None:
    """All checks that need no region."""
    check_event_names(view)
    simulated = view.body.emergency.years
    for at, event in events(view):
        if isinstance(event, MassCasualty):
            _check_mass_casualty(view, at, event)
        elif check_spell(view, at, event.start, event.end, repr(event.name)) and isinstance(event, Profile):
            _check_profile(view, at, event)
        key = "when" if isinstance(event, MassCasualty) else "from"
        year = int((event.when if isinstance(event, MassCasualty) else event.start)[:4])
        if simulated is not None and year not in simulated:
            what = f"{event.name!r} happens in {year}, which is not simulated"
            view.problems.warn(view.place((*at, key)), what, f"{year} among emergency.years")


def check_event_names(view: View) -> None:
    """Events are told apart by their names."""
    names: set[str] = set()
    for at, event in events(view):
        if event.name in names:
            view.problems.error(view.place((*at, "name")), f"event {event.name!r} stands twice", "a name for each event")
        names.add(event.name)


def _check_profile(view: View, at: Address, event: Profile) -> None:
    days = (last_moment(event.end) - first_moment(event.start)).total_seconds() / 86_400
    if 2 * event.ramp_days > days:
        what = f"{event.name!r} lasts {days:g} days but rises and falls for {event.ramp_days:g} each"
        view.problems.error(view.place((*at, "ramp_days")), what, f"at most {days / 2:g}")
    low, high = event.ages_from, event.ages_to
    if low is not None and high is not None and high < low:
        view.problems.error(view.place((*at, "ages_to")), f"{event.name!r} concerns ages {low} to {high}", f"at least {low}")


def _check_mass_casualty(view: View, at: Address, event: MassCasualty) -> None:
    view.check_year((*at, "when"), int(event.when[:4]), f"{event.name!r}: {event.when}")
    if ":" not in event.when:
        view.problems.error(view.place((*at, "when")), f"{event.name!r} has a day but no minute", f"{event.when} HH:MM")
    point = [event.lon is not None, event.lat is not None]
    if all(point) == (event.town is not None) or any(point) != all(point):
        view.problems.error(view.place(at), f"{event.name!r} has no place of its own", "town, or lon and lat")
    total = sum(event.priorities.values())
    if event.priorities and abs(total - 1.0) > _SHARES_ROOM:
        what = f"{event.name!r}: the priorities add to {total:g}"
        view.problems.error(view.place((*at, "priorities")), what, "shares that add to 1")


def check_surge_of_region(view: View, region: Region, stations: list[str]) -> None:
    """Towns, zones and stations of events exist; points lie in the county; not all of it is cut off."""
    for at, event in events(view):
        if isinstance(event, Profile | RoadClosure):
            for index, town in enumerate(event.towns or ()):
                check_town(view, (*at, "towns", index), town, region)
        if isinstance(event, MassCasualty):
            _check_place(view, at, event, region)
        if isinstance(event, StationLoss):
            _check_loss(view, at, event, region, stations)
        if isinstance(event, RoadClosure):
            _check_sides(view, at, event, region)


def check_town(view: View, at: Address, town: str, region: Region) -> None:
    """A town exists."""
    towns = region.towns
    if town not in towns.ids:
        meant = next((key for key, name in zip(towns.ids, towns.names_zh, strict=True) if town in name), "")
        view.problems.unknown(view.place(at), f"unknown town of {region.key}", town, towns.ids, meant=meant)


def _check_place(view: View, at: Address, event: MassCasualty, region: Region) -> None:
    if event.town is not None:
        check_town(view, (*at, "town"), event.town, region)
    if event.lon is None or event.lat is None:
        return
    zones = region.zones
    west, east, south, north = zones.lon.min(), zones.lon.max(), zones.lat.min(), zones.lat.max()
    if not (west <= event.lon <= east and south <= event.lat <= north):
        swapped = west <= event.lat <= east and south <= event.lon <= north
        view.problems.error(
            view.place((*at, "lon")),
            f"{event.name!r} at {event.lon:g}, {event.lat:g} lies outside {region.key}",
            f"lon {west:.3f} to {east:.3f} and lat {south:.3f} to {north:.3f}",
            f"lon: {event.lat:g}, lat: {event.lon:g}" if swapped else "",
        )


def _check_loss(view: View, at: Address, event: StationLoss, region: Region, stations: list[str]) -> None:
    for key, station in (("station", event.station), ("crews_to", event.crews_to)):
        if station is not None and station not in stations:
            view.problems.unknown(view.place((*at, key)), f"unknown station of {region.key}", station, stations)
        elif station is not None and not _is_open(view, region, station, int(event.start[:4])):
            what = f"{event.name!r}: station {station!r} is not open in {event.start[:4]}"
            view.problems.error(view.place((*at, key)), what, "a station that is open then")
    if event.crews_to == event.station:
        what = f"{event.name!r}: the crews move to the station that is lost"
        view.problems.error(view.place((*at, "crews_to")), what, "another station")


def _is_open(view: View, region: Region, station: str, year: int) -> bool:
    """Whether a station is open in a year."""
    emergency = view.body.emergency
    opened = dict(zip(region.stations.ids, region.stations.opened, strict=True)) | {
        new.name: new.opens for new in emergency.new_stations
    }
    closes = {closure.station: closure.year for closure in emergency.closures}
    return (opened.get(station) or year) <= year < closes.get(station, year + 1)


def _check_sides(view: View, at: Address, event: RoadClosure, region: Region) -> None:
    for index, zone in enumerate(event.zones):
        if zone not in region.zones.ids:
            place = view.place((*at, "zones", index))
            view.problems.unknown(place, f"unknown zone of {region.key}", zone, region.zones.ids)
    if not event.towns and not event.zones:
        view.problems.error(view.place(at), f"{event.name!r} cuts nothing off", "towns or zones on one side")
    elif set(region.towns.ids) <= set(event.towns):
        view.problems.error(view.place((*at, "towns")), f"{event.name!r} has every town on one side", "the towns of one side")
