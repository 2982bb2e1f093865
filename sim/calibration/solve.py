"""Fitting parameters to observations: most probable values, their covariance, and draws from the posterior.

Every parameter stands on the axis of its prior's standard normal score ``z`` (logarithm for levels, logit for shares, two
pieces where the range is uneven: :mod:`sim.priors`), so that the prior is N(0, 1) in each and the posterior density is

    log p(z) = -1/2 |r(z)|^2,   r(z) = (L^-1 (y(z) - observed), z),   L L' = covariance of the observations

* **Most probable values**: ``scipy.optimize.least_squares`` from starts on a scrambled Sobol set (Owen 1998, J. Complexity
  14(4)) over +-2 prior deviations; where the starts do not agree or do not converge, differential evolution (Storn and Price
  1997, J. Global Optimization 11) finds the valley and least squares its bottom.
* **Covariance**: Gauss-Newton, ``(J'J)^-1`` (Laplace's approximation: Gelman et al. 2013, *Bayesian Data Analysis*, 13.3).
* **Posterior**: importance sampling from a multivariate t with 5 degrees of freedom around the mode on a Sobol set; the
  effective sample size ``1 / sum w^2`` says how good the proposal was (Kong, Liu and Wong 1994, JASA 89).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import streams
from sim.calibration.specification import FitParameter
from sim.errors import InputError, Problem
from sim.priors import Z90, backward, forward, is_share

Array = NDArray[np.float64]
Model = Callable[[Array], Array]
"""From scores ``[point, parameter]`` to predictions ``[point, target]``, each on the target's scale."""

_START_REACH = 2.0
_DEGREES = 5.0
_AGREE = 1e-3
_EDGE = 1e-3
_STEP = 1e-4
_WIDEN = 1.1


@dataclass(frozen=True)
class Axis:
    """A parameter on the axis of its prior's normal score.

    Attributes:
        key: the parameter.
        centre: of the prior, on the transformed scale.
        down, up: standard deviations below and above it.
        share: whether the scale is the logit (else the logarithm).
        low, high: bounds as scores.
    """

    key: str
    centre: float
    down: float
    up: float
    share: bool
    low: float
    high: float

    @classmethod
    def of(cls, parameter: FitParameter) -> Axis:
        """The axis of a parameter."""
        prior, share = parameter.prior, is_share(parameter.prior.unit)
        centre, low, high = (forward(float(x or 0.0), share) for x in (prior.number, prior.low, prior.high))
        down, up = (centre - low) / Z90, (high - centre) / Z90
        if min(down, up) <= 0.0:
            what = f"the prior of {parameter.key} has no width on one side"
            raise InputError([Problem(prior.place, what, "low < value < high")])
        edges = [(forward(bound, share) - centre) for bound in parameter.bounds]
        return cls(parameter.key, centre, down, up, share, edges[0] / down, edges[1] / up)

    def moved(self, scores: Array) -> Array:
        """The values at normal scores on the transformed scale (logarithm or logit)."""
        return self.centre + np.where(scores > 0, self.up, self.down) * scores

    def values(self, scores: Array) -> Array:
        """The parameter's values at normal scores."""
        return backward(self.moved(scores), self.share)


@dataclass(frozen=True)
class Task:
    """One group of parameters and the observations that inform them.

    Attributes:
        axes: the parameters.
        observed: the observations, each on its scale, shape ``[target]``.
        covariance: of the observations, shape ``[target, target]``.
        model: predictions by scores.
    """

    axes: tuple[Axis, ...]
    observed: Array
    covariance: Array
    model: Model

    def residuals(self, scores: Array) -> Array:
        """Whitened misfits and prior scores, shape ``[point, target + parameter]``."""
        misfit = (self.model(scores) - self.observed) @ self._whitening
        return np.concatenate([misfit, scores], axis=1)

    @functools.cached_property
    def _whitening(self) -> Array:
        """The transposed inverse of the covariance's Cholesky factor."""
        return np.linalg.inv(np.linalg.cholesky(self.covariance)).T

    def jacobian(self, scores: Array) -> Array:
        """Derivatives of the residuals at one point by central differences, shape ``[residual, parameter]``."""
        steps = _STEP * np.eye(len(scores))
        difference = self.residuals(scores + steps) - self.residuals(scores - steps)
        return difference.T / (2.0 * _STEP)


@dataclass(frozen=True)
class Solution:
    """What a group of parameters was fitted to be.

    Attributes:
        scores: most probable normal scores, shape ``[parameter]``.
        covariance: of the scores (Gauss-Newton), shape ``[parameter, parameter]``.
        jacobian: of the whitened misfits, shape ``[target, parameter]``.
        points, weights: the posterior sample ``[point, parameter]`` and its weights, which sum to 1.
        effective: effective sample size.
        converged: whether the search found its bottom, from most starts or by the global fallback.
        method: how it was found, in words.
        at_bound: keys of the parameters that ended at a bound.
    """

    scores: Array
    covariance: Array
    jacobian: Array
    points: Array
    weights: Array
    effective: float
    converged: bool
    method: str
    at_bound: tuple[str, ...]

    def quantiles(self, probabilities: Sequence[float]) -> Array:
        """Weighted quantiles of the scores, shape ``[probability, parameter]``."""
        found = np.empty((len(probabilities), self.points.shape[1]))
        for column in range(self.points.shape[1]):
            order = np.argsort(self.points[:, column], kind="stable")
            total = np.cumsum(self.weights[order])
            middle = total - 0.5 * self.weights[order]
            found[:, column] = np.interp(probabilities, middle, self.points[order, column])
        return found

    def posterior_covariance(self) -> Array:
        """Covariance of the scores in the posterior sample."""
        away = self.points - self.weights @ self.points
        return (away * self.weights[:, None]).T @ away


