"""Uncertain inputs hit their stated points, whatever their shape."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError, Place
from sim.priors import Z90, interval, log_sd, sample
from sim.region.model import Confidence, Observation


def observation(value: float, low: float | None, high: float | None, unit: str = "factor") -> Observation:
    return Observation(value, unit, "ASSUMED", Confidence.ASSUMPTION, low=low, high=high, place=Place("pack.yaml", 3, 5))


def test_the_10_50_and_90_percent_points_are_the_stated_ones_also_when_uneven() -> None:
    values = sample(observation(1.0, 0.8, 2.0), np.array([-Z90, 0.0, Z90]))
    assert values == pytest.approx([0.8, 1.0, 2.0], rel=1e-14)


def test_an_even_range_on_the_log_scale_is_the_lognormal_distribution() -> None:
    low, high = interval(3.0, 0.2)
    scores = np.array([-2.0, -0.5, 0.7, 1.9])
    assert sample(observation(3.0, low, high), scores) == pytest.approx(3.0 * np.exp(0.2 * scores), rel=1e-12)
    assert log_sd(low, high) == pytest.approx(0.2, rel=1e-12)


def test_the_median_of_many_draws_is_the_central_value() -> None:
    scores = np.random.Generator(np.random.PCG64(7)).standard_normal(200_001)
    drawn = sample(observation(0.15, 0.07, 0.32, "share"), scores)
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([0.07, 0.15, 0.32], rel=0.02)


def test_a_value_without_range_is_certain() -> None:
    assert (sample(observation(5.0, None, None), np.array([-1.0, 2.0])) == 5.0).all()


@given(st.floats(0.02, 0.98), st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(-8, 8))
def test_shares_stay_between_0_and_1(value: float, down: float, up: float, score: float) -> None:
    low, high = value * down, value + (1.0 - value) * up
    assert 0.0 < sample(observation(value, low, high, "share of visits"), np.array([score]))[0] < 1.0


@given(st.floats(-6, 6), st.floats(0.01, 6))
def test_a_higher_score_gives_a_higher_value(score: float, more: float) -> None:
    one = observation(2.0, 1.5, 4.0)
    assert sample(one, np.array([score + more]))[0] > sample(one, np.array([score]))[0]


@pytest.mark.parametrize(("value", "low", "high", "unit"), [(1.0, 0.0, 2.0, "factor"), (0.5, 0.2, 1.0, "share")])
def test_an_impossible_range_is_the_users_error_with_its_place(value: float, low: float, high: float, unit: str) -> None:
    with pytest.raises(InputError, match=r"pack\.yaml:3:5"):
        sample(observation(value, low, high, unit), np.zeros(1))


def test_log_sd_of_a_factor_of_two_either_side() -> None:
    assert log_sd(0.5, 2.0) == pytest.approx(math.log(2.0) / Z90, rel=1e-12)
