"""Beds by queueing against exact ward sizes, and the season."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from demand_world import census_population, region_of, scenario_of

from sim.demand import model_need
from sim.demand.resources.beds import largest_load, season_peak, ward_beds
from sim.draws import Draws
from sim.queueing import erlang_b, servers_for_blocking, sinusoidal_mean_busy


@pytest.mark.parametrize(
    ("admissions_a_day", "stay_days", "refusal", "beds"),
    [(2, 5.5, 0.05, 16), (5, 5.5, 0.02, 37), (8, 5.5, 0.05, 50), (12, 5.5, 0.01, 81), (20, 5.5, 0.05, 115)],
)
def test_the_largest_load_of_a_ward_agrees_with_exact_loss_sizes(
    admissions_a_day: float, stay_days: float, refusal: float, beds: int
) -> None:
    """Erlang loss in exact arithmetic: the fewest beds that refuse at most the target."""
    load = admissions_a_day * stay_days
    assert largest_load(beds - 1, refusal) < load <= largest_load(beds, refusal)


def test_all_ward_sizes_of_the_reference_material(shared: Path) -> None:
    with (shared / "validation/demography/queueing/ward_sizing_erlang_loss.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        load = float(row["admissions_per_day"]) * float(row["alos_days"])
        target, beds = float(row["refusal_target"]), int(row["min_beds"])
        assert largest_load(beds - 1, target) < load <= largest_load(beds, target)
    assert len(rows) == 15


def test_the_largest_load_is_refused_at_exactly_the_target_for_arrays_too() -> None:
    chances = np.array([[0.001, 0.05], [0.05, 0.9]])
    loads = largest_load(45, chances)
    np.testing.assert_allclose(erlang_b(45, loads), chances, rtol=1e-9)
    assert loads[0, 1] == loads[1, 0]


@pytest.mark.parametrize(("beds", "refusal"), [(0, 0.1), (5, 0.0), (5, 1.0)])
def test_impossible_wards_are_refused(beds: int, refusal: float) -> None:
    with pytest.raises(ValueError, match="cannot refuse"):
        largest_load(beds, refusal)


def test_the_season_peak_is_the_maximum_of_the_time_varying_census() -> None:
    for stay in (0.5, 8.5, 60.0):
        days = np.linspace(0, 365.25, 200_001)
        census = sinusoidal_mean_busy(1.0, 0.08, 365.25, stay, days) / stay
        assert season_peak(stay, 0.08) == pytest.approx(census.max(), rel=1e-9)
    assert season_peak(0.01, 0.08) == pytest.approx(1.08, abs=1e-6)


def test_occupancy_is_an_outcome_of_the_queueing_estimate() -> None:
    """45-bed wards at 5 % refusal in the season's peak run at 78-84 % on average over the year, small wards lower."""
    people = census_population(region_of())
    occupancy = []
    for ward in (10, 20, 45, 90):
        need = model_need(region_of(need__class__general_acute__ward_beds=ward), scenario_of(), people, Draws(0, 1))
        general = need.bed_classes["general_acute"]
        occupancy.append(general.bed_days[0, 1] / 365 / general.ward_beds[0, 1])
    assert occupancy == sorted(occupancy)
    assert 0.78 < occupancy[2] < 0.84


def test_without_a_season_the_county_needs_as_many_wards_as_its_load_fills() -> None:
    region = region_of(need__class__general_acute__season_amplitude=0.0)
    need = model_need(region, scenario_of(refusal_probability=0.02), census_population(region), Draws(0, 1))
    general = need.bed_classes["general_acute"]
    load = general.bed_days[0, 1] / 365
    assert general.ward_beds[0, 1] == pytest.approx(45 * load / float(largest_load(45, 0.02)), rel=1e-12)


def test_a_class_smaller_than_a_ward_has_one_ward_of_its_exact_size() -> None:
    """At the largest load of c beds c beds are needed, whatever the size of a full ward; beyond a ward its multiples."""
    chance = np.array([0.05])
    loads = largest_load(np.array([3, 17, 44]), 0.05)[None]
    np.testing.assert_allclose(ward_beds(loads, 45, chance), [[3.0, 17.0, 44.0]], rtol=1e-9)
    full = float(largest_load(45, 0.05))
    assert ward_beds(np.array([[2.5 * full]]), 45, chance)[0, 0] == pytest.approx(2.5 * 45, rel=1e-12)


def test_separate_classes_cost_more_than_one_pool() -> None:
    """The same load in one pool of all beds needs fewer than in the wards of the classes."""
    region = region_of()
    need = model_need(region, scenario_of(), census_population(region), Draws(0, 1))
    busiest = sum(item.bed_days[0, 1] / 365 * item.peak[0, 1] for item in need.bed_classes.values())
    pooled = float(servers_for_blocking(busiest, 0.05))
    assert pooled < 0.97 * need.second["beds", "queueing"].values[0, 1]
