"""Metrics against a second path: plain Python over the lines of the log."""

from __future__ import annotations

import math

import numpy as np
import pytest
from emergency_worlds import HORIZON, runs
from hypothesis import given, settings

from sim.emergency.call_table import call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.log import EventLog, Outcome, SentFrom, empty_log
from sim.emergency.metrics import METRICS, crews_on_duty, duty_minutes, summarise
from sim.emergency.world import with_windows
from sim.errors import RunFailedError


def by_hand(world, calls, log: EventLog, keep) -> dict[str, float]:
    """The same figures by a loop over calls."""
    chosen = [i for i in range(len(calls)) if keep(i)]
    answered = [i for i in chosen if log.outcome[i] == Outcome.ANSWERED]
    responses = [float(log.arrived[i]) - float(calls.time_min[i]) for i in answered]
    turnouts = [float(log.turnout_min[i]) for i in answered if log.sent_from[i] == SentFrom.BASE]
    waits = [float(log.dispatched[i]) - (float(calls.time_min[i]) + float(calls.dispatch_min[i])) for i in answered]

    def mean(values):
        return math.fsum(values) / len(values) if values else math.nan

    return {
        "calls": len(chosen),
        "answered": len(answered),
        "abandoned": sum(log.outcome[i] == Outcome.ABANDONED for i in chosen),
        "open_at_end": sum(log.outcome[i] == Outcome.OPEN_AT_END for i in chosen),
        "response_mean_min": mean(responses),
        "response_share_within_12": mean([response <= 12.0 for response in responses]),
        "turnout_mean_min": mean(turnouts),
        "turnout_share_within_3": mean([turnout <= 3.0 for turnout in turnouts]),
        "travel_mean_min": mean([float(log.travel_min[i]) for i in answered]),
        "queue_mean_min": mean(waits),
        "queued_share": mean([wait > 0.0 for wait in waits]),
    }


@given(runs())
@settings(max_examples=40, deadline=None)
def test_sums_by_a_second_path(run):
    world, calls = run
    log = run_compiled(world, calls)
    urban = np.arange(len(world.zones)) % 2 == 0
    own = world.expected.station.argmin(axis=0)
    summary = summarise(log, calls, world, warmup_min=20.0, urban=urban, own_station=own)

    def late(i):
        return calls.time_min[i] >= 20.0

    expected = {
        "all": by_hand(world, calls, log, late),
        "urban": by_hand(world, calls, log, lambda i: late(i) and urban[calls.zone[i]]),
        "rural": by_hand(world, calls, log, lambda i: late(i) and not urban[calls.zone[i]]),
        "own_station": by_hand(
            world, calls, log,
            lambda i: late(i) and log.unit[i] >= 0 and world.units.station[log.unit[i]] == own[calls.zone[i]],
        ),
    }  # fmt: skip
    for priority in range(1, world.n_priorities + 1):
        expected[f"priority_{priority}"] = by_hand(
            world, calls, log, lambda i, p=priority: late(i) and calls.priority[i] == p
        )
    for segment, figures in expected.items():
        for metric, value in figures.items():
            assert summary.get(metric, segment) == pytest.approx(value, abs=1e-9, nan_ok=True), (segment, metric)
    busy = math.fsum(
        max(0.0, min(float(log.free[i]), HORIZON) - max(float(log.dispatched[i]), 20.0))
        for i in range(len(calls))
        if log.unit[i] >= 0
    )
    duty = duty_minutes(world.units, 20.0, HORIZON).sum()
    assert summary.get("utilisation") == pytest.approx(busy / duty if duty else math.nan, abs=1e-9, nan_ok=True)
    assert all(metric in METRICS for figures in summary.values.values() for metric in figures)


def test_quantiles_shares_and_boundaries():
    from emergency_worlds import one_place

    world = one_place(20, horizon=1000.0)
    calls = call_table(np.arange(10.0), turnout_min=[1, 2, 3, 3.5, 5, 6, 8, 12, 12.5, 20])
    summary = summarise(run_compiled(world, calls), calls, world)
    assert summary.get("response_share_within_12") == 0.8  # 12 minutes is within 12
    assert summary.get("turnout_share_within_3") == 0.3
    assert summary.get("response_median_min") == 5.5
    assert summary.get("response_p90_min") == pytest.approx(13.25)
    extra = summarise(run_compiled(world, calls), calls, world, segments={"first": np.arange(10) < 2})
    assert extra.get("response_mean_min", "first") == 1.5


def test_nothing_answered_is_not_a_number_and_not_zero():
    from emergency_worlds import one_place

    world = one_place(0, horizon=10.0)
    calls = call_table([1.0])
    summary = summarise(run_compiled(world, calls), calls, world)
    assert math.isnan(summary.get("response_mean_min"))
    assert math.isnan(summary.get("utilisation"))
    assert summary.get("open_at_end") == 1.0


def test_duty_minutes_are_cut_to_the_period():
    shifts = [np.array([[0.0, np.inf]]), np.array([[10.0, 30.0], [50.0, 70.0]]), np.empty((0, 2))]
    units = with_windows([0, 0, 0], [0, 0, 0], shifts)
    assert duty_minutes(units, 20.0, 60.0).tolist() == [40.0, 20.0, 0.0]


def test_a_log_that_loses_a_call_is_refused():
    from emergency_worlds import one_place

    world = one_place(1, horizon=10.0)
    calls = call_table([1.0, 2.0])
    log = empty_log(2)
    log.outcome[0] = Outcome.ANSWERED
    with pytest.raises(RunFailedError, match="account"):
        summarise(log, calls, world)


def test_crews_on_duty_by_hand():
    """Day 0-10: one crew always, one from 2 to 6, one from 4 to 12 and so beyond the end, one never within it."""
    windows = [[[0.0, np.inf]], [[2.0, 6.0]], [[4.0, 12.0]], [[20.0, 30.0]]]
    units = with_windows([0] * 4, [0] * 4, [np.array(rows) for rows in windows])
    assert crews_on_duty(units, 10.0) == (1, 3, (10 + 4 + 6) / 10)
    shifts = with_windows([0, 0], [0, 0], [np.array([[0.0, 5.0]]), np.array([[5.0, 10.0]])])
    assert crews_on_duty(shifts, 10.0) == (1, 1, 1.0)
    assert crews_on_duty(with_windows([], [], []), 10.0) == (0, 0, 0.0)
