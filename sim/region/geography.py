"""Towns, zones, stations, hospitals and the outline of a pack, with the checks between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, Table, read_csv
from sim.errors import Place, Problems
from sim.region.checks import Box, check_ids, check_places, check_rows, check_sources, check_sum, has_fault
from sim.region.model import Confidence, Hospitals, Source, Stations, Towns, Zones
from sim.region.observations import GRADES
from sim.region.projection import utm_km_arrays

ZONE_SUM_TOLERANCE = 5.0
"""Persons by which zones may miss a town or the census: their populations are rounded to a tenth."""

_LON = Column("lon", float, minimum=73, maximum=136)
_LAT = Column("lat", float, minimum=3, maximum=54)
_PLACE = (_LON, _LAT, Column("place_confidence", choices=GRADES))
_PLACE_SD = Column("place_sd_km", float, minimum=0, maximum=50)
_PROVENANCE = (Column("source"), Column("note", blank=True))

_OUTLINE = (_LON, _LAT, Column("ring", int, minimum=0))
_TOWNS = (
    Column("town_id"),
    Column("name_zh"),
    Column("name_en"),
    Column("kind", choices=("urban", "rural")),
    *_PLACE,
    Column("population", float, minimum=0),
    Column("population_confidence", choices=GRADES),
    Column("population_log_sd", float, minimum=0, maximum=3),
    Column("population_year", int, minimum=1990, maximum=2100),
    Column("area_km2", float, blank=True, minimum=0),
    *_PROVENANCE,
)
_ZONES = (
    Column("zone_id"),
    _LON,
    _LAT,
    Column("land_km2", float, minimum=0),
    Column("town_id"),
    Column("population", float, minimum=0),
)
_STATIONS = (
    Column("station_id"),
    Column("name_zh"),
    *_PLACE,
    _PLACE_SD,
    Column("existence_confidence", choices=GRADES),
    Column("opened", int, blank=True, minimum=1950, maximum=2100),
    *_PROVENANCE,
)
_HOSPITALS = (
    Column("hospital_id"),
    Column("name_zh"),
    Column("level_zh", blank=True),
    Column("ownership", choices=("public", "private", "joint venture", "not printed")),
    Column("status", choices=("existing", "opening_in_plan", "planned")),
    *_PLACE,
    _PLACE_SD,
    Column("has_emergency", int, minimum=0, maximum=1),
    Column("beds", float, blank=True, minimum=0),
    Column("beds_planned", float, blank=True, minimum=0),
    *_PROVENANCE,
)


def read_outline(path: Path, problems: Problems) -> NDArray[np.float64]:
    """The rings of the county's outline, shape ``[point, 2]`` (lon, lat); a NaN row parts two rings."""
    table = read_csv(path, _OUTLINE, problems)
    points: list[tuple[float, float]] = []
    for index, row in enumerate(table.rows):
        if index and row["ring"] != table.rows[index - 1]["ring"]:
            points.append((math.nan, math.nan))
        points.append((row["lon"], row["lat"]))
    if len(table.rows) < 4 and not has_fault(table.file, problems):
        problems.error(Place(table.file, 1, 1), f"an outline of {len(table.rows)} points", "a ring of at least 4 points")
    return np.array(points, dtype=float).reshape(-1, 2)


def read_towns(path: Path, total: float | None, box: Box, sources: Mapping[str, Source], problems: Problems) -> Towns:
    """Towns; their populations must add up to the census ``total``."""
    table = read_csv(path, _TOWNS, problems)
    check_rows(table, "town", problems)
    check_ids(table, "town_id", problems)
    check_places(table, "town_id", box, problems)
    check_sources(table, sources, problems)
    check_sum(table, "population", total, "the census total", 0.5, problems)
    return Towns(
        ids=tuple(table.values("town_id")),
        names_zh=tuple(table.values("name_zh")),
        names_en=tuple(table.values("name_en")),
        urban=np.array([kind == "urban" for kind in table.values("kind")], dtype=bool),
        lon=_floats(table, "lon"),
        lat=_floats(table, "lat"),
        population=_floats(table, "population"),
        population_confidence=_grades(table, "population_confidence"),
        population_log_sd=_floats(table, "population_log_sd"),
        area_km2=_floats(table, "area_km2"),
    )


