"""``compare_emergency.csv``: the emergency service of every member, and differences on the same calls.

Two kinds of uncertainty stay apart, as in ``emergency.csv``. *Replications* under the central assumptions, paired one by
one on common random numbers: a Student t interval (95 %) of the mean difference, and the variance ratio, which says how
many times more replications an unpaired comparison would need. *Parameter draws*, paired draw by draw: quantiles of the
differences. Sources: :mod:`sim.emergency.statistics`, :mod:`sim.comparison.paired`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.comparison.model import Member
from sim.comparison.paired import paired_draws
from sim.comparison.values import RunValues
from sim.draws import quantiles
from sim.emergency import paired_difference

METRICS = (
    "response_mean_min", "response_median_min", "response_p90_min", "response_share_within_12", "dispatch_mean_min",
    "turnout_mean_min", "turnout_share_within_3", "travel_mean_min", "queue_mean_min", "queued_share", "own_station_share",
    "utilisation", "calls",
)  # fmt: skip
"""Columns of ``emergency_replications.csv`` that are compared, in printing order."""

COLUMNS = (
    "year", "metric", "letter", "run", "scenario", "mean", "parameter_p10", "parameter_p90", "difference", "ci_low", "ci_high",
    "replications", "variance_ratio", "parameter_difference_p10", "parameter_difference_p50", "parameter_difference_p90",
    "parameter_draws", "parameter_variance_ratio",
)  # fmt: skip


def emergency(members: Sequence[Member], values: Sequence[RunValues], base: int) -> pd.DataFrame:
    """One row per simulated year that all have, metric and member; rows of the base have no differences."""
    rows = []
    for year in common_years(values):
        for metric in METRICS:
            if any(metric not in one.replications.columns for one in values):
                continue
            against = _Metric(values[base], year, metric)
            for position, (member, one) in enumerate(zip(members, values, strict=True)):
                own = _Metric(one, year, metric)
                row = {
                    "year": year,
                    "metric": metric,
                    "letter": member.letter,
                    "run": member.run.name,
                    "scenario": member.manifest["scenario"],
                    **own.figures(),
                }
                rows.append(row if position == base else row | own.difference(against))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def common_years(values: Sequence[RunValues]) -> list[int]:
    """Simulated calendar years that all runs have."""
    years = [set(map(int, one.replications["year"])) for one in values]
    return sorted(set.intersection(*years))


class _Metric:
    """One metric of one run and year: the central replications, and the mean of each parameter draw."""

    def __init__(self, values: RunValues, year: int, metric: str) -> None:
        table = values.replications
        rows = table[table["year"] == year].sort_values(["draw", "replication"], kind="stable")
        self.replications: NDArray[np.float64] = rows.loc[rows["draw"] == 0, metric].to_numpy(dtype=float)
        self.by_draw: NDArray[np.float64] = rows.groupby("draw", sort=True)[metric].mean().to_numpy(dtype=float)

    def figures(self) -> dict[str, Any]:
        """Mean over the central replications, and the spread over the parameter draws."""
        row: dict[str, Any] = {"mean": float(self.replications.mean())}
        if len(self.by_draw) > 1:
            row["parameter_p10"], row["parameter_p90"] = map(float, quantiles(self.by_draw, (0.1, 0.9)))
        return row

    def difference(self, base: _Metric) -> dict[str, Any]:
        """Paired differences to the base, over the replications and the draws that both have."""
        row: dict[str, Any] = {"difference": float(self.replications.mean() - base.replications.mean())}
        pairs = min(len(self.replications), len(base.replications))
        if pairs >= 2:
            paired = paired_difference(self.replications[:pairs], base.replications[:pairs])
            row |= {
                "difference": paired.difference.mean,
                "ci_low": paired.difference.low,
                "ci_high": paired.difference.high,
                "replications": pairs,
                "variance_ratio": paired.variance_ratio if math.isfinite(paired.variance_ratio) else None,
            }
        drawn = paired_draws(self.by_draw, base.by_draw)
        if drawn.pairs:
            row |= {
                "parameter_difference_p10": drawn.p10,
                "parameter_difference_p50": drawn.p50,
                "parameter_difference_p90": drawn.p90,
                "parameter_draws": drawn.pairs,
                "parameter_variance_ratio": drawn.variance_ratio,
            }
        return row
