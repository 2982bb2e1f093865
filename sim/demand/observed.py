"""Levels of use after what was observed in years after the base year (``observed.csv``: discharges, visits).

Activity of a year = level x drift x what a level of 1 gives. The logarithm of the level is normal, that of the drift a random
walk from the base year, that of a published figure normal around the activity. The model is linear in these logarithms, so the
update is the closed form of the fit (:mod:`sim.calibration.lognormal`) with the walk beside the level: with
``A = s^2 + q^2 min(i, j) + t^2 [i = j]`` over the observed years ``i, j`` counted from the base year,

    level:  log L + s^2 1' A^-1 v,      walk in year k:  w_k + q^2 min(k, i)' A^-1 v,
    v = log(observed) - log(level x drift x unit) - error

each draw with its own ``v`` (a draw of the prior and one of the error give a draw of the posterior: Journel & Huijbregts
1978, *Mining Geostatistics*, VII.A). The central draw has no error and takes the posterior mean; a figure equal to the
forecast changes nothing. Without a walk and for one year it is the closed form of the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import MOST_YEARS, Context
from sim.demand.factors import same_moments
from sim.demand.levels import Level, key_in
from sim.priors import log_sd
from sim.region.model import Observation
from sim.scenario import observed_in_use

Array = NDArray[np.float64]

_TOLERANCE = "need.fit.annual_tolerance"
# A figure that is called exact is taken as exact to a millionth, so that the equations keep a solution.
_LEAST = 1e-6


def level_and_drift(
    context: Context, level: Level, drift_key: str, measure: str, unit: Callable[[Context], Array]
) -> tuple[Array, Array]:
    """The level of use, ``[draw, 1]``, and its drift, ``[draw, year]``, after the observed values of ``measure``.

    Args:
        context: the inputs.
        level: the level of use.
        drift_key: parameter with the standard deviation of the walk's yearly step.
        measure: key in ``observed.csv``.
        unit: gives the activity of a level of 1 without drift in the years of a context, ``[draw, year]``.
    """
    values, walk = context.uncertain(key_in(context.region, level), level.stream), context.walk(drift_key)
    observed = observed_in_use(context.region, context.scenario).get(measure)
    if observed:
        by_year = replace(context, moments=same_moments(context.scenario.years))
        values, walk = _updated(by_year, level, drift_key, values, walk, observed, measure, unit(by_year))
    return values, context.drift(walk)


def _updated(
    context: Context,
    level: Level,
    drift_key: str,
    values: Array,
    walk: Array,
    observed: Mapping[int, Observation],
    measure: str,
    unit: Array,
) -> tuple[Array, Array]:
    years = np.array(list(observed))
    steps = years - context.region.base_year
    tolerance = np.array([_log_sd_of(context, observation) for observation in observed.values()])
    prior, step = context.parameter(key_in(context.region, level)), context.number(drift_key)
    spread = 0.0 if prior.low is None or prior.high is None else log_sd(prior.low, prior.high)
    errors = context.draws.normal("demand.observed", MOST_YEARS, index=tuple(measure.encode()))[:, steps] * tolerance
    modelled = np.log(unit[:, years - int(context.years[0])]) + np.log(values) + walk[:, steps]
    missing = np.log([observation.number for observation in observed.values()]) - modelled - errors
    together = spread**2 + step**2 * np.minimum(steps[:, None], steps) + np.diag(tolerance**2)
    weights = np.linalg.solve(together, missing.T).T
    of_walk = step**2 * np.minimum(steps[:, None], np.arange(walk.shape[1]))
    return values * np.exp(spread**2 * weights.sum(axis=1, keepdims=True)), walk + weights @ of_walk


def _log_sd_of(context: Context, observation: Observation) -> float:
    """Standard deviation of the logarithm of a published figure: from its own tolerance, or that of the fit."""
    if observation.low is None or observation.high is None:
        return context.number(_TOLERANCE)
    return max(log_sd(observation.low, observation.high), _LEAST)
