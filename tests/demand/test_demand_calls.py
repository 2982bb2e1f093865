"""Calls: the stated growth is the total, draws move with their people; the Erlang check holds its standard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from demand_world import census_population, region_of, scenario_of

from sim.demand import model_need
from sim.draws import Draws
from sim.emergency.demand_intensity import call_demand
from sim.population import project_region
from sim.queueing import erlang_b
from sim.scenario.model import PopulationSection


def test_growth_is_total_growth_however_fast_people_multiply() -> None:
    region = region_of()
    for growth in (0.0, 0.03):
        need = model_need(region, scenario_of(), census_population(region, growth=growth), Draws(0, 1))
        calls = need.activity["calls"].values[0]
        level, stated = (region.parameters[f"emergency.{key}"].number for key in ("call_level_factor", "call_growth_per_year"))
        assert calls[0] == pytest.approx(0.016 * 2_092_496 * level, rel=1e-9)
        np.testing.assert_allclose(calls, calls[0] * (1.0 + stated) ** np.arange(16), rtol=1e-12)


def test_a_lever_by_year_compounds() -> None:
    region = region_of()
    scenario = scenario_of(end=2023, call_rate_growth={2021: 0.1, 2022: 0.0, 2023: -0.5})
    calls = model_need(region, scenario, census_population(region, end=2023), Draws(0, 1)).activity["calls"].values[0]
    assert calls / calls[0] == pytest.approx([1.0, 1.1, 1.1, 0.55], rel=1e-12)


def test_a_draw_with_more_old_people_has_more_calls() -> None:
    region = region_of(emergency__call_level_factor=1.0, emergency__call_growth_per_year=0.05)
    people = census_population(region, draws=1)
    counts = people.counts.copy()
    counts[1, :, :, 75:] *= 2.0
    calls = model_need(region, scenario_of(draws=1), replace(people, counts=counts), Draws(1, 1)).activity["calls"].values
    risk = np.array([0.45, 0.6, 0.9, 1.8, 5.0])[np.searchsorted([0, 15, 45, 60, 75], np.arange(101), side="right") - 1]
    weighted = (counts[:, 0] * risk).sum(axis=(1, 2))
    assert calls[1, 0] / calls[0, 0] == pytest.approx(weighted[1] / weighted[0], rel=1e-12)


def test_the_erlang_check_is_the_smallest_pool_that_holds_its_standard() -> None:
    region = region_of()
    need = model_need(region, scenario_of(), census_population(region), Draws(0, 1))
    reserve = region.parameters["emergency.vehicle_reserve"].number
    crews = np.round(need.second["ambulances", "erlang"].values[0] / reserve).astype(int)
    load = need.activity["calls"].values[0] / 365.25 * 0.0566 * 64 / 60
    assert (erlang_b(crews, load) <= 0.01).all()
    assert (erlang_b(crews - 1, load) > 0.01).all()
    assert np.isnan(need.need["ambulances"].values).all()


@pytest.mark.parametrize(("key", "levers"), [("kunshan", {}), ("taicang", {"call_rate_growth": 0.02})])
def test_the_emergency_simulation_reckons_with_the_same_calls_draw_by_draw(key: str, levers: dict[str, float]) -> None:
    region = region_of(key)
    start, end, draws = region.base_year, region.base_year + 7, Draws(3, 17)
    scenario = scenario_of(key, start=start, end=end, draws=3, **levers)
    people = project_region(region, scenario, draws)
    calls = model_need(region, scenario, people, draws).activity["calls"].values
    simulated = call_demand(region, scenario, people, draws)
    for year in (start, start + 3, end):
        for draw in (0, 2):
            assert calls[draw, year - start] == pytest.approx(simulated.yearly(year, draw), rel=1e-9)


def test_a_scenario_with_more_people_has_more_calls_than_the_stated_growth() -> None:
    region, draws = region_of(), Draws(0, 1)
    plain = scenario_of(end=2026)
    crowded = replace(plain, body=plain.body.model_copy(update={"population": _many_migrants()}))
    calls = {}
    for name, scenario in (("plain", plain), ("crowded", crowded)):
        people = project_region(region, scenario, draws)
        calls[name] = model_need(region, scenario, people, draws).activity["calls"].values[0]
    stated = region.parameters["emergency.call_growth_per_year"].number
    assert calls["plain"][-1] == pytest.approx(calls["plain"][0] * (1.0 + stated) ** 6, rel=1e-12)
    assert calls["crowded"][-1] > 1.01 * calls["plain"][-1]


def _many_migrants() -> PopulationSection:
    return PopulationSection.model_validate({"migration": {"net_per_year": 60_000}})
