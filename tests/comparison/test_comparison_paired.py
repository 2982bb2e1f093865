"""Differences in pairs: known answers, and the laws of a difference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.comparison.paired import paired_draws

SERIES = arrays(np.float64, st.integers(3, 30), elements=st.floats(-1e6, 1e6))


def test_a_constant_shift_has_no_spread_whatever_the_draws_do():
    base = np.array([5.0, 1.0, 100.0, -3.0])
    found = paired_draws(base + 2.5, base)
    assert (found.p10, found.p50, found.p90) == (2.5, 2.5, 2.5)
    assert (found.above, found.below, found.pairs) == (1.0, 0.0, 3)
    assert math.isnan(found.variance_ratio)


def test_the_central_assumption_is_no_draw():
    found = paired_draws(np.array([1000.0, 1.0, 2.0]), np.array([0.0, 1.0, 1.0]))
    assert (found.p50, found.pairs) == (0.5, 2)


def test_the_variance_ratio_is_that_of_independent_draws_over_pairs():
    base, other = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 2.0, 4.0, 6.0])
    # variances 2/3 and 8/3 over those of the differences 1, 2, 3: 2/3
    assert paired_draws(other, base).variance_ratio == pytest.approx(5.0)


def test_more_draws_of_one_run_change_nothing():
    base, other = np.arange(6.0), np.arange(6.0) ** 2
    assert paired_draws(other, base[:4]) == paired_draws(other[:4], base)


def test_without_random_draws_there_is_no_interval():
    found = paired_draws(np.array([3.0]), np.array([1.0]))
    assert found.pairs == 0
    assert math.isnan(found.p50)


@given(SERIES)
def test_a_series_does_not_differ_from_itself(series):
    found = paired_draws(series, series.copy())
    assert (found.p10, found.p50, found.p90, found.above, found.below) == (0.0, 0.0, 0.0, 0.0, 0.0)


@given(SERIES, st.randoms(use_true_random=False))
def test_swapping_flips_the_signs(series, random):
    other = np.array([value + random.uniform(-10, 10) for value in series])
    one, back = paired_draws(other, series), paired_draws(series, other)
    assert (one.p10, one.p50, one.p90) == pytest.approx((-back.p90, -back.p50, -back.p10), rel=1e-9, abs=1e-9)
    assert (one.above, one.below) == (back.below, back.above)


@given(SERIES, st.randoms(use_true_random=False))
def test_the_interval_is_that_of_the_differences_themselves(series, random):
    other = np.array([value + random.uniform(1, 10) for value in series])
    found = paired_draws(other, series)
    expected = np.quantile(other[1:] - series[1:], [0.1, 0.5, 0.9])
    assert (found.p10, found.p50, found.p90) == pytest.approx(tuple(expected), abs=1e-3)
