"""Print the results of the population projection that docs/model_population.md shows, as Markdown tables.

Usage: python benchmarks/population_results.py [calibration folder]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws, quantiles
from sim.population.inputs import LATEST_CENSUS, Inputs, read_inputs
from sim.population.model import OPEN_AGE, Population
from sim.population.paths import life_expectancy_path
from sim.population.region_projection import project_years
from sim.region import available_regions, load_region
from sim.scenario.model import Mortality, PopulationSection

DRAWS = Draws(n=1000, seed=20201101)
LAST = 2035
WEIGHT = "population.life_expectancy.survival_weight"
TABLES = {
    "life expectancy": ("region", "published", "shown by survival 70+ to 80+", "used", "80 % of draws, 2020",
                        "80+ in 2035 if published / used / shown"),
    "residents": ("region", "2020", "2025", "2030", "2035", "65+ 2020", "65+ 2035", "80+ 2020", "80+ 2035"),
    "children under 3": ("region", "2020", "2025", "2030", "2035", "2025 / 2020"),
}  # fmt: skip


def main(calibration: Path) -> None:
    rows: dict[str, list[str]] = {name: [] for name in TABLES}
    for key in available_regions(calibration):
        inputs = read_inputs(load_region(calibration, key))
        for name, row in tables(inputs, DRAWS):
            rows[name].append(row)
    for name, columns in TABLES.items():
        print(f"\n{name}\n\n| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
        print("\n".join(rows[name]))


def tables(inputs: Inputs, draws: Draws) -> Iterator[tuple[str, str]]:
    """The region's row of each table."""
    name = inputs.region.key.capitalize()
    population = project_years(inputs, PopulationSection(), LATEST_CENSUS + 1, LAST + 1, draws)
    yield "life expectancy", line(name, *life_expectancy(inputs, draws))
    total, old, oldest = (people(population, age, OPEN_AGE) for age in (0, 65, 80))
    yield "residents", line(
        name, f"{total[0, 0]:,.0f}", *(interval(total, year, -3) for year in (2025, 2030, LAST)),
        rounded(old[0, 0]), rounded(old[0, -1]), rounded(oldest[0, 0]), interval(oldest, LAST),
    )  # fmt: skip
    young = people(population, 0, 2)
    ratio = f"{young[0, 5] / young[0, 0]:.2f}"
    yield "children under 3", line(name, rounded(young[0, 0]), *(interval(young, year) for year in (2025, 2030, LAST)), ratio)


def life_expectancy(inputs: Inputs, draws: Draws) -> Iterator[str]:
    """Published, shown, used; what the draws hold; and what follows for the oldest."""
    drawn = life_expectancy_path(inputs, np.array([LATEST_CENSUS + 1]), Mortality(), draws)[:, 0].mean(axis=1)
    low, high = quantiles(drawn - drawn[0], (0.1, 0.9)) + inputs.life_expectancy_both_sexes
    yield f"{inputs.published_both:.2f}"
    yield f"{inputs.published_both + inputs.survival_shows:.1f}"
    yield f"{inputs.life_expectancy_both_sexes:.1f}"
    yield f"{low:.1f}-{high:.1f}"
    given = inputs.parameter(WEIGHT)
    yield " / ".join(oldest_with(inputs, weight) for weight in (0.0, given.number, 1.0))


def oldest_with(inputs: Inputs, weight: float) -> str:
    """Persons of 80 and over in the last year, the censuses taken with this weight."""
    region = inputs.region
    changed = {**region.parameters, WEIGHT: replace(inputs.parameter(WEIGHT), value=weight)}
    other = read_inputs(replace(region, parameters=changed))
    central = project_years(other, PopulationSection(), LATEST_CENSUS + 1, LAST + 1, Draws(0, 0))
    return rounded(people(central, 80, OPEN_AGE)[0, -1])


def people(population: Population, first: int, last: int) -> NDArray[np.float64]:
    """Persons of these ages, shape ``[draw, time]``."""
    return population.counts[..., first : last + 1].sum(axis=(2, 3))


def interval(values: NDArray[np.float64], year: int, digits: int = -2) -> str:
    """Central value and 80 % interval at the end of a year."""
    at = values[:, year - LATEST_CENSUS]
    low, high = (rounded(value, digits) for value in quantiles(at, (0.1, 0.9)))
    return f"{rounded(at[0], digits)} ({low}-{high})"


def rounded(value: float, digits: int = -2) -> str:
    return f"{round(float(value), digits):,.0f}"


def line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "calibration")
