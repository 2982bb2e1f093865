"""Checks that the CSV files of a pack share: ids, sources, places and sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Table
from sim.errors import Place, Problems
from sim.region.model import Source

Box = tuple[float, float, float, float] | None
"""West, south, east and north of where a pack's points may lie; None when the outline could not be read."""

_MARGIN_DEGREES = 0.05
"""How far a point may lie outside the box around the outline (about 5 km)."""


def box_of(outline: NDArray[np.float64]) -> Box:
    """The box around the outline with a margin."""
    if not len(outline):
        return None
    west, south = np.nanmin(outline, axis=0) - _MARGIN_DEGREES
    east, north = np.nanmax(outline, axis=0) + _MARGIN_DEGREES
    return float(west), float(south), float(east), float(north)


def has_fault(file: str, problems: Problems) -> bool:
    """Whether an error was found in ``file``: rows are missing then, and sums or references would mislead."""
    return any(problem.place.file == file for problem in problems.errors)


def check_rows(table: Table, what: str, problems: Problems) -> None:
    """Report a file that holds a header alone."""
    if not table.rows and not has_fault(table.file, problems):
        problems.error(Place(table.file, 1, 1), "there are no rows", f"at least one {what}")


def check_ids(table: Table, column: str, problems: Problems) -> None:
    """Report every id that stands twice."""
    first: dict[Any, int] = {}
    for row, name in enumerate(table.values(column)):
        if name in first:
            expected = f"each id once (first at line {table.lines[first[name]]})"
            problems.error(table.place(row, column), f"{column} {name!r} stands twice", expected)
        first.setdefault(name, row)


def check_places(table: Table, column: str, box: Box, problems: Problems) -> None:
    """Report every point outside the box around the county."""
    if box is None:
        return
    west, south, east, north = box
    expected = f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f} (WGS 84)"
    for row, record in enumerate(table.rows):
        lon, lat = record["lon"], record["lat"]
        if not (west <= lon <= east and south <= lat <= north):
            what = f"{record[column]} lies at {lon:g}, {lat:g}, away from the county"
            problems.error(table.place(row, "lon"), what, expected)


def check_sources(table: Table, sources: Mapping[str, Source], problems: Problems) -> None:
    """Report every id of the ``source`` column (several are joined by ``;``) that is not known."""
    for row, cell in enumerate(table.values("source")):
        for identifier in cell.split(";"):
            if identifier not in sources:
                problems.unknown(table.place(row, "source"), "unknown source", identifier, sources)


def check_sum(table: Table, column: str, total: float | None, what: str, tolerance: float, problems: Problems) -> None:
    """Report a column that does not add up to ``total``; left out when the file has faults of its own."""
    if total is None or has_fault(table.file, problems):
        return
    found = sum(table.values(column))
    if abs(found - total) > tolerance:
        place = Place(table.file, 1, table.header[column] + 1)
        problems.error(place, f"{column} adds up to {found:.1f}", f"{total:.0f}, {what}, within {tolerance:g}")
