"""What a run foresees of a measure in a year, draw by draw."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.comparison import RunValues
from sim.indicators import Indicator, dictionary
from sim.output import LoadedRun

Array = NDArray[np.float64]

FLOWS_OF_PEOPLE = ("births", "deaths")
"""Flows that ``draws.npz`` holds by the year of the projection; other flows stand there as activities."""


class Foreseen:
    """The figures of one run."""

    def __init__(self, run: LoadedRun) -> None:
        self.run = run
        self.values = RunValues(run)
        self._arrays = run.draws()

    @property
    def years(self) -> tuple[int, ...]:
        """Scorecard years."""
        return self.values.years

    def row(self, key: str, year: int) -> Any | None:
        """The row of ``scorecard.csv``, None where there is none."""
        return self.values.rows.get((key, year))

    def by_draw(self, key: str, year: int) -> Array | None:
        """The measure in each draw, entry 0 central; None where the run says nothing about it."""
        if key in FLOWS_OF_PEOPLE:
            return self._at(self._arrays[key], self._arrays["population_years"], year)
        activity = self._arrays.get(f"activity/{key}")
        if activity is not None and key not in dictionary():
            return self._at(activity, self._arrays["years"], year)
        row = self.row(key, year)
        if row is None or math.isnan(row.supply):
            return None
        return self.values.of(dictionary()[key], year).supply

    def norm(self, indicator: Indicator, year: int) -> Array | None:
        """What the plan's target asks for in each draw."""
        return self.values.of(indicator, year).norm if self.row(indicator.key, year) is not None else None

    def residents(self, year: int) -> Array:
        """Residents at the end of a year in each draw."""
        return self.values.residents(year)

    def hires(self, key: str, after: int, until: int) -> float | None:
        """Mean hires a year of a staff resource in the years ``after + 1 .. until``; None where no path implies any."""
        table = self._supply
        rows = table[(table["indicator"] == key) & (table["year"] > after) & (table["year"] <= until)]
        hires = rows["hires"].dropna()
        return float(hires.mean()) if len(hires) and len(hires) == until - after else None

    @functools.cached_property
    def observed(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The observed values that the run stands on, by measure and year: rows of ``assumptions.csv``."""
        table = self.run.table("assumptions")
        rows = table[table["group"] == "observed"].to_dict("records")
        return {(str(row["key"]), int(float(row["year"]))): row for row in rows}

    @functools.cached_property
    def _supply(self) -> Any:
        return self.run.table("supply")

    @staticmethod
    def _at(values: Array, years: NDArray[Any], year: int) -> Array | None:
        position = int(year) - int(years[0])
        if not 0 <= position < values.shape[1] or not np.isfinite(values[:, position]).all():
            return None
        return values[:, position].astype(float)
