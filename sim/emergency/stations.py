"""Which stations are open in which year and where they stand: those of the pack, new ones, unplaced ones, closures.

A station counts in every whole calendar year from its year of opening; one that closes does not count from its year of
closure on. A planned station without a place is put by a greedy rule (:mod:`sim.emergency.placement`) at a zone's
centroid, on the residents of its opening year. A place that was not surveyed is uncertain: in a parameter draw every
station is moved by a normal offset whose root mean square distance is its ``place_sd_km``, and the rule is applied anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import streams
from sim.draws import Draws
from sim.emergency.coverage import distances_km
from sim.emergency.placement import place_greedily
from sim.region.model import Region
from sim.region.projection import utm_km
from sim.scenario.model import EmergencySection

ALWAYS, NEVER = 0, 9999
"""Opening year of a station without one, closing year of a station that stays."""

_NEW = 10_000
"""Stream index of the first station that is not in the pack, so that new stations move no known one's draws."""


@dataclass(frozen=True)
class StationPlan:
    """All stations that are open at some time, arrays over ``[station]``: the pack's, then new, then unplaced ones.

    Attributes:
        ids, names: of each; a new station's id is its name.
        lon, lat, x_km, y_km: places (planar km as in :class:`~sim.region.model.Zones`).
        opens: first year it is open, :data:`ALWAYS` when it was there before.
        closes: first year without it, :data:`NEVER` when it stays.
        place: ``surveyed``, ``assumed`` (pack), ``scenario``, ``town``, or ``rule:<name of the rule>``.
        base: how many come from the pack.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    x_km: NDArray[np.float64]
    y_km: NDArray[np.float64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    place: tuple[str, ...]
    base: int

    def open_in(self, year: int) -> NDArray[np.int64]:
        """Indices of the stations that are open in the calendar year."""
        return np.flatnonzero((self.opens <= year) & (year < self.closes))

    def nearest_km(self, year: int, x_km: NDArray[np.float64], y_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Straight distance of each point to the nearest open station; infinite when none is open."""
        here = self.open_in(year)
        return distances_km(x_km, y_km, self.x_km[here], self.y_km[here]).min(axis=1, initial=np.inf)


