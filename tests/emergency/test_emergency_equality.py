"""The compiled engine chooses the same unit for every call as the reference and gives the same floats."""

from __future__ import annotations

import numpy as np
from emergency_worlds import runs
from hypothesis import given, settings

from sim.emergency import machine
from sim.emergency.kernel import run_compiled
from sim.emergency.log import EventLog, Outcome, SentFrom
from sim.emergency.reference import run_reference
from sim.emergency.world import ReturnDispatch, RoadTiming


def assert_equal(first: EventLog, second: EventLog) -> None:
    for (name, left), (_, right) in zip(first.columns(), second.columns(), strict=True):
        same = (left == right) | ((left != left) & (right != right))
        assert same.all(), f"{name} differs at call {np.flatnonzero(~same)[0]}: {left[~same][0]} and {right[~same][0]}"


@given(runs())
@settings(max_examples=150, deadline=None)
def test_engines_agree_on_every_column(run):
    world, calls = run
    assert_equal(run_reference(world, calls), run_compiled(world, calls))


def test_codes_of_the_compiled_file_are_those_of_the_enumerations():
    assert tuple(
        map(int, (ReturnDispatch.OFF, ReturnDispatch.ON, ReturnDispatch.QUEUE_ONLY))
    ) == (machine.RETURN_OFF, machine.RETURN_ON, machine.RETURN_QUEUE_ONLY)
    assert tuple(map(int, RoadTiming)) == (machine.ROAD_LAW, machine.ROAD_NEAREST_NODE, machine.ROAD_SHARE)
    assert tuple(map(int, Outcome)) == (machine.ANSWERED, machine.ABANDONED, machine.OPEN_AT_END)
    assert tuple(map(int, SentFrom)) == (machine.SENT_NOWHERE, machine.SENT_FROM_BASE, machine.SENT_ON_WAY_BACK)
