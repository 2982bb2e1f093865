"""Which unit is sent, by head: 1 km is 1 minute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from policy_lines import both_engines, cover, line_world

from sim.emergency.call_table import call_table
from sim.emergency.log import Outcome, SentFrom
from sim.emergency.metrics import summarise
from sim.emergency.policies import DispatchRules, Policies
from sim.emergency.world import RoadTiming, Rules, always_on


def dispatch(**rules) -> Policies:
    arrays = {name: np.array(value) for name, value in rules.items() if isinstance(value, list)}
    return Policies(dispatch=DispatchRules(**{**rules, **arrays}))


@both_engines
def test_a_better_fitting_vehicle_may_take_so_much_longer(run):
    """Unit 0, a plain ambulance, is 4 km away, unit 1, with a monitor, 6 km: for priority 1 the plain one counts as 7."""
    policies = dispatch(penalty_min=[[3.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    world = line_world(always_on([0, 1], [0, 1]), policies, zones=(4.0,))
    assert run(world, call_table([0.0, 500.0], priority=[1, 2])).unit.tolist() == [1, 0]
    near = line_world(always_on([0, 1], [0, 1]), policies, zones=(3.5,))  # 3.5 + 3 and 6.5 are equal: the lowest number
    assert run(near, call_table([0.0])).unit.tolist() == [0]


@both_engines
def test_the_preference_list_comes_before_time(run):
    policies = dispatch(preference=[[1, 0], [0, 0]])
    world = line_world([0, 1], policies, zones=(0.0, 1.0))
    assert run(world, call_table([0.0, 500.0], zone=[0, 1])).unit.tolist() == [1, 0]


@both_engines
def test_units_are_held_back_for_urgent_calls(run):
    """Two units, one kept from priority 2: the second call of priority 2 waits until two units are available."""
    world = line_world([0, 0], dispatch(reserve=[0, 1, 1]))
    calls = call_table([0.0, 1.0, 2.0, 3.0], priority=[2, 2, 1, 2], scene_min=[30.0, 1.0, 40.0, 1.0])
    log = run(world, calls)
    assert log.dispatched.tolist() == [0.0, 42.0, 2.0, 43.0]
    assert log.unit.tolist() == [0, 0, 1, 0]


@both_engines
def test_dispatch_by_coverage_spares_the_unit_whose_leaving_costs_most(run):
    """Station 0 covers zones 0 and 1, station 1 zones 1 and 2; busy 0.5. Unit 0 would lose 0.6 x 0.5 + 0.3 x 0.25 = 0.375,
    unit 1 only 0.3 x 0.25 + 0.1 x 0.5 = 0.125."""
    coverage = cover([[1, 1, 0], [0, 1, 1]], [0.6, 0.3, 0.1], 0.5)
    policies = replace(dispatch(cover_from_priority=2, cover_within_min=6.0), coverage=coverage)
    world = line_world([0, 1], policies, zones=(0.0, 4.0, 10.0))
    log = run(world, call_table([0.0, 500.0], zone=1, priority=[2, 1]))
    assert log.unit.tolist() == [1, 0]  # 6 km and less coverage lost; priority 1 gets the nearest, 4 km
    closer = replace(policies, dispatch=replace(policies.dispatch, cover_within_min=5.0))
    assert run(replace(world, policies=closer), call_table([0.0], zone=1, priority=2)).unit.tolist() == [0]


def redirecting(units=(0,), gain=0.0, *, zones=(-6.0, 6.0, 0.0), to=1, least=2, **options):
    policies = dispatch(redirect_to_priority=to, redirect_from_priority=least, redirect_gain_min=gain)
    return line_world(list(units), policies, zones=zones, **options)


@both_engines
def test_a_unit_in_turnout_is_redirected_and_rolls_when_it_would_have(run):
    """Sent at 0 to zone 0, rolls at 2. At 1 an urgent call at zone 1: it rolls there at 2, arrives at 8, is free at 9 and
    then, at 6 km, takes the first call again, with its second draws: 12 km x 2."""
    calls = call_table(
        [0.0, 1.0], zone=[0, 1], priority=[2, 1], turnout_min=[2.0, 9.0], scene_min=1.0,
        turnout_again_min=[5.0, 5.0], travel_error_again=[2.0, 2.0],
    )  # fmt: skip
    world = redirecting(rules=Rules(road_turnout_share=0.5))
    log = run(world, calls)
    assert (log.dispatched[1], log.rolling[1], log.arrived[1], log.free[1]) == (1.0, 2.0, 8.0, 9.0)
    assert log.turnout_min[1] == 1.0
    assert log.sent_from.tolist() == [SentFrom.WAY_BACK, SentFrom.REDIRECTED]
    assert (log.dispatched[0], log.rolling[0], log.arrived[0]) == (9.0, 11.5, 35.5)
    assert log.policy.attempts.tolist() == [2, 1]
    aborted = log.policy.aborted
    trip = [column.tolist() for column in (aborted.unit, aborted.call, aborted.dispatched, aborted.rolling, aborted.until)]
    assert trip == [[0], [0], [0.0], [2.0], [1.0]]
    figures = summarise(log, calls, world)
    assert figures.get("redirected_share") == 0.5
    assert figures.get("aborted_min") == pytest.approx(1.0 * 1440.0 / 1000.0)


@both_engines
def test_a_unit_on_the_road_is_redirected_from_where_it_is(run):
    """It rolls at 2 towards -6; at 5 it is at -3. An urgent call at 6: with half the turnout of 4 it rolls at 7 and needs 9."""
    calls = call_table([0.0, 5.0], zone=[0, 1], priority=[2, 1], turnout_min=[2.0, 4.0])
    log = run(redirecting(rules=Rules(road_turnout_share=0.5)), calls)
    assert (log.rolling[1], log.arrived[1], log.turnout_min[1]) == (7.0, 16.0, 2.0)


@both_engines
def test_by_a_table_a_redirected_unit_starts_from_the_nearest_node(run):
    """At -3 the nearest node is -6 (zone 0, first of equals): 12 km to zone 1."""
    world = redirecting(rules=Rules(road_turnout_share=0.5))
    nodes = replace(world.zones)
    minutes = np.abs(nodes.x_km[:, None] - world.zones.x_km[None, :])
    times = replace(world.expected, node=minutes)
    world = replace(
        world, road=RoadTiming.NEAREST_NODE, nodes=nodes, zone_node=np.arange(3), hospital_node=np.empty(0, dtype=int),
        expected=times, actual=times,
    )  # fmt: skip
    log = run(world, call_table([0.0, 5.0], zone=[0, 1], priority=[2, 1], turnout_min=[2.0, 4.0]))
    assert log.arrived[1] == 7.0 + 12.0


@both_engines
def test_a_unit_that_is_on_scene_is_not_redirected(run):
    calls = call_table([0.0, 6.0], zone=[0, 1], priority=[2, 1], scene_min=3.0)
    log = run(redirecting(), calls)
    assert log.dispatched.tolist() == [0.0, 9.0]
    assert not len(log.policy.aborted.unit)


@pytest.mark.parametrize("gain, unit", [(2.0, 0), (2.5, 1)])
@both_engines
def test_redirecting_must_gain_so_much_over_the_best_available_unit(run, gain, unit):
    """At 2 the unit on its way to -6 is at -2, 8 km from zone 1; unit 1 stands at 16, 10 km from it."""
    world = redirecting((0, 1), gain, stations=(0.0, 16.0))
    log = run(world, call_table([0.0, 2.0], zone=[0, 1], priority=[2, 1]))
    assert log.unit[1] == unit


@both_engines
def test_the_call_that_was_left_gets_another_unit_at_once(run):
    """Unit 1, 16 km from zone 1, is sent to zone 0: 22 km."""
    world = redirecting((0, 1), stations=(0.0, 16.0))
    log = run(world, call_table([0.0, 2.0], zone=[0, 1], priority=[2, 1]))
    assert log.unit.tolist() == [1, 0]
    assert log.dispatched.tolist() == [2.0, 2.0]
    assert log.arrived[0] == 24.0


@both_engines
def test_only_so_urgent_calls_redirect_and_only_from_so_much_less_urgent_ones(run):
    """With 1 to 1 and from 3: priority 1 leaves the unit of priority 2, priority 2 the one of priority 3."""
    world = redirecting(least=3)
    for left, urgent, redirected in ((3, 1, True), (2, 1, False), (3, 2, False)):
        log = run(world, call_table([0.0, 2.0], zone=[0, 1], priority=[left, urgent], scene_min=1.0))
        assert (log.policy.attempts[0] == 2) == redirected


@pytest.mark.parametrize("patience, outcome", [(4.0, Outcome.ABANDONED), (30.0, Outcome.ANSWERED)])
@both_engines
def test_patience_counts_from_the_first_time_the_call_was_ready(run, patience, outcome):
    calls = call_table([0.0, 5.0], zone=[0, 1], priority=[2, 1], patience_min=[patience, np.inf])
    log = run(redirecting(), calls)
    assert log.outcome.tolist() == [outcome, Outcome.ANSWERED]
    assert log.policy.attempts.tolist() == [1 if outcome is Outcome.ABANDONED else 2, 1]
    assert np.isnan(log.dispatched[0]) == (outcome is Outcome.ABANDONED)


@both_engines
def test_redirecting_needs_no_reserve(run):
    """One unit is kept from everybody; it is on its way, and may be redirected all the same."""
    policies = dispatch(reserve=[1, 1, 1], redirect_to_priority=1, redirect_from_priority=2)
    world = line_world([0, 0], policies, zones=(-6.0, 6.0))
    log = run(world, call_table([0.0, 2.0], zone=[0, 1], priority=[2, 1]))
    assert log.unit[1] == 0
    assert log.sent_from[1] == SentFrom.REDIRECTED
