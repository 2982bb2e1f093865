"""Small worlds with policies, all of them mixed, for the tests of the emergency engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from emergency_worlds import HORIZON, coarse, tables_for, worlds
from hypothesis import strategies as st

from sim.emergency.call_table import CallTable, call_table
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
from sim.emergency.world import ReturnDispatch, RoadTiming, World


@st.composite
def policy_runs(draw: st.DrawFn) -> tuple[World, CallTable]:
    """A world with policies and calls; each part of the policies is neutral in some worlds."""
    world = draw(policy_worlds())
    if draw(st.booleans()):
        return world, busy_table(world, draw(st.integers(0, 10**6)))
    calls = draw(tables_for(world))
    if draw(st.booleans()):
        calls = replace(
            calls,
            turnout_again_min=np.array(draw(_values(len(calls), coarse(3.0)))),
            travel_error_again=np.array(draw(_values(len(calls), st.sampled_from([1.0, 0.7, 1.4])))),
        )
    return world, calls


def busy_table(world: World, seed: int) -> CallTable:
    """So many calls that units are redirected, handovers queue and breaks are missed; half of the times are on a grid."""
    source = np.random.default_rng(seed)
    count = int(source.integers(30, 150))

    def minutes(high: float) -> np.ndarray:
        drawn = source.uniform(0.0, high, count)
        return np.where(source.random(count) < 0.5, np.round(drawn), drawn)

    return call_table(
        np.sort(minutes(HORIZON)),
        zone=source.integers(0, len(world.zones), count),
        priority=source.integers(1, world.n_priorities + 1, count),
        need=source.integers(0, world.capable.shape[1], count),
        dispatch_min=minutes(2.0),
        turnout_min=minutes(3.0),
        travel_error=source.choice([1.0, 0.7, 1.3], count),
        scene_min=minutes(12.0),
        transported=source.random(count) < 0.7,
        hospital=np.where(source.random(count) < 0.1, source.integers(-1, len(world.hospitals), count), -1),
        transport_error=source.choice([1.0, 0.8], count),
        handover_min=minutes(12.0),
        return_error=source.choice([1.0, 1.2], count),
        patience_min=np.where(source.random(count) < 0.5, np.inf, minutes(30.0)),
        turnout_again_min=minutes(3.0),
        travel_error_again=source.choice([1.0, 0.7, 1.4], count),
    )


@st.composite
def policy_worlds(draw: st.DrawFn) -> World:
    """A world of :func:`emergency_worlds.worlds` with policies that suit it."""
    world = draw(worlds())
    move_up = draw(st.sampled_from(list(MoveUpMethod)))
    if move_up is not MoveUpMethod.NONE:
        world = replace(world, road=RoadTiming.LAW, rules=replace(world.rules, return_dispatch=ReturnDispatch.ON))
    coverage = Coverage(
        covers=_array(draw, (len(world.stations), len(world.zones)), st.booleans(), bool),
        weight=_array(draw, (len(world.zones),), st.sampled_from([0.0, 0.1, 0.25, 0.7]), float),
        busy=draw(st.sampled_from([0.0, 0.3, 0.55])),
    )
    policies = Policies(
        shifts=draw(_shift_rules(world)),
        dispatch=draw(_dispatch_rules(world)),
        move_up=draw(_move_up(world, move_up)),
        hospitals=draw(_hospital_rules(world)),
        coverage=coverage,
        closures=draw(st.none() | _closures(world)),
    )
    return replace(world, policies=policies)


@st.composite
def _shift_rules(draw: st.DrawFn, world: World) -> ShiftRules:
    if draw(st.booleans()):
        return ShiftRules()
    units, rows, first = world.units, [], [0]
    for start, end in zip(units.window_start, units.window_end, strict=True):
        moment = max(0.0, float(start))
        for _ in range(draw(st.integers(0, 3))):
            due = moment + draw(coarse(60.0))
            latest = due + draw(coarse(30.0))
            minutes = draw(st.sampled_from([0.5, 5.0, 12.5, 30.0]))
            if latest + minutes > end:
                break
            rows.append((due, latest, minutes))
            moment = latest + minutes
        first.append(len(rows))
    due, latest, minutes = np.array(rows, dtype=float).reshape(-1, 3).T
    wind_down = draw(st.sampled_from([0.0, 10.0, 60.0])), draw(st.integers(1, world.n_priorities))
    return ShiftRules(np.array(first), due.copy(), latest.copy(), minutes.copy(), *wind_down)


@st.composite
def _dispatch_rules(draw: st.DrawFn, world: World) -> DispatchRules:
    priorities = world.n_priorities
    penalty = preference = reserve = None
    if draw(st.booleans()):
        penalty = _array(draw, world.suitable.shape, st.sampled_from([0.0, 0.0, 2.0, 6.5]), float)
    if draw(st.booleans()):
        preference = _array(draw, (len(world.zones), len(world.stations)), st.integers(0, 2), np.int64)
    if draw(st.booleans()):
        reserve = np.sort(_array(draw, (priorities,), st.integers(0, 3), np.int64))
    redirect_to = redirect_from = NEVER
    if priorities > 1 and world.road is not RoadTiming.SHARE and draw(st.booleans()):
        redirect_to = draw(st.integers(1, priorities - 1))
        redirect_from = draw(st.integers(redirect_to + 1, priorities))
    return DispatchRules(
        penalty_min=penalty,
        preference=preference,
        reserve=reserve,
        cover_from_priority=draw(st.sampled_from([NEVER, *range(1, priorities + 1)])),
        cover_within_min=draw(st.sampled_from([0.0, 8.0, np.inf])),
        redirect_to_priority=redirect_to,
        redirect_from_priority=redirect_from,
        redirect_gain_min=draw(st.sampled_from([0.0, 1.0, 4.5])),
    )


@st.composite
def _move_up(draw: st.DrawFn, world: World, method: MoveUpMethod) -> MoveUp:
    if method is MoveUpMethod.NONE:
        return MoveUp()
    stations, x, y = len(world.stations), world.stations.x_km, world.stations.y_km
    by_law = draw(st.booleans())
    between = world.law.table(x, y, x, y) if by_law else _array(draw, (stations, stations), coarse(15.0), float)
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    table = _array(draw, shape, st.integers(-1, stations - 1), np.int64) if method is MoveUpMethod.TABLE else None
    longest = draw(st.sampled_from([0.0, 6.0, np.inf]))
    return MoveUp(method, table, between, longest, draw(st.integers(1, 3)))


@st.composite
def _hospital_rules(draw: st.DrawFn, world: World) -> HospitalRules:
    count = len(world.hospitals)
    bays = divert_at = first = None
    spells: list[tuple[float, float]] = []
    if draw(st.booleans()):
        bays = _array(draw, (count,), st.sampled_from([UNLIMITED, 1, 1, 2]), np.int64)
    if draw(st.booleans()):
        divert_at = _array(draw, (count,), st.sampled_from([UNLIMITED, 1, 2]), np.int64)
    if draw(st.booleans()):
        counts = draw(_values(count, st.integers(0, 2)))
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        spells = draw(_values(int(first[-1]), _spells()))
    start, end = np.array(spells, dtype=float).reshape(-1, 2).T
    return HospitalRules(
        choice=draw(st.sampled_from(list(HospitalChoice))),
        bays=bays,
        divert_at=divert_at,
        expected_handover_min=draw(st.sampled_from([0.0, 7.0, 12.3])),
        closed_first=first,
        closed_start=start.copy(),
        closed_end=end.copy(),
    )


@st.composite
def _closures(draw: st.DrawFn, world: World) -> RoadClosures:
    count = draw(st.integers(1, 2))
    start, end = np.array(draw(_values(count, _spells()))).T
    sides = [_array(draw, (count, len(points)), st.booleans(), bool) for points in (world.zones, world.stations, world.hospitals)]
    extra = _array(draw, (count,), st.sampled_from([0.0, 3.0, 7.7]), float)
    return RoadClosures(start.copy(), end.copy(), extra, *sides)


def _spells() -> st.SearchStrategy[tuple[float, float]]:
    length = st.sampled_from([0.5, 20.0, 150.0, np.inf])
    return st.tuples(coarse(HORIZON), length).map(lambda spell: (spell[0], spell[0] + spell[1]))


def _values(count: int, value: st.SearchStrategy) -> st.SearchStrategy[list]:
    return st.lists(value, min_size=count, max_size=count)


def _array(draw: st.DrawFn, shape: tuple[int, ...], value: st.SearchStrategy, kind: type) -> np.ndarray:
    return np.array(draw(_values(int(np.prod(shape)), value)), dtype=kind).reshape(shape)
