"""The smallest duty fleet that meets the time standard, by bisection on common calls.

A fleet of n crews is on duty day and night and spread over the open stations by the rule of :mod:`sim.emergency.duty`. The
mean response falls with n (a law of the engine that its tests check in paired runs), so bisection finds the smallest
sufficient n; every fleet is tried on the same calls. Whether any fleet suffices is decided first, by one so large that
nobody queues: what is left is dispatch, turnout and travel, which crews cannot shorten.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.emergency.calls import CallTable
from sim.emergency.duty import Duty, spread_units
from sim.emergency.policies import ShiftRules
from sim.emergency.runs import Engine, mean_response
from sim.emergency.scenario_world import ScenarioWorld, Setup

_AMPLE_PER_STATION = 4
_AMPLE_PER_LOAD = 3.0
"""A fleet of so many crews per station, or per Erlang of offered load, whichever is more, counts as ample."""


@dataclass(frozen=True)
class FleetNeeded:
    """Outcome of one search.

    Attributes:
        units: smallest number of crews on duty, or None when no number meets the standard.
        mean_min: mean response with it, or with the ample fleet when none meets the standard.
        ample_mean_min: mean response when nobody queues: the least that more crews alone can reach; NaN where it was not tried.
    """

    units: int | None
    mean_min: float
    ample_mean_min: float


def fleet_needed(
    world: ScenarioWorld,
    setup: Setup,
    replications: Sequence[CallTable],
    standard_min: float,
    busy_min: float,
    engine: Engine,
    guess: int | None = None,
) -> FleetNeeded:
    """Search one year's set-up.

    Args:
        world: the scenario.
        setup: the year with any duty; its units are replaced.
        replications: the calls that every fleet is tried on.
        standard_min: mean response asked for.
        busy_min: mean minutes a unit is busy with a call, for the offered load.
        engine: which engine runs.
        guess: a number near which the answer is expected; saves most of the tries when it is.
    """
    per_year = float(setup.intensity.hourly.sum())
    by_station = per_year * np.bincount(setup.own_station, setup.intensity.zone_share, minlength=len(setup.stations))
    load = per_year * busy_min / setup.world.horizon_min

    policies = setup.world.policies
    if policies is not None:
        # Breaks belong to duty windows, which these fleets do not have: their crews are relieved without a pause.
        policies = replace(policies, shifts=ShiftRules())

    def mean_with(units: int) -> float:
        spread = spread_units(units, by_station)
        crews = world.units(Duty(spread, spread), setup.intensity)
        return mean_response(replace(setup.world, units=crews, policies=policies), replications, engine)

    tried: dict[int, float] = {}

    def meets(units: int) -> bool:
        tried[units] = mean_with(units)
        return tried[units] <= standard_min

    ample = max(_AMPLE_PER_STATION * len(setup.stations), math.ceil(_AMPLE_PER_LOAD * load))
    # Below the offered load the queue grows all year: no fleet there can meet a standard of minutes.
    low, high = math.floor(load), ample
    step = 0
    if guess is not None and low < guess < high and meets(guess):
        high, step = guess, -1
    elif not meets(ample):
        return FleetNeeded(None, tried[ample], tried[ample])
    elif guess in tried:
        low, step = guess, 1
    while high - low > 1:
        middle = (low + high) // 2
        if step:  # from the guess in steps that double, until the answer lies between two tries
            middle = max(high + step, low + 1) if step < 0 else min(low + step, high - 1)
        met = meets(middle)
        low, high = (low, middle) if met else (middle, high)
        step = 2 * step if met == (step < 0) else 0
    return FleetNeeded(high, tried[high], tried.get(ample, math.nan))
