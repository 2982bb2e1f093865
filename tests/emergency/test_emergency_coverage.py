"""Coverage by people and by land, the urban line, and the arithmetic of radius against time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.emergency import coverage

# Four zones on a line, 3 km apart; a station stands in the first.
X, Y = np.array([0.0, 3.0, 6.0, 9.0]), np.zeros(4)
PEOPLE, LAND = np.array([1000.0, 500.0, 300.0, 200.0]), np.array([1.0, 1.0, 2.0, 4.0])
TOWN = np.array([0, 0, 1, 1])


def rows(radii, detour=1.5, stations_x=(0.0,)):
    """One station; further entries are its places in random draws."""
    nearest = coverage.distances_km(X, Y, np.array(stations_x), np.zeros(len(stations_x))).T
    urban = coverage.urban_zones(PEOPLE, LAND, 0.7)
    groups = coverage.segments(urban, TOWN, ["t1", "t2"], {})
    people = np.tile(PEOPLE, (len(stations_x), 1))
    table = coverage.coverage_rows(2025, nearest, people, LAND, groups, radii, detour)
    return table.set_index(["radius_km", "metric", "segment"])


def test_shares_count_people_and_land_not_zones():
    table = rows([6.0])
    straight = table.loc[(6.0, "straight", "all")]
    assert straight.population_share == pytest.approx(1800 / 2000)
    assert straight.area_share == pytest.approx(4 / 8)
    assert straight.people_outside == 200 and straight.area_outside_km2 == 4


def test_draws_that_move_the_station_spread_the_shares():
    # Within 3 km of a station at 0, 3, 6 km live 1500, 1800, 1000 of 2000 people, on 2, 4, 7 of 8 km2.
    row = rows([3.0], stations_x=(0.0, 0.0, 3.0, 6.0)).loc[(3.0, "straight", "all")]
    assert row.draws == 3 and row.population_share == 0.75
    assert (row.population_p10, row.population_p90) == pytest.approx(tuple(np.quantile([0.75, 0.9, 0.5], [0.1, 0.9])))
    assert (row.area_p10, row.area_p90) == pytest.approx(tuple(np.quantile([2 / 8, 4 / 8, 7 / 8], [0.1, 0.9])))
    everywhere = rows([20.0], stations_x=(0.0, 1.0, 2.0)).loc[(20.0, "straight", "all")]
    assert (everywhere.population_p10, everywhere.area_p90) == (1.0, 1.0)
    alone = rows([3.0]).loc[(3.0, "straight", "all")]
    assert alone.draws == 0 and np.isnan(alone.population_p10)


def test_the_road_is_longer_than_the_straight_line():
    # 6 km straight are 9 km by road: only two zones (0 and 4.5 km) lie within 6 km.
    assert rows([6.0]).loc[(6.0, "road", "all")].population_share == pytest.approx(1500 / 2000)


def test_urban_and_rural_have_their_own_rows_and_towns_too():
    table = rows([5.0])
    # Densest cells 1000 and 500 per km2 hold 75 % of the people: the census share of 70 % is reached with the second.
    assert table.loc[(5.0, "straight", "urban")].people == 1500
    assert table.loc[(5.0, "straight", "urban")].population_share == 1.0
    assert table.loc[(5.0, "straight", "rural")].population_share == 0.0
    assert table.loc[(5.0, "straight", "town:t2")].population_share == 0.0


def test_urban_zones_stop_at_the_census_share():
    people, land = np.array([10.0, 40.0, 30.0, 20.0]), np.ones(4)
    assert coverage.urban_zones(people, land, 0.7).tolist() == [False, True, True, False]
    assert coverage.urban_zones(people, land, 0.71).tolist() == [False, True, True, True]
    assert not coverage.urban_zones(people, land, 0.0).any()
    assert coverage.urban_zones(people, land, 1.0).all()


@given(st.lists(st.floats(1.0, 1e5), min_size=1, max_size=30), st.floats(0.01, 1.0))
def test_urban_share_is_reached_and_not_by_more_than_one_cell(people, share):
    weights = np.array(people)
    urban = coverage.urban_zones(weights, np.ones(len(weights)), share)
    reached = weights[urban].sum() / weights.sum()
    last = weights[urban].min() / weights.sum()
    assert reached >= share * (1 - 1e-9)
    assert reached - last < share * (1 + 1e-9)
    assert not (~urban).any() or weights[~urban].max() <= weights[urban].min()


@given(st.floats(0.1, 20.0), st.floats(0.1, 20.0))
def test_a_larger_radius_never_covers_less(a, b):
    small, large = sorted((a, b))
    table = rows(sorted({small, large}))
    assert table.loc[(large, "straight", "all")].population_share >= table.loc[(small, "straight", "all")].population_share


def test_ten_kilometres_in_twelve_minutes():
    # With 3.5 min of call handling and turnout, 10 km needs more than 90 km/h door to door: no 10 km radius meets 12 min.
    assert coverage.speed_needed_kmh(5, 12, 3.5, 1.33) == pytest.approx(47, abs=0.5)
    assert coverage.speed_needed_kmh(10, 12, 3.5, 1.33) == pytest.approx(93, abs=1.0)
    assert coverage.speed_needed_kmh(10, 3, 3.5, 1.33) == float("inf")
