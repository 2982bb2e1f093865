"""Fitting the local travel multiplier to an observed mean response time.

The multiplier is the one number of the travel law that no map gives: how much slower a county's ambulances drive than the
law of its source. It is chosen so that the simulated mean response of the observed set-up (stations open then, crews,
calls) equals the observed one. The mean rises with the multiplier, so bisection on common calls finds it. Fitting anew in
parameter draws (station places, turnout, service times, call level) shows what the observation leaves open: most of it is
the tie of :mod:`sim.emergency.observed_response`; the interval to be shipped is what remains beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import quantiles
from sim.emergency.calls import CallTable
from sim.emergency.duty import Duty
from sim.emergency.metrics import summarise
from sim.emergency.observed_response import ObservedResponse
from sim.emergency.runs import Engine, calls_of, mean_response
from sim.emergency.scenario_world import ScenarioWorld, Setup
from sim.errors import Problems

_LOWEST, _HIGHEST = 0.2, 6.0
"""Between these multipliers the fit is sought: from far above to far below any road speed."""

_TOLERANCE_MIN = 0.005
"""Mean response within which the fit stops, minutes."""


@dataclass(frozen=True)
class TravelFit:
    """The fitted multiplier and how well the fit tells the rest.

    Attributes:
        multiplier: the fit under central parameters.
        low, high: 10 % and 90 % points of what remains beside the tie: multiplier x fit(draw) / (multiplier x tie(draw)).
        by_draw: the fit in each draw, the central one first.
        modelled: metrics of the fitted central set-up by name: the mean response of all calls and of those answered from
            the nearest and from another station, and the share from another station.
    """

    multiplier: float
    low: float
    high: float
    by_draw: NDArray[np.float64]
    modelled: dict[str, float]


def fit_travel(world: ScenarioWorld, *, replications: int, engine: Engine) -> TravelFit:
    """Fit the multiplier to the region's observed mean response.

    Args:
        world: the region's baseline scenario, with the parameter draws that the interval is taken over.
        replications: runs of each trial.
        engine: which engine runs.

    Raises:
        ValueError: no response was observed in the region.
    """
    observed = world.observed
    if observed is None:
        raise ValueError(f"no mean response was observed in {world.region.key}")
    shape = world.demand.calls(world.region.base_year)
    central = shape * (observed.calls / shape.sum())
    problems = Problems()
    duty = world.duty(observed.year, problems, central)
    problems.raise_errors()
    level = world.parameters.drawn("call_level_factor")
    fits = []
    for draw in range(world.draws.size):
        fits.append(_fit_draw(world, observed, duty, draw, central * level[draw], replications, engine))
    by_draw = np.array(fits)
    low, high = quantiles(by_draw / world.tied, (0.1, 0.9))
    setup = world.with_multiplier(float(by_draw[0])).setup(observed.year, 0, duty, central)
    modelled = _modelled(world, setup, observed.year, replications, engine)
    return TravelFit(float(by_draw[0]), float(low), float(high), by_draw, modelled)


def _fit_draw(
    world: ScenarioWorld,
    observed: ObservedResponse,
    duty: Duty,
    draw: int,
    calls: NDArray[np.float64],
    replications: int,
    engine: Engine,
) -> float:
    tables: list[CallTable] = []

    def mean_at(multiplier: float) -> float:
        setup = world.with_multiplier(multiplier).setup(observed.year, draw, duty, calls)
        if not tables:
            tables.extend(calls_of(setup, world.draws.seed, observed.year, number) for number in range(replications))
        return mean_response(setup.world, tables, engine)

    return bisect(mean_at, observed.mean_min)


def bisect(mean_at: Callable[[float], float], target: float) -> float:
    """The multiplier at which a rising mean reaches the target, in [0.2, 6]; an end of it when the target lies outside."""
    low, high = _LOWEST, _HIGHEST
    while True:
        middle = float(np.sqrt(low * high))
        mean = mean_at(middle)
        if abs(mean - target) <= _TOLERANCE_MIN or high / low < 1.0 + 1e-4:
            return middle
        low, high = (middle, high) if mean < target else (low, middle)


def _modelled(world: ScenarioWorld, setup: Setup, year: int, replications: int, engine: Engine) -> dict[str, float]:
    wanted = {
        "response_mean_min": ("response_mean_min", "all"),
        "response_own_station_min": ("response_mean_min", "own_station"),
        "response_other_station_min": ("response_mean_min", "other_station"),
        "own_station_share": ("own_station_share", "all"),
        "utilisation": ("utilisation", "all"),
    }
    runs = []
    for number in range(replications):
        calls = calls_of(setup, world.draws.seed, year, number)
        log = engine(setup.world, calls)
        runs.append(summarise(log, calls, setup.world, own_station=setup.own_station))
    return {name: float(np.mean([run.get(*key) for run in runs])) for name, key in wanted.items()}
