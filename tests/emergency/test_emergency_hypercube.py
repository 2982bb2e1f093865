"""The hypercube against Larson and Odoni's three-server city, and against closed-form queues where units are alike."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.emergency.hypercube import approximate_workloads, correction_factors, solve_hypercube
from sim.queueing import erlang_b, erlang_c

# Larson and Odoni, Urban Operations Research, 5.4.3-5.5.3: three units, ten atoms in four groups of equal preference.
RATES = [0.5, 0.25, 0.35, 0.4]
PREFERENCE = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]
OWN = [0, 0, 1, 2]
SERVICE = [1.0, 1.0, 1.0]


def test_printed_values_of_the_book():
    city = solve_hypercube(RATES, PREFERENCE, SERVICE)
    assert np.round(city.workloads, 4).tolist() == [0.5574, 0.4734, 0.4693]
    assert round(city.all_busy, 5) == 0.23684
    assert city.share_by_other(OWN) == pytest.approx(0.43529, abs=5e-5)
    # Atom 1 has half of its group's calls: 8.7 % of all calls are unit 1 going to atom 1.
    assert round(city.dispatch[0, 0] * 0.25 / 0.5, 3) == 0.087
    assert np.round(correction_factors(3, 0.5), 5).tolist() == [1, 0.73684, 0.63158]
    # The book stops its hand calculation early: 1.5e-4.
    np.testing.assert_allclose(approximate_workloads(RATES, PREFERENCE, 1.0), [0.5627, 0.4716, 0.4657], atol=1.5e-4)


@pytest.mark.parametrize(("queue", "key"), [(True, "exact_infinite"), (False, "exact_loss")])
def test_exact_solution(shared, queue, key):
    path = shared / "validation/emergency/hypercube/larson_odoni_3server.yaml"
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))[key]
    city = solve_hypercube(RATES, PREFERENCE, SERVICE, queue=queue)
    states = expected["state_probabilities_bits_unit3_unit2_unit1"]
    np.testing.assert_allclose(city.states, [states[f"{index:03b}"] for index in range(8)], atol=1e-12)
    np.testing.assert_allclose(city.workloads, expected["workloads"], atol=1e-12)
    np.testing.assert_allclose(city.dispatch, expected["dispatch_fraction_units_by_groups"], atol=1e-12)
    assert city.all_busy == pytest.approx(expected["prob_all_busy"], abs=1e-12)
    assert city.queue_not_empty == pytest.approx(expected["prob_queue_nonempty"], abs=1e-12)
    assert city.share_by_other(OWN) == pytest.approx(expected["fraction_interdistrict"], abs=1e-12)


@given(
    units=st.integers(1, 5),
    load=st.floats(0.05, 0.95),
    data=st.data(),
)
def test_alike_units_are_an_erlang_queue_whatever_the_lists(units, load, data):
    lists = data.draw(st.lists(st.permutations(range(units)), min_size=1, max_size=4))
    rates = np.full(len(lists), units * load / len(lists))
    delay = solve_hypercube(rates, lists, np.ones(units))
    loss = solve_hypercube(rates, lists, np.ones(units), queue=False)
    assert delay.all_busy == pytest.approx(float(erlang_c(units, units * load)), abs=1e-10)
    assert loss.all_busy == pytest.approx(float(erlang_b(units, units * load)), abs=1e-10)
    assert delay.workloads.mean() == pytest.approx(load, abs=1e-10)
    assert delay.dispatch.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(delay.dispatch.sum(axis=0), rates / rates.sum(), atol=1e-12)


def test_mean_travel_weighs_by_dispatch():
    minutes = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]])
    city = solve_hypercube(RATES, PREFERENCE, SERVICE)
    assert city.mean_travel(minutes) == pytest.approx((city.dispatch * minutes).sum())
    assert city.mean_travel(np.full((3, 4), 7.0)) == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("rates", "preference", "service", "message"),
    [
        ([1.0], [[0, 0]], [1.0, 1.0], "every unit once"),
        ([3.0], [[0, 1]], [1.0, 1.0], "capacity"),
        ([0.0], [[0]], [1.0], "not all zero"),
        ([1.0], [list(range(11))], [1.0] * 11, "1 to 10"),
    ],
)
def test_wrong_systems_are_refused(rates, preference, service, message):
    with pytest.raises(ValueError, match=message):
        solve_hypercube(rates, preference, service)