def solve(task: Task, *, starts: int, samples: int, seed: int, index: int = 0) -> Solution:
    """Fit one group.

    Args:
        task: parameters, observations and model.
        starts: number of starts.
        samples: points of the posterior; rounded up to a power of two.
        seed: of the Sobol sets.
        index: tells groups of one calibration apart.
    """
    low, high = (np.array([getattr(axis, name) for axis in task.axes]) for name in ("low", "high"))
    best, agreeing, done = _from_starts(task, starts, low, high, seed, index)
    method, converged = f"least squares from {starts} starts, {agreeing} of which meet", done and 2 * agreeing >= starts
    if not converged:
        best, converged = _globally(task, best, low, high, seed, index)
        method = f"differential evolution, because {agreeing} of {starts} starts meet, then least squares"
    full = task.jacobian(best)
    covariance = np.linalg.inv(full.T @ full)
    points, weights = _sample(task, best, covariance, low, high, samples, seed, index)
    effective = 1.0 / float(np.sum(weights**2))
    edge = _EDGE * (high - low)
    at_bound = tuple(
        axis.key for axis, z, a, b, e in zip(task.axes, best, low, high, edge, strict=True) if z - a < e or b - z < e
    )
    return Solution(
        best, covariance, full[: len(task.observed)], points, weights, effective, converged, method, at_bound
    )


def sobol(dimensions: int, size: int, stream: str, seed: int, *index: int) -> Array:
    """The first ``size`` points of a scrambled Sobol set in the unit cube, on a named stream."""
    from scipy.stats import qmc

    sampler = qmc.Sobol(dimensions, scramble=True, rng=streams.generator(stream, seed, *index))
    return sampler.random_base2(max(0, math.ceil(math.log2(max(1, size)))))[:size]


def _from_starts(
    task: Task, starts: int, low: Array, high: Array, seed: int, index: int
) -> tuple[Array, int, bool]:
    """The best end, how many starts reached it, and whether the best one converged."""
    from scipy.optimize import least_squares

    inner_low, inner_high = np.maximum(low, -_START_REACH), np.minimum(high, _START_REACH)
    points = inner_low + (inner_high - inner_low) * sobol(len(low), starts, "calibration.starts", seed, index)
    ends = [
        least_squares(
            lambda z: task.residuals(z[None])[0],
            point,
            jac=lambda z: task.jacobian(z),
            bounds=(low, high),
            xtol=1e-10,
            ftol=1e-10,
            gtol=1e-10,
            max_nfev=400,
        )
        for point in points
    ]
    costs = np.array([end.cost for end in ends])
    winner = int(np.argmin(costs))
    meet = costs - costs[winner] <= _AGREE * (1.0 + costs[winner])
    return ends[winner].x, int(meet.sum()), ends[winner].status > 0


def _globally(task: Task, best: Array, low: Array, high: Array, seed: int, index: int) -> tuple[Array, bool]:
    """Differential evolution within the bounds, polished by least squares; converged where two searches end as low."""
    from scipy.optimize import differential_evolution, least_squares

    def cost(z: Array) -> float:
        return 0.5 * float(np.sum(task.residuals(z[None]) ** 2))

    box = list(zip(np.maximum(low, -4 * _START_REACH), np.minimum(high, 4 * _START_REACH), strict=True))
    inside = np.clip(best, [a for a, _ in box], [b for _, b in box])
    found = []
    for attempt in (0, 1):
        random = streams.generator("calibration.starts", seed, index, 1 + attempt)
        spread = differential_evolution(cost, box, rng=random, x0=inside, maxiter=400, tol=1e-8, polish=False)
        end = least_squares(lambda z: task.residuals(z[None])[0], np.clip(spread.x, low, high), bounds=(low, high), max_nfev=400)
        found.append(end)
    winner = min(found, key=lambda end: end.cost)
    meet = all(end.cost - winner.cost <= _AGREE * (1.0 + winner.cost) for end in found)
    return winner.x, bool(meet and winner.status > 0)


def _sample(
    task: Task, mode: Array, covariance: Array, low: Array, high: Array, samples: int, seed: int, index: int
) -> tuple[Array, Array]:
    """Importance sample around the mode: points and weights that sum to 1."""
    from scipy.special import ndtri
    from scipy.stats import chi2

    size, width = 2 ** math.ceil(math.log2(samples)), len(mode)
    uniform = sobol(width + 1, size, "calibration.posterior", seed, index)
    uniform = np.clip(uniform, 0.5 / size, 1.0 - 0.5 / size)
    normal = ndtri(uniform[:, :width]) * np.sqrt(_DEGREES / chi2.ppf(uniform[:, width:], _DEGREES))
    points = mode + normal @ (_WIDEN * np.linalg.cholesky(covariance)).T
    log_proposal = -0.5 * (_DEGREES + width) * np.log1p(np.sum(normal**2, axis=1) / _DEGREES)
    inside = np.all((points >= low) & (points <= high), axis=1)
    safe = np.where(inside[:, None], points, mode)
    log_weight = np.where(inside, -0.5 * np.sum(task.residuals(safe) ** 2, axis=1) - log_proposal, -np.inf)
    weights = np.exp(log_weight - log_weight.max())
    return points, weights / weights.sum()
