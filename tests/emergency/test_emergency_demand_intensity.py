"""Calls from residents: level, age, growth that has demography inside, and space."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.draws import Draws
from sim.emergency.demand_intensity import call_demand
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario

DRAWS = Draws(3, 7)


@pytest.fixture(scope="module")
def region(root):
    return load_region(root / "calibration", "kunshan")


def demand_of(root, region, *overrides, name="plan_2025"):
    scenario = load_scenario(root / f"scenarios/kunshan/{name}.yaml", overrides=overrides, data_root=root)
    population = project_region(region, scenario, DRAWS)
    return call_demand(region, scenario, population, DRAWS)


def test_base_year_reproduces_the_rate_per_resident(root, region):
    rate = region.parameters["emergency.call_rate_per_1000"]
    assert rate.year == 2020
    demand = demand_of(root, region)
    level = region.parameters["emergency.call_level_factor"].number  # fitted to the cases of 2015-2019
    assert demand.yearly(2020) == pytest.approx(level * rate.number / 1000 * 2_092_496, rel=1e-9)
    assert demand.people(2020).sum() == pytest.approx(2_092_496, rel=1e-9)


def test_stated_growth_is_total_growth(root, region):
    demand = demand_of(root, region, "demand.call_rate_growth=0.04")
    assert demand.yearly(2030) / demand.yearly(2020) == pytest.approx(1.04**10, rel=1e-9)


def test_default_growth_is_the_regions(root, region):
    demand = demand_of(root, region)
    growth = region.parameters["emergency.call_growth_per_year"].number
    assert demand.yearly(2025) / demand.yearly(2020) == pytest.approx((1 + growth) ** 5, rel=1e-9)


def test_another_future_has_other_calls_by_its_people_alone(root, region):
    """Fewer migrants, fewer calls: by the ratio of risk-weighted residents, not by the stated growth once more."""
    plan = demand_of(root, region)
    other = demand_of(root, region, "population.migration.net_per_year=-20000")
    risk = plan._risk
    weighted = [demand.population.mid_year(2035)[0].sum(axis=0) @ risk for demand in (plan, other)]
    assert weighted[1] < weighted[0]
    assert other.yearly(2035) / plan.yearly(2035) == pytest.approx(weighted[1] / weighted[0], rel=2e-3)
    assert other.yearly(2020) == pytest.approx(plan.yearly(2020), rel=1e-9)


def test_zones_of_a_town_share_its_calls_as_its_residents(root, region):
    demand = demand_of(root, region)
    calls, zones = demand.calls(2030), region.zones
    first = zones.town == 0
    share = zones.population[first] / zones.population[first].sum()
    np.testing.assert_allclose(calls[first] / calls[first].sum(), share, rtol=1e-12)


def test_draws_move_level_growth_and_people(root, region):
    demand = demand_of(root, region)
    by_draw = [demand.yearly(2035, draw) for draw in range(DRAWS.size)]
    assert len(set(by_draw)) == DRAWS.size
    level = demand.parameters.drawn("call_level_factor")
    assert demand.yearly(2020, 1) == pytest.approx(demand.yearly(2020) * level[1] / level[0], rel=0.02)


def test_more_draws_do_not_move_the_first(root, region):
    demand = demand_of(root, region)
    more = dataclasses.replace(demand.parameters, draws=Draws(10, 7))
    for key in ("call_level_factor", "call_growth_per_year", "travel.multiplier", "transport_share"):
        assert more.drawn(key)[:4].tolist() == demand.parameters.drawn(key).tolist()
        assert more.drawn(key)[0] == demand.parameters.number(key)
