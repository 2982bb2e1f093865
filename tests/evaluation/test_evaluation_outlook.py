"""The verdict of a row by itself: every word of it, at its border."""

from __future__ import annotations

import pytest

from sim.evaluation import Judgement
from sim.evaluation.assemble import coverage_of
from sim.evaluation.model import Row
from sim.evaluation.outlook import as_foreseen, judged
from sim.indicators import dictionary


def row(indicator: str = "beds", **values: object) -> Row:
    given = {"region": "r", "scenario": "s", "kind": "planned", "unit": "beds", "year": 2023, "outcome": 90.0, **values}
    return Row(indicator=indicator, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"outcome": 100.0}, Judgement.MET),
        ({"at_pace": 100.0}, Judgement.ON_TRACK),
        ({"at_pace": 99.9}, Judgement.BEHIND),
        ({}, Judgement.CANNOT_BE_SAID),
        ({"year": 2025}, Judgement.MISSED),
        ({"year": 2026, "outcome": 101.0}, Judgement.MET),
    ],
)
def test_more_is_better(values: dict[str, float], verdict: Judgement) -> None:
    assert judged(row(target=100.0, target_year=2025, **values), dictionary()["beds"]) == verdict


@pytest.mark.parametrize(
    ("outcome", "at_pace", "verdict"),
    [(12.0, None, Judgement.MET), (13.0, 12.0, Judgement.ON_TRACK), (13.0, 12.1, Judgement.BEHIND)],
)
def test_less_is_better_for_minutes(outcome: float, at_pace: float | None, verdict: Judgement) -> None:
    found = row("response_mean_min", outcome=outcome, at_pace=at_pace, target=12.0, target_year=2025)
    assert judged(found, dictionary()["response_mean_min"]) == verdict


@pytest.mark.parametrize(
    ("outcome", "inside", "verdict"),
    [(10.0, True, Judgement.AS_FORESEEN), (21.0, False, Judgement.ABOVE), (4.0, False, Judgement.BELOW)],
)
def test_a_forecast_without_a_target_is_judged_by_its_interval(outcome: float, inside: bool, verdict: Judgement) -> None:
    found = row("births", kind="forecast", outcome=outcome, inside_80=inside, earlier_p10=5.0, earlier_p50=10.0, earlier_p90=20.0)
    assert as_foreseen(found) == verdict


def test_what_the_earlier_run_does_not_hold_was_not_foreseen() -> None:
    assert as_foreseen(row("births", kind="forecast")) == Judgement.NOT_FORESEEN


def test_coverage_leaves_out_what_has_no_interval() -> None:
    rows = [
        row("births", kind="forecast", inside_80=True),
        row("births", kind="forecast", inside_80=False, year=2024),
        row("visits", kind="forecast", inside_80=True),
        row("visits", kind="forecast"),
        row("beds_per_1000", inside_80=True),
    ]
    coverage = coverage_of(rows)
    assert (coverage.outcomes, coverage.inside, coverage.series) == (3, 2, 2)
