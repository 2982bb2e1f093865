"""A user's travel times from stations to zones: a CSV with columns ``zone, station, minutes`` that replaces the travel law."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, read_csv
from sim.errors import Place, Problems

_SHOWN_HOLES = 5

COLUMNS = (Column("zone"), Column("station"), Column("minutes", float, minimum=0, maximum=1440))


def read_travel_table(path: Path, stations: Sequence[str], zones: Sequence[str]) -> NDArray[np.float64]:
    """Minutes from each station to each zone, shape ``[station, zone]``.

    Args:
        path: the file; rows in any order, every pair once.
        stations: ids of the stations with a given place; a new station's id is its name.
        zones: ids of all zones.

    Raises:
        InputError: unknown ids, pairs that stand twice, pairs that are missing, times that are no minutes; all at once.
    """
    problems = Problems()
    table = read_csv(path, COLUMNS, problems)
    station_of = {name: index for index, name in enumerate(stations)}
    zone_of = {name: index for index, name in enumerate(zones)}
    minutes = np.full((len(stations), len(zones)), np.nan)
    for row, record in enumerate(table.rows):
        station, zone = station_of.get(record["station"]), zone_of.get(record["zone"])
        if station is None:
            problems.unknown(table.place(row, "station"), "unknown station", record["station"], stations)
        if zone is None:
            problems.unknown(table.place(row, "zone"), "unknown zone", record["zone"], zones)
        if station is None or zone is None:
            continue
        if not np.isnan(minutes[station, zone]):
            pair = f"zone {record['zone']} and station {record['station']}"
            problems.error(table.place(row), f"{pair} stand twice", "each pair once")
        minutes[station, zone] = record["minutes"]
    holes = np.argwhere(np.isnan(minutes))
    if len(holes) and not problems.errors:
        shown = ", ".join(f"{zones[zone]} from {stations[station]}" for station, zone in holes[:_SHOWN_HOLES])
        more = f" and {len(holes) - _SHOWN_HOLES} more" if len(holes) > _SHOWN_HOLES else ""
        problems.error(
            Place(table.file), f"{len(holes)} travel times are missing: {shown}{more}", "a time for every zone from every station"
        )
    problems.raise_errors()
    return minutes
