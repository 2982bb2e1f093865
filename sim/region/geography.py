"""Towns, zones, stations, hospitals and the outline of a pack, with the checks between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, Table, read_csv
from sim.errors import Place, Problems
from sim.region.model import Confidence, Hospitals, Source, Stations, Towns, Zones
from sim.region.observations import GRADES
from sim.region.projection import utm_km_arrays

ZONE_SUM_TOLERANCE = 5.0
"""Persons by which zones may miss a town or the census: their populations are rounded to a tenth."""
_MARGIN_DEGREES = 0.05
"""How far a point may lie outside the box around the outline (about 5 km)."""

_LON = Column("lon", float, minimum=73, maximum=136)
_LAT = Column("lat", float, minimum=3, maximum=54)
_GRADE = {"choices": GRADES}


def read_outline(path: Path, problems: Problems, *, shown_as: str) -> NDArray[np.float64]:
    """The outer ring of the county, shape ``[point, 2]`` (lon, lat); NaN rows part the rings of several pieces."""
    table = read_csv(path, (_LON, _LAT, Column("ring", int, minimum=0)), problems, shown_as=shown_as)
    points: list[tuple[float, float]] = []
    for index, row in enumerate(table.rows):
        if index and row["ring"] != table.rows[index - 1]["ring"]:
            points.append((math.nan, math.nan))
        points.append((row["lon"], row["lat"]))
    if len(table.rows) < 4 and table.header:
        problems.error(Place(shown_as, 1, 1), f"an outline of {len(table.rows)} points", "a ring of at least 4 points")
    return np.array(points, dtype=float).reshape(-1, 2)


def read_towns(
    path: Path, total: float | None, box: Box, sources: Mapping[str, Source], problems: Problems, *, shown_as: str
) -> Towns:
    """Towns; their populations must add up to the census ``total``."""
    columns = (
        Column("town_id"),
        Column("name_zh"),
        Column("name_en"),
        Column("kind", choices=("urban", "rural")),
        _LON,
        _LAT,
        Column("place_confidence", **_GRADE),
        Column("population", float, minimum=0),
        Column("population_confidence", **_GRADE),
        Column("population_log_sd", float, minimum=0, maximum=3),
        Column("population_year", int, minimum=1990, maximum=2100),
        Column("area_km2", float, blank=True, minimum=0),
        Column("source"),
        Column("note", blank=True),
    )
    table = read_csv(path, columns, problems, shown_as=shown_as)
    _check_common(table, "town_id", box, sources, problems)
    _check_sum(table, "population", total, "the census total", 0.5, problems)
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


def read_zones(path: Path, towns: Towns, total: float | None, box: Box, zone: int, problems: Problems, *, shown_as: str) -> Zones:
    """Demand zones; their populations must add up to the census ``total`` and, within a town, to the town."""
    columns = (
        Column("zone_id"),
        _LON,
        _LAT,
        Column("land_km2", float, minimum=0),
        Column("town_id"),
        Column("population", float, minimum=0),
    )
    table = read_csv(path, columns, problems, shown_as=shown_as)
    _check_common(table, "zone_id", box, None, problems)
    index_of = {town: index for index, town in enumerate(towns.ids)}
    for row, town in enumerate(table.values("town_id")):
        if town not in index_of:
            problems.unknown(table.place(row, "town_id"), "unknown town", town, index_of)
    _check_sum(table, "population", total, "the census total", ZONE_SUM_TOLERANCE, problems)
    town = np.array([index_of.get(name, -1) for name in table.values("town_id")], dtype=np.int64)
    population = _floats(table, "population")
    for index, name in enumerate(towns.ids):
        found = population[town == index].sum()
        if table.rows and abs(found - towns.population[index]) > ZONE_SUM_TOLERANCE:
            problems.error(
                Place(shown_as, 1, 1),
                f"the zones of town {name} hold {found:.1f} persons",
                f"{towns.population[index]:.1f} as in towns.csv, within {ZONE_SUM_TOLERANCE:g}",
            )
    lon, lat = _floats(table, "lon"), _floats(table, "lat")
    x_km, y_km = utm_km_arrays(lon.tolist(), lat.tolist(), zone)
    return Zones(tuple(table.values("zone_id")), lon, lat, x_km, y_km, _floats(table, "land_km2"), town, population)


def read_stations(path: Path, box: Box, zone: int, sources: Mapping[str, Source], problems: Problems, *, shown_as: str) -> Stations:
    """Emergency stations that exist in the base year or opened before it."""
    columns = (
        Column("station_id"),
        Column("name_zh"),
        _LON,
        _LAT,
        Column("place_sd_km", float, minimum=0, maximum=50),
        Column("existence_confidence", **_GRADE),
        Column("place_confidence", **_GRADE),
        Column("opened", int, blank=True, minimum=1950, maximum=2100),
        Column("source"),
        Column("note", blank=True),
    )
    table = read_csv(path, columns, problems, shown_as=shown_as)
    _check_common(table, "station_id", box, sources, problems)
    lon, lat = _floats(table, "lon"), _floats(table, "lat")
    x_km, y_km = utm_km_arrays(lon.tolist(), lat.tolist(), zone)
    return Stations(
        ids=tuple(table.values("station_id")),
        names_zh=tuple(table.values("name_zh")),
        lon=lon,
        lat=lat,
        x_km=x_km,
        y_km=y_km,
        place_sd_km=_floats(table, "place_sd_km"),
        existence_confidence=_grades(table, "existence_confidence"),
        place_confidence=_grades(table, "place_confidence"),
        opened=tuple(table.values("opened")),
        notes=tuple(note or "" for note in table.values("note")),
    )


def read_hospitals(path: Path, box: Box, zone: int, sources: Mapping[str, Source], problems: Problems, *, shown_as: str) -> Hospitals:
    """Hospitals named in the documents."""
    columns = (
        Column("hospital_id"),
        Column("name_zh"),
        Column("level_zh", blank=True),
        Column("ownership", choices=("public", "private", "joint venture", "not printed")),
        Column("status", choices=("existing", "opening_in_plan", "planned")),
        _LON,
        _LAT,
        Column("place_sd_km", float, minimum=0, maximum=50),
        Column("place_confidence", **_GRADE),
        Column("has_emergency", int, minimum=0, maximum=1),
        Column("beds", float, blank=True, minimum=0),
        Column("beds_planned", float, blank=True, minimum=0),
        Column("source"),
        Column("note", blank=True),
    )
    table = read_csv(path, columns, problems, shown_as=shown_as)
    _check_common(table, "hospital_id", box, sources, problems)
    lon, lat = _floats(table, "lon"), _floats(table, "lat")
    x_km, y_km = utm_km_arrays(lon.tolist(), lat.tolist(), zone)
    return Hospitals(
        ids=tuple(table.values("hospital_id")),
        names_zh=tuple(table.values("name_zh")),
        level_zh=tuple(level or "" for level in table.values("level_zh")),
        ownership=tuple(table.values("ownership")),
        status=tuple(table.values("status")),
        lon=lon,
        lat=lat,
        x_km=x_km,
        y_km=y_km,
        has_emergency=np.array(table.values("has_emergency"), dtype=bool),
        beds=_floats(table, "beds"),
        beds_planned=_floats(table, "beds_planned"),
        place_confidence=_grades(table, "place_confidence"),
    )


Box = tuple[float, float, float, float] | None
"""West, south, east and north of where a pack's points may lie; None when the outline could not be read."""


