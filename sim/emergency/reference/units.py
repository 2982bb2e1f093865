"""Calls, units and the ways they are on, in plain Python numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import NamedTuple

from sim.emergency.call_table import CallTable
from sim.emergency.log import NONE
from sim.emergency.world import World


class Call(NamedTuple):
    """One row of the call table, its row number, and when it can be decided."""

    row: int
    ready_min: float
    time_min: float
    zone: int
    priority: int
    need: int
    dispatch_min: float
    turnout_min: float
    travel_error: float
    scene_min: float
    transported: bool
    hospital: int
    transport_min: float
    transport_error: float
    handover_min: float
    return_error: float
    patience_min: float
    thinning: float
    turnout_again_min: float
    travel_error_again: float


def call_rows(calls: CallTable) -> list[Call]:
    """The rows of a table; where second draws are missing the first ones are used again."""
    columns = {field.name: getattr(calls, field.name) for field in fields(calls)}
    columns["turnout_again_min"], columns["travel_error_again"] = calls.again
    lists = [columns[name].tolist() for name in Call._fields[2:]]
    return [Call(*row) for row in zip(range(len(calls)), calls.ready_min.tolist(), *lists, strict=True)]


class Break(NamedTuple):
    """A break: its number in ``ShiftRules.break_due``, when it may and must begin, how long it is."""

    number: int
    due: float
    latest: float
    minutes: float


class Shift(NamedTuple):
    """A duty window; the end does not belong to it."""

    start: float
    end: float
    breaks: tuple[Break, ...]


class Place(NamedTuple):
    """Where a unit is, and what times its trip from there.

    Attributes:
        x_km, y_km: in the plane.
        station: it stands there; NONE = on the road.
        node: by a travel table, the node where the way began, as long as that matters; else NONE.
        towards, share: rule ``SHARE``: on the way from ``node`` to this station, at this share.
    """

    x_km: float
    y_km: float
    station: int = NONE
    node: int = NONE
    towards: int = NONE
    share: float = 0.0


@dataclass(eq=False)
class Way:
    """The way to a post: back from a call, or a move.

    Attributes:
        origin: where it began.
        station: where it ends.
        start, end: minutes.
        call: row of the call it leads back from; NONE = a move from elsewhere.
        move: row of the table of moves; NONE = the plain way home.
        zone, hospital: where a way back began: at the hospital, or without one (negative) at the scene.
    """

    origin: Place
    station: int
    start: float = -math.inf
    end: float = -math.inf
    call: int = NONE
    move: int = NONE
    zone: int = NONE
    hospital: int = NONE


@dataclass(eq=False)
class Trip:
    """A unit's trip to a scene, from being sent.

    Attributes:
        call: where to.
        origin: where the unit was when it was sent.
        on_road: whether it was on the road then.
        dispatched, rolling, arrived: minutes.
    """

    call: Call
    origin: Place
    on_road: bool
    dispatched: float
    rolling: float
    arrived: float


@dataclass(eq=False)
class Unit:
    """A duty crew.

    Attributes:
        number, home, vehicle: as in :class:`~sim.emergency.world.Units`.
        shifts: its duty windows.
        post: the station it stands at or is on its way to.
        way: its last way to a post; over when ``way.end`` has come.
        at_post: whether its arrival has happened.
        shift: the present one, None off duty.
        trip: its call, from being sent until it is free; None without one.
        on_break: whether it has its break.
        just_freed: the event of becoming free is happening.
    """

    number: int
    home: int
    vehicle: int
    shifts: tuple[Shift, ...]
    post: int
    way: Way
    at_post: bool = True
    shift: Shift | None = None
    trip: Trip | None = None
    on_break: bool = False
    just_freed: bool = False

    def on_duty(self, now: float) -> bool:
        """Whether its shift has begun and its end has not come."""
        return self.shift is not None and now < self.shift.end


def units_of(world: World) -> list[Unit]:
    """The units of a world as they are at minute 0: at home."""
    units = world.units
    rules = world.policies.shifts if world.policies is not None else None
    first = rules.break_first if rules is not None else None
    edges = list(zip(units.window_start.tolist(), units.window_end.tolist(), strict=True))
    columns = () if rules is None else (rules.break_due.tolist(), rules.break_latest.tolist(), rules.break_min.tolist())
    breaks = [Break(number, *row) for number, row in enumerate(zip(*columns, strict=True))] if columns else []

    def shift(window: int) -> Shift:
        own = () if first is None else tuple(breaks[first[window] : first[window + 1]])
        return Shift(*edges[window], own)

    made = []
    for number in range(len(units)):
        shifts = tuple(shift(window) for window in range(units.window_first[number], units.window_first[number + 1]))
        home = int(units.station[number])
        unit = Unit(number, home, int(units.vehicle[number]), shifts, home, Way(station_place(world, home), home))
        unit.shift = next((one for one in shifts if one.start <= 0.0 < one.end), None)
        made.append(unit)
    return made


def station_place(world: World, station: int) -> Place:
    """Standing at a station."""
    return Place(float(world.stations.x_km[station]), float(world.stations.y_km[station]), station)
