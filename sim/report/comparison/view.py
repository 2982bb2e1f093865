"""What every part of a comparison's report is handed: the comparison, the words, and how rows are looked up."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

from sim.comparison import MEASURES, Comparison, Member
from sim.indicators import Indicator, dictionary, rate_of
from sim.report.comparison.words import ComparisonWording
from sim.report.context import TARGET_BASES
from sim.report.model import Cell

_DUST = 1e-9


@dataclass(frozen=True)
class View:
    """A comparison and a language."""

    comparison: Comparison
    words: ComparisonWording

    @property
    def base(self) -> Member:
        """The member that the others are compared with."""
        return self.comparison.base_member

    @property
    def region_name(self) -> str:
        """The region's name in the report's language."""
        return self.words.pick(self.base.manifest["region_name"])

    def title(self, member: Member) -> str:
        """A member's letter and title."""
        return self.words("compare.member", letter=member.letter, title=self.words.pick(member.manifest["title"]))

    @functools.cached_property
    def rows(self) -> dict[tuple[str, int, str], Any]:
        """Rows of ``compare.csv`` by indicator, year and letter."""
        table = self.comparison.headline
        return {(row.indicator, int(row.year), row.letter): row for row in table.itertuples(index=False)}

    def row(self, indicator: str, year: int, member: Member) -> Any | None:
        """One row, None where the member has none."""
        return self.rows.get((indicator, year, member.letter))

    @functools.cached_property
    def target_year(self) -> int:
        """The plan's target year, or the last common year where it lies outside."""
        year = int(self.base.manifest["plan_year"])
        return year if year in self.comparison.years else self.comparison.years[-1]

    @functools.cached_property
    def shown_years(self) -> list[int]:
        """First year, the plan's own target years, five years after the main one if it is there, and the last year."""
        table = self.comparison.headline
        targets = {int(year) for year in table.loc[table["norm_basis"].isin(TARGET_BASES), "year"]}
        years = self.comparison.years
        return sorted(({years[0], self.target_year, self.target_year + 5, years[-1]} | targets) & set(years))

    @functools.cached_property
    def indicators(self) -> list[Indicator]:
        """Indicators that have a row, in the dictionary's order."""
        keys = {key for key, _, _ in self.rows}
        return [entry for key, entry in dictionary().items() if key in keys]

    @functools.cached_property
    def differing(self) -> list[Indicator]:
        """Indicators of which any figure or verdict is not the same in all members, in the years shown."""
        return [entry for entry in self.indicators if self.differs(entry.key, self.shown_years)]

    def differs(self, indicator: str, years: list[int]) -> bool:
        """Whether a figure, the presence of one, or a verdict is not the same in all members."""
        return any(self.member_differs(indicator, year, member) for year in years for member in self.comparison.others)

    def member_differs(self, indicator: str, year: int, member: Member) -> bool:
        """Whether a figure, the presence of one, or a verdict of a member is not that of the base."""
        if member is self.base:
            return False
        ours, base = self.row(indicator, year, member), self.row(indicator, year, self.base)
        if ours is None or base is None:
            return ours is not base
        return _moves(ours) or ours.status != base.status or _known(ours) != _known(base)

    def label(self, indicator: Indicator) -> str:
        """An indicator's label with its unit where the label does not say it."""
        label = indicator.label(self.words.language)
        if indicator.kind in ("rate", "share", "ratio"):
            return label
        return self.words("with_unit", label=label, unit=self.words.unit(indicator.unit))

    def said_by_rate(self, indicator: Indicator, year: int) -> bool:
        """Whether the verdicts of a count are those of its rate per head, so that one of the two says all."""
        rate = rate_of(indicator.key) if indicator.kind == "count" else None
        if rate is None:
            return False
        pairs = [(self.row(indicator.key, year, one), self.row(rate.key, year, one)) for one in self.comparison.members]
        return all(a is not None and b is not None and a.status == b.status for a, b in pairs)

    def difference(self, indicator: Indicator, row: Any | None, measure: str) -> str:
        """The difference of a measure to the base: median and interval of the pairs, or the plain difference."""
        if row is None:
            return self.words("none")
        shown = _number(getattr(row, f"{measure}_difference"))
        middle = _number(getattr(row, f"{measure}_difference_p50"))
        low, high = (_number(getattr(row, f"{measure}_difference_{part}")) for part in ("p10", "p90"))
        if math.isnan(middle):
            middle = low = high = shown
        return self.words.difference(indicator, middle, low, high)

    def moved(self, row: Any | None, measure: str) -> bool:
        """Whether a measure differs from the base in a row."""
        return row is not None and _moved(row, measure)

    def status(self, status: str) -> Cell:
        """A status as a cell: its word and its mark."""
        return Cell(self.words(f"status.{status}"), status) if status else Cell(self.words("none"))


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _moved(row: Any, measure: str) -> bool:
    values = [_number(getattr(row, f"{measure}_{part}")) for part in ("difference", "difference_p10", "difference_p90")]
    return any(abs(value) > _DUST for value in values if not math.isnan(value))


def _moves(row: Any) -> bool:
    return any(_moved(row, measure) for measure in MEASURES)


def _known(row: Any) -> tuple[bool, ...]:
    """Which of supply, norm and need a row has."""
    return tuple(not math.isnan(_number(getattr(row, name))) for name in ("supply", "norm", "need_p50"))
