"""Intervals over replications: known values, and their real coverage by macro-replication."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.emergency import statistics
from sim.streams import generator


def stream(*index):
    return generator("calls.overdispersion", 20260101, *index)


def test_t_interval_by_hand():
    interval = statistics.t_interval([1.0, 2.0, 3.0, 4.0])
    assert interval.mean == 2.5
    # t(0.975, 3) = 3.18245 (Student's table); standard error = sqrt(5/3)/2.
    assert interval.half_width == pytest.approx(3.18245 * math.sqrt(5 / 3) / 2, rel=1e-5)


def test_replications_without_the_metric_are_left_out():
    assert statistics.t_interval([1.0, math.nan, 3.0]).n == 2
    assert math.isnan(statistics.t_interval([5.0]).low)
    assert statistics.t_interval([]).n == 0


def test_t_interval_covers_95_percent_of_the_time():
    """2,000 macro-replications of 5 exponential means (skewed, as response times are): 95 % nominal."""
    sample = stream(0).exponential(1.0, (2000, 5, 50)).mean(axis=2)
    hits = sum(abs(statistics.t_interval(row).mean - 1.0) <= statistics.t_interval(row).half_width for row in sample)
    assert 0.93 <= hits / 2000 <= 0.965


def test_interval_over_calls_of_one_run_would_lie():
    """Waits of one run are correlated: an interval over calls covers far less than it says, one over runs does not."""
    rho, runs, length = 0.8, 400, 400
    gaps = stream(1).exponential(1.0 / rho, (runs, length))
    services = stream(2).exponential(1.0, (runs, length))
    waits = np.zeros((runs, length))
    for call in range(1, length):
        waits[:, call] = np.maximum(0.0, waits[:, call - 1] + services[:, call - 1] - gaps[:, call])
    kept = waits[:, 200:]
    truth = kept.mean()
    over_calls = sum(
        abs(row.mean() - truth) <= statistics.t_interval(row).half_width for row in kept
    ) / runs
    over_runs = sum(
        abs(statistics.t_interval(block).mean - truth) <= statistics.t_interval(block).half_width
        for block in kept.mean(axis=1).reshape(40, 10)
    ) / 40
    assert over_calls < 0.5
    assert over_runs > 0.8


def test_common_random_numbers_shrink_the_variance():
    common = stream(3).standard_normal(50)
    a = 10 + common + 0.1 * stream(4).standard_normal(50)
    b = 9 + common + 0.1 * stream(5).standard_normal(50)
    paired = statistics.paired_difference(a, b)
    assert paired.difference.low < 1.0 < paired.difference.high
    assert paired.variance_ratio > 20
    # var(a) + var(b) over var(a - b), written out.
    assert paired.variance_ratio == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))
    assert paired.correlation > 0.9


def test_identical_series_differ_by_nothing():
    paired = statistics.paired_difference([1.0, 2.0], [1.0, 2.0])
    assert paired.difference.mean == 0 and math.isinf(paired.variance_ratio)


def test_sequential_procedure_stops_at_the_target():
    values = stream(6).normal(10.0, 1.0, 1000)
    result = statistics.replicate_until(lambda i: values[i], 0.2)
    assert result.met and result.interval.half_width <= 0.2
    # One replication fewer would not have done.
    assert statistics.t_interval(result.values[:-1]).half_width > 0.2
    short = statistics.replicate_until(lambda i: values[i], 0.001, most=20)
    assert not short.met and short.interval.n == 20


def test_replications_needed_follow_the_square_law():
    values = stream(7).normal(0.0, 1.0, 30)
    width = statistics.t_interval(values).half_width
    assert 100 <= statistics.replications_needed(values, width / 2) <= 130
    assert statistics.replications_needed(values, width * 1.01) == 30
    # A spread as in an overloaded year asks for very many at once, not one by one.
    assert statistics.replications_needed(values * 1e4, 0.1) == pytest.approx((1.96 * values.std(ddof=1) * 1e5) ** 2, rel=1e-3)


def test_mser_finds_the_end_of_a_warm_up():
    noise = stream(8).normal(0.0, 1.0, 2000)
    time = np.arange(2000)
    drop = statistics.mser5(np.where(time < 200, -10.0 * (1 - time / 200), 0.0) + noise)
    assert 150 <= drop <= 260
    assert statistics.mser5(noise) <= 400


def test_mser_matches_its_definition():
    series = stream(9).exponential(1.0, 100)
    means = series.reshape(20, 5).mean(axis=1)
    scores = [means[d:].var() / (20 - d) for d in range(10)]
    assert statistics.mser5(series) == int(np.argmin(scores)) * 5


def test_mser_refuses_short_series():
    with pytest.raises(ValueError, match="too few"):
        statistics.mser5(np.zeros(20))


def test_welch_window_by_hand():
    smooth = statistics.welch_series([[1.0, 2.0, 3.0, 4.0, 5.0], [3.0, 4.0, 5.0, 6.0, 7.0]], window=1)
    assert smooth.tolist() == [2.0, 3.0, 4.0, 5.0]


def test_batch_quantile_of_a_known_distribution():
    batches = list(stream(10).exponential(1.0, (30, 2000)))
    interval = statistics.t_interval([np.quantile(values, 0.9) for values in batches])
    assert interval.low < -math.log(0.1) < interval.high
    assert interval.half_width < 0.05


def test_overload_is_offered_load_at_capacity():
    assert statistics.is_overloaded(4.0, 1.0, 4)
    assert not statistics.is_overloaded(3.99, 1.0, 4)
