"""Calls: the stated growth is the total, draws move with their people; the Erlang check holds its standard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from demand_world import census_population, region_of, scenario_of

from sim.demand import model_need
from sim.draws import Draws
from sim.queueing import erlang_b


def test_growth_is_total_growth_however_fast_people_multiply() -> None:
    region = region_of()
    for growth in (0.0, 0.03):
        need = model_need(region, scenario_of(), census_population(region, growth=growth), Draws(0, 1))
        calls = need.activity["calls"].values[0]
        assert calls[0] == pytest.approx(0.016 * 2_092_496, rel=1e-9)
        np.testing.assert_allclose(calls, calls[0] * 1.05 ** np.arange(16), rtol=1e-12)


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
