"""From the files of a replay to a world and a call table."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.call_table import LONGEST_MIN, CallTable, call_table
from sim.emergency.replay_files import Files, Leg, NodeList, ReplayRequest, minutes_between, place_of
from sim.emergency.world import (
    Places,
    RoadTiming,
    Rules,
    SceneTimes,
    Units,
    Vehicle,
    World,
    by_hour_of_week,
    check_world,
    with_windows,
)
from sim.errors import Place, Problems

Floats = NDArray[np.float64]

WHOLE_TIME_MIN = 2 * LONGEST_MIN
"""Horizon where none was asked for: later than any call."""

_SHOWN_PAIRS = 20


@dataclass(frozen=True)
class Replay:
    """A recorded case, ready to run.

    Attributes:
        world, calls: for the engines.
        call_ids, unit_ids, hospital_ids: names by number.
    """

    world: World
    calls: CallTable
    call_ids: tuple[str, ...]
    unit_ids: tuple[str, ...]
    hospital_ids: tuple[str, ...]


@dataclass
class _Sites:
    """Zones, stations and hospitals by number, and who goes where."""

    zones: NodeList
    stations: NodeList
    hospitals: list[object]
    hospital_ids: list[str]
    listed: int


def build_replay(request: ReplayRequest, files: Files) -> Replay:
    """Turn the files into numbers.

    Raises:
        InputError: shifts, hospitals or travel tables that do not fit the calls and the fleet.
    """
    problems = files.problems
    sites = _Sites(NodeList(), NodeList(), [], [], 0)
    units, unit_ids = _read_units(request, files, sites, problems)
    _read_hospitals(request, files, sites, problems)
    calls = _read_calls(request, files, sites, problems)
    problems.raise_errors()
    blocks = _Blocks(request, files, sites, calls)
    world = _world(request, sites, units, calls, blocks)
    problems.raise_errors()
    check_world(world)
    ids = tuple(row["call_id"] for row in files.calls.rows)
    return Replay(world, calls, ids, unit_ids, tuple(sites.hospital_ids))


def _read_units(
    request: ReplayRequest, files: Files, sites: _Sites, problems: Problems
) -> tuple[Units, tuple[str, ...]]:
    """Units in order of first appearance; further lines of a unit are further shifts."""
    home: dict[str, tuple[int, int]] = {}
    shifts: dict[str, list[tuple[float, float, int]]] = {}
    for number, row in enumerate(files.fleet.rows):
        name = row["unit_id"]
        station = sites.stations.add(place_of(row, request.in_plane))
        kind = int(Vehicle[(row.get("type") or "basic").upper()])
        if home.setdefault(name, (station, kind)) != (station, kind):
            problems.error(files.fleet.place(number, "unit_id"), f"unit {name!r} has another base or type before", "the same")
        start = row.get("on_min") if row.get("on_min") is not None else 0.0
        end = row.get("off_min") if row.get("off_min") is not None else math.inf
        if end <= start:
            problems.error(files.fleet.place(number, "off_min"), f"the shift ends at {end:g}, not after {start:g}", "off > on")
        shifts.setdefault(name, []).append((start, end, number))
    windows = []
    for name, spells in shifts.items():
        spells.sort()
        joined: list[list[float]] = []
        for start, end, number in spells:
            if joined and start < joined[-1][1]:
                problems.error(files.fleet.place(number, "on_min"), f"shifts of unit {name!r} overlap", "spells apart")
            elif joined and start == joined[-1][1]:
                joined[-1][1] = end
                continue
            joined.append([start, end])
        windows.append(np.array(joined))
    stations, kinds = zip(*home.values(), strict=True) if home else ((), ())
    return with_windows(stations, kinds, windows), tuple(home)


def _read_hospitals(request: ReplayRequest, files: Files, sites: _Sites, problems: Problems) -> None:
    """Hospitals of the file, then nodes that calls name as their hospital."""
    for row in files.hospitals.rows if files.hospitals else ():
        sites.hospitals.append(place_of(row, request.in_plane))
        sites.hospital_ids.append(row["hospital"])
    sites.listed = len(sites.hospitals)
    number_of = {name: number for number, name in enumerate(sites.hospital_ids)}
    known = set() if request.in_plane else files.known_nodes
    for number, row in enumerate(files.calls.rows):
        name = row.get("hospital")
        if name is None or name in number_of:
            continue
        if name not in known:
            problems.unknown(files.calls.place(number, "hospital"), "unknown hospital", name, {*number_of, *known})
            continue
        number_of[name] = len(sites.hospitals)
        sites.hospitals.append(name)
        sites.hospital_ids.append(name)


def _read_calls(request: ReplayRequest, files: Files, sites: _Sites, problems: Problems) -> CallTable:
    """The call table; a column that is not there is neutral."""
    rows = files.calls.rows
    header = files.calls.header
    number_of = {name: number for number, name in enumerate(sites.hospital_ids)}
    hospital = [number_of.get(row.get("hospital"), -1) for row in rows]
    if "transported" in header:
        transported = [bool(row["transported"]) for row in rows]
    else:
        transported = [row.get("hospital") is not None for row in rows]
    for number, (taken, target) in enumerate(zip(transported, hospital, strict=True)):
        if taken and target < 0 and not sites.listed and rows[number].get("hospital") is None:
            problems.error(
                files.calls.place(number, "transported"), "no hospital to go to", "a hospital in the line, or --hospitals"
            )
            break
    columns = {
        "zone": [sites.zones.add(place_of(row, request.in_plane)) for row in rows],
        "priority": [row.get("priority", 1) for row in rows],
        "travel_error": [row.get("travel_factor", 1.0) for row in rows],
        "transported": transported,
        "hospital": hospital,
        "transport_min": [math.nan if row.get("transport_min") is None else row["transport_min"] for row in rows],
        "patience_min": [math.inf if row.get("patience_min") is None else row["patience_min"] for row in rows],
    }
    for name in ("dispatch_min", "turnout_min", "scene_min", "handover_min"):
        columns[name] = [row.get(name, 0.0) for row in rows]
    return call_table([row["time_min"] for row in rows], **columns)


class _Blocks:
    """Travel times between kinds of places, from the plane or from tables; pairs that are missing become findings."""

    def __init__(self, request: ReplayRequest, files: Files, sites: _Sites, calls: CallTable) -> None:
        self.request = request
        self.files = files
        self.sites = sites
        self.problems = files.problems
        self.minutes = {leg: minutes_between(table) for leg, table in files.travel.items()}
        # Whom a call without a recorded transport time may take: its own hospital, or any of the file.
        shape = (len(sites.zones), len(sites.hospitals))
        self.taken = np.zeros(shape, dtype=bool)
        self.timed = np.zeros(shape, dtype=bool)
        free_choice = calls.transported & (calls.hospital < 0)
        fixed = calls.transported & (calls.hospital >= 0)
        self.taken[calls.zone[fixed], calls.hospital[fixed]] = True
        self.taken[np.unique(calls.zone[free_choice]), : sites.listed] = True
        untimed = fixed & np.isnan(calls.transport_min)
        self.timed[calls.zone[untimed], calls.hospital[untimed]] = True
        self.timed[np.unique(calls.zone[free_choice]), : sites.listed] = True
        self.untransported = np.zeros(len(sites.zones), dtype=bool)
        self.untransported[calls.zone[~calls.transported]] = True

    def block(self, leg: Leg, origins: list[object], targets: list[object], needed: NDArray[np.bool_]) -> Floats:
        """Minutes ``[origin, target]`` by a leg's table; 0 where not needed."""
        if self.request.in_plane:
            law = self.request.law
            start, end = np.array(origins, float).reshape(-1, 2), np.array(targets, float).reshape(-1, 2)
            return law.table(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
        name = leg if leg in self.minutes else Leg.TRAVEL
        table = self.minutes[name]
        out = np.zeros((len(origins), len(targets)))
        missing = []
        for i, j in zip(*np.nonzero(needed), strict=True):
            pair = (origins[i], targets[j])
            minutes = table.get(pair, 0.0 if pair[0] == pair[1] else None)
            if minutes is None:
                missing.append(pair)
            else:
                out[i, j] = minutes
        if missing:
            self._report(self.files.travel[name].file, missing)
        return out

    def _report(self, file: str, missing: list[tuple[object, object]]) -> None:
        known = {(problem.place.file, problem.what) for problem in self.problems.found}
        for start, end in missing[:_SHOWN_PAIRS]:
            what = f"no time from {start!r} to {end!r}"
            if (file, what) not in known:
                self.problems.error(Place(file), what, "a line for every pair that a unit may drive")
        if len(missing) > _SHOWN_PAIRS:
            self.problems.error(Place(file), f"and {len(missing) - _SHOWN_PAIRS} more pairs are missing")


def _world(request: ReplayRequest, sites: _Sites, units: Units, calls: CallTable, blocks: _Blocks) -> World:
    zones, stations, hospitals = sites.zones.keys, sites.stations.keys, sites.hospitals
    road = request.road_timing
    nodes, node_of = _nodes(request, blocks.files, sites, road)
    from_stations = np.ones((len(stations), len(zones)), dtype=bool)
    from_nodes = np.ones((len(nodes), len(zones)), dtype=bool)
    if not request.return_dispatch:
        from_nodes[:] = False

    def scene_times(leg: Leg) -> SceneTimes:
        station = blocks.block(leg, stations, zones, from_stations)
        if road is RoadTiming.LAW:
            return SceneTimes(station)
        return SceneTimes(station, blocks.block(leg, list(nodes), zones, from_nodes))

    actual = scene_times(Leg.TRAVEL)
    every_station = np.ones(len(stations), dtype=bool)
    listed = np.arange(len(hospitals)) < sites.listed
    return World(
        zones=_points(request, zones, nodes),
        stations=_points(request, stations, nodes),
        hospitals=_points(request, hospitals, nodes),
        units=units,
        expected=scene_times(Leg.EXPECTED) if Leg.EXPECTED in request.tables else actual,
        actual=actual,
        to_hospital=blocks.block(Leg.TRANSPORT, zones, hospitals, blocks.timed),
        scene_to_station=blocks.block(Leg.BACK, zones, stations, np.outer(blocks.untransported, every_station)),
        hospital_to_station=blocks.block(
            Leg.BACK, hospitals, stations, np.outer(blocks.taken.any(axis=0), every_station)
        ),
        capable=listed.reshape(-1, 1),
        suitable=_suitable(request, calls),
        law=request.law,
        travel_factor=by_hour_of_week(1.0),
        expected_turnout_min=by_hour_of_week(0.0),
        rules=Rules(request.return_dispatch, request.queue_by_priority, request.road_turnout_share),
        first_hour=0,
        horizon_min=WHOLE_TIME_MIN if request.horizon_min is None else request.horizon_min,
        road=road,
        nodes=Places(*(np.array(column, dtype=float) for column in zip(*nodes.values(), strict=True)))
        if nodes
        else Places(np.empty(0), np.empty(0)),
        zone_node=node_of(zones),
        hospital_node=node_of(hospitals),
    )


def _nodes(
    request: ReplayRequest, files: Files, sites: _Sites, road: RoadTiming
) -> tuple[dict[object, tuple[float, float]], Callable[[list[object]], NDArray[np.int64]]]:
    """Nodes that a unit on the road may be timed from, with coordinates (0 where the rule needs none)."""
    problems = files.problems
    if road is RoadTiming.NEAREST_NODE:
        nodes = {row["node"]: (row["x_km"], row["y_km"]) for row in (files.nodes.rows if files.nodes else ())}
        for name in dict.fromkeys([*sites.zones.keys, *sites.stations.keys, *sites.hospitals]):
            if name not in nodes:
                place = Place(files.nodes.file if files.nodes else "--nodes")
                problems.error(place, f"node {name!r} has no coordinates", "a line for every node in use")
    elif road is RoadTiming.SHARE:
        nodes = dict.fromkeys([*sites.zones.keys, *sites.hospitals], (0.0, 0.0))
    else:
        nodes = {}
    number = {name: index for index, name in enumerate(nodes)}
    return nodes, lambda names: np.array([number.get(name, 0) for name in names], dtype=np.int64)


def _points(request: ReplayRequest, names: list[object], nodes: dict[object, tuple[float, float]]) -> Places:
    pairs = names if request.in_plane else [nodes.get(name, (0.0, 0.0)) for name in names]
    array = np.array(pairs, dtype=float).reshape(-1, 2)
    return Places(array[:, 0].copy(), array[:, 1].copy())


def _suitable(request: ReplayRequest, calls: CallTable) -> NDArray[np.bool_]:
    priorities = max(int(calls.priority.max(initial=1)), *request.monitoring_priorities, 1)
    suitable = np.ones((priorities, len(Vehicle)), dtype=bool)
    for priority in request.monitoring_priorities:
        suitable[priority - 1, Vehicle.BASIC] = False
    return suitable
