"""Whether the policies of a world fit it and themselves: one function a part, every finding a plain sentence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.emergency.call_table import LONGEST_MIN
from sim.emergency.policies import (
    NEVER,
    UNLIMITED,
    Coverage,
    DispatchRules,
    HospitalRules,
    MoveUp,
    MoveUpMethod,
    RoadClosures,
    ShiftRules,
)
from sim.emergency.world import ReturnDispatch, RoadTiming, Units, World


def policy_faults(world: World) -> list[str]:
    """Everything that is wrong with the policies of a world; empty if nothing is, or if there are none."""
    policies = world.policies
    if policies is None:
        return []
    return [
        *_shifts(policies.shifts, world.units, world.n_priorities),
        *_dispatch(policies.dispatch, world, policies.coverage),
        *_move_up(policies.move_up, world, policies.coverage),
        *_hospitals(policies.hospitals, len(world.hospitals)),
        *_coverage(policies.coverage, len(world.stations), len(world.zones)),
        *_closures(policies.closures, world),
    ]


def _shifts(rules: ShiftRules, units: Units, priorities: int) -> Iterator[str]:
    if not 0 <= rules.wind_down_min <= LONGEST_MIN:
        yield f"wind_down_min must lie in 0..{LONGEST_MIN:g}"
    if not 1 <= rules.wind_down_priority <= priorities:
        yield f"wind_down_priority must lie in 1..{priorities}"
    count = len(rules.break_due)
    if rules.break_first is None:
        if count:
            yield "breaks need break_first, which says whose they are"
        return
    windows = len(units.window_start)
    if len(rules.break_latest) != count or len(rules.break_min) != count:
        yield "the breaks' arrays have different lengths"
    elif not _is_index(rules.break_first, windows, count):
        yield f"break_first must ascend from 0 to {count} over {windows} duty windows"
    else:
        yield from _breaks(rules, units)


def _breaks(rules: ShiftRules, units: Units) -> Iterator[str]:
    window = np.repeat(np.arange(len(units.window_start)), np.diff(rules.break_first))
    unit = np.searchsorted(units.window_first, window, side="right") - 1
    due, latest, minutes = rules.break_due, rules.break_latest, rules.break_min
    end = latest + minutes
    sound = (due >= 0) & (due <= latest) & (minutes > 0) & np.isfinite(end)
    inside = (due >= units.window_start[window]) & (end <= units.window_end[window])
    apart = np.ones(len(due), dtype=bool)
    apart[1:] = (window[1:] != window[:-1]) | (end[:-1] <= due[1:])
    for fine, fault in (
        (sound, "must be due at minute 0 or later, begin by its latest moment, and last some time"),
        (inside, "must lie within its duty window, also when it begins as late as it may"),
        (apart, "overlaps the one before it when that begins as late as it may"),
    ):
        for number in np.flatnonzero(~fine):
            yield f"break {number} of unit {unit[number]} {fault}"


def _dispatch(rules: DispatchRules, world: World, coverage: Coverage | None) -> Iterator[str]:
    priorities = world.n_priorities
    if rules.penalty_min is not None:
        yield from _shape("penalty_min", rules.penalty_min, world.suitable.shape)
        if not ((rules.penalty_min >= 0) & (rules.penalty_min <= LONGEST_MIN)).all():
            yield f"penalty_min must lie in 0..{LONGEST_MIN:g}"
    if rules.preference is not None:
        yield from _shape("preference", rules.preference, (len(world.zones), len(world.stations)))
        if (rules.preference < 0).any():
            yield "preference ranks must not be negative"
    if rules.reserve is not None:
        yield from _shape("reserve", rules.reserve, (priorities,))
        if (rules.reserve < 0).any():
            yield "reserve must not be negative"
        if (np.diff(rules.reserve) < 0).any():
            yield "reserve must not fall: what is kept from a priority is kept from the less urgent ones"
    if rules.cover_from_priority != NEVER:
        if not 1 <= rules.cover_from_priority <= priorities:
            yield f"cover_from_priority must lie in 1..{priorities}, or be NEVER"
        if not rules.cover_within_min >= 0:
            yield "cover_within_min must not be negative"
        if coverage is None:
            yield "dispatch by coverage needs coverage"
    if rules.redirect_to_priority != NEVER:
        if not 1 <= rules.redirect_to_priority < rules.redirect_from_priority <= priorities:
            yield f"redirecting goes from a less urgent to a more urgent call: 1 <= to < from <= {priorities}"
        if not 0 <= rules.redirect_gain_min <= LONGEST_MIN:
            yield f"redirect_gain_min must lie in 0..{LONGEST_MIN:g}"
        if world.road is RoadTiming.SHARE:
            yield "redirecting needs units on the road timed by the law or the nearest node"


def _move_up(rules: MoveUp, world: World, coverage: Coverage | None) -> Iterator[str]:
    if rules.method is MoveUpMethod.NONE:
        return
    stations = len(world.stations)
    if world.road is not RoadTiming.LAW:
        yield "move-up needs units on the road timed by the law"
    if ReturnDispatch(world.rules.return_dispatch) is not ReturnDispatch.ON:
        yield "move-up needs units that can be sent on their way (return_dispatch ON)"
    if rules.between_min is None:
        yield "move-up needs between_min"
    else:
        yield from _shape("between_min", rules.between_min, (stations, stations))
        if not ((rules.between_min >= 0) & (rules.between_min <= LONGEST_MIN)).all():
            yield f"between_min must lie in 0..{LONGEST_MIN:g}"
    if not rules.longest_min >= 0:
        yield "longest_min must not be negative"
    if rules.method is MoveUpMethod.DMEXCLP:
        if coverage is None:
            yield "DMEXCLP needs coverage"
        return
    if rules.most_moves < 1:
        yield "most_moves must be at least 1"
    if rules.table is None or rules.table.ndim != 2 or not len(rules.table):
        yield "a compliance table needs a row for one available unit"
    elif ((rules.table < -1) | (rules.table >= stations)).any():
        yield f"the compliance table names a station outside 0..{stations - 1}"


def _hospitals(rules: HospitalRules, hospitals: int) -> Iterator[str]:
    for name, limits in (("bays", rules.bays), ("divert_at", rules.divert_at)):
        if limits is not None:
            yield from _shape(name, limits, (hospitals,))
            if ((limits < 1) & (limits != UNLIMITED)).any():
                yield f"{name} must be at least 1, or UNLIMITED"
    if not 0 <= rules.expected_handover_min <= LONGEST_MIN:
        yield f"expected_handover_min must lie in 0..{LONGEST_MIN:g}"
    closures = len(rules.closed_start)
    if len(rules.closed_end) != closures:
        yield "the closures of hospitals have different lengths"
    elif not (rules.closed_start < rules.closed_end).all():
        yield "a hospital's closure must end after it starts"
    if rules.closed_first is None:
        if closures:
            yield "closures of hospitals need closed_first, which says whose they are"
    elif not _is_index(rules.closed_first, hospitals, closures):
        yield f"closed_first must ascend from 0 to {closures} over {hospitals} hospitals"


def _coverage(coverage: Coverage | None, stations: int, zones: int) -> Iterator[str]:
    if coverage is None:
        return
    yield from _shape("coverage.covers", coverage.covers, (stations, zones))
    yield from _shape("coverage.weight", coverage.weight, (zones,))
    if not ((coverage.weight >= 0) & np.isfinite(coverage.weight)).all():
        yield "coverage.weight must not be negative"
    if not 0 <= coverage.busy < 1:
        yield "coverage.busy must lie in 0..1, below 1"


def _closures(closures: RoadClosures | None, world: World) -> Iterator[str]:
    if closures is None:
        return
    count = len(closures)
    if closures.end.shape != (count,) or closures.extra_min.shape != (count,):
        yield "the road closures' arrays have different lengths"
        return
    for name, places in (("zone", world.zones), ("station", world.stations), ("hospital", world.hospitals)):
        yield from _shape(f"closures.{name}_side", getattr(closures, f"{name}_side"), (count, len(places)))
    if not (closures.start < closures.end).all():
        yield "a road closure must end after it starts"
    if not ((closures.extra_min >= 0) & (closures.extra_min <= LONGEST_MIN)).all():
        yield f"extra minutes of a road closure must lie in 0..{LONGEST_MIN:g}"


def _shape(name: str, array: NDArray[np.generic], wanted: tuple[int, ...]) -> Iterator[str]:
    if array.shape != wanted:
        yield f"{name} has shape {array.shape}, not {wanted}"


def _is_index(first: NDArray[np.int64], owners: int, count: int) -> bool:
    """Whether ``first`` says which of ``count`` rows belong to each of the owners."""
    return first.shape == (owners + 1,) and first[0] == 0 and first[-1] == count and bool((np.diff(first) >= 0).all())