def read_zones(path: Path, towns: Towns, total: float | None, box: Box, utm_zone: int, problems: Problems) -> Zones:
    """Demand zones; their populations must add up to the census ``total`` and, within a town, to the town."""
    table = read_csv(path, _ZONES, problems)
    check_rows(table, "zone", problems)
    check_ids(table, "zone_id", problems)
    check_places(table, "zone_id", box, problems)
    index_of = {town: index for index, town in enumerate(towns.ids)}
    towns_are_whole = not has_fault(str(path.with_name("towns.csv")), problems)
    if towns_are_whole:
        for row, town in enumerate(table.values("town_id")):
            if town not in index_of:
                problems.unknown(table.place(row, "town_id"), "unknown town", town, index_of)
    check_sum(table, "population", total, "the census total", ZONE_SUM_TOLERANCE, problems)
    town = np.array([index_of.get(name, -1) for name in table.values("town_id")], dtype=np.int64)
    population = _floats(table, "population")
    if towns_are_whole and not has_fault(table.file, problems):
        _check_town_sums(table, towns, town, population, problems)
    return Zones(
        ids=tuple(table.values("zone_id")),
        **_points(table, utm_zone),
        land_km2=_floats(table, "land_km2"),
        town=town,
        population=population,
    )


def read_stations(path: Path, box: Box, utm_zone: int, sources: Mapping[str, Source], problems: Problems) -> Stations:
    """Emergency stations that exist in the base year."""
    table = read_csv(path, _STATIONS, problems)
    check_rows(table, "station", problems)
    check_ids(table, "station_id", problems)
    check_places(table, "station_id", box, problems)
    check_sources(table, sources, problems)
    return Stations(
        ids=tuple(table.values("station_id")),
        names_zh=tuple(table.values("name_zh")),
        **_points(table, utm_zone),
        place_sd_km=_floats(table, "place_sd_km"),
        existence_confidence=_grades(table, "existence_confidence"),
        place_confidence=_grades(table, "place_confidence"),
        opened=tuple(table.values("opened")),
        notes=tuple(note or "" for note in table.values("note")),
    )


def read_hospitals(path: Path, box: Box, utm_zone: int, sources: Mapping[str, Source], problems: Problems) -> Hospitals:
    """Hospitals named in the documents; at least one must exist and take emergency patients."""
    table = read_csv(path, _HOSPITALS, problems)
    check_rows(table, "hospital", problems)
    check_ids(table, "hospital_id", problems)
    check_places(table, "hospital_id", box, problems)
    check_sources(table, sources, problems)
    if not has_fault(table.file, problems) and not any(
        row["status"] == "existing" and row["has_emergency"] for row in table.rows
    ):
        expected = "at least one row with status 'existing' and has_emergency 1"
        problems.error(Place(table.file, 1, 1), "no existing hospital has an emergency department", expected)
    return Hospitals(
        ids=tuple(table.values("hospital_id")),
        names_zh=tuple(table.values("name_zh")),
        level_zh=tuple(level or "" for level in table.values("level_zh")),
        ownership=tuple(table.values("ownership")),
        status=tuple(table.values("status")),
        **_points(table, utm_zone),
        has_emergency=np.array(table.values("has_emergency"), dtype=bool),
        beds=_floats(table, "beds"),
        beds_planned=_floats(table, "beds_planned"),
        place_confidence=_grades(table, "place_confidence"),
    )


def _check_town_sums(
    table: Table, towns: Towns, town: NDArray[np.int64], population: NDArray[np.float64], problems: Problems
) -> None:
    found = np.bincount(town, weights=population, minlength=len(towns.ids))
    for name, zones, printed in zip(towns.ids, found, towns.population, strict=True):
        if abs(zones - printed) > ZONE_SUM_TOLERANCE:
            expected = f"{printed:.1f} as in towns.csv, within {ZONE_SUM_TOLERANCE:g}"
            problems.error(Place(table.file, 1, 1), f"the zones of town {name} hold {zones:.1f} persons", expected)


def _points(table: Table, utm_zone: int) -> dict[str, NDArray[np.float64]]:
    lon, lat = _floats(table, "lon"), _floats(table, "lat")
    x_km, y_km = utm_km_arrays(lon.tolist(), lat.tolist(), utm_zone)
    return {"lon": lon, "lat": lat, "x_km": x_km, "y_km": y_km}


def _floats(table: Table, name: str) -> NDArray[np.float64]:
    return np.array([math.nan if value is None else value for value in table.values(name)], dtype=float)


def _grades(table: Table, name: str) -> tuple[Confidence, ...]:
    return tuple(Confidence(value) for value in table.values(name))
