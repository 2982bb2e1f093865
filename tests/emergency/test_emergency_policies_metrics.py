"""Figures of the policy log against a second path: plain Python over its lines."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from emergency_crowded_worlds import crowded_run
from emergency_policy_worlds import policy_runs
from emergency_worlds import HORIZON
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.emergency.kernel import run_compiled
from sim.emergency.log import Outcome, check_accounts
from sim.emergency.metrics import METRICS, summarise
from sim.emergency.policy_metrics import POLICY_METRICS
from sim.errors import RunFailedError

FIRST = 20.0
DAYS = (HORIZON - FIRST) / 1440.0
ANY_RUN = policy_runs() | st.integers(0, 10**6).map(crowded_run)


def mean(values) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def inside(start: float, end: float) -> float:
    """Minutes of a spell between the warm-up and the horizon."""
    return max(0.0, min(end, HORIZON) - max(start, FIRST))


def of_calls(calls, log, keep) -> dict[str, float]:
    rows = [row for row in range(len(calls)) if calls.time_min[row] >= FIRST and keep(row)]
    given_one = [row for row in rows if log.policy.attempts[row] > 0]
    brought = [row for row in rows if log.hospital[row] >= 0]
    return {
        "abandoned_share": mean([log.outcome[row] == Outcome.ABANDONED for row in rows]),
        "redirected_share": mean([row in log.policy.aborted.call.tolist() for row in given_one]),
        "passed_over_share": mean([bool(log.policy.passed_over[row]) for row in brought]),
        "hospital_wait_mean_min": mean([log.policy.bay_at[row] - log.at_hospital[row] for row in brought]),
    }


def overrun(world, log) -> float:
    units, total = world.units, []
    for row in range(len(log)):
        unit = log.unit[row]
        if unit < 0:
            continue
        windows = range(units.window_first[unit], units.window_first[unit + 1])
        own = next(w for w in windows if units.window_start[w] <= log.dispatched[row] < units.window_end[w])
        until = log.free[row] if own + 1 not in windows else min(log.free[row], units.window_start[own + 1])
        total.append(inside(units.window_end[own], until))
    return math.fsum(total)


@given(ANY_RUN)
@settings(max_examples=60, deadline=None)
def test_figures_by_a_second_path(run):
    world, calls = run
    log = run_compiled(world, calls)
    policy, breaks = log.policy, world.policies.shifts
    summary = summarise(log, calls, world, warmup_min=FIRST)
    moves = [km for start, km in zip(policy.moves.start, policy.moves.km, strict=True) if FIRST <= start < HORIZON]
    missed = [
        math.isnan(began)
        for began, due, latest in zip(policy.break_began, breaks.break_due, breaks.break_latest, strict=True)
        if due >= FIRST and latest < HORIZON
    ]
    aborted = math.fsum(inside(*trip) for trip in zip(policy.aborted.dispatched, policy.aborted.until, strict=True))
    expected = {
        "all": {
            **of_calls(calls, log, lambda row: True),
            "aborted_min": aborted / DAYS,
            "moves": len(moves) / DAYS,
            "move_up_km": math.fsum(moves) / DAYS,
            "overrun_min": overrun(world, log) / DAYS,
            "breaks_missed_share": mean(missed),
        },
        "priority_1": of_calls(calls, log, lambda row: calls.priority[row] == 1),
    }
    assert set(expected["all"]) == set(POLICY_METRICS)
    for segment, figures in expected.items():
        for metric, value in figures.items():
            assert summary.get(metric, segment) == pytest.approx(value, abs=1e-9, nan_ok=True), (segment, metric)
    busy = math.fsum(inside(*spell) for spell in zip(log.dispatched[log.answered], log.free[log.answered], strict=True))
    duty = math.fsum(inside(*window) for window in zip(world.units.window_start, world.units.window_end, strict=True))
    assert summary.get("utilisation") == pytest.approx((busy + aborted) / duty if duty else math.nan, nan_ok=True)


@given(ANY_RUN)
@settings(max_examples=10, deadline=None)
def test_without_policies_there_are_no_figures_of_policies(run):
    world, calls = run
    log = run_compiled(replace(world, policies=None), calls)
    assert log.policy is None
    figures = summarise(log, calls, world).values
    assert {name for segment in figures.values() for name in segment} <= set(METRICS)


@given(ANY_RUN)
@settings(max_examples=30, deadline=None)
def test_a_log_that_loses_a_trip_is_refused(run):
    world, calls = run
    log = run_compiled(world, calls)
    check_accounts(log)
    if len(log):
        lost = replace(log, policy=replace(log.policy, attempts=log.policy.attempts + (np.arange(len(log)) == 0)))
        with pytest.raises(RunFailedError, match="account"):
            check_accounts(lost)
