"""The figures of a run draw by draw, rebuilt from its folder by the rules of the scorecard.

``draws.npz`` holds residents and needs by draw; planned counts do not move with the draws. What follows from both (rates
per head, norms that grow with the population) is computed here as :mod:`sim.scorecard.score` and
:mod:`sim.scorecard.norms` do it. A figure whose rebuilt central value is not the one of ``scorecard.csv`` does not rest on
the population of the draws (a count that a plan prints as such, a rate on a printed population): it is the same in all.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.indicators import Indicator, dictionary, rate_of
from sim.output import LoadedRun

_CLOSE = 1e-9


@dataclass(frozen=True)
class ByDraw:
    """Supply, norm and need of one indicator in one year, shape ``[draw]``, entry 0 central; None = not available.

    ``axis`` says what the entries are: ``draw`` (all draws of the run) or ``parameter_draw`` (those that the emergency
    simulation ran).
    """

    supply: NDArray[np.float64] | None
    norm: NDArray[np.float64] | None
    need: NDArray[np.float64] | None
    axis: str = "draw"


class RunValues:
    """The figures of one run."""

    def __init__(self, run: LoadedRun) -> None:
        self.run = run
        self._arrays = run.draws()
        self._position = {int(year): at for at, year in enumerate(self._arrays["years"])}
        self._first_january = {int(year): at for at, year in enumerate(self._arrays["population_years"])}

    @functools.cached_property
    def rows(self) -> dict[tuple[str, int], Any]:
        """Scorecard rows by indicator and year."""
        return {(row.indicator, int(row.year)): row for row in self.run.table("scorecard").itertuples(index=False)}

    @functools.cached_property
    def years(self) -> tuple[int, ...]:
        """Scorecard years."""
        return tuple(sorted({year for _, year in self.rows}))

    @functools.cached_property
    def replications(self) -> Any:
        """``emergency_replications.csv``."""
        return self.run.table("emergency_replications")

    @functools.cached_property
    def emergency_draws(self) -> Any:
        """``emergency_draws.csv``."""
        return self.run.table("emergency_draws")

    def residents(self, year: int) -> NDArray[np.float64]:
        """Residents at the end of ``year`` (1 January of the next), shape ``[draw]``."""
        return self._arrays["population_total"][:, self._first_january[year + 1]].astype(float)

    def of(self, indicator: Indicator, year: int) -> ByDraw:
        """Supply, norm and need by draw of a row of the scorecard."""
        row = self.rows[indicator.key, year]
        simulated = self._simulated(indicator.key, year)
        if simulated is not None:
            simulated[0] = row.supply
            norm = None if math.isnan(row.norm) else np.full(len(simulated), float(row.norm))
            return ByDraw(simulated, norm, None, "parameter_draw")
        return ByDraw(self._supply(indicator, row), self._norm(indicator, row), self._need(indicator, row))

    def _simulated(self, metric: str, year: int) -> NDArray[np.float64] | None:
        """Mean over the replications of each simulated parameter draw, or coverage in each, the central one first."""
        tables = (self.replications, self.emergency_draws)
        table = next((table for table in tables if metric in table.columns), None)
        if table is None:
            return None
        rows = table[table["year"] == year]
        if rows.empty:
            return None
        return rows.groupby("draw", sort=True)[metric].mean().to_numpy(dtype=float).copy()

    def _behind(self, row: Any) -> NDArray[np.float64]:
        """Residents behind a per-head row: of each draw, or the printed ones where the row stands on those."""
        residents = self.residents(int(row.year))
        printed = getattr(row, "denominator", math.nan)
        if math.isnan(printed) or math.isclose(printed, residents[0], rel_tol=_CLOSE):
            return residents
        return np.full(len(residents), float(printed))

    def _supply(self, indicator: Indicator, row: Any) -> NDArray[np.float64] | None:
        residents = self.residents(int(row.year))
        if math.isnan(row.supply):
            return None
        if indicator.key == "population":
            return residents
        count = self.rows.get((indicator.count, int(row.year)))
        if indicator.kind != "rate" or count is None:
            return np.full(len(residents), float(row.supply))
        return _moving(row.supply, count.supply / self._behind(row) * indicator.per)

    def _norm(self, indicator: Indicator, row: Any) -> NDArray[np.float64] | None:
        residents = self.residents(int(row.year))
        if math.isnan(row.norm):
            return None
        rate = rate_of(indicator.key) if indicator.kind == "count" else None
        per_head = self.rows.get((rate.key, int(row.year))) if rate is not None else None
        if rate is None or per_head is None or math.isnan(per_head.norm):
            return np.full(len(residents), float(row.norm))
        asked = per_head.norm * residents / rate.per
        return _moving(row.norm, _whole_up(asked) if indicator.whole else asked)

    def _need(self, indicator: Indicator, row: Any) -> NDArray[np.float64] | None:
        key = indicator.count or indicator.key
        if math.isnan(row.need_p50) or f"need/{key}" not in self._arrays:
            return None
        values = self._arrays[f"need/{key}"][:, self._position[int(row.year)]].astype(float)
        if dictionary()[key].whole:
            values = _whole_up(values)
        return values / self._behind(row) * indicator.per if indicator.kind == "rate" else values


def _moving(shown: float, rebuilt: NDArray[np.float64]) -> NDArray[np.float64]:
    """``rebuilt`` if its central entry is the figure that the scorecard shows, else that figure in every draw."""
    if math.isclose(rebuilt[0], shown, rel_tol=_CLOSE):
        return rebuilt
    return np.full(len(rebuilt), float(shown))


def _whole_up(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ceil(np.round(values, 6))
