"""Penalised composite link model: a smooth single-year distribution behind coarse age groups.

``y ~ Poisson(C gamma)``, ``gamma = exp(B theta)`` with cubic B-splines ``B`` (one knot every two years of age) and a penalty
on the second differences of ``theta``, its weight by the Bayesian information criterion. Beyond the last age stands an
empty year with one person: it lets the distribution end near nothing.

Sources: Rizzi, S., Gampe, J. & Eilers, P. (2015), Efficient estimation of smooth distributions from coarsely grouped data,
American Journal of Epidemiology 182(2):138-147; Pascariu, M. et al. (2018), ungroup: an R package for efficient estimation
of smooth distributions from coarsely binned data, Journal of Open Source Software 3(29):937 (knots, range of the weight, end).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

KNOT_EVERY = 2
DEGREE = 3
LOG_WEIGHT = (0.5 * math.log(0.1), 0.5 * math.log(1e5))
_END = 1.0
_MAX_STEPS = 1000
_TOLERANCE = 1e-3
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def pclm(
    counts: Array,
    age_from: NDArray[np.int64],
    *,
    last_age: int,
    weight: float | None = None,
    keep_sums: bool = False,
) -> Array:
    """Smooth counts by single age from ``age_from[0]`` to ``last_age``.

    Args:
        counts: counts by group, shape ``[group]``, each >= 0, at least one > 0.
        age_from: first age of each group, ascending, shape ``[group]``.
        last_age: last single age; the last group runs up to it.
        weight: weight of the penalty; None: the one with the least information criterion.
        keep_sums: scale the ages of each group so that they sum to its count (the model alone keeps only the total).

    Raises:
        ValueError: negative or all-zero counts, or ages that do not ascend.
    """
    counts = np.asarray(counts, dtype=float)
    widths = np.diff(np.append(age_from, last_age + 1))
    if (widths <= 0).any() or len(widths) != len(counts):
        raise ValueError("the first ages of the groups must ascend up to the last age, one count each")
    if (counts < 0).any() or not counts.any():
        raise ValueError("counts must be >= 0 and not all 0")
    model = _Model(np.append(counts, _END), np.append(widths, 1))
    if weight is None:
        weight = math.exp(_least(lambda log_weight: model.fit(math.exp(log_weight))[1], *LOG_WEIGHT))
    fitted = model.fit(weight)[0][:-1]
    fitted *= counts.sum() / fitted.sum()
    if keep_sums:
        group = np.repeat(np.arange(len(counts)), widths)
        sums = np.bincount(group, weights=fitted)
        fitted = fitted * (counts / sums)[group]
    return fitted


class _Model:
    """Counts, composition matrix, splines and penalty of one problem."""

    def __init__(self, counts: Array, widths: NDArray[np.int64]) -> None:
        self.counts = counts
        group = np.repeat(np.arange(len(counts)), widths)
        self.compose = (group == np.arange(len(counts))[:, None]).astype(float)
        self.splines = _splines(len(group))
        difference = np.diff(np.eye(self.splines.shape[1]), n=2, axis=0)
        self.penalty = difference.T @ difference

    def fit(self, weight: float) -> tuple[Array, float]:
        """Penalised iteratively weighted least squares: the distribution and its information criterion."""
        counts, splines = self.counts, self.splines
        theta = np.full(splines.shape[1], np.log(counts.sum() / len(splines)))
        for _ in range(_MAX_STEPS):
            gamma = np.exp(splines @ theta)
            mean = self.compose @ gamma
            design = (self.compose * gamma) @ splines
            inner = design.T @ (design / mean[:, None])
            score = design.T @ (counts / mean - 1.0) + inner @ theta
            before, theta = theta, np.linalg.lstsq(inner + weight * self.penalty, score, rcond=None)[0]
            if np.abs(theta - before).max() < _TOLERANCE:
                break
        gamma = np.exp(splines @ theta)
        mean = self.compose @ gamma
        effective = np.trace(np.linalg.lstsq(inner + weight * self.penalty, inner, rcond=None)[0])
        seen = counts > 0
        deviance = 2 * (counts[seen] * np.log(counts[seen] / mean[seen])).sum()
        return gamma, float(deviance + np.log(len(counts)) * effective)


def _splines(size: int) -> Array:
    """B-splines with equal knots at the points ``0 .. size - 1``, shape ``[size, basis]``.

    As differences of truncated powers: Eilers, P. & Marx, B. (1996), Statistical Science 11(2):89-121.
    """
    x = np.arange(size, dtype=float)
    margin = 0.01 * (size - 1)
    segments = size // KNOT_EVERY
    step = (size - 1 + 2 * margin) / segments
    knots = -margin + step * np.arange(-DEGREE, segments + DEGREE + 1)
    powers = np.maximum(x[:, None] - knots, 0.0) ** DEGREE
    difference = np.diff(np.eye(len(knots)), n=DEGREE + 1, axis=0) / (math.gamma(DEGREE + 1) * step**DEGREE)
    return (-1) ** (DEGREE + 1) * powers @ difference.T


def _least(function: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-3) -> float:
    """Golden-section search for a minimum."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > tolerance:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
    return 0.5 * (low + high)
