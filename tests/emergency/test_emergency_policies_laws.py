"""Laws of every run with policies, neutral policies, and directions in expectation (paired, common random numbers)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from emergency_crowded_worlds import crowded_run
from emergency_policy_worlds import policy_runs
from emergency_worlds import runs
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, draw_calls
from sim.emergency.kernel import run_compiled
from sim.emergency.log import SentFrom, check_accounts
from sim.emergency.policies import (
    UNLIMITED,
    Coverage,
    DispatchRules,
    HospitalRules,
    MoveUp,
    MoveUpMethod,
    Policies,
    RoadClosures,
    ShiftRules,
)
from sim.emergency.reference import run_reference
from sim.emergency.statistics import paired_difference
from sim.emergency.travel import TravelLaw
from sim.emergency.world import always_on, places, plane_world

ANY_RUN = policy_runs() | st.integers(0, 10**6).map(crowded_run)
"""Worlds with all policies mixed: small ones, and crowded ones in which every rule acts."""


def neutral(world) -> Policies:
    """Every part is given, none has an effect."""
    zones, stations, hospitals = len(world.zones), len(world.stations), len(world.hospitals)
    nothing = np.zeros(0)
    return Policies(
        shifts=ShiftRules(np.zeros(len(world.units.window_start) + 1, dtype=int), nothing, nothing, nothing, 0.0, 1),
        dispatch=DispatchRules(
            np.zeros(world.suitable.shape), np.zeros((zones, stations), dtype=int), np.zeros(world.n_priorities, dtype=int)
        ),
        move_up=MoveUp(),
        hospitals=HospitalRules(bays=np.full(hospitals, UNLIMITED), divert_at=np.full(hospitals, UNLIMITED)),
        coverage=Coverage(np.ones((stations, zones), dtype=bool), np.full(zones, 1 / zones), 0.5),
        closures=RoadClosures(
            nothing, nothing, nothing, *(np.zeros((0, count), dtype=bool) for count in (zones, stations, hospitals))
        ),
    )


@given(runs())
@settings(max_examples=50, deadline=None)
def test_neutral_policies_change_nothing(run):
    world, calls = run
    plain, with_policies = run_reference(world, calls), run_reference(replace(world, policies=neutral(world)), calls)
    for (name, left), (_, right) in zip(plain.columns(), with_policies.columns(), strict=True):
        np.testing.assert_array_equal(left, right, err_msg=name)
    policy = with_policies.policy
    assert not len(policy.aborted.unit) and not len(policy.moves.unit) and not policy.passed_over.any()
    np.testing.assert_array_equal(policy.attempts, plain.answered)
    np.testing.assert_array_equal(policy.bay_at, plain.at_hospital)


def spells_of(log, unit):
    """When a unit was busy with calls: trips that were called off, and calls, in order."""
    aborted = log.policy.aborted
    mine, off = np.flatnonzero(log.unit == unit), np.flatnonzero(aborted.unit == unit)
    calls = zip(log.dispatched[mine], log.free[mine], strict=True)
    return sorted([*calls, *zip(aborted.dispatched[off], aborted.until[off], strict=True)])


def in_shift(world, unit, moment):
    shifts = slice(world.units.window_first[unit], world.units.window_first[unit + 1])
    return ((world.units.window_start[shifts] <= moment) & (moment < world.units.window_end[shifts])).any()


@given(ANY_RUN)
@settings(max_examples=80, deadline=None)
def test_laws_of_one_run(run):
    world, calls = run
    log = run_compiled(world, calls)
    policy, shifts, got = log.policy, world.policies.shifts, log.answered
    assert sum(check_accounts(log).values()) == len(calls)
    steps = [calls.ready_min, log.dispatched, log.rolling, log.arrived, log.left_scene, log.free, log.back]
    for earlier, later in itertools.pairwise(steps):
        assert (earlier[got] <= later[got]).all()
    assert world.suitable[calls.priority[got] - 1, world.units.vehicle[log.unit[got]]].all()
    for unit in range(len(world.units)):
        spells = spells_of(log, unit)
        for (_, end), (start, _) in itertools.pairwise(spells):
            assert end <= start, "a unit serves two calls at once"
        for start, _ in spells:
            assert start < world.horizon_min
            assert in_shift(world, unit, start), "a unit is sent off shift"
        windows = range(world.units.window_first[unit], world.units.window_first[unit + 1])
        pauses = [] if shifts.break_first is None else range(shifts.break_first[windows.start], shifts.break_first[windows.stop])
        for pause in pauses:
            began = policy.break_began[pause]
            if np.isnan(began):
                continue
            assert shifts.break_due[pause] <= began <= shifts.break_latest[pause]
            assert began < world.horizon_min
            for start, end in spells:
                assert end <= began or start >= began + shifts.break_min[pause], "a unit is sent from its break"
    redirected = log.sent_from == SentFrom.REDIRECTED
    assert (calls.priority[redirected] <= world.policies.dispatch.redirect_to_priority).all()
    assert redirected.sum() <= len(policy.aborted.unit)


@given(ANY_RUN)
@settings(max_examples=40, deadline=None)
def test_bays_are_never_exceeded_and_given_in_order_of_arrival(run):
    world, calls = run
    log = run_compiled(world, calls)
    rules, began = world.policies.hospitals, log.policy.bay_at
    for hospital in range(len(world.hospitals)):
        mine = np.flatnonzero(log.hospital == hospital)
        order = mine[np.lexsort((log.unit[mine], log.at_hospital[mine]))]
        assert (np.diff(began[order]) >= 0).all()
        bays = len(mine) if rules.bays is None or rules.bays[hospital] == UNLIMITED else rules.bays[hospital]
        for moment in began[mine]:
            assert ((began[mine] <= moment) & (moment < log.free[mine])).sum() <= bays
        # Nobody waits beside a free bay.
        waited = began[mine] > log.at_hospital[mine]
        for moment in began[mine][waited]:
            assert (log.free[mine] == moment).any()


@given(ANY_RUN)
@settings(max_examples=40, deadline=None)
def test_moves_are_made_by_units_on_duty_without_a_call(run):
    world, calls = run
    log = run_compiled(world, calls)
    moves = log.policy.moves
    assert (moves.start <= moves.end).all() and (moves.km >= 0).all()
    for unit in range(len(world.units)):
        mine = np.flatnonzero(moves.unit == unit)
        for move in mine:
            assert in_shift(world, unit, moves.start[move])
            assert moves.start[move] < world.horizon_min
            for start, end in spells_of(log, unit):
                assert end <= moves.start[move] or moves.end[move] <= start, "a unit moves while it has a call"
        assert (moves.end[mine][:-1] <= moves.start[mine][1:]).all()


# -- directions in expectation

HOURS = 48


def town(policies: Policies, units=(0, 0, 1, 2)):
    """A small town under load: four units, 60 % busy, two hospitals with one bay each."""
    rng = np.random.default_rng(11)
    return replace(
        plane_world(
            zones=places(12 * rng.random(20), 12 * rng.random(20)),
            stations=places([3.0, 9.0, 6.0], [3.0, 4.0, 10.0]),
            hospitals=places([5.0, 8.0], [5.0, 8.0]),
            units=always_on(list(units)),
            law=TravelLaw(2.4, 0.8),
            horizon_min=HOURS * 60.0,
            expected_turnout_min=2.0,
            priorities=2,
        ),
        policies=policies,
    )


def service(turnout=2.0, handover=15.0) -> ServiceLaw:
    return ServiceLaw(
        Lognormal(1.0), np.full(168, turnout), 0.4, Lognormal(12.0, 0.5), Lognormal(handover, 0.5), np.array([0.9, 0.5]), 0.2,
        0.3, second_draws=True,
    )  # fmt: skip


ALL_RULES = Policies(
    dispatch=DispatchRules(reserve=np.array([0, 1]), redirect_to_priority=1, redirect_from_priority=2, redirect_gain_min=1.0),
    hospitals=HospitalRules(bays=np.array([1, 1]), divert_at=np.array([1, 2])),
)


def means(world, law, priority=None, replications=30):
    """Mean response of each replication; the calls of one seed."""
    intensity = CallIntensity(np.full(HOURS, 3.0), np.full(20, 1 / 20), np.array([0.35, 0.65]))
    values = []
    for number in range(replications):
        calls = draw_calls(intensity, law, 77, (number,))
        response = run_compiled(world, calls).response_min(calls)
        kept = np.isfinite(response) if priority is None else np.isfinite(response) & (calls.priority == priority)
        values.append(response[kept].mean())
    return values


def test_more_units_faster_turnout_and_shorter_handover_are_not_worse():
    world, law = town(ALL_RULES), service()
    base = means(world, law)
    better = {
        "a unit more": means(town(ALL_RULES, (0, 0, 1, 2, 1)), law),
        "faster turnout": means(world, service(turnout=1.0)),
        "shorter handover": means(world, service(handover=8.0)),
    }
    for name, values in better.items():
        assert paired_difference(values, base).difference.high < 0.0, name


@pytest.mark.parametrize(
    "rules",
    [
        DispatchRules(reserve=np.array([0, 1])),
        DispatchRules(reserve=np.array([0, 2])),
        DispatchRules(redirect_to_priority=1, redirect_from_priority=2),
    ],
    ids=["one held back", "two held back", "redirecting"],
)
def test_what_is_kept_for_urgent_calls_serves_them(rules):
    law = service()
    urgent, others = (
        paired_difference(means(town(Policies(dispatch=rules)), law, priority), means(town(Policies()), law, priority))
        for priority in (1, 2)
    )
    assert urgent.difference.high < 0.0
    assert others.difference.mean > 0.0  # and somebody pays for it


def test_dmexclp_shortens_the_mean_where_units_are_spread_too_thin():
    """All units are based at one end; where they are needed is known."""
    rng = np.random.default_rng(11)
    x, y = 12 * rng.random(20), 12 * rng.random(20)
    stations = np.array([[3.0, 3.0], [9.0, 4.0], [6.0, 10.0]])
    law = TravelLaw(2.4, 0.8)
    covers = law.table(stations[:, 0], stations[:, 1], x, y) <= 8.0
    between = law.table(stations[:, 0], stations[:, 1], stations[:, 0], stations[:, 1])
    policies = Policies(
        move_up=MoveUp(MoveUpMethod.DMEXCLP, None, between), coverage=Coverage(covers, np.full(20, 1 / 20), 0.4)
    )
    world = town(policies, (0, 0, 0, 0, 0))
    moved, at_home = means(world, service(), replications=20), means(replace(world, policies=None), service(), replications=20)
    assert paired_difference(moved, at_home).difference.high < 0.0