def plan_stations(
    region: Region,
    section: EmergencySection,
    people_in: Callable[[int], NDArray[np.float64]],
    urban: NDArray[np.bool_],
    between_km: NDArray[np.float64],
    moves_km: NDArray[np.float64] | None = None,
) -> StationPlan:
    """Lay out the stations of a scenario.

    Args:
        region: its pack.
        section: the scenario's emergency section, already checked against the region.
        people_in: residents per zone in a calendar year.
        urban: whether a zone is urban, for the radius that the rule ``uncovered_people`` counts with.
        between_km: straight distances between zones, shape ``[zone, zone]``.
        moves_km: offsets of a parameter draw, shape ``[station, 2]`` from :func:`place_moves`; None for the central places.
    """
    known, zones = region.stations, region.zones
    ids, names = list(known.ids), list(known.names_zh)
    lon, lat, x, y = known.lon.tolist(), known.lat.tolist(), known.x_km.tolist(), known.y_km.tolist()
    opens = [ALWAYS if year is None else year for year in known.opened]
    place = ["assumed" if grade in ("assumption", "recalled", "modelled") else "surveyed" for grade in known.place_confidence]
    for new in section.new_stations:
        where = _place_of(region, new.lon, new.lat, new.town)
        for column, value in zip((lon, lat, x, y), where, strict=True):
            column.append(value)
        ids.append(new.name)
        names.append(new.name)
        opens.append(new.opens)
        place.append("town" if new.lon is None else "scenario")
    placed = len(ids)
    unplaced = sorted(section.unplaced_stations.opens.items()) if section.unplaced_stations else []
    for year, count in unplaced:
        for number in range(1, count + 1):
            ids.append(f"unplaced_{year}_{number}")
            names.append(f"{year}-{number}")
            opens.append(year)
            place.append(f"rule:{section.unplaced_stations.placement}")
    closed = {closure.station: closure.year for closure in section.closures}
    moves = np.zeros((len(ids), 2)) if moves_km is None else moves_km
    xs = np.concatenate([np.array(x), np.zeros(len(ids) - placed)]) + np.where(np.arange(len(ids)) < placed, moves[:, 0], 0.0)
    ys = np.concatenate([np.array(y), np.zeros(len(ids) - placed)]) + np.where(np.arange(len(ids)) < placed, moves[:, 1], 0.0)
    lons = np.concatenate([np.array(lon), np.zeros(len(ids) - placed)])
    lats = np.concatenate([np.array(lat), np.zeros(len(ids) - placed)])
    first, last = np.array(opens, dtype=np.int64), np.array([closed.get(id_, NEVER) for id_ in ids], dtype=np.int64)
    radius = np.where(urban, section.radius_urban_km, section.radius_rural_km)
    done = placed
    for year, count in unplaced:
        there = np.flatnonzero((first <= year) & (year < last) & (np.arange(len(ids)) < done))
        nearest = distances_km(zones.x_km, zones.y_km, xs[there], ys[there]).min(axis=1, initial=np.inf)
        rule = section.unplaced_stations.placement
        chosen = place_greedily(count, people_in(year), between_km, nearest, radius, rule)
        for zone in chosen:
            lons[done], lats[done] = zones.lon[zone], zones.lat[zone]
            xs[done], ys[done] = zones.x_km[zone] + moves[done, 0], zones.y_km[zone] + moves[done, 1]
            done += 1
    return StationPlan(tuple(ids), tuple(names), lons, lats, xs, ys, first, last, tuple(place), len(known.ids))


def place_moves(region: Region, section: EmergencySection, draws: Draws) -> NDArray[np.float64]:
    """Offsets in km of every station in every draw, shape ``[draw, station, 2]``; draw 0 is zero.

    Known stations use their own ``place_sd_km``; a new station with a given place is not moved, one in a town's centre or
    put by a rule is moved like the typical (median) station of the pack.
    """
    known = region.stations.place_sd_km
    typical = float(np.median(known)) if len(known) else 0.0
    spread = [*known, *(0.0 if new.lon is not None else typical for new in section.new_stations)]
    if section.unplaced_stations:
        spread += [typical] * sum(section.unplaced_stations.opens.values())
    moves = np.zeros((draws.size, len(spread), 2))
    for index, sd in enumerate(spread):
        number = index if index < len(known) else _NEW + index - len(known)
        scores = streams.generator("emergency.station_place", draws.seed, number).standard_normal((draws.n, 2))
        moves[1:, index] = scores * (sd / np.sqrt(2.0))
    return moves


def _place_of(
    region: Region, lon: float | None, lat: float | None, town: str | None
) -> tuple[float, float, float, float]:
    """Longitude, latitude and planar km of a new station: as given, or the population centre of its town."""
    zones = region.zones
    if lon is not None and lat is not None:
        return lon, lat, *utm_km(lon, lat, _utm_zone(region))
    inside = zones.town == region.towns.ids.index(str(town))
    weight = zones.population[inside] / zones.population[inside].sum()
    return tuple(float(weight @ column[inside]) for column in (zones.lon, zones.lat, zones.x_km, zones.y_km))  # type: ignore[return-value]


def _utm_zone(region: Region) -> int:
    """The UTM zone that the pack's planar kilometres are in: the one that gives its first zone's place back."""
    zones = region.zones
    natural = int((zones.lon[0] + 180.0) // 6.0) + 1
    return min(
        (natural - 1, natural, natural + 1),
        key=lambda number: abs(utm_km(float(zones.lon[0]), float(zones.lat[0]), number)[0] - zones.x_km[0]),
    )
