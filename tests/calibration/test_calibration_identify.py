"""What targets tell and what they cannot: combinations, swaps, the quadratic stand-in."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.calibration.identify import directions, swaps
from sim.calibration.solve import Axis
from sim.calibration.surrogate import fit_quadratic, terms_of


def plain(key: str) -> Axis:
    return Axis(key, 0.0, 0.1, 0.1, False, -50.0, 50.0)


def test_a_mean_alone_cannot_tell_turnout_from_speed() -> None:
    (swap,) = swaps([plain("turnout"), plain("multiplier")], np.array([[2.0, 8.0]]), ["response"])
    assert (swap.first, swap.second, swap.moves_target) == ("turnout", "multiplier", "response")
    assert swap.change_first == 1.1
    assert swap.change_second == pytest.approx(1.1 ** (-2.0 / 8.0))
    assert swap.left == pytest.approx(0.0, abs=1e-12)
    assert swap.moves == pytest.approx(2.0 * math.log(1.1) / 0.1)


def test_two_figures_that_respond_differently_tell_the_two_apart() -> None:
    assert not swaps([plain("turnout"), plain("multiplier")], np.array([[2.0, 8.0], [8.0, 2.0]]), ["mean", "share"])


def test_a_parameter_that_moves_nothing_is_in_no_swap() -> None:
    assert not swaps([plain("turnout"), plain("multiplier")], np.array([[0.0, 8.0]]), ["mean"])
    assert not swaps([plain("turnout"), plain("multiplier")], np.array([[8.0, 0.0]]), ["mean"])


def test_combinations_are_as_wide_as_the_prior_where_nothing_was_learnt() -> None:
    """One target (1, 2): the combination along it is narrow, the one across it keeps width 1."""
    row = np.array([[1.0, 2.0]]) / 0.1
    wide, narrow = directions(np.linalg.inv(np.eye(2) + row.T @ row))
    assert wide.width == pytest.approx(1.0)
    assert abs(np.dot(wide.loadings, row[0])) == pytest.approx(0.0, abs=1e-6)
    assert narrow.width < 0.05
    assert np.abs(narrow.loadings) == pytest.approx(np.array([1.0, 2.0]) / math.sqrt(5.0))


def test_a_quadratic_is_found_again_and_its_noise_told() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    design = random.uniform(-1.0, 3.0, (80, 3))
    truth = 2.0 + design[:, 0] - design[:, 1] * design[:, 2] + 0.5 * design[:, 2] ** 2
    centre, half = np.full(3, 1.0), np.full(3, 2.0)
    exact = fit_quadratic(design, truth[:, None], centre, half)
    assert exact(design)[:, 0] == pytest.approx(truth)
    assert exact.covariance[0, 0] == pytest.approx(0.0, abs=1e-20)
    noisy = fit_quadratic(design, truth[:, None] + 0.1 * random.standard_normal((80, 1)), centre, half)
    assert math.sqrt(noisy.covariance[0, 0]) == pytest.approx(0.1, rel=0.25)
    assert exact.holds(np.array([3.0, -1.0, 1.0]))
    assert not exact.holds(np.array([3.2, 0.0, 0.0]))


def test_too_small_a_design_is_refused() -> None:
    assert terms_of(4) == 15
    with pytest.raises(ValueError, match="cannot fit"):
        fit_quadratic(np.zeros((6, 2)), np.zeros((6, 1)), np.zeros(2), np.ones(2))
