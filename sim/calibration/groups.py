"""Fitting the groups of parameters that share targets.

Parameters that no common target ties are independent and are fitted on their own. A single level that its figures are
proportional to has an exact posterior (:mod:`sim.calibration.lognormal`, :mod:`sim.calibration.peak`); everything else goes
through :func:`sim.calibration.solve.solve`, the simulated service by way of a quadratic stand-in
(:mod:`sim.calibration.surrogate`) that is fitted anew around each most probable point until the engine confirms it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.calibration.identify import directions, swaps
from sim.calibration.lognormal import update
from sim.calibration.peak import level_below_peak
from sim.calibration.quantities import ADMISSIONS, CALL_GROWTH, CALL_LEVEL, RESPONSE_PARAMETERS, STAY, VISITS, Family
from sim.calibration.response import FIGURES, ResponseWorld
from sim.calibration.result import GroupFit, ParameterFit
from sim.calibration.solve import Axis, Solution, Task, sobol, solve
from sim.calibration.specification import FitParameter, FitTarget, Specification
from sim.calibration.stages import Stages
from sim.calibration.surrogate import Quadratic, fit_quadratic, terms_of
from sim.calibration.use import Units
from sim.priors import Z90, interval, log_sd

Array = NDArray[np.float64]

_QUANTILES = (0.1, 0.9)
_FLAT = 5.0
"""Log deviation of a prior that says nothing."""

_FELT = 0.1
"""A target informs a parameter of whose prior deviation it feels so many tolerances."""

_EDGE = 1e-3
"""A level this near to its bound (logarithm) is at it."""

_FIRST_REACH = 2.5
"""Half width of the first box, in prior deviations."""

_LEVELS = {"discharges": (ADMISSIONS,), "visits": (VISITS,), "mean_stay": (STAY,), "bed_occupancy": (ADMISSIONS, STAY)}


@dataclass(frozen=True)
class Group:
    """Parameters that share targets, and these targets."""

    parameters: tuple[FitParameter, ...]
    targets: tuple[FitTarget, ...]

    @property
    def simulated(self) -> bool:
        """Whether a target comes from the simulation."""
        return any(target.quantity.family is Family.RESPONSE for target in self.targets)

    @property
    def exact(self) -> bool:
        """Whether the posterior has a closed form: one level, figures proportional to it."""
        return len(self.parameters) == 1 and all(t.quantity.family is Family.USE and t.log for t in self.targets)


@dataclass(frozen=True)
class Fitted:
    """A group after fitting.

    Attributes:
        group: its record.
        parameters: by key.
        place_sd: standard deviation that the stations' places add to each simulated figure, by figure.
        misfit: chi-squared of targets and priors at the most probable values.
    """

    group: GroupFit
    parameters: Mapping[str, ParameterFit]
    place_sd: Mapping[str, float]
    misfit: float


def moving(target: FitTarget, world: ResponseWorld | None) -> tuple[str, ...]:
    """Keys of the parameters that move a target in this region."""
    if target.quantity.family is Family.RESPONSE and world is not None and not world.calls_observed:
        return (CALL_LEVEL, *RESPONSE_PARAMETERS)
    return target.quantity.parameters


def groups_of(spec: Specification, world: ResponseWorld | None) -> tuple[Group, ...]:
    """Parameters tied by common targets, in the order of the specification; parameters without a target are in none."""
    fitted = [target for target in spec.targets if target.fitted]
    label = {key: number for number, key in enumerate(spec.parameters)}
    for target in fitted:
        keys = [key for key in moving(target, world) if key in label]
        joined = {label[key] for key in keys}
        label = {key: min(joined) if number in joined else number for key, number in label.items()}
    found = []
    for number in sorted(set(label.values())):
        keys = [key for key in spec.parameters if label[key] == number]
        targets = tuple(t for t in fitted if any(key in keys for key in moving(t, world)))
        if targets:
            found.append(Group(tuple(spec.parameters[key] for key in keys), targets))
    return tuple(found)


def fit_exact(group: Group, units: Units) -> Fitted:
    """The closed form of a single level."""
    (parameter,) = group.parameters
    prior = parameter.prior
    low, high = float(prior.low or 0.0), float(prior.high or 0.0)
    wide = log_sd(low, high)
    annual = [(t.observed.number / units.by_target[t.name][-1], t.tolerance) for t in group.targets if t.year_known]
    median, sd = update(prior.number, wide, annual)
    low, high = interval(median, sd)
    for peak in (target for target in group.targets if not target.year_known):
        spread = log_sd(low, high)
        low, median, high = level_below_peak(
            median, spread, units.by_target[peak.name], peak.observed.number, peak.peak_noise, peak.tolerance
        )
    sd = log_sd(low, high)
    names = tuple(target.name for target in group.targets)
    median = min(max(median, parameter.bounds[0]), parameter.bounds[1])
    low, high = min(low, median), max(high, median)
    at_bound = any(abs(math.log(median / bound)) < _EDGE for bound in parameter.bounds)
    width = sd / wide
    sensitivities = np.array([[wide / math.hypot(t.tolerance, 0.0 if t.year_known else t.peak_noise)] for t in group.targets])
    record = GroupFit(
        (parameter.key,), names, sensitivities, np.array([[sd**2]]), np.ones((1, 1)), directions(np.array([[width**2]])), (),
        "closed form", 0.0, True,
    )  # fmt: skip
    found = ParameterFit(parameter, median, low, high, width, names, at_bound)
    missed = sum(t.distance(median * units.by_target[t.name][-1]) ** 2 for t in group.targets)
    misfit = (math.log(median / prior.number) / wide) ** 2 + missed
    return Fitted(record, {parameter.key: found}, {}, misfit)


def fit_cheap(group: Group, units: Units, settings: Mapping[str, int], index: int) -> Fitted:
    """A group whose model is a formula."""
    axes = tuple(Axis.of(parameter) for parameter in group.parameters)
    columns = [_formula(target, axes, units) for target in group.targets]

    def model(scores: Array) -> Array:
        return np.stack([column(scores) for column in columns], axis=1)

    observed, sds = _observations(group, units)
    task = Task(axes, observed, np.diag(sds**2), model)
    solution = solve(task, starts=settings["starts"], samples=settings["samples"], seed=settings["seed"], index=index)
    return _fitted(group, task, solution, {})


def fit_simulated(
    group: Group,
    units: Units,
    world: ResponseWorld,
    settings: Mapping[str, int],
    index: int,
    stages: Stages,
    crews: tuple[int, int],
) -> Fitted:
    """A group with targets from the simulation, for a number of crews.

    Round by round: simulate a design, fit the quadratic, find the most probable point; the next box is the posterior's around
    it. It has converged when the engine at that point agrees with the quadratic within a quarter of each tolerance and the point
    lies in the box that the quadratic was fitted on.
    """
    axes = tuple(Axis.of(parameter) for parameter in group.parameters)
    simulated = [target for target in group.targets if target.quantity.family is Family.RESPONSE]
    columns = [FIGURES.index(target.quantity.key) for target in simulated]
    logs = np.array([target.log for target in simulated])
    low, high = (np.array([getattr(axis, name) for axis in axes]) for name in ("low", "high"))
    size = max(settings["design"], 2 * terms_of(len(axes)))
    centre, half = _box(np.zeros(len(axes)), np.full(len(axes), _FIRST_REACH), low, high)
    observed, sds = _observations(group, units)
    place = np.zeros((len(simulated), len(simulated)))
    solution, task, agrees, rounds = None, None, False, 0
    while rounds < settings["rounds"] and not agrees:
        cube = sobol(len(axes), size, "calibration.design", settings["seed"], index, rounds)
        design = centre + half * (2.0 * cube - 1.0)
        run = stages.figures(world, [_values(axes, row) for row in design], crews, settings["replications"])
        quadratic = fit_quadratic(design, _scaled(run[:, columns], logs), centre, half)
        task = _with_simulation(group, axes, units, quadratic, observed, sds, place)
        solution = solve(task, starts=settings["starts"], samples=settings["samples"], seed=settings["seed"], index=index)
        best = _values(axes, solution.scores)
        found = stages.figures(world, [best], crews, settings["replications"])[0]
        away = np.abs(_scaled(found[columns], logs) - quadratic(solution.scores[None])[0])
        tolerances = np.array([target.tolerance for target in simulated])
        agrees = rounds > 0 and quadratic.holds(solution.scores) and bool(np.all(away <= 0.25 * tolerances))
        moved = _scaled(stages.places(world, best, crews, settings["replications"])[:, columns], logs)
        place = np.atleast_2d(np.cov(moved, rowvar=False)) if len(moved) > 1 else place
        spread = np.sqrt(np.diag(solution.posterior_covariance()))
        centre, half = _box(solution.scores, 2.0 * np.clip(spread, 0.1, 1.0), low, high)
        rounds += 1
    if solution is None or task is None:
        raise ValueError("a fit needs at least one round")
    place_sd = {target.quantity.key: float(math.sqrt(place[at, at])) for at, target in enumerate(simulated)}
    fitted = _fitted(group, task, solution, place_sd)
    confirmed = "confirmed by the engine" if agrees else "NOT confirmed by the engine"
    method = f"{fitted.group.method}; quadratic stand-in, {rounds} rounds of {size} set-ups, {confirmed}"
    record = replace(fitted.group, method=method, converged=fitted.group.converged and agrees)
    return Fitted(record, fitted.parameters, place_sd, fitted.misfit)


def _box(centre: Array, half: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """A box inside the bounds: centre and half width."""
    first, last = np.maximum(centre - half, low), np.minimum(centre + half, high)
    return 0.5 * (first + last), 0.5 * (last - first)


def _values(axes: Sequence[Axis], scores: Array) -> dict[str, float]:
    return {axis.key: float(axis.values(np.array([score]))[0]) for axis, score in zip(axes, scores, strict=True)}


def _scaled(figures: Array, logs: NDArray[np.bool_]) -> Array:
    """Figures on the scales of their targets."""
    return np.where(logs, np.log(np.where(logs, figures, 1.0)), figures)


def _with_simulation(
    group: Group, axes: tuple[Axis, ...], units: Units, quadratic: Quadratic, observed: Array, sds: Array, place: Array
) -> Task:
    """The task with the stand-in in the place of the simulation: its own residuals and the places count as error."""
    simulated = np.array([target.quantity.family is Family.RESPONSE for target in group.targets])
    formulas = [None if flag else _formula(t, axes, units) for t, flag in zip(group.targets, simulated, strict=True)]
    covariance = np.diag(sds**2)
    rows = np.flatnonzero(simulated)
    covariance[np.ix_(rows, rows)] += place + quadratic.covariance

    def model(scores: Array) -> Array:
        found = np.empty((len(scores), len(group.targets)))
        found[:, rows] = quadratic(scores)
        for at, formula in enumerate(formulas):
            if formula is not None:
                found[:, at] = formula(scores)
        return found

    return Task(axes, observed, covariance, model)


def _formula(target: FitTarget, axes: Sequence[Axis], units: Units) -> Callable[[Array], Array]:
    """A target's prediction on its scale as a function of scores; parameters that are not fitted keep the pack's value."""
    place = {axis.key: at for at, axis in enumerate(axes)}

    def value(scores: Array, key: str) -> Array:
        return axes[place[key]].values(scores[:, place[key]]) if key in place else np.full(len(scores), units.held.get(key, 1.0))

    def natural(scores: Array) -> Array:
        family = target.quantity.family
        if family is Family.USE:
            product = np.full(len(scores), units.by_target[target.name][-1])
            for key in _LEVELS[target.quantity.key]:
                product = product * value(scores, key)
            return product
        if family is Family.CALLS:
            return units.calls_in(int(target.observed.year or 0), value(scores, CALL_LEVEL), value(scores, CALL_GROWTH))
        return value(scores, target.quantity.parameters[0])

    return lambda scores: np.log(natural(scores)) if target.log else natural(scores)


def _observations(group: Group, units: Units) -> tuple[Array, Array]:
    """Observations on their scales and their standard deviations.

    A peak without its year stands for the level that it implies without any prior, in its last year.
    """
    values, sds = [], []
    for target in group.targets:
        number, sd = target.observed.number, target.tolerance
        if not target.year_known and target.quantity.family is Family.USE:
            series = units.by_target[target.name]
            low, middle, high = level_below_peak(number / series[-1], _FLAT, series, number, target.peak_noise, sd)
            number, sd = middle * series[-1], log_sd(low, high) * (1.0 if target.log else middle * series[-1])
        values.append(math.log(number) if target.log else number)
        sds.append(sd)
    return np.array(values), np.array(sds)


def _fitted(group: Group, task: Task, solution: Solution, place_sd: Mapping[str, float]) -> Fitted:
    """The record of a solution: intervals from the posterior sample, correlations on the transformed scales."""
    axes = task.axes
    moved = np.stack([axis.moved(column) for axis, column in zip(axes, solution.points.T, strict=True)], axis=1)
    away = moved - solution.weights @ moved
    covariance = (away * solution.weights[:, None]).T @ away
    deviation = np.sqrt(np.diag(covariance))
    score_covariance = solution.posterior_covariance()
    points = solution.quantiles(_QUANTILES)
    names = tuple(target.name for target in group.targets)
    tolerances = np.sqrt(np.diag(task.covariance))
    lower = np.linalg.cholesky(task.covariance)
    sensitivities = (lower @ solution.jacobian) / tolerances[:, None]
    parameters = {}
    for at, (parameter, axis) in enumerate(zip(group.parameters, axes, strict=True)):
        value, low, high = (float(axis.values(np.array([z]))[0]) for z in (solution.scores[at], points[0, at], points[1, at]))
        width = (points[1, at] - points[0, at]) / (2.0 * Z90)
        felt = np.abs(sensitivities[:, at])
        informed = tuple(name for name, size in zip(names, felt, strict=True) if size >= min(_FELT, felt.max()))
        parameters[parameter.key] = ParameterFit(
            parameter, value, min(low, value), max(high, value), float(width), informed, parameter.key in solution.at_bound
        )
    record = GroupFit(
        keys=tuple(axis.key for axis in axes),
        targets=names,
        sensitivities=sensitivities,
        covariance=covariance,
        correlation=covariance / np.outer(deviation, deviation),
        directions=directions(score_covariance),
        swaps=swaps(axes, sensitivities, names),
        method=solution.method,
        effective=solution.effective,
        converged=solution.converged,
    )
    return Fitted(record, parameters, place_sd, float(np.sum(task.residuals(solution.scores[None]) ** 2)))


def predicted(target: FitTarget, values: Mapping[str, float], units: Units) -> float:
    """What a formula gives for a target at values of the parameters."""
    if target.quantity.family is Family.USE:
        return units.by_target[target.name][-1] * math.prod(values[key] for key in _LEVELS[target.quantity.key])
    if target.quantity.family is Family.CALLS:
        level, growth = (np.array(values[key]) for key in (CALL_LEVEL, CALL_GROWTH))
        return float(units.calls_in(int(target.observed.year or 0), level, growth))
    return values[target.quantity.parameters[0]]

