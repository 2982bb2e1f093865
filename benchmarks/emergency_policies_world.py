"""The benchmark's town with policies: shifts with breaks for half of the units, redirecting, move-up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.emergency.policies import Coverage, DispatchRules, MoveUp, MoveUpMethod, Policies, ShiftRules
from sim.emergency.world import World, with_windows

DAY = 1440.0
STANDARD_MIN = 12.0
BUSY = 0.3

REDIRECTING = DispatchRules(redirect_to_priority=1, redirect_from_priority=3, redirect_gain_min=2.0)


def with_shifts(world: World) -> tuple[World, ShiftRules]:
    """The second half of the units on duty for twelve hours of the day, half an hour's break between four and six hours in."""
    units = world.units
    days = DAY * np.arange(int(world.horizon_min // DAY))
    windows = []
    for number in range(len(units)):
        start = days + 60.0 * (8 + number % 3)
        windows.append(np.column_stack([start, start + 720.0]) if number >= len(units) // 2 else np.array([[0.0, np.inf]]))
    on_duty = with_windows(units.station, units.vehicle, windows)
    by_day = np.isfinite(on_duty.window_end)
    due = on_duty.window_start[by_day] + 240.0
    first = np.concatenate([[0], np.cumsum(by_day)])
    return replace(world, units=on_duty), ShiftRules(first, due, due + 120.0, np.full(len(due), 30.0))


def coverage(world: World, weight: np.ndarray) -> Coverage:
    """Zones within the standard at factor 1, by their share of the calls."""
    return Coverage(world.expected.station <= STANDARD_MIN, weight, BUSY)


def dmexclp(world: World) -> MoveUp:
    """A freed unit goes where it adds most expected coverage, within 20 minutes."""
    return MoveUp(MoveUpMethod.DMEXCLP, between_min=_between(world), longest_min=20.0)


def compliance_table(world: World, covered: Coverage) -> MoveUp:
    """With k units available hold the k stations that cover most, one after the other."""
    best_first = np.argsort(-(covered.covers @ covered.weight), kind="stable")
    stations, levels = len(best_first), len(world.units)
    table = np.where(np.arange(stations) <= np.arange(levels)[:, None], best_first, -1)
    return MoveUp(MoveUpMethod.TABLE, table, _between(world), longest_min=20.0)


def _between(world: World) -> np.ndarray:
    points = (world.stations.x_km, world.stations.y_km)
    return world.law.table(*points, *points)


def cases(world: World, weight: np.ndarray) -> dict[str, World]:
    """The same town with one policy at a time, and with all that the twin has as ``all``."""
    on_shifts, shifts = with_shifts(world)
    covered = coverage(world, weight)
    return {
        "loop with a calendar": replace(world, policies=Policies()),
        "preemption": replace(world, policies=Policies(dispatch=REDIRECTING)),
        "shifts": replace(on_shifts, policies=Policies(shifts=shifts)),
        "move-up by table": replace(world, policies=Policies(move_up=compliance_table(world, covered))),
        "move-up by DMEXCLP": replace(world, policies=Policies(move_up=dmexclp(world), coverage=covered)),
        "all": replace(
            on_shifts,
            policies=Policies(shifts=shifts, dispatch=REDIRECTING, move_up=dmexclp(world), coverage=covered),
        ),
    }
