"""Breaks and the end of shifts, by head: 1 km is 1 minute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from policy_lines import both_engines, line_world

from sim.emergency.call_table import call_table
from sim.emergency.log import Outcome
from sim.emergency.metrics import summarise
from sim.emergency.policies import Policies, ShiftRules
from sim.emergency.world import ReturnDispatch, Rules, with_windows


def breaks(first, due, latest, minutes, **rules) -> Policies:
    return Policies(
        shifts=ShiftRules(np.array(first), *(np.array(column, dtype=float) for column in (due, latest, minutes)), **rules)
    )


def one_break(windows=((0.0, 1000.0),), *, first=(0, 1), **rules):
    """One unit; its break is due at 10, must begin by 30 and lasts 15."""
    return line_world(with_windows([0], [0], [np.array(windows)]), breaks(first, [10.0], [30.0], [15.0]), **rules)


@both_engines
def test_nobody_is_sent_from_a_break(run):
    log = run(one_break(), call_table([12.0]))
    assert log.policy.break_began.tolist() == [10.0]
    assert log.dispatched.tolist() == [25.0]


@both_engines
def test_a_break_waits_until_the_unit_is_at_its_post(run):
    """The call ends at 8 + 5 + 3 = 16 at 5 km; the unit is back at 21."""
    log = run(one_break(), call_table([8.0, 22.0], zone=[1, 0], scene_min=3.0))
    assert log.back[0] == 21.0
    assert log.policy.break_began.tolist() == [21.0]
    assert log.dispatched[1] == 36.0


@pytest.mark.parametrize("scene, began", [(12.0, 30.0), (12.5, np.nan)], ids=["just in time", "too late"])
@both_engines
def test_a_break_that_could_not_begin_in_time_is_missed(run, scene, began):
    world, calls = one_break(), call_table([8.0], zone=1, scene_min=scene)
    log = run(world, calls)
    np.testing.assert_array_equal(log.policy.break_began, [began])
    assert summarise(log, calls, world).get("breaks_missed_share") == np.isnan(began)


@both_engines
def test_a_waiting_call_comes_before_the_break(run):
    """Sent from its base alone: it is back at 21, and takes the call that waits before its break."""
    world = one_break(rules=Rules(return_dispatch=ReturnDispatch.OFF))
    log = run(world, call_table([8.0, 12.0], zone=[1, 0], scene_min=3.0))
    assert log.dispatched.tolist() == [8.0, 21.0]
    assert log.policy.break_began.tolist() == [24.0]


@both_engines
def test_a_call_after_the_end_of_the_shift_is_ended_and_breaks_left_are_missed(run):
    """Sent at 8, free at 8 + 5 + 20 = 33, 13 minutes after its shift; the next shift begins at 60."""
    world = line_world(
        with_windows([0], [0], [np.array([[0.0, 20.0], [60.0, 1000.0]])]), breaks([0, 1, 1], [10.0], [14.0], [6.0])
    )
    calls = call_table([8.0, 34.0], zone=[1, 0], scene_min=20.0)
    log = run(world, calls)
    assert log.free[0] == 33.0
    assert log.dispatched[1] == 60.0
    assert np.isnan(log.policy.break_began).all()
    assert summarise(log, calls, world).get("overrun_min") == pytest.approx(13.0 * 1440.0 / 1000.0)


@both_engines
def test_towards_the_end_of_its_shift_a_unit_serves_urgent_calls_alone(run):
    units = with_windows([0], [0], [np.array([[0.0, 100.0], [200.0, 1000.0]])])
    world = line_world(units, Policies(shifts=ShiftRules(wind_down_min=30.0, wind_down_priority=1)))
    log = run(world, call_table([60.0, 69.5, 75.0], priority=[2, 2, 1]))
    assert log.dispatched.tolist() == [60.0, 69.5, 75.0]
    at_the_limit = run(world, call_table([70.0, 75.0], priority=[2, 1]))
    assert at_the_limit.dispatched.tolist() == [200.0, 75.0]


@both_engines
def test_breaks_are_taken_one_after_another(run):
    world = line_world([0], breaks([0, 2], [10.0, 40.0], [25.0, 50.0], [15.0, 5.0]))
    log = run(world, call_table([39.5], scene_min=3.0))
    assert log.policy.break_began.tolist() == [10.0, 42.5]


@both_engines
def test_no_break_begins_at_or_after_the_horizon(run):
    world = replace(one_break(), horizon_min=10.0)
    log = run(world, call_table([9.0], scene_min=0.5))
    assert np.isnan(log.policy.break_began).all()
    assert log.outcome.tolist() == [Outcome.ANSWERED]
