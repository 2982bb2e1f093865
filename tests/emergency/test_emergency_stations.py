"""Stations by year: known, new, unplaced and closed ones, and their uncertain places."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Draws
from sim.emergency.coverage import distances_km, urban_zones
from sim.emergency.stations import place_moves, plan_stations
from sim.region import load_region
from sim.scenario import load_scenario


@pytest.fixture(scope="module")
def region(root):
    return load_region(root / "calibration", "kunshan")


def layout(root, region, *overrides, name="plan_2025", moves=None):
    section = load_scenario(root / f"scenarios/kunshan/{name}.yaml", overrides=overrides, data_root=root).body.emergency
    zones = region.zones
    urban = urban_zones(zones.population, zones.land_km2, region.urban_share)
    between = distances_km(zones.x_km, zones.y_km, zones.x_km, zones.y_km)
    return plan_stations(region, section, lambda _: zones.population, urban, between, moves), section


def test_kunshan_has_14_stations_and_five_more_by_2025(root, region):
    plan, _ = layout(root, region)
    assert [len(plan.open_in(year)) for year in (2020, 2021, 2022, 2024, 2025, 2035)] == [14, 14, 15, 17, 19, 19]
    # The study of 2015-2019 names no station in Dianshanhu and Zhouzhuang: the pack opens them in 2020.
    assert len(plan.open_in(2017)) == 12
    assert plan.place[14:] == ("rule:mean_distance",) * 5


def test_people_within_five_kilometres(root, region):
    """Straight line, 2020 residents: 92.3 % with 14 stations, 88.6 % without the two that the study did not have."""
    plan, _ = layout(root, region)
    zones = region.zones
    share = [
        zones.population[plan.nearest_km(year, zones.x_km, zones.y_km) <= 5].sum() / zones.population.sum()
        for year in (2020, 2017)
    ]
    assert np.round(share, 3).tolist() == [0.923, 0.886]


def test_each_unplaced_station_is_the_best_addition_at_its_turn(root, region):
    plan, _ = layout(root, region)
    zones = region.zones
    before = plan.nearest_km(2021, zones.x_km, zones.y_km)
    after = plan.nearest_km(2022, zones.x_km, zones.y_km)
    best = min(
        zones.population @ np.minimum(before, np.hypot(zones.x_km - x, zones.y_km - y))
        for x, y in zip(zones.x_km, zones.y_km, strict=True)
    )
    assert zones.population @ after == pytest.approx(best, rel=1e-12)


def test_new_station_by_place_by_town_and_closure(root, region):
    plan, _ = layout(
        root,
        region,
        "emergency.new_stations=[{name: east, opens: 2024, lon: 121.05, lat: 31.37}, {name: t, opens: 2025, town: kunshan_t04}]",
        "emergency.closures=[{station: kunshan_03, year: 2024}]",
        name="baseline",
    )
    assert plan.ids[14:] == ("east", "t")
    assert plan.place[14:] == ("scenario", "town")
    assert "kunshan_03" in [plan.ids[index] for index in plan.open_in(2023)]
    assert "kunshan_03" not in [plan.ids[index] for index in plan.open_in(2024)]
    # The planar place of a given longitude and latitude agrees with the zones around it.
    zones = region.zones
    nearest = np.argmin(np.hypot(zones.lon - 121.05, zones.lat - 31.37))
    assert np.hypot(plan.x_km[14] - zones.x_km[nearest], plan.y_km[14] - zones.y_km[nearest]) < 0.8


def test_places_move_in_draws_by_their_uncertainty(root, region):
    _, section = layout(root, region)
    moves = place_moves(region, section, Draws(2000, 3))
    assert (moves[0] == 0).all()
    distance = np.sqrt((moves[1:] ** 2).sum(axis=2).mean(axis=0))
    np.testing.assert_allclose(distance[:14], region.stations.place_sd_km, rtol=0.06)
    np.testing.assert_allclose(distance[14:], np.median(region.stations.place_sd_km), rtol=0.06)
    # More draws, or a scenario without the new stations, leave the known stations' draws as they are.
    assert (place_moves(region, section, Draws(10, 3)) == moves[:11]).all()
    baseline = load_scenario(root / "scenarios/kunshan/baseline.yaml", data_root=root).body.emergency
    assert (place_moves(region, baseline, Draws(10, 3)) == moves[:11, :14]).all()


def test_a_draw_applies_the_rule_to_the_moved_stations(root, region):
    central, section = layout(root, region)
    moves = place_moves(region, section, Draws(1, 3))[1]
    moved, _ = layout(root, region, moves=moves)
    assert not np.allclose(moved.x_km, central.x_km)
    np.testing.assert_allclose(moved.x_km[:14], central.x_km[:14] + moves[:14, 0])
