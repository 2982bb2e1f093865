"""Planned counts on the Kunshan pack, against figures worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from sim.population.model import Population
from sim.region import load_region
from sim.scenario import load_scenario
from sim.supply import plan_supply, planning_population

CENSUS = 2_092_496  # Kunshan, 2020 census, county volume


def residents_growing_by(share: float, draws: int = 4) -> Population:
    """Kunshan's census total growing by a constant share a year, all of one age; draws differ by +-1 % steps."""
    years = np.arange(2021, 2037)
    total = CENSUS * (1 + share) ** np.arange(len(years))
    counts = np.zeros((draws, len(years), 2, 101))
    counts[:, :, 0, 30] = total * (1 + 0.01 * np.arange(draws))[:, None]
    empty = np.zeros((draws, len(years) - 1))
    shares = np.ones((draws, len(years), 1, 1))
    return Population(years, counts, np.zeros((draws, 15, 2)), empty, empty, empty, ("t",), shares, np.array([0]))


@pytest.fixture(scope="module")
def kunshan(root: Path):
    return load_region(root / "calibration", "kunshan")


def supply_of(root, kunshan, name, overrides=(), growth=0.01):
    scenario = load_scenario(root / "scenarios" / "kunshan" / f"{name}.yaml", overrides=overrides)
    return scenario, plan_supply(kunshan, scenario, residents_growing_by(growth))


def test_the_baseline_is_kept_to_the_printed_count(root, kunshan):
    _, supply = supply_of(root, kunshan, "baseline")
    for key, printed in {"beds": 8188, "physicians": 5440, "nurses": 5937, "emergency_stations": 14}.items():
        assert np.all(supply.series[key].values == printed)
    assert supply.series["beds"].how[0] == "observed"


def test_a_per_head_target_becomes_a_count_once_with_the_central_projection(root, kunshan):
    _, supply = supply_of(root, kunshan, "plan_2025")
    residents_2025 = CENSUS * 1.01**5  # 31 December 2025 is 1 January 2026
    assert supply.series["beds"].values[5] == math.ceil(5.0 * residents_2025 / 1000)
    assert supply.series["ambulances"].values[5] == math.ceil(0.25 * residents_2025 / 10_000)
    assert supply.series["beds"].planning_population[2025] == pytest.approx(residents_2025)
    assert np.all(supply.series["beds"].values[5:] == supply.series["beds"].values[5])
    assert supply.series["beds"].how[4:7] == ("interpolated", "planned", "carried_forward")


def test_a_planning_population_that_is_given_is_the_one_used(root, kunshan):
    scenario, supply = supply_of(root, kunshan, "plan_2025", ["population.planning_population={2025: 2200000}"])
    assert planning_population(scenario, residents_growing_by(0.01), 2025) == 2_200_000
    assert supply.series["beds"].values[5] == 11_000


def test_what_was_not_observed_is_never_zero(root, kunshan):
    _, supply = supply_of(root, kunshan, "plan_2025")
    for key in ("childcare_places", "monitoring_ambulances", "tcm_beds"):
        series = supply.series[key]
        assert np.all(np.isnan(series.values[:5]))
        assert set(series.how[:5]) == {"not_observed"}
        assert series.values[5] > 0


def test_hires_reproduce_the_path_and_half_of_them_fall_short(root, kunshan):
    _, full = supply_of(root, kunshan, "plan_2025")
    physicians = full.series["physicians"]
    attrition = kunshan.parameters["workforce.attrition.physicians"].number
    straight = np.interp([2020, 2021], [2020, 2025], [5440, physicians.values[5]])
    assert physicians.hires[1] == pytest.approx(straight[1] - 5440 * (1 - attrition), abs=1.0)
    _, half = supply_of(root, kunshan, "what_if_half_recruitment")
    assert half.series["physicians"].values[0] == 5440
    assert np.all(half.series["physicians"].values[1:6] < physicians.values[1:6])
    assert half.series["physicians"].hires[1] == pytest.approx(physicians.hires[1] / 2)


def test_whole_things_are_whole(root, kunshan):
    _, supply = supply_of(root, kunshan, "plan_2025")
    for series in supply.series.values():
        known = series.values[np.isfinite(series.values)]
        assert np.all(known == np.round(known))


def test_a_project_adds_on_its_date(root, kunshan):
    added = '[{name: new wing, opens: "2023-07", adds: 300}]'
    _, plain = supply_of(root, kunshan, "plan_2025")
    _, more = supply_of(root, kunshan, "plan_2025", [f"resources.beds.projects={added}"])
    difference = more.series["beds"].values - plain.series["beds"].values
    assert difference.tolist() == [0.0] * 3 + [300.0] * 13
    assert more.series["beds"].how[3] == "project"
