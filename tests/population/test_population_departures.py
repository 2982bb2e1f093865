"""Departures follow those who could leave; arrivals do not."""

from __future__ import annotations

import numpy as np
import pytest

from sim.population.departures import at_risk, departure_rates, profiles_to_come

PROFILE = np.array([[-2.0, 5.0, -10.0, 0.0], [1.0, 7.0, -4.0, 3.0]])
COUNTS = np.array([[40.0, 100.0, 200.0, 50.0], [50.0, 80.0, 100.0, 60.0]])


def _to_come(base, total, profile=PROFILE):
    """Three years in which nobody dies or is born."""
    survival = np.ones((3, 2, 4))
    return profiles_to_come(profile, departure_rates(PROFILE, COUNTS[None]), base, survival, np.zeros((3, 4)), np.ones(3), total)


def test_at_risk_are_those_who_reach_the_age():
    assert at_risk(COUNTS)[0].tolist() == [40.0, 40.0, 100.0, 250.0]


def test_rates_give_the_losses_of_the_years_they_come_from():
    rates = departure_rates(PROFILE, COUNTS[None])
    assert rates * at_risk(COUNTS) == pytest.approx(np.minimum(PROFILE, 0.0))
    assert rates[0] == pytest.approx([-0.05, 0.0, -0.1, 0.0])


def test_rates_are_of_the_mean_of_several_years_and_0_where_nobody_is():
    counts = np.stack([COUNTS, 3.0 * COUNTS])
    counts[:, 0, 1] = 0.0
    rates = departure_rates(PROFILE, counts)
    assert rates[1, 2] == pytest.approx(-4.0 / 160.0)
    assert rates[0, 2] == 0.0


def test_a_cohort_half_as_large_loses_half_as_many_and_gains_the_same():
    full, half = (_to_come(share * COUNTS, np.zeros(3))[0] for share in (1.0, 0.5))
    assert full == pytest.approx(PROFILE)
    assert half == pytest.approx(np.where(PROFILE < 0, 0.5 * PROFILE, PROFILE))


def test_the_residents_change_on_the_way():
    """The empty cohort of boys reaches the losing age in the second year: whoever arrived in the first can leave."""
    base = COUNTS.copy()
    base[0, 0] = 0.0
    profiles = _to_come(base, np.full(3, 16.0))
    arrived = 5.0 * 16.0 / 16.0 + (16.0 - profiles[0].sum()) * 5.0 / 16.0
    assert profiles[1, 0, 2] == pytest.approx(-0.1 * arrived)


def test_a_region_that_loses_on_balance_keeps_its_profile():
    profiles = _to_come(0.5 * COUNTS, np.full(3, -9.0), -PROFILE[::-1] - 1.0)
    assert profiles == pytest.approx(np.broadcast_to(-PROFILE[::-1] - 1.0, (3, 2, 4)))
