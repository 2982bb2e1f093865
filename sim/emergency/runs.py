"""Running replications and keeping what the tables need of each: metrics, a histogram, and sums by zone and station.

A replication's calls are drawn on streams indexed by year and replication alone: parameter draws, fleets and scenarios
of one seed are compared on common random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.calls import CallTable, draw_calls
from sim.emergency.log import EventLog
from sim.emergency.metrics import Summary, summarise
from sim.emergency.scenario_world import Setup
from sim.emergency.statistics import Interval, t_interval
from sim.emergency.surge import overlaid
from sim.emergency.world import World

Engine = Callable[[World, CallTable], EventLog]

FIRST_CALLS = 2000
"""Calls at the start of the period that are kept of each run, to see how the empty start wears off."""

LAST_BIN_MIN = 60
"""Response times are counted in whole minutes up to here, the rest in one last bin."""


def engine_named(name: str, policy: str | None = None) -> Engine:
    """``compiled`` or ``reference``, or the reference with a policy of one's own; loaded on use, because compiling takes time.

    Raises:
        InputError: a policy that cannot be loaded, or one for the compiled engine.
    """
    if policy is not None:
        from sim.emergency.own_policy import policy_engine

        return policy_engine(policy, name)
    if name == "compiled":
        from sim.emergency.kernel import run_compiled

        return run_compiled
    from sim.emergency.reference import run_reference

    return run_reference


def calls_of(setup: Setup, seed: int, year: int, replication: int) -> CallTable:
    """The call table of one replication of a year, with the calls of its events."""
    base = draw_calls(setup.intensity, setup.service, seed, (year, replication))
    if not setup.happenings:
        return base
    return overlaid(base, setup.intensity, setup.service, setup.happenings, seed, (year, replication))[0]


@dataclass(frozen=True)
class RunSums:
    """What one replication adds to the tables.

    Attributes:
        summary: metrics by segment.
        histogram: responses by whole minute, shape ``[segment (all, urban, rural), bin]``, the last bin open.
        zone_calls, zone_response_min: answered calls and the sum of their responses, shape ``[zone]``.
        station_calls: answered calls of a station's units, shape ``[station]``.
        unit_busy_min: busy minutes of each unit, from being sent to being free again or redirected, shape ``[unit]``.
        busy_min: the same of all units.
        way_back_min: minutes on the way back, all answered calls.
        first_min: responses of the first :data:`FIRST_CALLS` answered calls, in the order of the calls.
    """

    summary: Summary
    histogram: NDArray[np.int64]
    zone_calls: NDArray[np.float64]
    zone_response_min: NDArray[np.float64]
    station_calls: NDArray[np.float64]
    unit_busy_min: NDArray[np.float64]
    busy_min: float
    way_back_min: float
    first_min: NDArray[np.float64]


def sums_of(setup: Setup, calls: CallTable, log: EventLog, urban: NDArray[np.bool_]) -> RunSums:
    """Metrics and sums of one finished replication."""
    answered = log.answered
    zone = calls.zone[answered]
    response = log.response_min(calls)[answered]
    busy = log.free[answered] - log.dispatched[answered]
    zones, stations = len(setup.world.zones), len(setup.world.stations)
    home = setup.world.units.station[log.unit[answered]]
    unit_busy = np.bincount(log.unit[answered], busy, minlength=len(setup.world.units))
    if log.policy is not None:
        off = log.policy.aborted
        unit_busy += np.bincount(off.unit, off.until - off.dispatched, minlength=len(setup.world.units))
    bins = np.minimum(response.astype(np.int64), LAST_BIN_MIN)
    in_town = urban[zone]
    histogram = np.stack(
        [np.bincount(bins[mask], minlength=LAST_BIN_MIN + 1) for mask in (np.ones(len(bins), dtype=bool), in_town, ~in_town)]
    )
    return RunSums(
        summarise(log, calls, setup.world, urban=urban, own_station=setup.own_station),
        histogram,
        np.bincount(zone, minlength=zones).astype(float),
        np.bincount(zone, response, minlength=zones),
        np.bincount(home, minlength=stations).astype(float),
        unit_busy,
        float(busy.sum()) if log.policy is None else float(unit_busy.sum()),
        float((log.back[answered] - log.free[answered]).sum()),
        response[:FIRST_CALLS].copy(),
    )


def response_interval(runs: Sequence[RunSums]) -> Interval:
    """The mean response over replications, with its 95 % interval."""
    return t_interval([run.summary.get("response_mean_min") for run in runs])


def mean_response(world: World, replications: Sequence[CallTable], engine: Engine) -> float:
    """Mean response over the answered calls of several replications: what the time standard is about."""
    total, count = 0.0, 0
    for calls in replications:
        response = engine(world, calls).response_min(calls)
        got = response[np.isfinite(response)]
        total += float(got.sum())
        count += len(got)
    return total / count if count else float("nan")
