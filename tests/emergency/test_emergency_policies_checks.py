"""Policies that contradict themselves or their world are refused, all findings at once, in plain words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from policy_lines import cover, line_world, moves, on_line

from sim.emergency.policies import (
    UNLIMITED,
    DispatchRules,
    HospitalRules,
    MoveUp,
    MoveUpMethod,
    Policies,
    RoadClosures,
    ShiftRules,
)
from sim.emergency.world import RoadTiming, Rules, check_world, with_windows

COVER = cover([[1, 1], [0, 1]], [0.5, 0.5], 0.3)


def refused(policies: Policies, **changes) -> str:
    units = with_windows([0, 1], [0, 0], [np.array([[0.0, 100.0], [200.0, 300.0]]), np.array([[0.0, 500.0]])])
    world = line_world(units, policies, zones=(0.0, 5.0), hospitals=(10.0,))
    if changes.pop("by_table", False):
        nodes = on_line([0.0])
        times = replace(world.expected, node=np.zeros((1, 2)))
        changes |= {
            "road": RoadTiming.SHARE, "nodes": nodes, "zone_node": np.zeros(2, int), "hospital_node": np.zeros(1, int),
            "expected": times, "actual": times,
        }  # fmt: skip
    with pytest.raises(ValueError) as error:
        check_world(replace(world, **changes))
    return str(error.value)


def shifts(first, due, latest, minutes, **rules) -> Policies:
    columns = (np.array(column, dtype=float) for column in (due, latest, minutes))
    return Policies(shifts=ShiftRules(np.array(first), *columns, **rules))


def closures(**changes) -> Policies:
    sides = {f"{name}_side": np.zeros((1, count), dtype=bool) for name, count in (("zone", 2), ("station", 2), ("hospital", 1))}
    given = {"start": [0.0], "end": [5.0], "extra_min": [1.0]} | changes
    return Policies(closures=RoadClosures(**{name: np.array(value) for name, value in (sides | given).items()}))


@pytest.mark.parametrize(
    "policies, message",
    [
        (shifts([0, 1, 1, 1], [10], [5], [15]), "break 0 of unit 0 must be due at minute 0 or later, begin by its latest"),
        (shifts([0, 1, 1, 1], [-10], [5], [15]), "break 0 of unit 0 must be due at minute 0 or later"),
        (shifts([0, 1, 1, 1], [10], [20], [0]), "and last some time"),
        (shifts([0, 1, 1, 1], [10], [90], [15]), "break 0 of unit 0 must lie within its duty window"),
        (shifts([0, 0, 0, 1], [510], [520], [5]), "break 0 of unit 1 must lie within its duty window"),
        (shifts([0, 2, 2, 2], [10, 20], [20, 30], [15, 5]), "break 1 of unit 0 overlaps the one before it"),
        (shifts([0, 1, 1], [10], [20], [15]), "break_first must ascend from 0 to 1 over 3 duty windows"),
        (shifts([0, 1, 1, 1], [10], [20, 30], [15]), "the breaks' arrays have different lengths"),
        (Policies(shifts=ShiftRules(None, np.array([1.0]), np.array([1.0]), np.array([1.0]))), "breaks need break_first"),
        (Policies(shifts=ShiftRules(wind_down_min=-1.0)), "wind_down_min must lie in 0.."),
        (Policies(shifts=ShiftRules(wind_down_priority=4)), "wind_down_priority must lie in 1..3"),
        (Policies(dispatch=DispatchRules(penalty_min=np.zeros((3, 3)))), "penalty_min has shape (3, 3), not (3, 2)"),
        (Policies(dispatch=DispatchRules(penalty_min=np.full((3, 2), np.nan))), "penalty_min must lie in 0.."),
        (Policies(dispatch=DispatchRules(preference=np.array([[0, -1], [0, 0]]))), "preference ranks must not be negative"),
        (Policies(dispatch=DispatchRules(reserve=np.array([0, -1, -1]))), "reserve must not be negative"),
        (Policies(dispatch=DispatchRules(reserve=np.array([2, 1, 1]))), "reserve must not fall"),
        (Policies(dispatch=DispatchRules(cover_from_priority=2)), "dispatch by coverage needs coverage"),
        (Policies(dispatch=DispatchRules(cover_from_priority=5), coverage=COVER), "cover_from_priority must lie in 1..3"),
        (
            Policies(dispatch=DispatchRules(redirect_to_priority=2, redirect_from_priority=2)),
            "redirecting goes from a less urgent to a more urgent call: 1 <= to < from <= 3",
        ),
        (
            Policies(dispatch=DispatchRules(redirect_to_priority=1, redirect_from_priority=2, redirect_gain_min=-1.0)),
            "redirect_gain_min must lie in 0..",
        ),
        (Policies(move_up=MoveUp(MoveUpMethod.TABLE, np.array([[0]]))), "move-up needs between_min"),
        (Policies(move_up=moves(MoveUpMethod.TABLE, (0.0, 10.0), [[2]])), "the compliance table names a station outside 0..1"),
        (Policies(move_up=moves(MoveUpMethod.TABLE, (0.0, 10.0))), "a compliance table needs a row for one available unit"),
        (Policies(move_up=moves(MoveUpMethod.TABLE, (0.0,), [[0]])), "between_min has shape (1, 1), not (2, 2)"),
        (Policies(move_up=moves(MoveUpMethod.TABLE, (0.0, 10.0), [[0]], most_moves=0)), "most_moves must be at least 1"),
        (Policies(move_up=moves(MoveUpMethod.TABLE, (0.0, 10.0), [[0]], longest_min=-1.0)), "longest_min must not be negative"),
        (Policies(move_up=moves(MoveUpMethod.DMEXCLP, (0.0, 10.0))), "DMEXCLP needs coverage"),
        (Policies(hospitals=HospitalRules(bays=np.array([0]))), "bays must be at least 1, or UNLIMITED"),
        (Policies(hospitals=HospitalRules(divert_at=np.array([1, 1]))), "divert_at has shape (2,), not (1,)"),
        (Policies(hospitals=HospitalRules(expected_handover_min=np.nan)), "expected_handover_min must lie in 0.."),
        (
            Policies(hospitals=HospitalRules(closed_first=np.array([0, 1]), closed_start=np.ones(1), closed_end=np.ones(1))),
            "a hospital's closure must end after it starts",
        ),
        (Policies(hospitals=HospitalRules(closed_start=np.zeros(1), closed_end=np.ones(1))), "need closed_first"),
        (Policies(coverage=replace(COVER, busy=1.0)), "coverage.busy must lie in 0..1, below 1"),
        (Policies(coverage=replace(COVER, weight=np.array([0.5, -0.5]))), "coverage.weight must not be negative"),
        (closures(end=[0.0]), "a road closure must end after it starts"),
        (closures(extra_min=[-1.0]), "extra minutes of a road closure must lie in 0.."),
        (closures(end=[5.0, 6.0]), "the road closures' arrays have different lengths"),
        (closures(zone_side=np.zeros((1, 3), dtype=bool)), "closures.zone_side has shape (1, 3), not (1, 2)"),
    ],
)
def test_policies_that_make_no_sense_are_refused(policies, message):
    assert message in refused(policies)


def test_what_a_policy_needs_of_the_rules_and_the_roads_is_said():
    redirecting = DispatchRules(redirect_to_priority=1, redirect_from_priority=2)
    assert "redirecting needs units on the road" in refused(Policies(dispatch=redirecting), by_table=True)
    moving = Policies(move_up=moves(MoveUpMethod.TABLE, (0.0, 10.0), [[0]]))
    assert "move-up needs units on the road timed by the law" in refused(moving, by_table=True)
    assert "move-up needs units that can be sent on their way" in refused(moving, rules=Rules(return_dispatch=False))


def test_everything_wrong_is_told_at_once():
    policies = replace(
        shifts([0, 2, 2, 2], [10, 20], [20, 95], [15, 15]), dispatch=DispatchRules(reserve=np.array([0, -1, 0])), coverage=COVER
    )
    message = refused(policies)
    for part in ("break 1 of unit 0 must lie", "break 1 of unit 0 overlaps", "must not be negative", "reserve must not fall"):
        assert part in message


def test_sound_policies_are_accepted():
    check_world(line_world([0, 1], replace(closures(), coverage=None), zones=(0.0, 5.0), hospitals=(10.0,)))
    rules = HospitalRules(bays=np.array([UNLIMITED]), divert_at=np.array([UNLIMITED]))
    check_world(line_world([0, 1], Policies(hospitals=rules, coverage=COVER), zones=(0.0, 5.0), hospitals=(10.0,)))
