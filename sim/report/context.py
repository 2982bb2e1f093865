"""What every section builder is handed: the run's tables and the words."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.indicators import Indicator, dictionary, rate_of
from sim.output.read import LoadedRun
from sim.report.model import Cell
from sim.report.wording import Wording

TARGET_BASES = ("target", "borrowed_target")


@dataclass(frozen=True)
class Context:
    """A run and a language."""

    run: LoadedRun
    words: Wording

    @property
    def manifest(self) -> Any:
        """The run's manifest."""
        return self.run.manifest

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run."""
        return self.run.table(name)

    @functools.cached_property
    def scorecard(self) -> pd.DataFrame:
        """``scorecard.csv``."""
        return self.table("scorecard")

    @functools.cached_property
    def years(self) -> list[int]:
        """Scorecard years."""
        return sorted(int(year) for year in self.scorecard["year"].unique())

    @property
    def base_year(self) -> int:
        """First scorecard year."""
        return self.years[0]

    @property
    def horizon(self) -> int:
        """Last scorecard year."""
        return self.years[-1]

    @property
    def target_year(self) -> int:
        """The plan's target year, or the horizon where the plan's lies outside the run."""
        year = int(self.manifest["plan_year"])
        return year if year in self.years else self.horizon

    @property
    def shown_years(self) -> list[int]:
        """Base, target year, ten years later if it is there, and horizon."""
        wanted = {self.base_year, self.target_year, self.target_year + 5, self.horizon}
        return [year for year in self.years if year in wanted]

    @property
    def region_name(self) -> str:
        """The region's name in the report's language."""
        return self.words.pick(self.manifest["region_name"])

    def rows(self, year: int) -> list[Any]:
        """Scorecard rows of a year, in the dictionary's order."""
        return list(self.scorecard[self.scorecard["year"] == year].itertuples(index=False))

    def indicator(self, key: str) -> Indicator:
        """An entry of the dictionary."""
        return dictionary()[key]

    def label(self, key: str) -> str:
        """An indicator's label with its unit where the label does not say it."""
        entry = self.indicator(key)
        label = entry.label(self.words.language)
        if entry.kind in ("rate", "share", "ratio"):
            return label
        return self.words("with_unit", label=label, unit=self.words.unit(entry.unit))

    def judged(self, year: int) -> list[Any]:
        """Rows that the plan sets a target for in ``year``, one a statement: a count is left out where its rate is judged."""
        rows = [row for row in self.rows(year) if row.norm_basis in TARGET_BASES]
        keys = {row.indicator for row in rows}
        return [row for row in rows if not ((rate := rate_of(row.indicator)) is not None and rate.key in keys)]

    def status(self, status: str) -> Cell:
        """A status as a cell: its word and its mark."""
        return Cell(self.words(f"status.{status}"), status) if status else Cell(self.words("none"))

    def interval(self, indicator: Indicator, low: float, high: float) -> str:
        """An interval of an indicator's values."""
        return self.words.interval(self.words.of(indicator, low), self.words.of(indicator, high))

    def with_interval(self, indicator: Indicator, value: float, low: float, high: float) -> str:
        """A value of an indicator with its interval."""
        words = self.words
        return words.with_interval(words.of(indicator, value), words.of(indicator, low), words.of(indicator, high))

    def grade(self, confidence: str) -> str:
        """A confidence grade in words."""
        return self.words.known(f"grade.{confidence}", confidence)


def present(value: Any) -> bool:
    """Whether a field holds something (not NaN, not empty)."""
    return value is not None and value != "" and value == value
