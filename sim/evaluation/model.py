"""What a mid-term evaluation says: one row an indicator and observed year, and how well the earlier forecast did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from sim.output import LoadedRun


class Judgement(StrEnum):
    """The verdict of a row.

    With a target: ``met`` (the outcome reaches it already), ``on_track`` (the change a year so far, kept up, reaches it in
    the target year), ``behind`` (it does not), ``missed`` (the target year has passed and it was not reached),
    ``cannot_be_said`` (no earlier value, so that no change is known). A forecast without a target: ``as_foreseen``
    (inside the earlier 80 % interval), ``above`` or ``below`` it. ``not_foreseen``: the earlier run says nothing about it.
    """

    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    MISSED = "missed"
    CANNOT_BE_SAID = "cannot_be_said"
    AS_FORESEEN = "as_foreseen"
    ABOVE = "above"
    BELOW = "below"
    NOT_FORESEEN = "not_foreseen"


FORECAST, PLANNED = "forecast", "planned"
"""Kinds of rows: what the model foresaw, with an interval; and what the plan decides, a path without one."""


@dataclass(frozen=True)
class Row:
    """One indicator in one observed year; None = not available. Field order is the order of ``evaluation.csv``.

    Attributes:
        region, scenario: keys.
        indicator: key of the dictionary, or of a flow of ``observed.csv``.
        kind: ``forecast`` or ``planned``.
        unit, year: of the row.
        outcome, outcome_low, outcome_high: as observed, with its tolerance where one is stated.
        outcome_how: ``observed``, or ``derived`` (a rate per head from an observed count).
        outcome_source, outcome_confidence: where from.
        plan_path: what the plan's path had in that year (the earlier run's central supply).
        earlier_p10, earlier_p50, earlier_p90: the earlier forecast of that year.
        outcome_percentile: share of the earlier draws below the outcome, those equal to it counted half (forecasts alone).
        inside_80: whether the outcome lies in the earlier 80 % interval (forecasts alone).
        target_year, target, nature, target_basis: the plan's target that is next (or was last).
        earlier_target_p10 .. now_target_p90: forecast of the target year before and now, if the plan is carried out.
        chance_before, chance_now: that the target is met if the plan is carried out, before and now.
        base, base_year: value that the pace is counted from: of the base year or, if it was not observed, of the first
            observed year before this one.
        pace_per_year: change a year since then.
        needed_per_year: change a year from here to the target.
        at_pace: value of the target year if the pace is kept.
        chance_at_pace: that the target is met then, over the draws of the residents; None where the pace alone decides.
        hires_before, hires_now: staff: hires a year from here to the target year on the plan's path, before and now.
        verdict: a :class:`Judgement`.
    """

    region: str
    scenario: str
    indicator: str
    kind: str
    unit: str
    year: int
    outcome: float
    outcome_low: float | None = None
    outcome_high: float | None = None
    outcome_how: str = "observed"
    outcome_source: str = ""
    outcome_confidence: str = ""
    plan_path: float | None = None
    earlier_p10: float | None = None
    earlier_p50: float | None = None
    earlier_p90: float | None = None
    outcome_percentile: float | None = None
    inside_80: bool | None = None
    target_year: int | None = None
    target: float | None = None
    nature: str = ""
    target_basis: str = ""
    earlier_target_p10: float | None = None
    earlier_target_p50: float | None = None
    earlier_target_p90: float | None = None
    now_target_p10: float | None = None
    now_target_p50: float | None = None
    now_target_p90: float | None = None
    chance_before: float | None = None
    chance_now: float | None = None
    base: float | None = None
    base_year: int | None = None
    pace_per_year: float | None = None
    needed_per_year: float | None = None
    at_pace: float | None = None
    chance_at_pace: float | None = None
    hires_before: float | None = None
    hires_now: float | None = None
    verdict: str = ""


@dataclass(frozen=True)
class Coverage:
    """How many outcomes the earlier 80 % intervals held, of forecasts alone.

    Attributes:
        outcomes: how many outcomes had an interval.
        inside: how many of them lay inside.
        series: how many indicators they belong to; years of one indicator are no independent outcomes.
    """

    outcomes: int
    inside: int
    series: int


@dataclass(frozen=True)
class Evaluation:
    """A mid-term evaluation.

    Attributes:
        earlier, now: the run of the earlier forecast and the one that stands on what was observed.
        rows: in the order of the dictionary, flows last, then by year.
        paths: ``evaluation_paths.csv``: plan, earlier forecast, outcome, forecast of now by year, for charts.
        coverage: of the earlier forecast.
        notices: keys of what limits the evaluation, each with its values.
    """

    earlier: LoadedRun
    now: LoadedRun
    rows: tuple[Row, ...]
    paths: pd.DataFrame
    coverage: Coverage
    notices: tuple[tuple[str, dict[str, str]], ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        """Observed years."""
        return tuple(sorted({row.year for row in self.rows}))

    @property
    def latest(self) -> dict[str, Row]:
        """The row of the last observed year of each indicator, in the order of the rows."""
        return {row.indicator: row for row in self.rows}
