"""Are the forecasts after observed years as sure as they say? Truths are drawn from the model, published, and foreseen.

For each truth (a draw of the model with a seed of its own) residents, births, discharges and visits of 2021-2023 are
published with the errors that docs/evaluation.md states, Kunshan's plan is projected through them, and the truth of later
years is looked for in the 80 % interval. Prints one JSON object a quantity and year: ``ratio`` = share of the truths inside
over 0.8, ``detail`` = that share and the mean width of the interval over that of the earlier forecast.

    PYTHONPATH=. python benchmarks/rebasing.py [truths]
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.demand import model_need
from sim.draws import Draws, quantiles
from sim.population import project_region
from sim.priors import Z90
from sim.region import Observation, load_region
from sim.region.model import Confidence
from sim.scenario import load_scenario

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED, ASKED = (2021, 2022, 2023), (2024, 2025, 2030, 2035)
WIDTHS = {"population": 0.005, "births": 0.03, "discharges": 0.03 * Z90, "visits": 0.03 * Z90}
ONE_ERROR = ("population", "births")


def figures(population, need, year: int) -> dict[str, np.ndarray]:
    """The quantities of a year by draw."""
    found = {"population": population.at_end_of(year).sum(axis=(1, 2)), "births": population.births[:, year - 2021].sum(axis=1)}
    found |= {key: need.activity[key].values[:, year - 2020] for key in ("discharges", "visits")}
    return {**found, "beds": need.need["beds"].values[:, year - 2020]}


def main(truths: int) -> None:
    """Print the coverage."""
    scenario = load_scenario(ROOT / "scenarios" / "kunshan" / "plan_2025.yaml")
    region = load_region(ROOT / "calibration", "kunshan")

    def foreseen(observed, draws: Draws):
        told = replace(region, observed=observed)
        population = project_region(told, scenario, draws)
        need = model_need(told, scenario, population, draws)
        return {year: figures(population, need, year) for year in (*PUBLISHED, *ASKED)}

    truth, before = foreseen({}, Draws(truths, 1234)), foreseen({}, Draws(200, 7))
    errors = np.random.default_rng(5).standard_normal((truths, len(WIDTHS), len(PUBLISHED)))
    inside: dict[tuple[str, int], list[bool]] = {}
    widths: dict[tuple[str, int], list[float]] = {}
    for one in range(truths):
        observed: dict[str, dict[int, Observation]] = {}
        for row, (key, width) in enumerate(WIDTHS.items()):
            for column, year in enumerate(PUBLISHED):
                error = errors[one, row, 0 if key in ONE_ERROR else column]
                value = float(truth[year][key][one + 1]) * (1 + width / Z90 * error)
                observed.setdefault(key, {})[year] = Observation(
                    value, "", "", Confidence.SOURCED, year=year, low=value * (1 - width), high=value * (1 + width)
                )
        now = foreseen(observed, Draws(200, 7))
        for year in ASKED:
            for key, values in now[year].items():
                low, _, high = quantiles(values)
                earlier = quantiles(before[year][key])
                inside.setdefault((key, year), []).append(bool(low <= truth[year][key][one + 1] <= high))
                widths.setdefault((key, year), []).append(float((high - low) / (earlier[2] - earlier[0])))
    for (key, year), hits in inside.items():
        share, width = float(np.mean(hits)), float(np.mean(widths[key, year]))
        detail = f"{share:.2f} of {truths} truths inside the 80 % interval, {width:.2f} as wide as the earlier one"
        print(json.dumps({"name": f"rebasing_{key}_{year}", "ratio": round(share / 0.8, 3), "detail": detail}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
