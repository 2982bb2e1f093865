"""Which runs may be compared: every reason at once, with the remedy; and what is said of those that may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.comparison import Facts, compare_runs, facts_of_manifest, require_comparable
from sim.errors import InputError


@pytest.fixture(scope="module")
def facts(plan) -> Facts:
    return facts_of_manifest(plan.manifest, "runs/plan")


def refused(facts: Facts, **changes) -> str:
    with pytest.raises(InputError) as error:
        require_comparable([facts, replace(facts, name="runs/other", **changes)], 0)
    return str(error.value)


def said(facts: Facts, **changes) -> list[str]:
    return [notice.key for notice in require_comparable([facts, replace(facts, name="runs/other", **changes)], 0)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"region": "haimen"}, ["of region haimen", "of samplia", "runs of one region"]),
        ({"base_year": 2015}, ["base year 2015", "2020"]),
        ({"first": 2040, "last": 2050}, ["2040-2050", "2020-2035", "no year in common", "horizon.from"]),
        ({"seed": 6}, ["seed 6", "cannot be paired", "--seed 5"]),
        ({"draws": 0}, ["no random draws", "--draws 40"]),
        ({"version": "9.9"}, ["version 9.9", "inputs/"]),
    ],
)
def test_runs_that_cannot_be_compared_are_refused_with_the_reason(facts, changes, words):
    message = refused(facts, **changes)
    assert message.startswith("runs/other: ") or "draws" in changes
    for word in words:
        assert word in message


def test_all_reasons_come_at_once(facts):
    message = refused(facts, seed=6, version="9.9", base_year=2015)
    assert len(message.splitlines()) == 3


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"draws": 10}, "draws"),
        ({"replications": 3}, "replications"),
        ({"parameter_draws": 3}, "parameter_draws"),
        ({"last": 2030}, "years"),
        ({"sources": "0" * 64}, "sources"),
        ({"libraries": {"numpy": "1.0"}}, "libraries"),
        ({"pack": {"calibration/samplia/baseline.yaml": "1"}}, "pack"),
    ],
)
def test_what_limits_a_comparison_is_said(facts, changes, key):
    assert key in said(facts, **changes)


def test_runs_of_one_program_and_pack_need_no_notice(facts):
    assert said(facts) == []


def test_another_seed_is_refused_on_real_folders(make, plan):
    with pytest.raises(InputError, match="seed 7"):
        compare_runs([plan, make("other_seed", seed=7)])


def test_only_years_in_common_are_compared(make, plan):
    shorter = make("shorter", settings={"horizon": {"from": 2020, "to": 2030}})
    found = compare_runs([plan, shorter])
    assert found.years == tuple(range(2020, 2031))
    assert [notice.key for notice in found.notices] == ["years"]
