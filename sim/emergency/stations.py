"""Which stations are open in which year and where they stand: those of the pack, new ones, unplaced ones, closures.

A station counts in every whole calendar year from its year of opening; one that closes does not count from its year of
closure on. A planned station without a place is put by a greedy rule (:mod:`sim.emergency.placement`) at a zone's
centroid, on the residents of its opening year. A place that was not surveyed is uncertain: in a parameter draw every
station is moved by a normal offset whose root mean square distance is its ``place_sd_km``, and the rule is applied anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import streams
from sim.draws import Draws
from sim.emergency.coverage import distances_km
from sim.emergency.placement import place_greedily
from sim.region.model import Confidence, Region
from sim.region.projection import utm_km
from sim.scenario.model import EmergencySection

ALWAYS, NEVER = 0, 9999
"""Opening year of a station without one, closing year of a station that stays."""

_NOT_SURVEYED = (Confidence.MODELLED, Confidence.RECALLED, Confidence.ASSUMPTION)

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
    rule = section.unplaced_stations
    unplaced = [year for year, count in sorted(rule.opens.items()) for _ in range(count)] if rule else []
    where = [_place_of(region, new.lon, new.lat, new.town) for new in section.new_stations]
    later = {year: itertools.count(1) for year in unplaced}
    ruled = [f"unplaced_{year}_{next(later[year])}" for year in unplaced]
    ids = (*known.ids, *(new.name for new in section.new_stations), *ruled)
    numbered = (id_[len("unplaced_") :].replace("_", "-") for id_ in ruled)
    names = (*known.names_zh, *(new.name for new in section.new_stations), *numbered)
    place = (
        *("assumed" if grade in _NOT_SURVEYED else "surveyed" for grade in known.place_confidence),
        *("town" if new.lon is None else "scenario" for new in section.new_stations),
        *(f"rule:{rule.placement}" for _ in unplaced if rule),
    )
    before = (ALWAYS if year is None else year for year in known.opened)
    first = np.array([*before, *(new.opens for new in section.new_stations), *unplaced], dtype=np.int64)
    closed = {closure.station: closure.year for closure in section.closures}
    last = np.array([closed.get(id_, NEVER) for id_ in ids], dtype=np.int64)
    blank = [np.nan] * len(unplaced)
    lon, lat, x, y = (
        np.array([*column, *(point[axis] for point in where), *blank])
        for axis, column in enumerate((known.lon, known.lat, known.x_km, known.y_km))
    )
    moves = np.zeros((len(ids), 2)) if moves_km is None else moves_km
    x, y = x + moves[:, 0], y + moves[:, 1]
    radius = np.where(urban, section.radius_urban_km, section.radius_rural_km)
    placed = len(ids) - len(unplaced)
    for year in sorted(set(unplaced)):
        there = np.flatnonzero((first <= year) & (year < last) & (np.arange(len(ids)) < placed))
        nearest = distances_km(zones.x_km, zones.y_km, x[there], y[there]).min(axis=1, initial=np.inf)
        for zone in place_greedily(unplaced.count(year), people_in(year), between_km, nearest, radius, rule.placement):
            lon[placed], lat[placed] = zones.lon[zone], zones.lat[zone]
            x[placed], y[placed] = zones.x_km[zone] + moves[placed, 0], zones.y_km[zone] + moves[placed, 1]
            placed += 1
    return StationPlan(ids, names, lon, lat, x, y, first, last, place, len(known.ids))


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
