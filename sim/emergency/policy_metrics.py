"""What the policy log says: figures that :mod:`sim.emergency.metrics` adds when a run had policies.

Shares and means are not a number where nothing of the kind happened; totals are per day of the period.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.emergency.log import EventLog, Outcome
from sim.emergency.policy_log import PolicyLog
from sim.emergency.world import Units, World

POLICY_METRICS: dict[str, str] = {
    "abandoned_share": "share",
    "redirected_share": "share",
    "passed_over_share": "share",
    "hospital_wait_mean_min": "min",
    "aborted_min": "min/day",
    "moves": "moves/day",
    "move_up_km": "km/day",
    "overrun_min": "min/day",
    "breaks_missed_share": "share",
}
"""Metric -> unit. ``abandoned_share`` is of all calls; ``redirected_share`` of the calls that were given a unit, those that lost
one to a more urgent call; ``passed_over_share`` of the patients taken to a hospital, those not taken to the nearest that takes
their need; ``hospital_wait_mean_min`` is the wait for a bay. In segment ``all`` only: ``aborted_min``, from sending to
redirecting; ``moves`` and ``move_up_km`` of units without a call; ``overrun_min``, work on calls after the end of the shift in
which the unit was sent; ``breaks_missed_share`` of the breaks that had to begin within the period."""

_DAY = 1440.0


def of_calls(log: EventLog, policy: PolicyLog, mask: NDArray[np.bool_]) -> dict[str, float]:
    """Figures of the calls of a segment."""
    given = mask & (policy.attempts > 0)
    lost = np.zeros(len(log), dtype=bool)
    lost[policy.aborted.call] = True
    brought = mask & (log.hospital >= 0)
    return {
        "abandoned_share": _mean(log.outcome[mask] == Outcome.ABANDONED),
        "redirected_share": _mean(lost[given]),
        "passed_over_share": _mean(policy.passed_over[brought]),
        "hospital_wait_mean_min": _mean((policy.bay_at - log.at_hospital)[brought]),
    }


def of_units(log: EventLog, policy: PolicyLog, world: World, first: float, last: float) -> dict[str, float]:
    """Figures of all units between two moments; what began before is left out, trips and work are cut."""
    days = (last - first) / _DAY
    moved = (policy.moves.start >= first) & (policy.moves.start < last)
    return {
        "aborted_min": aborted_minutes(policy, first, last) / days,
        "moves": float(moved.sum()) / days,
        "move_up_km": float(policy.moves.km[moved].sum()) / days,
        "overrun_min": overrun_minutes(log, world.units, first, last) / days,
        "breaks_missed_share": _missed_share(policy, world, first, last),
    }


def aborted_minutes(policy: PolicyLog, first: float, last: float) -> float:
    """Minutes of trips that were called off, between two moments."""
    spells = np.minimum(policy.aborted.until, last) - np.maximum(policy.aborted.dispatched, first)
    return float(np.maximum(spells, 0.0).sum())


def overrun_minutes(log: EventLog, units: Units, first: float, last: float) -> float:
    """Minutes from the end of the shift in which a unit was sent until it was free or its next shift began."""
    total = 0.0
    for unit in range(len(units)):
        windows = slice(units.window_first[unit], units.window_first[unit + 1])
        start, end = units.window_start[windows], units.window_end[windows]
        rows = np.flatnonzero(log.unit == unit)
        shift = np.searchsorted(start, log.dispatched[rows], side="right") - 1
        until = np.minimum(log.free[rows], np.append(start, math.inf)[shift + 1])
        spells = np.minimum(until, last) - np.maximum(end[shift], first)
        total += float(np.maximum(spells, 0.0).sum())
    return total


def _missed_share(policy: PolicyLog, world: World, first: float, last: float) -> float:
    if world.policies is None:
        return math.nan
    breaks = world.policies.shifts
    counted = (breaks.break_due >= first) & (breaks.break_latest < last)
    return _mean(np.isnan(policy.break_began[counted]))


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else math.nan
