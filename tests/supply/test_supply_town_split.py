"""Planned levels by town: exact sums, whole things, and the laws of largest remainder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.draws import Draws
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.supply import plan_supply, split_targets
from sim.supply.town_split import largest_remainder, town_weights

WEIGHTS = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=20).filter(lambda items: sum(items) > 0)


def test_a_textbook_apportionment():
    # Balinski and Young 1982, the Alabama paradox in small: quotas 4.286, 4.286, 1.429 of 10
    assert largest_remainder(10, np.array([6.0, 6.0, 2.0])).tolist() == [4, 4, 2]
    assert largest_remainder(11, np.array([6.0, 6.0, 2.0])).tolist() == [5, 5, 1]


@given(st.integers(0, 100_000), WEIGHTS)
def test_parts_are_whole_add_up_and_stay_within_one_of_their_quota(total, weights):
    parts = largest_remainder(total, np.array(weights))
    quotas = total * np.array(weights) / sum(weights)
    assert parts.sum() == total
    assert np.all(parts == np.round(parts))
    assert np.all(np.abs(parts - quotas) < 1 + 1e-6)


@given(st.integers(0, 100_000), WEIGHTS)
def test_more_weight_never_gets_less_and_zero_stays_zero(total, weights):
    parts = largest_remainder(total, np.array(weights))
    ordered = parts[np.argsort(weights, kind="stable")]
    strict = np.diff(np.sort(weights)) > 1e-6 * max(weights)
    assert np.all(np.diff(ordered)[strict] >= 0)
    assert np.all(parts[np.array(weights) == 0] == 0)


@pytest.mark.parametrize(("total", "weights"), [(2.5, [1.0]), (-1, [1.0]), (3, [0.0]), (3, [1.0, -1.0])])
def test_what_cannot_be_shared_out_is_refused(total, weights):
    with pytest.raises(ValueError, match=r"whole|weights"):
        largest_remainder(total, np.array(weights))


@pytest.fixture(scope="module")
def kunshan(root: Path):
    region = load_region(root / "calibration", "kunshan")
    scenario = load_scenario(root / "scenarios" / "kunshan" / "plan_2025.yaml", overrides=["draws=2"])
    population = project_region(region, scenario, Draws(2, scenario.body.seed))
    supply = plan_supply(region, scenario, population)
    return region, scenario, population, supply, split_targets(region, scenario, population, supply)


def test_the_towns_of_every_year_add_up_to_the_county(kunshan):
    *_, supply, targets = kunshan
    sums: dict[tuple[str, int], float] = {}
    for item in targets:
        sums[item.indicator, item.year] = sums.get((item.indicator, item.year), 0.0) + item.target
    assert {year for key, year in sums if key == "beds"} == set(range(2021, 2026))
    for (key, year), total in sums.items():
        assert total == supply.series[key].values[year - 2020]


def test_childcare_follows_the_children_and_the_rest_the_residents(kunshan):
    _, _, population, _, targets = kunshan
    by = {item.indicator: item.by for item in targets}
    assert by["childcare_places"] == "children_under_3"
    assert set(by.values()) == {"residents", "children_under_3"}
    children, everybody = (town_weights(population, 2025, by) for by in ("children_under_3", "residents"))
    assert children.sum() == pytest.approx(1)
    assert not np.allclose(children, everybody)
    shown = [item.weight for item in targets if (item.indicator, item.year) == ("childcare_places", 2025)]
    assert shown == pytest.approx(children.tolist())


def test_stations_and_what_is_held_are_not_split(kunshan):
    *_, targets = kunshan
    split = {item.indicator for item in targets}
    assert "emergency_stations" not in split
    assert "public_health_staff" not in split
    assert {"beds", "physicians", "nurses", "ambulances"} <= split


def test_a_baseline_plans_nothing(root, kunshan):
    region, _, population, _, _ = kunshan
    baseline = load_scenario(root / "scenarios" / "kunshan" / "baseline.yaml")
    assert split_targets(region, baseline, population, plan_supply(region, baseline, population)) == ()
