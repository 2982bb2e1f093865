"""Print the back-test of the population projection from 2010 to 2020 as a Markdown table, and one summary line as JSON.

Usage: python benchmarks/backtest_population.py [calibration folder]
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from sim.draws import Draws
from sim.population.backtest import Outcome, back_test
from sim.region import available_regions, load_region

DRAWS = Draws(n=1000, seed=20201101)
COLUMNS = (
    "region",
    "ages",
    "census 2020",
    "projected from 2010",
    "80 % interval",
    "error",
    "no change",
    "no migration",
    "published growth",
    "inside",
)


def main(calibration: Path, draws: Draws = DRAWS) -> None:
    regions = [load_region(calibration, key) for key in available_regions(calibration)]
    outcomes = back_test(regions, draws)
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    for outcome in outcomes:
        print(row(outcome))
    errors = {
        "projection": [outcome.central for outcome in outcomes],
        "no_change": [outcome.no_change for outcome in outcomes],
        "no_migration": [outcome.closed for outcome in outcomes],
    }
    summary = {
        name: {
            "all": mean_error(outcomes, values, total=True),
            "broad_ages": mean_error(outcomes, values, total=False),
        }
        for name, values in errors.items()
    }
    inside = [outcome.inside for outcome in outcomes]
    totals = [outcome.inside for outcome in outcomes if outcome.ages == "all"]
    summary["inside_80"] = {"all": sum(totals) / len(totals), "with_broad_ages": sum(inside) / len(inside)}
    print()
    print(json.dumps({"name": "population_backtest_2010_2020", "detail": summary}))


def row(outcome: Outcome) -> str:
    cells = [
        outcome.region,
        outcome.ages,
        f"{outcome.counted:,.0f}",
        f"{outcome.central:,.0f}",
        f"{outcome.p10:,.0f} to {outcome.p90:,.0f}",
        *(percent(outcome, value) for value in (outcome.central, outcome.no_change, outcome.closed, outcome.published)),
        "yes" if outcome.inside else "no",
    ]
    return "| " + " | ".join(cells) + " |"


def percent(outcome: Outcome, forecast: float) -> str:
    return "-" if math.isnan(forecast) else f"{100 * outcome.error(forecast):+.1f} %"


def mean_error(outcomes: tuple[Outcome, ...], values: list[float], *, total: bool) -> float:
    """Mean absolute relative error in percent, of the totals or of the broad age groups."""
    chosen = [
        abs(outcome.error(value)) for outcome, value in zip(outcomes, values, strict=True) if (outcome.ages == "all") == total
    ]
    return round(100 * sum(chosen) / len(chosen), 2)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "calibration")
