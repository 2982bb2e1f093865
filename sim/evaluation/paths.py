"""``evaluation_paths.csv``: plan, earlier forecast, outcome and forecast of now by year, for charts and for analysts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.draws import quantiles
from sim.evaluation.forecast import Foreseen
from sim.evaluation.model import PLANNED, Row

COLUMNS = ("indicator", "unit", "year", "role", "value", "p10", "p90")


def paths_of(rows: Sequence[Row], before: Foreseen, after: Foreseen) -> pd.DataFrame:
    """One row an indicator, role and year. Roles: ``plan`` (planned path of the earlier run) or ``earlier`` (its forecast),
    ``now``, ``outcome``, ``target``, ``at_pace``. ``value`` is the central one; ``p10`` and ``p90`` where there is a spread."""
    found = []
    latest = {row.indicator: row for row in rows}
    for key, last in latest.items():
        role = "plan" if last.kind == PLANNED else "earlier"
        for name, run in ((role, before), ("now", after)):
            for year in run.years:
                values = run.by_draw(key, year)
                if values is not None:
                    low, _, high = (float(value) for value in quantiles(values))
                    spread = (low, high) if high > low else (None, None)
                    found.append((key, last.unit, year, name, float(values[0]), *spread))
        found += [(key, row.unit, row.year, "outcome", row.outcome, row.outcome_low, row.outcome_high)
                  for row in rows if row.indicator == key]  # fmt: skip
        if last.target is not None:
            found.append((key, last.unit, last.target_year, "target", last.target, None, None))
        if last.at_pace is not None:
            found.append((key, last.unit, last.target_year, "at_pace", last.at_pace, None, None))
    return pd.DataFrame(found, columns=list(COLUMNS), dtype=object)