def box_of(outline: NDArray[np.float64]) -> Box:
    """The box around the outline with a margin."""
    if not len(outline):
        return None
    west, south = np.nanmin(outline, axis=0) - _MARGIN_DEGREES
    east, north = np.nanmax(outline, axis=0) + _MARGIN_DEGREES
    return float(west), float(south), float(east), float(north)


def check_sources(table: Table, sources: Mapping[str, Source], problems: Problems) -> None:
    """Report every id of the ``source`` column (several are joined by ``;``) that is not known."""
    for row, cell in enumerate(table.values("source")):
        for identifier in cell.split(";"):
            if identifier not in sources:
                problems.unknown(table.place(row, "source"), "unknown source", identifier, sources)


def _check_common(
    table: Table, key: str, box: Box, sources: Mapping[str, Source] | None, problems: Problems
) -> None:
    """Ids stand once, points lie in or near the county, sources are known, and there is at least one row."""
    if table.header and not table.rows:
        problems.error(Place(table.file, 1, 1), "there are no rows", f"at least one {key}")
    first: dict[Any, int] = {}
    for row, name in enumerate(table.values(key)):
        if name in first:
            problems.error(
                table.place(row, key), f"{key} {name!r} stands twice", f"each id once (first at line {table.lines[first[name]]})"
            )
        first.setdefault(name, row)
    if box is not None:
        west, south, east, north = box
        for row, record in enumerate(table.rows):
            if not (west <= record["lon"] <= east and south <= record["lat"] <= north):
                problems.error(
                    table.place(row, "lon"),
                    f"{record[key]} lies at {record['lon']:g}, {record['lat']:g}, away from the county",
                    f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f} (WGS 84)",
                )
    if sources is not None:
        check_sources(table, sources, problems)


def _check_sum(table: Table, column: str, total: float | None, what: str, tolerance: float, problems: Problems) -> None:
    if total is None or not table.rows:
        return
    found = sum(table.values(column))
    if abs(found - total) > tolerance:
        problems.error(
            Place(table.file, 1, table.header[column] + 1),
            f"{column} adds up to {found:.1f}",
            f"{total:.0f}, {what}, within {tolerance:g}",
        )


def _floats(table: Table, name: str) -> NDArray[np.float64]:
    values: Sequence[Any] = table.values(name)
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def _grades(table: Table, name: str) -> tuple[Confidence, ...]:
    return tuple(Confidence(value) for value in table.values(name))
