"""Greedy placement, and the exact location problems it is measured against (published and enumerated optima)."""

from __future__ import annotations

import csv
import itertools

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.emergency import location
from sim.emergency.coverage import distances_km
from sim.emergency.placement import place_greedily


def line(people):
    x = np.arange(len(people), dtype=float)
    return np.array(people, dtype=float), x, np.zeros(len(people))


def test_first_station_goes_to_the_weighted_median():
    people, x, y = line([1, 1, 1, 1, 10])
    assert place_greedily(1, people, distances_km(x, y, x, y), np.full(5, np.inf), np.full(5, 1.0), "mean_distance") == [4]


def test_existing_stations_are_taken_into_account():
    people, x, y = line([5, 1, 1, 1, 4])
    nearest = np.abs(x - 0.0)
    assert place_greedily(1, people, distances_km(x, y, x, y), nearest, np.full(5, 1.0), "mean_distance") == [4]


def test_uncovered_people_decide_and_distance_breaks_the_tie():
    people, x, y = line([1, 0, 3, 3, 0, 5])
    chosen = place_greedily(2, people, distances_km(x, y, x, y), np.full(6, np.inf), np.full(6, 1.0), "uncovered_people")
    # From zone 4 eight people are within 1 km; then zone 1 brings the other four.
    assert chosen == [4, 1]
    people, x, y = line([2, 0, 2, 0, 2, 0, 1])
    # Zones 1 and 3 both reach four people; from 3 everybody together is nearer.
    assert place_greedily(1, people, distances_km(x, y, x, y), np.full(7, np.inf), np.full(7, 1.0), "uncovered_people") == [3]


def test_ties_go_to_the_lower_zone_number():
    people, x, y = line([1, 0, 1])
    assert place_greedily(1, people, distances_km(x, y, x, y), np.full(3, np.inf), np.full(3, 1.0), "mean_distance") == [0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=4, max_size=8), st.integers(1, 3))
def test_greedy_is_never_better_than_the_best(people, count):
    weight, x, y = line([*people, 1])
    distance = distances_km(x, y, x, y)
    chosen = place_greedily(count, weight, distance, np.full(len(x), np.inf), np.full(len(x), 1.0), "mean_distance")
    best = min(location.walked(weight, distance, sites) for sites in itertools.combinations(range(len(x)), count))
    assert location.walked(weight, distance, chosen) >= best - 1e-9
    assert location.p_median(weight, distance, count).objective == pytest.approx(best, abs=1e-6)


@pytest.fixture(scope="module")
def francisco(shared):
    folder = shared / "validation/emergency/location"
    with (folder / "sf_205x16_network_distance_m.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name.startswith("dist_m_")]
    distance = np.array([[float(row[name]) for name in names] for row in rows])
    people = np.array([float(row["population_2000"]) for row in rows])
    optima = yaml.safe_load((folder / "sf_205x16_optima.yaml").read_text(encoding="utf-8"))["results"]
    return people, distance, optima


def test_p_median_of_san_francisco(francisco):
    people, distance, optima = francisco
    for count, expected in optima["pmedian"].items():
        assert location.p_median(people, distance, count).objective == pytest.approx(expected["objective"], rel=1e-12)


def test_p_center_of_san_francisco(francisco):
    _, distance, optima = francisco
    for count, expected in optima["pcenter"].items():
        assert location.p_center(distance, count).objective == pytest.approx(expected["objective_m"], rel=1e-12)


def test_maximal_cover_of_san_francisco(francisco):
    people, distance, optima = francisco
    for radius, by_count in optima["mclp"].items():
        for count, expected in by_count.items():
            assert location.maximal_cover(people, distance, radius, count).objective == expected["covered_population"]


def test_set_cover_of_san_francisco(francisco):
    _, distance, optima = francisco
    for radius, expected in optima["lscp"].items():
        if expected["feasible"]:
            assert location.set_cover(distance, radius).objective == expected["min_sites"]
        else:
            with pytest.raises(ValueError, match="out of the reach"):
                location.set_cover(distance, radius)


def test_expected_cover_of_san_francisco(francisco):
    people, distance, optima = francisco
    for name, expected in optima["mexclp"].items():
        units, busy = int(name[1]), float(name.split("q")[1])
        found = location.expected_cover(people, distance, 5000.0, units, busy)
        assert found.objective == pytest.approx(expected["expected_covered_population"], rel=1e-9)
        assert len(found.sites) == units


def test_interchange_on_the_or_library(shared):
    """pmed1: 100 nodes, 5 medians, proven optimum 5819 (Beasley's OR-Library)."""
    lines = (shared / "validation/emergency/location/orlib_pmed/pmed1.txt").read_text(encoding="utf-8").split("\n")
    nodes, _, count = map(int, lines[0].split())
    cost = np.full((nodes, nodes), np.inf)
    np.fill_diagonal(cost, 0.0)
    for line_ in lines[1:]:
        if line_.strip():
            a, b, length = map(int, line_.split())
            cost[a - 1, b - 1] = cost[b - 1, a - 1] = length
    for middle in range(nodes):
        cost = np.minimum(cost, cost[:, middle, None] + cost[None, middle, :])
    assert location.interchange(np.ones(nodes), cost, count).objective == 5819
    assert location.p_median(np.ones(nodes), cost, count).objective == 5819
