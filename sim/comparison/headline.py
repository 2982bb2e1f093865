"""``compare.csv``: supply, norm, need and gaps of every member, and their differences to the base.

Columns ``supply`` ... ``first_shortfall_need`` are those of the member's own ``scorecard.csv``. ``<measure>_difference`` is
the difference of the shown figures, member less base. ``<measure>_difference_p10 .. p90`` are quantiles of the differences
taken draw by draw; the median of differences need not be the difference of medians. Gaps keep the scorecard's
orientation: a positive difference of a gap is an improvement. Rows of the base have no differences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.comparison.model import Member
from sim.comparison.paired import PairedDraws, paired_draws
from sim.comparison.values import ByDraw, RunValues
from sim.draws import quantiles
from sim.indicators import Indicator, dictionary

MEASURES = ("supply", "norm", "need", "gap_to_norm", "gap_to_need")

_SHOWN = {"need": "need_p50"}
"""Column of the scorecard that stands for a measure, where it is another."""

_CARRIED = (
    "unit", "supply", "norm", "need_p10", "need_p50", "need_p90", "gap_to_norm", "gap_to_need", "p_norm_met", "p_need_met",
    "status", "status_norm", "status_need", "norm_basis", "supply_how", "first_shortfall_norm", "first_shortfall_need",
)  # fmt: skip

_PARTS = ("difference", "difference_p10", "difference_p50", "difference_p90", "higher_share", "lower_share", "variance_ratio")

COLUMNS = (
    "indicator", "year", "letter", "run", "scenario", *_CARRIED, "supply_p10", "supply_p90",
    *(f"{measure}_{part}" for measure in MEASURES for part in _PARTS), "pairs", "pairing",
)  # fmt: skip


def headline(members: Sequence[Member], values: Sequence[RunValues], base: int, years: Sequence[int]) -> pd.DataFrame:
    """One row per indicator, year and member that has one; dictionary order, then year, then the members' order."""
    rows = []
    for indicator in dictionary().values():
        for year in years:
            at_base = values[base].of(indicator, year) if (indicator.key, year) in values[base].rows else None
            for position, (member, one) in enumerate(zip(members, values, strict=True)):
                if (indicator.key, year) not in one.rows:
                    continue
                row = _own(member, one, indicator, year)
                if position != base and at_base is not None:
                    row |= _differences(indicator, one, values[base], year, at_base)
                rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _own(member: Member, values: RunValues, indicator: Indicator, year: int) -> dict[str, Any]:
    """What the member's scorecard says, and the spread of its supply where that moves with the draws."""
    source = values.rows[indicator.key, year]
    supply = values.of(indicator, year).supply
    row: dict[str, Any] = {
        "indicator": indicator.key,
        "year": year,
        "letter": member.letter,
        "run": member.run.name,
        "scenario": member.manifest["scenario"],
        **{name: getattr(source, name) for name in _CARRIED},
    }
    if supply is not None and len(supply) > 1 and np.ptp(supply) > 0:
        row["supply_p10"], row["supply_p90"] = map(float, quantiles(supply, (0.1, 0.9)))
    return row


def _differences(indicator: Indicator, other: RunValues, base: RunValues, year: int, at_base: ByDraw) -> dict[str, Any]:
    """The differences of one row to the base's."""
    at_other = other.of(indicator, year)
    ours, theirs = other.rows[indicator.key, year], base.rows[indicator.key, year]
    sign = 1.0 if indicator.direction == "up" else -1.0
    row: dict[str, Any] = {"pairing": at_other.axis}
    for measure in MEASURES:
        column = _SHOWN.get(measure, measure)
        shown = getattr(ours, column) - getattr(theirs, column)
        if math.isnan(shown):
            continue
        row[f"{measure}_difference"] = shown
        a, b = _series(at_other, measure, sign), _series(at_base, measure, sign)
        if a is not None and b is not None:
            paired = paired_draws(a, b)
            row["pairs"] = paired.pairs
            row |= _named(measure, paired)
    return row


def _series(values: ByDraw, measure: str, sign: float) -> NDArray[np.float64] | None:
    """A measure by draw; gaps are oriented so that negative is short."""
    if not measure.startswith("gap_to_"):
        return getattr(values, measure)
    asked = getattr(values, measure.removeprefix("gap_to_"))
    return None if values.supply is None or asked is None else sign * (values.supply - asked)


def _named(measure: str, paired: PairedDraws) -> dict[str, float]:
    found = (paired.p10, paired.p50, paired.p90, paired.above, paired.below, paired.variance_ratio)
    return {f"{measure}_{part}": value for part, value in zip(_PARTS[1:], found, strict=True)}
