"""From two run folders to an evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.draws import quantiles
from sim.evaluation.forecast import Foreseen
from sim.evaluation.model import FORECAST, PLANNED, Coverage, Evaluation, Row
from sim.evaluation.outlook import with_outlook
from sim.evaluation.paths import paths_of
from sim.indicators import Indicator, dictionary, rate_of
from sim.output import LoadedRun


def evaluate_runs(earlier: LoadedRun, now: LoadedRun) -> Evaluation:
    """Set the observed values that ``now`` stands on against what ``earlier``, which did not know them, foresaw.

    Args:
        earlier, now: complete run folders of one region and base year.
    """
    before, after = Foreseen(earlier), Foreseen(now)
    rows = tuple(_rows(before, after))
    notices = []
    silent = list(dict.fromkeys(row.indicator for row in rows if row.kind == FORECAST and row.earlier_p50 is None))
    if silent:
        notices.append(("not_foreseen", {"indicators": "; ".join(silent)}))
    return Evaluation(earlier, now, rows, paths_of(rows, before, after), coverage_of(rows), tuple(notices))


def coverage_of(rows: Sequence[Row]) -> Coverage:
    """How many outcomes the earlier intervals held. Planned paths have none, and rates per head follow them."""
    judged = [row for row in rows if row.kind == FORECAST and row.inside_80 is not None]
    return Coverage(len(judged), sum(bool(row.inside_80) for row in judged), len({row.indicator for row in judged}))


def _rows(before: Foreseen, after: Foreseen) -> Iterator[Row]:
    """A row for each outcome that the earlier run did not know, and for the rate per head of each observed count."""
    new = {at: record for at, record in after.observed.items() if at not in before.observed}
    rows: dict[tuple[str, int], Row] = {}
    for (key, year), record in new.items():
        rows[key, year] = _observed(after, key, year, record)
        rate = rate_of(key)
        if rate is not None and (rate.key, year) not in new:
            rows[rate.key, year] = _rate(after, rate, rows[key, year])
    order = [*dictionary(), *dict.fromkeys(key for key, _ in new)]
    for at in sorted(rows, key=lambda at: (order.index(at[0]), at[1])):
        yield with_outlook(_with_forecast(rows[at], before), before, after)


def _observed(after: Foreseen, key: str, year: int, record: dict[str, Any]) -> Row:
    indicator = dictionary().get(key)
    decided = indicator is not None and (indicator.resource or indicator.kind in ("rate", "ratio"))
    manifest = after.run.manifest
    return Row(
        region=str(manifest["region"]),
        scenario=str(manifest["scenario"]),
        indicator=key,
        kind=PLANNED if decided else FORECAST,
        unit=str(record["unit"]),
        year=year,
        outcome=float(record["value"]),
        outcome_low=_number(record["low"]),
        outcome_high=_number(record["high"]),
        outcome_source=str(record["source"]),
        outcome_confidence=str(record["confidence"]),
    )


def _rate(after: Foreseen, rate: Indicator, count: Row) -> Row:
    """The rate per head of an observed count, on the residents that the run of now has for that year."""
    value = count.outcome / float(after.residents(count.year)[0]) * rate.per
    return replace(
        count, indicator=rate.key, kind=PLANNED, unit=rate.unit, outcome=value, outcome_low=None, outcome_high=None,
        outcome_how="derived",
    )  # fmt: skip


def _with_forecast(row: Row, before: Foreseen) -> Row:
    """The row with the earlier forecast of its year and, if the model foresaw it, where the outcome fell in it.

    A planned level is decided, not foreseen: its rate per head has the spread of the residents alone.
    """
    values = before.by_draw(row.indicator, row.year)
    if values is None:
        return row
    p10, p50, p90 = (float(value) for value in quantiles(values))
    row = replace(row, earlier_p10=p10, earlier_p50=p50, earlier_p90=p90)
    if row.kind == PLANNED:
        return replace(row, plan_path=float(values[0]))
    if not p90 > p10:
        return row
    sample = values[1:]
    percentile = float(np.mean(sample < row.outcome) + 0.5 * np.mean(sample == row.outcome))
    return replace(row, outcome_percentile=percentile, inside_80=bool(p10 <= row.outcome <= p90))


def _number(value: Any) -> float | None:
    """A field of a table of texts or numbers; None where it is empty."""
    if value is None or value == "":
        return None
    number = float(value)
    return None if math.isnan(number) else number
