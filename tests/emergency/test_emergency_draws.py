"""Coverage and the smallest fleet in parameter draws: where the chances of the scorecard come from."""

from __future__ import annotations

import numpy as np
import pytest

from sim.demand import model_need
from sim.draws import Draws, known_quantiles
from sim.emergency import simulate
from sim.emergency.fleet_search import fleet_needed
from sim.emergency.runs import calls_of, engine_named
from sim.emergency.scenario_world import scenario_world
from sim.emergency.simulation import duties_of
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.scorecard import score, with_ambulances
from sim.supply import plan_supply

DRAWS = Draws(5, 11)
SETTINGS = ["emergency.replications=2", "emergency.parameter_draws=3", "emergency.years=[2022, 2023, 2025]"]


@pytest.fixture(scope="module")
def plan(root):
    region = load_region(root / "calibration", "kunshan")
    scenario = load_scenario(root / "scenarios/kunshan/plan_2025.yaml", overrides=SETTINGS, data_root=root)
    return region, scenario, project_region(region, scenario, DRAWS)


@pytest.fixture(scope="module")
def result(plan):
    return simulate(*plan, plan_supply(*plan), DRAWS)


def test_coverage_spreads_over_the_draws_of_every_year_of_the_horizon(plan, result):
    _, scenario, _ = plan
    table = result.by_draw
    assert list(zip(table.year, table.draw, strict=True)) == [(year, draw) for year in scenario.years for draw in range(4)]
    radii = {"urban": scenario.body.emergency.radius_urban_km, "rural": scenario.body.emergency.radius_rural_km}
    for segment, radius in radii.items():
        shares = table.loc[table.year == 2025, f"coverage_{segment}_people"].to_numpy()
        found = result.coverage.set_index(["year", "metric", "segment", "radius_km"])
        row = found.loc[(2025, "straight", segment, radius)]
        assert (row.population_share, row.draws) == (shares[0], 3)
        assert (row.population_p10, row.population_p90) == pytest.approx(tuple(np.quantile(shares[1:], (0.1, 0.9))))
    assert len(set(table.loc[table.year == 2025, "coverage_urban_people"])) > 1  # stations move


def test_fleets_are_searched_in_all_draws_of_the_mapped_years_and_centrally_in_the_others(result):
    searched = result.by_draw[result.by_draw.met.notna()]
    assert searched.groupby("year").size().to_dict() == {2022: 4, 2023: 1, 2025: 4}
    needed = result.duty_needed.set_index("year")
    drawn = searched[(searched.year == 2025) & (searched.draw > 0)]
    assert (needed.draws[2025], needed.draws[2023]) == (3, 0)
    assert needed.met_share[2025] == drawn.met.mean()
    vehicles = np.where(drawn.met.astype(bool), drawn.vehicles_needed.astype(float), np.inf)
    expected = known_quantiles(vehicles, (0.1, 0.9))
    expected[np.isinf(expected)] = np.nan
    np.testing.assert_array_equal(needed.loc[2025, ["vehicles_p10", "vehicles_p90"]].to_numpy(float), np.ceil(expected))
    assert np.isnan(needed.units_p10[2023])


def test_scorecard_has_chances_for_coverage_and_ambulances(plan, result):
    region, scenario, population = plan
    need = with_ambulances(model_need(region, scenario, population, DRAWS), result)
    rows = score(region, scenario, population, need, plan_supply(*plan), result).rows
    by_key = {(row.indicator, row.year): row for row in rows}
    assert by_key["coverage_urban_people", 2025].p_norm_met is not None
    ambulances = by_key["ambulances", 2025]
    supply = ambulances.supply
    drawn = result.by_draw[(result.by_draw.year == 2025) & (result.by_draw.draw > 0)]
    assert ambulances.p_need_met == pytest.approx(np.mean(drawn.met.astype(bool) & (drawn.vehicles_needed <= supply)))
    assert by_key["ambulances", 2023].p_need_met is None


def test_a_guess_changes_the_work_and_not_the_answer(plan):
    region, scenario, population = plan
    world = scenario_world(region, scenario, population, Draws(0, DRAWS.seed))
    setup = world.setup(2025, 0, duties_of(world, [2025])[0][2025])
    tries = [calls_of(setup, DRAWS.seed, 2025, 0)]
    engine = engine_named("compiled")
    tried = []

    def counted(run_world, calls):
        tried.append(len(run_world.units))
        return engine(run_world, calls)

    plain = fleet_needed(world, setup, tries, 12.0, 60.0, counted)
    without = len(tried)
    for guess in (1, plain.units - 6, plain.units - 1, plain.units, plain.units + 1, plain.units + 9, 10_000):
        tried.clear()
        found = fleet_needed(world, setup, tries, 12.0, 60.0, counted, guess)
        assert (found.units, found.mean_min) == (plain.units, plain.mean_min)
        assert len(tried) == len(set(tried))
        if abs(guess - plain.units) <= 1:
            assert len(tried) < without
    assert fleet_needed(world, setup, tries, 6.0, 60.0, counted, plain.units).units is None


def test_quantiles_of_draws_that_are_unknown_or_without_bound():
    sample = np.array([np.nan, 4.0, np.inf, 1.0, 2.0, 3.0])
    assert known_quantiles(sample, (0.0, 0.5, 0.75, 0.9)).tolist() == [1.0, 3.0, 4.0, np.inf]
    assert np.isnan(known_quantiles(np.array([np.nan]))).all()
    finite = np.random.default_rng(1).random(37)
    assert known_quantiles(finite).tolist() == np.quantile(finite, (0.1, 0.5, 0.9)).tolist()
