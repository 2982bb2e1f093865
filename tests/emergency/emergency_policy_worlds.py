"""Small worlds with all policies mixed, for the tests that compare the engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from emergency_worlds import HORIZON, coarse, tables_for, worlds
from hypothesis import strategies as st

from sim.emergency.call_table import CallTable
from sim.emergency.policies import (
    NEVER,
    UNLIMITED,
    Coverage,
    DispatchRules,
    HospitalChoice,
    HospitalRules,
    MoveUp,
    MoveUpMethod,
    Policies,
    RoadClosures,
    ShiftRules,
)
from sim.emergency.world import ReturnDispatch, RoadTiming, Units, World


@st.composite
def policy_worlds(draw: st.DrawFn) -> World:
    """A world of :func:`emergency_worlds.worlds`, half of them with units on the road timed by the law, and policies."""
    world = draw(worlds())
    if draw(st.booleans()):
        rules = replace(world.rules, return_dispatch=ReturnDispatch.ON)
        world = replace(world, road=RoadTiming.LAW, rules=rules)
    coverage = Coverage(
        covers=_array(draw, (len(world.stations), len(world.zones)), st.booleans(), bool),
        weight=_array(draw, (len(world.zones),), coarse(3.0), float),
        busy=draw(st.sampled_from([0.0, 0.1, 0.5])),
    )
    return replace(
        world,
        policies=Policies(
            shifts=draw(_shifts(world.units, world.n_priorities)),
            dispatch=draw(_dispatch(world)),
            move_up=draw(_move_up(world)),
            hospitals=draw(_hospitals(len(world.hospitals))),
            coverage=coverage,
            closures=draw(st.none() | _closures(world)),
        ),
    )


@st.composite
def policy_runs(draw: st.DrawFn) -> tuple[World, CallTable]:
    """A world with policies, and calls with second draws."""
    world = draw(policy_worlds())
    calls = draw(tables_for(world))
    if draw(st.booleans()):
        turnout = _array(draw, (len(calls),), coarse(3.0), float)
        error = _array(draw, (len(calls),), st.sampled_from([1.0, 0.6, 1.4]), float)
        calls = replace(calls, turnout_again_min=turnout, travel_error_again=error)
    return world, calls


def _array(draw: st.DrawFn, shape: tuple[int, ...], value: st.SearchStrategy, kind: type) -> np.ndarray:
    count = int(np.prod(shape))
    return np.array(draw(st.lists(value, min_size=count, max_size=count)), dtype=kind).reshape(shape)


@st.composite
def _shifts(draw: st.DrawFn, units: Units, priorities: int) -> ShiftRules:
    first, rows = [0], []
    with_breaks = draw(st.booleans())
    for start, end in zip(units.window_start.tolist(), units.window_end.tolist(), strict=True):
        for _ in range(draw(st.integers(0, 2)) if with_breaks else 0):
            due = start + draw(coarse(80.0))
            latest = due + draw(coarse(40.0))
            minutes = draw(coarse(20.0, low=0.5))
            if latest + minutes > end:
                break
            rows.append((due, latest, minutes))
            start = latest + minutes
        first.append(len(rows))
    due, latest, minutes = np.array(rows, dtype=float).reshape(-1, 3).T
    return ShiftRules(
        break_first=np.array(first) if with_breaks else None,
        break_due=due,
        break_latest=latest,
        break_min=minutes,
        wind_down_min=draw(st.sampled_from([0.0, 10.0, 45.0])),
        wind_down_priority=draw(st.integers(1, priorities)),
    )


@st.composite
def _dispatch(draw: st.DrawFn, world: World) -> DispatchRules:
    priorities = world.n_priorities
    redirect_to = redirect_from = NEVER
    if priorities > 1 and world.road is not RoadTiming.SHARE and draw(st.booleans()):
        redirect_to = draw(st.integers(1, priorities - 1))
        redirect_from = draw(st.integers(redirect_to + 1, priorities))
    penalty = preference = reserve = None
    if draw(st.booleans()):
        penalty = _array(draw, world.suitable.shape, coarse(5.0), float)
    if draw(st.booleans()):
        preference = _array(draw, (len(world.zones), len(world.stations)), st.integers(0, 2), np.int64)
    if draw(st.booleans()):
        reserve = np.sort(_array(draw, (priorities,), st.integers(0, 3), np.int64))
    return DispatchRules(
        penalty_min=penalty,
        preference=preference,
        reserve=reserve,
        cover_from_priority=draw(st.integers(0, priorities)),
        cover_within_min=draw(st.sampled_from([0.0, 8.0, 100.0])),
        redirect_to_priority=redirect_to,
        redirect_from_priority=redirect_from,
        redirect_gain_min=draw(st.sampled_from([0.0, 1.5, 5.0])),
    )


@st.composite
def _move_up(draw: st.DrawFn, world: World) -> MoveUp:
    if world.rules.return_dispatch is not ReturnDispatch.ON or world.road is not RoadTiming.LAW:
        return MoveUp()
    stations = len(world.stations)
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    between = _array(draw, (stations, stations), coarse(20.0), float)
    if draw(st.booleans()):
        points = (world.stations.x_km, world.stations.y_km)
        between = world.law.table(*points, *points)
    return MoveUp(
        method=draw(st.sampled_from(list(MoveUpMethod))),
        table=_array(draw, shape, st.integers(-1, stations - 1), np.int64),
        between_min=between,
        longest_min=draw(st.sampled_from([np.inf, 5.0, 12.0])),
        most_moves=draw(st.integers(1, 3)),
    )


@st.composite
def _hospitals(draw: st.DrawFn, hospitals: int) -> HospitalRules:
    first, spells = [0], []
    for _ in range(hospitals):
        edges = sorted(draw(st.lists(coarse(HORIZON), max_size=4, unique=True)))
        spells.extend(zip(edges[::2], edges[1::2], strict=False))
        first.append(len(spells))
    start, end = np.array(spells, dtype=float).reshape(-1, 2).T
    with_bays, diverts, closed = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    bays = st.sampled_from([UNLIMITED, 1, 1, 2])
    return HospitalRules(
        choice=draw(st.sampled_from(list(HospitalChoice))),
        bays=_array(draw, (hospitals,), bays, np.int64) if with_bays else None,
        divert_at=_array(draw, (hospitals,), st.sampled_from([UNLIMITED, 1, 1, 2]), np.int64) if diverts else None,
        expected_handover_min=draw(st.sampled_from([0.0, 7.5, 14.0])),
        closed_first=np.array(first) if closed else None,
        closed_start=start if closed else np.empty(0),
        closed_end=end if closed else np.empty(0),
    )


@st.composite
def _closures(draw: st.DrawFn, world: World) -> RoadClosures:
    count = draw(st.integers(1, 2))
    start = _array(draw, (count,), coarse(HORIZON), float)
    sides = (
        _array(draw, (count, len(places)), st.booleans(), bool) for places in (world.zones, world.stations, world.hospitals)
    )
    return RoadClosures(
        start,
        start + _array(draw, (count,), coarse(200.0, low=0.5), float),
        _array(draw, (count,), coarse(15.0), float),
        *sides,
    )
