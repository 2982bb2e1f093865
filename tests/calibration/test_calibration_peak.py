"""The highest of several years as evidence on a level: closed forms, coverage, order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.calibration.lognormal import update
from sim.calibration.peak import level_below_peak
from sim.priors import Z90, interval

FLAT = 50.0


@pytest.mark.parametrize("years", [1, 2, 5, 12])
def test_equal_years_and_a_flat_prior_have_a_closed_form(years: int) -> None:
    """The largest of n standard normal scores has the quantiles Phi^-1(p^(1/n)); the level lies that far below the peak."""
    found = level_below_peak(1.0, FLAT, [100.0] * years, 230.0, noise=0.05, common=0.0)
    expected = [2.3 * math.exp(-0.05 * ndtri((1.0 - p) ** (1.0 / years))) for p in (0.1, 0.5, 0.9)]
    assert found == pytest.approx(expected, rel=1e-5)


def test_of_a_single_year_it_is_the_lognormal_update() -> None:
    found = level_below_peak(1.387, 0.25, [200.0], 230.0, noise=0.05, common=0.03)
    median, sd = update(1.387, 0.25, [(1.15, math.hypot(0.05, 0.03))])
    low, high = interval(median, sd)
    assert found == pytest.approx((low, median, high), rel=1e-5)


def test_years_far_below_the_largest_say_nothing() -> None:
    alone = level_below_peak(1.0, 0.25, [100.0], 110.0, 0.05, 0.03)
    assert level_below_peak(1.0, 0.25, [30.0, 20.0, 100.0], 110.0, 0.05, 0.03) == pytest.approx(alone, rel=1e-9)


def test_a_true_level_lies_in_the_80_percent_interval_in_80_percent_of_worlds() -> None:
    random = np.random.Generator(np.random.PCG64(9))
    units = np.array([90.0, 93.0, 96.0, 100.0, 103.0])
    held = 0
    for _ in range(200):
        truth = math.exp(random.normal(0.2, 0.25))
        years = truth * units * np.exp(random.normal(0.0, 0.05, 5) + random.normal(0.0, 0.03))
        low, _, high = level_below_peak(math.exp(0.2), 0.25, units.tolist(), float(years.max()), 0.05, 0.03)
        held += low <= truth <= high
    assert held / 200 == pytest.approx(0.8, abs=0.07)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.5, 2.0), st.lists(st.floats(50.0, 150.0), min_size=1, max_size=6), st.floats(50.0, 300.0), st.floats(1.0, 1.5))
def test_a_higher_peak_means_a_higher_level_and_one_more_year_a_lower_one(
    prior: float, units: list[float], peak: float, more: float
) -> None:
    one = level_below_peak(prior, 0.25, units, peak, 0.05, 0.03)
    higher = level_below_peak(prior, 0.25, units, peak * more, 0.05, 0.03)
    longer = level_below_peak(prior, 0.25, [*units, max(units)], peak, 0.05, 0.03)
    assert one[0] < one[1] < one[2]
    assert higher[1] >= one[1] * (1 - 1e-6)
    assert longer[1] <= one[1] * (1 + 1e-6)


def test_a_wide_prior_below_the_peak_does_not_pull_the_level_above_what_the_largest_year_implies() -> None:
    low, median, high = level_below_peak(1.0, 1.0, [100.0, 100.0, 100.0], 120.0, 0.05, 0.0)
    assert low < median < 1.2
    assert median * math.exp(Z90 * 0.05) > 1.2 > low
    assert high > median


@pytest.mark.parametrize("wrong", [{"units": []}, {"units": [0.0]}, {"peak": -1.0}, {"noise": 0.0}, {"common": -0.1}])
def test_impossible_inputs_are_refused(wrong: dict[str, object]) -> None:
    sound = {"median": 1.0, "sd": 0.2, "units": [100.0], "peak": 100.0, "noise": 0.05, "common": 0.03}
    with pytest.raises(ValueError, match="positive"):
        level_below_peak(**{**sound, **wrong})
