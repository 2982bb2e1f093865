"""The compiled engine chooses the same unit for every call as the reference and gives the same floats."""

from __future__ import annotations

import numpy as np
import pytest
from emergency_worlds import runs
from hypothesis import given, settings

from sim.emergency import machine
from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, draw_calls
from sim.emergency.kernel import run_compiled
from sim.emergency.log import EventLog, Outcome, SentFrom
from sim.emergency.reference import run_reference
from sim.emergency.travel import TravelLaw
from sim.emergency.world import ReturnDispatch, RoadTiming, places, plane_world, weekly_units


def assert_equal(first: EventLog, second: EventLog) -> None:
    for (name, left), (_, right) in zip(first.columns(), second.columns(), strict=True):
        same = (left == right) | ((left != left) & (right != right))
        assert same.all(), f"{name} differs at call {np.flatnonzero(~same)[0]}: {left[~same][0]} and {right[~same][0]}"


@given(runs())
@settings(max_examples=120, deadline=None)
def test_engines_agree_on_every_column(run):
    world, calls = run
    assert_equal(run_reference(world, calls), run_compiled(world, calls))


@pytest.mark.slow
@given(runs())
@settings(max_examples=1500, deadline=None)
def test_engines_agree_on_many_more_worlds(run):
    world, calls = run
    assert_equal(run_reference(world, calls), run_compiled(world, calls))


def test_engines_agree_on_a_town_for_two_weeks():
    """Enough calls for every path of the law: near and far units on the road, hours, errors, a queue at the peak."""
    hourly = np.tile(1.0 + 9.0 * np.sin(np.pi * np.arange(24) / 23.0), 14)
    intensity = CallIntensity(hourly, np.full(80, 1 / 80), np.array([0.3, 0.7]))
    rng = np.random.default_rng(8)
    factor = np.tile(np.where(np.arange(24) == 8, 1.25, 1.0), 7)
    service = ServiceLaw(
        Lognormal(1.2, 0.5), np.full(168, 2.4), 0.5, Lognormal(11.0, 0.5), Lognormal(14.0, 0.5), np.full(2, 0.8), 0.2, 0.5
    )
    on_duty = np.tile((np.arange(24) >= 7) & (np.arange(24) < 19), 7)
    world = plane_world(
        zones=places(20 * rng.random(80), 20 * rng.random(80)),
        stations=places(20 * rng.random(5), 20 * rng.random(5)),
        hospitals=places([5.0, 15.0], [5.0, 15.0]),
        units=weekly_units(np.arange(9) % 5, [np.ones(168)] * 6 + [on_duty] * 3, first_hour=30, horizon_min=14 * 1440.0),
        law=TravelLaw(3.2, 0.73),
        horizon_min=14 * 1440.0,
        travel_factor=factor,
        expected_turnout_min=service.expected_turnout_min,
        first_hour=30,
    )
    for number in range(3):
        calls = draw_calls(intensity, service, 4, (number,))
        log = run_compiled(world, calls)
        assert_equal(run_reference(world, calls), log)
        assert (log.queue_min(calls) > 0).any()
        assert (log.sent_from == SentFrom.WAY_BACK).sum() > 50


def test_codes_of_the_compiled_file_are_those_of_the_enumerations():
    assert tuple(
        map(int, (ReturnDispatch.OFF, ReturnDispatch.ON, ReturnDispatch.QUEUE_ONLY))
    ) == (machine.RETURN_OFF, machine.RETURN_ON, machine.RETURN_QUEUE_ONLY)
    assert tuple(map(int, RoadTiming)) == (machine.ROAD_LAW, machine.ROAD_NEAREST_NODE, machine.ROAD_SHARE)
    assert tuple(map(int, Outcome)) == (machine.ANSWERED, machine.ABANDONED, machine.OPEN_AT_END)
    assert tuple(map(int, SentFrom))[:3] == (machine.SENT_NOWHERE, machine.SENT_FROM_BASE, machine.SENT_ON_WAY_BACK)
