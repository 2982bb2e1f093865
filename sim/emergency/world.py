"""The world of one emergency simulation: places, travel times, units with their duty, hospitals, rules.

Times are minutes from the start of the simulated period (for a year: from 1 January 00:00); distances are kilometres in
the plane. A world is fixed during a run; stations that open or close by year make one world a year. What is random stands
in the :class:`~sim.emergency.call_table.CallTable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.emergency.call_table import LONGEST_MIN
from sim.emergency.policies import Policies
from sim.emergency.travel import TravelLaw

HOURS_OF_WEEK = 168
MINUTES_OF_WEEK = 10_080.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Vehicle(IntEnum):
    """Vehicle types: columns of :attr:`World.suitable`."""

    BASIC = 0
    MONITORING = 1


@dataclass(frozen=True, eq=False)
class Places:
    """Points in the plane, km. ``x_km`` and ``y_km`` have shape ``[place]``."""

    x_km: Floats
    y_km: Floats

    def __len__(self) -> int:
        return len(self.x_km)


@dataclass(frozen=True, eq=False)
class Units:
    """Duty crews with their vehicles, numbered from 0; the number decides ties.

    Attributes:
        station: home station, shape ``[unit]``.
        vehicle: type, shape ``[unit]`` (see :class:`Vehicle`).
        window_first: duty windows of unit u are ``window_first[u] .. window_first[u + 1] - 1``, shape ``[unit + 1]``.
        window_start, window_end: minutes; on duty from the start on, off at the end; ascending, apart from each other.
    """

    station: Ints
    vehicle: Ints
    window_first: Ints
    window_start: Floats
    window_end: Floats

    def __len__(self) -> int:
        return len(self.station)


@dataclass(frozen=True, eq=False)
class SceneTimes:
    """Minutes of travel to the zone of a call, at travel factor 1.

    Attributes:
        station: from each station, shape ``[station, zone]``.
        node: from each of :attr:`World.nodes`, shape ``[node, zone]``; None where units on the road are timed by the law.
    """

    station: Floats
    node: Floats | None = None


class ReturnDispatch(IntEnum):
    """What a unit on its way back to its base can do."""

    OFF = 0
    """Nothing: it is busy until it is at its base."""
    ON = 1
    """It can be sent from where it is."""
    QUEUE_ONLY = 2
    """It can take a call that waits at the moment it becomes free; once on its way it is busy until it is at its base."""


class RoadTiming(IntEnum):
    """How the trip of a unit that is sent on its way back is timed. Its place is on the straight line to its base.

    By the table, a unit that is sent the moment it becomes free starts from the very node it stands at.
    """

    LAW = 0
    """By the travel law from that place."""
    NEAREST_NODE = 1
    """By the table, from the node nearest to that place (the first one of equally near)."""
    SHARE = 2
    """By the table: ``(1 - f)`` x from where the way back began + ``f`` x from the base, f the share of the way back done."""


@dataclass(frozen=True)
class Rules:
    """What the dispatch centre does.

    Attributes:
        return_dispatch: see :class:`ReturnDispatch` (``True`` is ``ON``, ``False`` is ``OFF``).
        queue_by_priority: waiting calls go by priority, then arrival; else by arrival alone.
        road_turnout_share: turnout of a unit that is already on the road, as a share of the call's turnout time (1 = the
            same as at the base, 0 = none).
    """

    return_dispatch: ReturnDispatch | bool = ReturnDispatch.ON
    queue_by_priority: bool = True
    road_turnout_share: float = 0.0


@dataclass(frozen=True, eq=False)
class World:
    """Everything that is fixed during a run.

    Attributes:
        zones, stations, hospitals: places; a call happens at the point of its zone.
        units: who can be sent.
        expected: what the dispatcher reckons with when choosing a unit.
        actual: what the trip takes (before the call's travel error); the same object where nothing else is known.
        to_hospital: minutes from zone to hospital, shape ``[zone, hospital]``.
        scene_to_station, hospital_to_station: minutes of the way back, shapes ``[zone, station]``, ``[hospital, station]``.
        capable: whether a hospital takes patients of a need class, shape ``[hospital, need]``; a closed one takes none.
        suitable: whether a vehicle type may serve a priority, shape ``[priority, vehicle]``, row 0 = priority 1.
        law: travel in the plane; used during a run when ``road`` is ``LAW``.
        travel_factor: multiplies every travel time, by hour of the week in which the leg begins, shape ``[168]``, Monday first.
        expected_turnout_min: turnout the dispatcher reckons with, by hour of the week, shape ``[168]``.
        rules: what the centre does.
        first_hour: hour of the week at minute 0.
        horizon_min: end of the period; nobody is sent at or after it.
        road: how a unit on its way back is timed.
        nodes: places of the travel table, for ``road`` other than ``LAW`` (coordinates only matter for ``NEAREST_NODE``).
        zone_node, hospital_node: node of each zone and hospital; likewise.
        policies: what the centre can do beyond ``rules``; None = nothing.
    """

    zones: Places
    stations: Places
    hospitals: Places
    units: Units
    expected: SceneTimes
    actual: SceneTimes
    to_hospital: Floats
    scene_to_station: Floats
    hospital_to_station: Floats
    capable: NDArray[np.bool_]
    suitable: NDArray[np.bool_]
    law: TravelLaw
    travel_factor: Floats
    expected_turnout_min: Floats
    rules: Rules
    first_hour: int
    horizon_min: float
    road: RoadTiming = RoadTiming.LAW
    nodes: Places | None = None
    zone_node: Ints | None = None
    hospital_node: Ints | None = None
    policies: Policies | None = None

    @cached_property
    def nearest_hospital(self) -> Ints:
        """Nearest capable hospital, lowest number of equally near ones, shape ``[zone, need]``; -2 where none is capable."""
        minutes = np.where(self.capable.T[None, :, :], self.to_hospital[:, None, :], np.inf)
        if not len(self.hospitals):
            return np.full(minutes.shape[:2], -2, dtype=np.int64)
        return np.where(np.isfinite(minutes).any(axis=2), minutes.argmin(axis=2), -2)

    @cached_property
    def head_start_min(self) -> Floats:
        """Lead of a unit on the road over one at its base when the dispatcher compares them, by hour of the week.

        The turnout it saves, in minutes of travel at factor 1: ``(1 - road_turnout_share) expected turnout / factor``.
        """
        return (1.0 - self.rules.road_turnout_share) * self.expected_turnout_min / self.travel_factor

    @property
    def n_priorities(self) -> int:
        """Number of priorities; 1 is the most urgent."""
        return len(self.suitable)


def places(x_km: ArrayLike, y_km: ArrayLike) -> Places:
    """Points from two sequences of km."""
    return Places(np.ascontiguousarray(x_km, dtype=float), np.ascontiguousarray(y_km, dtype=float))


def plane_world(
    *,
    zones: Places,
    stations: Places,
    hospitals: Places,
    units: Units,
    law: TravelLaw,
    horizon_min: float,
    station_minutes: ArrayLike | None = None,
    capable: ArrayLike | None = None,
    suitable: ArrayLike | None = None,
    travel_factor: ArrayLike = 1.0,
    expected_turnout_min: ArrayLike = 0.0,
    rules: Rules | None = None,
    first_hour: int = 0,
    priorities: int = 4,
) -> World:
    """A world in the plane: every travel time from the law.

    Args:
        zones, stations, hospitals, units, law, horizon_min, rules, first_hour: as in :class:`World`.
        station_minutes: a user's travel-time table ``[station, zone]`` that replaces the law from a base to a scene.
        capable: shape ``[hospital, need]``; default: every hospital takes everybody.
        suitable: shape ``[priority, vehicle]``; default: every vehicle serves every call.
        travel_factor, expected_turnout_min: one number or 168.
        priorities: number of priorities when ``suitable`` is not given.

    Raises:
        ValueError: shapes or values that make no world (:func:`check_world`).
    """
    by_law = law.table(stations.x_km, stations.y_km, zones.x_km, zones.y_km)
    station = by_law if station_minutes is None else np.ascontiguousarray(station_minutes, dtype=float)
    times = SceneTimes(station)
    world = World(
        zones=zones,
        stations=stations,
        hospitals=hospitals,
        units=units,
        expected=times,
        actual=times,
        to_hospital=law.table(zones.x_km, zones.y_km, hospitals.x_km, hospitals.y_km),
        scene_to_station=np.ascontiguousarray(by_law.T),
        hospital_to_station=law.table(hospitals.x_km, hospitals.y_km, stations.x_km, stations.y_km),
        capable=np.ones((len(hospitals), 1), dtype=bool) if capable is None else np.ascontiguousarray(capable, dtype=bool),
        suitable=(
            np.ones((priorities, len(Vehicle)), dtype=bool)
            if suitable is None
            else np.ascontiguousarray(suitable, dtype=bool)
        ),
        law=law,
        travel_factor=by_hour_of_week(travel_factor),
        expected_turnout_min=by_hour_of_week(expected_turnout_min),
        rules=rules or Rules(),
        first_hour=first_hour,
        horizon_min=float(horizon_min),
    )
    check_world(world)
    return world


def by_hour_of_week(values: ArrayLike) -> Floats:
    """One number, 24 (hours of the day, every day) or 168 numbers (hours of the week from Monday 0 h) as 168."""
    given = np.atleast_1d(np.asarray(values, dtype=float))
    if given.shape not in ((1,), (24,), (HOURS_OF_WEEK,)):
        raise ValueError(f"1, 24 or {HOURS_OF_WEEK} values are needed, not {given.shape}")
    return np.tile(given, HOURS_OF_WEEK // len(given))


def always_on(station: ArrayLike, vehicle: ArrayLike | None = None) -> Units:
    """Units that are on duty day and night."""
    homes = np.ascontiguousarray(station, dtype=np.int64)
    types = np.zeros(len(homes), dtype=np.int64) if vehicle is None else np.ascontiguousarray(vehicle, dtype=np.int64)
    count = len(homes)
    return Units(homes, types, np.arange(count + 1), np.zeros(count), np.full(count, np.inf))


def weekly_units(
    station: ArrayLike,
    on_duty: ArrayLike,
    *,
    first_hour: int,
    horizon_min: float,
    vehicle: ArrayLike | None = None,
) -> Units:
    """Units on duty by a weekly pattern, written out over the period.

    Args:
        station: home station, shape ``[unit]``.
        on_duty: whether a unit is on duty in an hour of the week, shape ``[unit, 168]``, Monday 0 h first.
        first_hour: hour of the week at minute 0.
        horizon_min: windows are written out to here.
        vehicle: types, shape ``[unit]``; default basic.
    """
    pattern = np.atleast_2d(np.asarray(on_duty, dtype=bool))
    hours = int(np.ceil(horizon_min / 60.0))
    of_week = (first_hour + np.arange(hours)) % HOURS_OF_WEEK
    windows = []
    for week in pattern:
        if week.all():
            windows.append(np.array([[0.0, np.inf]]))
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[False], week[of_week], [False]]).astype(np.int8)))
        windows.append(edges.reshape(-1, 2) * 60.0)
    plain = always_on(station, vehicle)
    return with_windows(plain.station, plain.vehicle, windows)


def with_windows(station: ArrayLike, vehicle: ArrayLike, windows: list[Floats]) -> Units:
    """Units with their own duty windows: one array ``[window, 2]`` (start, end) a unit."""
    first = np.concatenate([[0], np.cumsum([len(rows) for rows in windows])]).astype(np.int64)
    joined = np.concatenate([np.asarray(rows, dtype=float).reshape(-1, 2) for rows in windows] or [np.empty((0, 2))])
    return Units(
        np.ascontiguousarray(station, dtype=np.int64),
        np.ascontiguousarray(vehicle, dtype=np.int64),
        first,
        np.ascontiguousarray(joined[:, 0]),
        np.ascontiguousarray(joined[:, 1]),
    )


def check_world(world: World) -> None:
    """Raise ValueError, all findings in one message, if a world contradicts itself."""
    from sim.emergency.policy_checks import policy_faults

    zones, stations, hospitals, units = len(world.zones), len(world.stations), len(world.hospitals), len(world.units)
    faults = []

    def shape(name: str, array: NDArray[np.generic] | None, wanted: tuple[int, ...]) -> None:
        if array is not None and array.shape != wanted:
            faults.append(f"{name} has shape {array.shape}, not {wanted}")

    def minutes(name: str, array: Floats | None, wanted: tuple[int, ...]) -> None:
        shape(name, array, wanted)
        if array is not None and not ((array >= 0) & (array <= LONGEST_MIN)).all():
            faults.append(f"{name} holds times outside 0..{LONGEST_MIN:g}")

    for label, points in (("zone", world.zones), ("station", world.stations), ("hospital", world.hospitals)):
        if not (np.isfinite(points.x_km).all() and np.isfinite(points.y_km).all()):
            faults.append(f"a {label} has no place")
    for label, times in (("expected", world.expected), ("actual", world.actual)):
        minutes(f"{label}.station", times.station, (stations, zones))
        if world.road is RoadTiming.LAW:
            continue
        if times.node is None or world.nodes is None or world.zone_node is None or world.hospital_node is None:
            faults.append(f"{label}: without the law, units on the road need nodes and times from every node")
        else:
            minutes(f"{label}.node", times.node, (len(world.nodes), zones))
    minutes("to_hospital", world.to_hospital, (zones, hospitals))
    minutes("scene_to_station", world.scene_to_station, (zones, stations))
    minutes("hospital_to_station", world.hospital_to_station, (hospitals, stations))
    minutes("expected_turnout_min", world.expected_turnout_min, (HOURS_OF_WEEK,))
    shape("travel_factor", world.travel_factor, (HOURS_OF_WEEK,))
    if not (world.travel_factor > 0).all() or not np.isfinite(world.travel_factor).all():
        faults.append("travel_factor must be positive and finite")
    if world.capable.ndim != 2 or len(world.capable) != hospitals:
        faults.append(f"capable has shape {world.capable.shape}, not ({hospitals}, needs)")
    if world.suitable.ndim != 2 or not len(world.suitable):
        faults.append("suitable must have a row for every priority")
    if not 0 < world.horizon_min <= 2 * LONGEST_MIN:
        faults.append(f"the horizon must lie in 0..{2 * LONGEST_MIN:g} minutes")
    if not 0 <= world.first_hour < HOURS_OF_WEEK:
        faults.append(f"first_hour {world.first_hour} is not an hour of the week")
    if not 0 <= world.rules.road_turnout_share <= 1:
        faults.append("road_turnout_share must lie in 0..1")
    unit_faults = _unit_faults(world.units, units, stations, world.suitable.shape[-1])
    faults.extend(unit_faults or policy_faults(world))
    if faults:
        raise ValueError("; ".join(faults))


def _unit_faults(units: Units, count: int, stations: int, vehicles: int) -> list[str]:
    faults = []
    first, windows = units.window_first, len(units.window_start)
    lengths_fit = len(units.vehicle) == count and len(first) == count + 1 and len(units.window_end) == windows
    if not lengths_fit or first[0] != 0 or first[-1] != windows or (np.diff(first) < 0).any():
        return ["the units' arrays do not fit together"]
    if count > np.iinfo(np.int16).max:
        faults.append(f"{count} units are too many")
    if count and not ((units.station >= 0) & (units.station < stations)).all():
        faults.append("a unit stands at an unknown station")
    if count and not ((units.vehicle >= 0) & (units.vehicle < vehicles)).all():
        faults.append("a unit has an unknown vehicle type")
    faults.extend(f"duty windows of unit {unit} overlap, touch, run backwards or are not numbers" for unit in _bad_windows(units))
    return faults


def _bad_windows(units: Units) -> list[int]:
    """Units whose windows do not ascend, each after the end of the one before."""
    start, end = units.window_start, units.window_end
    owner = np.repeat(np.arange(len(units)), np.diff(units.window_first))
    bad = ~(start < end)
    bad[1:] |= (owner[1:] == owner[:-1]) & ~(start[1:] > end[:-1])
    return np.unique(owner[bad]).tolist()
