"""The search, its covariance and its posterior on problems with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.solve import Axis, Task, sobol, solve
from sim.calibration.specification import FitParameter
from sim.errors import InputError, Place
from sim.priors import Z90
from sim.region.model import Confidence, Observation

WIDE = (0.01, 100.0)


def axis(key: str = "a", median: float = 1.0, low: float = 0.5, high: float = 2.0, unit: str = "factor", bounds=WIDE) -> Axis:
    prior = Observation(median, unit, "ASSUMED", Confidence.ASSUMPTION, low=low, high=high)
    return Axis.of(FitParameter(key, prior, key, bounds, Place("test")))


def linear_task(axes: int, rows: np.ndarray, observed: np.ndarray, sd: float) -> Task:
    several = tuple(axis(name) for name in "abcdef"[:axes])
    return Task(several, observed, np.eye(len(observed)) * sd**2, lambda z: z @ rows.T)


def test_an_axis_has_the_priors_points_at_its_normal_scores() -> None:
    uneven = axis(median=1.0, low=0.5, high=3.0)
    assert uneven.values(np.array([-Z90, 0.0, Z90])) == pytest.approx([0.5, 1.0, 3.0])
    share = axis(median=0.15, low=0.07, high=0.32, unit="share", bounds=(0.01, 0.9))
    assert share.values(np.array([-Z90, 0.0, Z90])) == pytest.approx([0.07, 0.15, 0.32])
    assert 0.0 < float(share.values(np.array([9.0]))[0]) < 1.0
    assert float(share.values(np.array([share.high]))[0]) == pytest.approx(0.9)


def test_a_prior_without_width_on_one_side_is_the_users_error() -> None:
    with pytest.raises(InputError, match="no width"):
        axis(median=1.0, low=1.0, high=2.0)


def test_a_linear_model_has_its_closed_posterior() -> None:
    """Posterior precision = prior precision + A' A / s^2 (Gelman et al. 2013, 14.8)."""
    rows, observed, sd = np.array([[1.0, 0.5], [0.2, -1.0]]), np.array([0.7, -0.4]), 0.3
    found = solve(linear_task(2, rows, observed, sd), starts=8, samples=4096, seed=1)
    covariance = np.linalg.inv(np.eye(2) + rows.T @ rows / sd**2)
    assert found.scores == pytest.approx(covariance @ rows.T @ observed / sd**2, abs=1e-6)
    assert found.covariance == pytest.approx(covariance, abs=1e-6)
    assert found.posterior_covariance() == pytest.approx(covariance, rel=0.03, abs=1e-3)
    assert found.quantiles((0.1, 0.9))[:, 0] == pytest.approx(
        found.scores[0] + np.array([-Z90, Z90]) * np.sqrt(covariance[0, 0]), abs=0.02
    )
    assert found.converged
    assert not found.at_bound
    assert found.effective > 2000


def test_correlated_errors_count_as_one_when_they_are_the_same() -> None:
    rows = np.array([[1.0], [1.0]])
    same = np.full((2, 2), 0.09) + np.eye(2) * 1e-9
    twice = solve(Task((axis(),), np.array([0.5, 0.5]), same, lambda z: z @ rows.T), starts=4, samples=512, seed=1)
    once = solve(Task((axis(),), np.array([0.5]), np.array([[0.09]]), lambda z: z @ rows[:1].T), starts=4, samples=512, seed=1)
    assert twice.scores == pytest.approx(once.scores, abs=1e-5)


def test_a_parameter_that_is_pulled_through_its_bound_is_said_to_be_there() -> None:
    tight = axis(bounds=(0.9, 1.1))
    found = solve(Task((tight,), np.array([3.0]), np.array([[0.01]]), lambda z: z), starts=4, samples=512, seed=1)
    assert found.at_bound == ("a",)
    assert float(tight.values(found.scores)[0]) == pytest.approx(1.1, rel=1e-3)


def test_where_starts_disagree_the_global_search_finds_the_deepest_valley() -> None:
    """Many valleys, the deepest at 1.5: from most starts least squares ends in another one."""

    def wavy(z: np.ndarray) -> np.ndarray:
        return np.concatenate([3.0 * np.sin(6.0 * (z - 1.5)), 0.8 * (z - 1.5)], axis=1)

    task = Task((axis(),), np.zeros(2), np.eye(2) * 0.01, wavy)
    found = solve(task, starts=16, samples=512, seed=1)
    assert "differential evolution" in found.method
    assert found.converged
    assert found.scores == pytest.approx([1.5], abs=0.02)


def test_the_same_seed_gives_the_same_points_whatever_was_drawn_before() -> None:
    first = sobol(3, 32, "calibration.starts", 7, 0)
    sobol(2, 8, "calibration.starts", 7, 1)
    assert np.array_equal(first, sobol(3, 32, "calibration.starts", 7, 0))
    assert not np.array_equal(first, sobol(3, 32, "calibration.starts", 8, 0))


def test_intervals_hold_the_truth_at_their_stated_rate() -> None:
    """Worlds drawn from the prior and observed with error: 80 % intervals hold 80 % of the truths (a non-linear model)."""
    random, held, worlds = np.random.Generator(np.random.PCG64(5)), np.zeros(2), 100
    axes = (axis("a"), axis("b", 1.0, 0.7, 1.5))

    def model(z: np.ndarray) -> np.ndarray:
        a, b = axes[0].values(z[:, 0]), axes[1].values(z[:, 1])
        return np.stack([np.log(a) + 2.0 * np.log(b), np.log(1.0 + a * b)], axis=1)

    for _ in range(worlds):
        truth = random.standard_normal(2)
        seen = model(truth[None])[0] + 0.1 * random.standard_normal(2)
        found = solve(Task(axes, seen, np.eye(2) * 0.01, model), starts=4, samples=512, seed=1)
        low, high = found.quantiles((0.1, 0.9))
        held += (low <= truth) & (truth <= high)
    assert held / worlds == pytest.approx([0.8, 0.8], abs=0.1)
