"""From an outcome to the target: the pace so far, the change a year that is needed, the chances, and the verdict."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.draws import quantiles
from sim.evaluation.forecast import Foreseen
from sim.evaluation.model import FORECAST, Judgement, Row
from sim.indicators import Indicator, dictionary

_TARGETS = ("target", "borrowed_target")
_DUST = 1e-9


def with_outlook(row: Row, before: Foreseen, after: Foreseen) -> Row:
    """The row with its target, the forecasts of the target year before and now, pace, chances and verdict."""
    indicator = dictionary().get(row.indicator)
    year = _target_year(row, after) if indicator is not None else None
    ahead = year if year is not None else _year_of_plan(after, row.year)
    row = replace(row, **_forecasts(row.indicator, ahead, before, after), target_year=ahead)
    if indicator is None or year is None:
        return replace(row, verdict=str(as_foreseen(row)))
    target = after.row(row.indicator, year)
    row = replace(
        row,
        target=float(target.norm),
        nature=str(target.nature),
        target_basis=str(target.norm_basis),
        chance_before=_chance(before, row.indicator, year),
        chance_now=_chance(after, row.indicator, year),
    )
    if indicator.family == "staff" and indicator.resource:
        hires = {name: run.hires(row.indicator, row.year, year) for name, run in (("before", before), ("now", after))}
        row = replace(row, hires_before=hires["before"], hires_now=hires["now"])
    row = _with_pace(row, indicator, after)
    return replace(row, verdict=str(judged(row, indicator)))


def _target_year(row: Row, after: Foreseen) -> int | None:
    """The plan's first target year that is not before the row's year, else its last."""
    years = [
        year for (key, year), card in after.values.rows.items() if key == row.indicator and card.norm_basis in _TARGETS
    ]
    ahead = [year for year in years if year >= row.year]
    return min(ahead) if ahead else max(years, default=None)


def _year_of_plan(after: Foreseen, outcome: int) -> int:
    """The plan's target year, or the last year of the run where it lies outside or is past at the outcome."""
    year = int(after.run.manifest["plan_year"])
    return year if year in after.years and year > outcome else after.years[-1]


def _forecasts(key: str, year: int, before: Foreseen, after: Foreseen) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, run in (("earlier", before), ("now", after)):
        values = run.by_draw(key, year)
        if values is not None:
            parts = zip(("p10", "p50", "p90"), quantiles(values), strict=True)
            found |= {f"{name}_target_{part}": float(value) for part, value in parts}
    return found


def _chance(run: Foreseen, key: str, year: int) -> float | None:
    """The scorecard's chance that the target is met; None where the run has no such row or does not say."""
    row = run.row(key, year)
    return None if row is None or math.isnan(row.p_norm_met) else float(row.p_norm_met)


def _with_pace(row: Row, indicator: Indicator, after: Foreseen) -> Row:
    """Change a year so far and from here on; a rate per head moves with its count and with the residents of the draws."""
    year = row.target_year
    if year is not None and row.target is not None and year > row.year:
        row = replace(row, needed_per_year=(row.target - row.outcome) / (year - row.year))
    known = _known_before(after, indicator, row.year)
    if known is None:
        return row
    base_year, base = known
    row = replace(row, base=base, base_year=base_year, pace_per_year=(row.outcome - base) / (row.year - base_year))
    if year is None or year <= row.year:
        return row
    by_draw = _at_pace(row, indicator, after, year)
    norm = after.norm(indicator, year)
    row = replace(row, at_pace=float(by_draw[0]))
    if norm is None or len(norm) != len(by_draw) or len(norm) < 2 or np.ptp(by_draw - norm) == 0.0:
        return row
    sign = 1.0 if indicator.direction == "up" else -1.0
    return replace(row, chance_at_pace=float(np.mean(sign * (by_draw - norm)[1:] >= -_DUST)))


def _known_before(run: Foreseen, indicator: Indicator, year: int) -> tuple[int, float] | None:
    """Year and value that the pace is counted from."""
    first = run.row(indicator.key, run.years[0])
    if first is not None:
        value = first.supply if first.supply_how == "observed" else first.printed
        if not math.isnan(value):
            return run.years[0], float(value)
    for key, per_head in ((indicator.key, False), (indicator.count, True)):
        earlier = sorted(at for measure, at in run.observed if measure == key and at < year)
        if earlier:
            value = float(run.observed[key, earlier[0]]["value"])
            residents = float(run.residents(earlier[0])[0])
            return earlier[0], value / residents * indicator.per if per_head else value
    return None


def _at_pace(row: Row, indicator: Indicator, after: Foreseen, year: int) -> NDArray[np.float64]:
    """The value of the target year if the pace goes on, in each draw: a rate is that of its count at the count's pace."""
    ahead = (year - row.year) / (row.year - row.base_year)
    if indicator.kind != "rate":
        value = row.outcome + (row.outcome - row.base) * ahead
        return np.full(len(after.residents(year)), float(round(value)) if indicator.whole else value)
    outcome, base = (
        value * float(_behind(after, indicator.key, at)) / indicator.per
        for value, at in ((row.outcome, row.year), (row.base, row.base_year))
    )
    count = outcome + (outcome - base) * ahead
    whole = dictionary()[indicator.count].whole
    return (round(count) if whole else count) / after.residents(year) * indicator.per


def _behind(run: Foreseen, key: str, year: int) -> float:
    """Residents behind a rate per head: in the base year those of its print."""
    card = run.row(key, year)
    printed = math.nan if card is None else card.denominator
    return float(run.residents(year)[0]) if math.isnan(printed) else float(printed)


def as_foreseen(row: Row) -> Judgement:
    """The verdict of a row without a target: where the outcome lies to the earlier 80 % interval."""
    if row.inside_80 is None or row.kind != FORECAST or row.earlier_p90 is None:
        return Judgement.NOT_FORESEEN if row.earlier_p50 is None else Judgement.CANNOT_BE_SAID
    if row.inside_80:
        return Judgement.AS_FORESEEN
    return Judgement.ABOVE if row.outcome > row.earlier_p90 else Judgement.BELOW


def judged(row: Row, indicator: Indicator) -> Judgement:
    """The verdict of a row with a target, by the outcome and by what the pace gives in the target year."""
    sign = 1.0 if indicator.direction == "up" else -1.0
    if row.target is None or row.target_year is None:
        return Judgement.CANNOT_BE_SAID
    if sign * (row.outcome - row.target) >= -_DUST:
        return Judgement.MET
    if row.year >= row.target_year:
        return Judgement.MISSED
    if row.at_pace is None:
        return Judgement.CANNOT_BE_SAID
    return Judgement.ON_TRACK if sign * (row.at_pace - row.target) >= -_DUST else Judgement.BEHIND
