"""The files of a replay: recorded calls, a fleet, hospitals, nodes and travel tables (described in docs/replay.md)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, Table, read_csv
from sim.emergency.call_table import LONGEST_MIN
from sim.emergency.travel import Metric, TravelLaw
from sim.emergency.world import ReturnDispatch, RoadTiming, Vehicle
from sim.errors import Place, Problems

Floats = NDArray[np.float64]

_FURTHEST_KM = 1e6


def _minutes(name: str, **options: bool) -> Column:
    return Column(name, float, minimum=0.0, maximum=LONGEST_MIN, **options)


def _coordinates(required: bool) -> tuple[Column, Column]:
    x, y = (Column(name, float, required, minimum=-_FURTHEST_KM, maximum=_FURTHEST_KM) for name in ("x_km", "y_km"))
    return x, y


CALL_COLUMNS = (
    Column("call_id"),
    _minutes("time_min"),
    Column("node", required=False),
    *_coordinates(required=False),
    Column("priority", int, required=False, minimum=1, maximum=9),
    _minutes("dispatch_min", required=False),
    _minutes("turnout_min", required=False),
    Column("travel_factor", float, required=False, minimum=0.0, maximum=LONGEST_MIN),
    _minutes("scene_min", required=False),
    Column("transported", int, required=False, minimum=0, maximum=1),
    Column("hospital", required=False, blank=True),
    _minutes("transport_min", required=False, blank=True),
    _minutes("handover_min", required=False),
    _minutes("patience_min", required=False, blank=True),
)
FLEET_COLUMNS = (
    Column("unit_id"),
    Column("node", required=False),
    *_coordinates(required=False),
    _minutes("on_min", required=False, blank=True),
    _minutes("off_min", required=False, blank=True),
    Column("type", required=False, choices=tuple(kind.name.lower() for kind in Vehicle)),
)
HOSPITAL_COLUMNS = (Column("hospital"), Column("node", required=False), *_coordinates(required=False))
NODE_COLUMNS = (Column("node"), *_coordinates(required=True))
TRAVEL_COLUMNS = (Column("from"), Column("to"), _minutes("minutes"))


class Leg(StrEnum):
    """What a travel table is for; all but the first default to it."""

    TRAVEL = "travel"
    EXPECTED = "travel_expected"
    TRANSPORT = "travel_transport"
    BACK = "travel_back"


@dataclass(frozen=True)
class ReplayRequest:
    """What the command was asked for.

    Attributes:
        calls, fleet: files.
        tables: travel tables by leg (empty: distances in the plane).
        hospitals, nodes: files, if given.
        metric, speed_kmh: for distances in the plane.
        return_dispatch, road, queue_by_priority, road_turnout_share: as in the world's rules; ``road`` None = by what is given.
        monitoring_priorities: priorities that only a monitoring vehicle may serve.
        horizon_min: end of the period, None = until everybody was served.
        warmup_min: calls before it are left out of the summary.
        engine: ``compiled`` or ``reference``.
    """

    calls: Path
    fleet: Path
    tables: Mapping[Leg, Path] = field(default_factory=dict)
    hospitals: Path | None = None
    nodes: Path | None = None
    metric: Metric | None = None
    speed_kmh: float | None = None
    return_dispatch: ReturnDispatch = ReturnDispatch.ON
    road: RoadTiming | None = None
    queue_by_priority: bool = True
    road_turnout_share: float = 1.0
    monitoring_priorities: tuple[int, ...] = ()
    horizon_min: float | None = None
    warmup_min: float = 0.0
    engine: str = "compiled"

    @property
    def in_plane(self) -> bool:
        """Whether places are coordinates and travel follows distance."""
        return self.metric is not None

    @property
    def law(self) -> TravelLaw:
        """The travel law of the plane; without one, a law that nothing asks."""
        if self.metric is None or self.speed_kmh is None:
            return TravelLaw(0.0)
        return TravelLaw(60.0 / self.speed_kmh, 1.0, self.metric)

    @property
    def road_timing(self) -> RoadTiming:
        """How units on their way back are timed: as asked for, or the law, the nearest node, the share of the way."""
        if self.road is not None:
            return self.road
        if self.in_plane:
            return RoadTiming.LAW
        return RoadTiming.SHARE if self.nodes is None else RoadTiming.NEAREST_NODE

    @property
    def files(self) -> dict[str, Path]:
        """Every input file by option name."""
        named: dict[str, Path | None] = {"calls": self.calls, "fleet": self.fleet, "hospitals": self.hospitals}
        named["nodes"] = self.nodes
        named.update({str(leg): path for leg, path in self.tables.items()})
        return {name: path for name, path in named.items() if path is not None}


@dataclass
class NodeList:
    """Places in order of first appearance: names with a table, points in the plane."""

    index: dict[object, int] = field(default_factory=dict)

    def add(self, key: object) -> int:
        """The number of a place, a new one if it was not there."""
        return self.index.setdefault(key, len(self.index))

    def __len__(self) -> int:
        return len(self.index)

    @property
    def keys(self) -> list[object]:
        """All places in order."""
        return list(self.index)

    def points(self) -> tuple[Floats, Floats]:
        """Coordinates, for places in the plane."""
        array = np.array(self.keys, dtype=float).reshape(-1, 2)
        return array[:, 0].copy(), array[:, 1].copy()


@dataclass
class Files:
    """What was read, still as tables, with the collector of findings."""

    problems: Problems
    calls: Table
    fleet: Table
    hospitals: Table | None
    nodes: Table | None
    travel: dict[Leg, Table]

    @property
    def known_nodes(self) -> set[str]:
        """Names that travel tables or the node file mention."""
        names = {row[end] for table in self.travel.values() for row in table.rows for end in ("from", "to")}
        return names | ({row["node"] for row in self.nodes.rows} if self.nodes else set())


def check_request(request: ReplayRequest) -> None:
    """See that the options go together.

    Raises:
        InputError: they do not.
    """
    problems = Problems()
    place = Place("replay")
    if request.in_plane == bool(request.tables):
        given = "both --travel and --metric" if request.in_plane else "neither --travel nor --metric"
        problems.error(place, given, "--travel CSV, or --metric with --speed-kmh")
    elif not request.in_plane and Leg.TRAVEL not in request.tables:
        problems.error(place, "a table for one leg without --travel", "--travel CSV, which the other legs default to")
    if request.in_plane != (request.speed_kmh is not None):
        problems.error(place, "--metric and --speed-kmh go together", "both or neither")
    if request.in_plane != (request.road_timing is RoadTiming.LAW):
        word = request.road_timing.name.lower().replace("_", "-")
        problems.error(place, f"--road {word} does not fit", "'law' with --metric, the others with --travel")
    if request.road_timing is RoadTiming.NEAREST_NODE and request.nodes is None:
        problems.error(place, "--road nearest-node without --nodes", "--nodes CSV with coordinates")
    for name in ("speed_kmh", "horizon_min", "warmup_min", "road_turnout_share"):
        value = getattr(request, name)
        if value is not None and not math.isfinite(value):
            problems.error(place, f"{name} is {value}", "a finite number")
    problems.raise_errors()


def read_files(request: ReplayRequest) -> Files:
    """Read every file and check each by itself.

    Raises:
        InputError: all faults of all files.
    """
    check_request(request)
    problems = Problems()
    files = Files(
        problems,
        calls=read_csv(request.calls, CALL_COLUMNS, problems),
        fleet=read_csv(request.fleet, FLEET_COLUMNS, problems),
        hospitals=read_csv(request.hospitals, HOSPITAL_COLUMNS, problems) if request.hospitals else None,
        nodes=read_csv(request.nodes, NODE_COLUMNS, problems) if request.nodes else None,
        travel={leg: read_csv(path, TRAVEL_COLUMNS, problems) for leg, path in request.tables.items()},
    )
    known = None if request.in_plane else files.known_nodes
    for table in (files.calls, files.fleet, files.hospitals):
        if table is not None:
            _check_places(table, known, problems)
    _check_unique(files.calls, ("call_id",), problems)
    if files.hospitals:
        _check_unique(files.hospitals, ("hospital",), problems)
    if files.nodes:
        _check_unique(files.nodes, ("node",), problems)
    for table in files.travel.values():
        _check_unique(table, ("from", "to"), problems)
    _check_order(files.calls, problems)
    if not files.fleet.rows and not problems.errors:
        problems.error(Place(files.fleet.file, 1, 1), "the fleet has no unit", "at least one line")
    problems.raise_errors()
    return files


def place_of(row: Mapping[str, object], in_plane: bool) -> object:
    """What tells one place from another in a row: its node, or its coordinates."""
    return (row["x_km"], row["y_km"]) if in_plane else row["node"]


def minutes_between(table: Table) -> dict[tuple[str, str], float]:
    """A travel table as a mapping; from a node to itself it is 0 unless the table says otherwise."""
    return {(row["from"], row["to"]): row["minutes"] for row in table.rows}


def _check_places(table: Table, known: set[str] | None, problems: Problems) -> None:
    """Every row needs a known node (with tables) or coordinates (in the plane)."""
    wanted, way = (("node",), "a travel table") if known is not None else (("x_km", "y_km"), "distances in the plane")
    missing = [name for name in wanted if name not in table.header]
    if table.header and missing:
        problems.error(Place(table.file, 1, 1), f"column {' and '.join(missing)} is missing", f"{', '.join(wanted)} with {way}")
        return
    if known is not None:
        for number, row in enumerate(table.rows):
            if row["node"] not in known:
                problems.unknown(table.place(number, "node"), "unknown node", row["node"], known)


def _check_unique(table: Table, names: Iterable[str], problems: Problems) -> None:
    names = tuple(names)
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(table.rows):
        key = tuple(row[name] for name in names)
        if key in seen:
            shown = " -> ".join(str(part) for part in key)
            problems.error(
                table.place(number, names[0]), f"{names[0]} {shown!r} stands twice", f"each once (first at line {seen[key]})"
            )
        seen.setdefault(key, table.lines[number])


def _check_order(calls: Table, problems: Problems) -> None:
    before = 0.0
    for number, row in enumerate(calls.rows):
        if row["time_min"] < before:
            problems.error(
                calls.place(number, "time_min"),
                f"calls are out of order: {row['time_min']!r} after {before!r}",
                "times that do not decrease from line to line",
            )
        before = max(before, row["time_min"])
