"""With policies, too, the compiled engine gives the reference's logs, and the plain engine's where policies are neutral."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest
from emergency_crowded_worlds import crowded_run
from emergency_policy_worlds import policy_runs
from emergency_worlds import runs
from hypothesis import given, settings
from test_emergency_equality import assert_equal

from sim.emergency.call_table import call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.log import NO_CAPABLE_HOSPITAL, Outcome, SentFrom, check_accounts
from sim.emergency.policies import UNLIMITED, HospitalChoice, MoveUp, MoveUpMethod, Policies
from sim.emergency.policy_log import PolicyLog
from sim.emergency.policy_machine import codes
from sim.emergency.reference import run_reference
from sim.emergency.travel import TravelLaw
from sim.emergency.world import places, plane_world, with_windows


def assert_equal_policies(first: PolicyLog, second: PolicyLog) -> None:
    for name in ("attempts", "bay_at", "passed_over", "break_began"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)
    for table in ("aborted", "moves"):
        for field in fields(getattr(first, table)):
            columns = (getattr(getattr(log, table), field.name) for log in (first, second))
            np.testing.assert_array_equal(*columns, err_msg=f"{table}.{field.name}")


def compare(world, calls):
    reference, compiled = run_reference(world, calls), run_compiled(world, calls)
    assert_equal(reference, compiled)
    assert_equal_policies(reference.policy, compiled.policy)
    check_accounts(compiled)
    return compiled


def what_happened(log):
    """What a run has to show, so that equality says something: 1 for each that happened in it."""
    policy = log.policy
    return {
        "redirected": int(len(policy.aborted.unit) > 0),
        "moved": int(len(policy.moves.unit) > 0),
        "breaks taken": int(np.isfinite(policy.break_began).any()),
        "breaks missed": int(np.isnan(policy.break_began).any()),
        "sent twice": int((policy.attempts > 1).any()),
        "waited for a bay": int((policy.bay_at > log.at_hospital).any()),
        "passed over a hospital": int(policy.passed_over.any()),
        "nowhere to take a patient": int((log.hospital == NO_CAPABLE_HOSPITAL).any()),
        "given up": int((log.outcome == Outcome.ABANDONED).any()),
        "open at the end": int((log.outcome == Outcome.OPEN_AT_END).any()),
    }


@given(runs())
@settings(max_examples=80, deadline=None)
def test_neutral_policies_change_nothing(run):
    world, calls = run
    assert_equal(run_compiled(world, calls), run_compiled(replace(world, policies=Policies()), calls))


@given(policy_runs())
@settings(max_examples=100, deadline=None)
def test_engines_agree_with_all_policies_mixed(run):
    compare(*run)


def test_engines_agree_in_crowded_worlds():
    seen = Counter()
    for seed in range(150):
        seen.update(what_happened(compare(*crowded_run(seed))))
    assert min(seen.values()) >= 20, seen


@pytest.mark.slow
def test_engines_agree_in_many_crowded_worlds():
    for seed in range(1000, 6000):
        compare(*crowded_run(seed))


@pytest.mark.slow
@given(policy_runs())
@settings(max_examples=1500, deadline=None)
def test_engines_agree_on_many_more_worlds_with_policies(run):
    compare(*run)


def test_a_table_of_moves_that_outgrows_its_memory_is_complete():
    """A unit moves at each change of the other's shift: many more moves than calls."""
    windows = [np.array([[0.0, np.inf]]), 10.0 * np.arange(1, 201).reshape(-1, 2)]
    world = plane_world(
        zones=places([0.0], [0.0]),
        stations=places([0.0, 1.0], [0.0, 0.0]),
        hospitals=places([], []),
        units=with_windows([0, 0], [0, 0], windows),
        law=TravelLaw(2.0),
        horizon_min=2500.0,
    )
    move_up = MoveUp(MoveUpMethod.TABLE, np.array([[1, -1], [0, 0]]), np.array([[0.0, 2.0], [2.0, 0.0]]))
    log = compare(replace(world, policies=Policies(move_up=move_up)), call_table([1.0]))
    assert len(log.policy.moves.unit) > 150


def test_codes_of_the_compiled_loop_are_those_of_the_enumerations():
    assert int(SentFrom.REDIRECTED) == codes.SENT_REDIRECTED
    assert int(MoveUpMethod.TABLE) == codes.MOVE_TABLE
    assert int(MoveUpMethod.DMEXCLP) == codes.MOVE_DMEXCLP
    assert int(HospitalChoice.LEAST_LOADED) == codes.LEAST_LOADED
    assert UNLIMITED == codes.UNLIMITED
    assert NO_CAPABLE_HOSPITAL == codes.NO_CAPABLE_HOSPITAL
