"""What an event log says: every figure of the emergency simulation is computed here, and only here.

Means, quantiles and shares run over the answered calls of a segment; queueing is inside the response. Busy time is compared
with time on duty: a unit that works on after its shift adds to the first alone. A trip that was called off because the unit was
redirected is busy time too. Runs with policies have the figures of :mod:`sim.emergency.policy_metrics` besides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency import policy_metrics
from sim.emergency.call_table import CallTable
from sim.emergency.log import EventLog, Outcome, SentFrom, check_accounts
from sim.emergency.world import Units, World

METRICS: dict[str, str] = {
    "calls": "calls",
    "answered": "calls",
    "abandoned": "calls",
    "open_at_end": "calls",
    "response_mean_min": "min",
    "response_median_min": "min",
    "response_p90_min": "min",
    "response_share_within_12": "share",
    "dispatch_mean_min": "min",
    "turnout_mean_min": "min",
    "turnout_share_within_3": "share",
    "travel_mean_min": "min",
    "queue_mean_min": "min",
    "queued_share": "share",
    "own_station_share": "share",
    "utilisation": "share",
    "utilisation_with_way_back": "share",
}
"""Metric -> unit. Counts are of calls by outcome. Turnout is of units sent from their base (a crew on the road has none).
``queued_share`` is of answered calls that waited for a free unit. ``utilisation`` counts from sending to the end of the
call, the other one the way back too; both are in segment ``all`` only. ``own_station_share`` needs ``own_station``."""


@dataclass(frozen=True)
class Summary:
    """Metrics of one run: ``values[segment][metric]``; NaN where a segment had no answered call."""

    values: Mapping[str, Mapping[str, float]]

    def get(self, metric: str, segment: str = "all") -> float:
        """One figure."""
        return self.values[segment][metric]


def summarise(
    log: EventLog,
    calls: CallTable,
    world: World,
    *,
    warmup_min: float = 0.0,
    urban: NDArray[np.bool_] | None = None,
    own_station: NDArray[np.int64] | None = None,
    segments: Mapping[str, NDArray[np.bool_]] | None = None,
) -> Summary:
    """Metrics of the calls from ``warmup_min`` on, in segments.

    Args:
        log, calls, world: of one run.
        warmup_min: calls before it and busy time before it are left out.
        urban: whether a zone is urban, shape ``[zone]``: gives segments ``urban`` and ``rural``.
        own_station: station a zone belongs to, shape ``[zone]``: gives ``own_station_share`` and the segments
            ``own_station`` and ``other_station`` (by the station of the unit that came).
        segments: further masks over calls.

    Segments always there: ``all`` and ``priority_1`` ... by the world's number of priorities.

    Raises:
        RunFailedError: the log does not account for every call.
    """
    check_accounts(log)
    kept = np.ones(len(log), dtype=bool) if warmup_min <= 0 else calls.time_min >= warmup_min
    masks: dict[str, NDArray[np.bool_]] = {"all": kept}
    if urban is not None:
        in_town = urban[calls.zone]
        masks["urban"] = kept & in_town
        masks["rural"] = kept & ~in_town
    for priority in range(1, world.n_priorities + 1):
        masks[f"priority_{priority}"] = kept & (calls.priority == priority)
    answered = _Answered.of(log, calls)
    if own_station is not None:
        own = np.zeros(len(log), dtype=bool)
        own[answered.rows] = world.units.station[log.unit[answered.rows]] == own_station[calls.zone[answered.rows]]
        answered.own = own[answered.rows]
        masks["own_station"] = kept & own
        masks["other_station"] = kept & log.answered & ~own
    for name, mask in (segments or {}).items():
        masks[name] = kept & mask
    values = {name: _segment(log, mask, answered) for name, mask in masks.items()}
    aborted = 0.0
    if log.policy is not None:
        for name, mask in masks.items():
            values[name].update(policy_metrics.of_calls(log, log.policy, mask))
        values["all"].update(policy_metrics.of_units(log, log.policy, world, warmup_min, world.horizon_min))
        aborted = policy_metrics.aborted_minutes(log.policy, warmup_min, world.horizon_min)
    duty = duty_minutes(world.units, warmup_min, world.horizon_min).sum()
    for metric, end in (("utilisation", log.free), ("utilisation_with_way_back", log.back)):
        busy = busy_minutes(log.dispatched, end, warmup_min, world.horizon_min) + aborted
        values["all"][metric] = float(busy / duty) if duty > 0 else math.nan
    return Summary(values)


@dataclass
class _Answered:
    """Columns of the answered calls alone, in order; ``rows`` are their numbers."""

    rows: NDArray[np.int64]
    response: NDArray[np.float64]
    queue: NDArray[np.float64]
    dispatch: NDArray[np.float64]
    turnout: NDArray[np.float64]
    travel: NDArray[np.float64]
    from_base: NDArray[np.bool_]
    own: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, log: EventLog, calls: CallTable) -> _Answered:
        rows = np.flatnonzero(log.answered)
        columns = (log.response_min(calls), log.queue_min(calls), calls.dispatch_min, log.turnout_min, log.travel_min)
        return cls(rows, *(column[rows] for column in columns), log.sent_from[rows] == SentFrom.BASE)


def _segment(log: EventLog, mask: NDArray[np.bool_], answered: _Answered) -> dict[str, float]:
    outcomes = np.bincount(log.outcome[mask], minlength=len(Outcome))
    here = np.flatnonzero(mask[answered.rows])
    times, waits = answered.response[here], answered.queue[here]
    turnouts = answered.turnout[here[answered.from_base[here]]]
    median, p90 = np.quantile(times, (0.5, 0.9)) if len(times) else (math.nan, math.nan)
    values = {
        "calls": float(outcomes.sum()),
        "answered": float(outcomes[Outcome.ANSWERED]),
        "abandoned": float(outcomes[Outcome.ABANDONED]),
        "open_at_end": float(outcomes[Outcome.OPEN_AT_END]),
        "response_mean_min": _mean(times),
        "response_median_min": float(median),
        "response_p90_min": float(p90),
        "response_share_within_12": _mean(times <= 12.0),
        "dispatch_mean_min": _mean(answered.dispatch[here]),
        "turnout_mean_min": _mean(turnouts),
        "turnout_share_within_3": _mean(turnouts <= 3.0),
        "travel_mean_min": _mean(answered.travel[here]),
        "queue_mean_min": _mean(waits),
        "queued_share": _mean(waits > 0.0),
    }
    if answered.own is not None:
        values["own_station_share"] = _mean(answered.own[here])
    return values


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else math.nan


def busy_minutes(start: NDArray[np.float64], end: NDArray[np.float64], first: float, last: float) -> float:
    """Sum of the parts of the spells ``start .. end`` (NaN: none) that lie between two moments."""
    spells = np.minimum(end, last) - np.maximum(start, first)
    return float(np.where(spells > 0.0, spells, 0.0).sum())


def duty_minutes(units: Units, first: float, last: float) -> NDArray[np.float64]:
    """Minutes on duty between two moments, shape ``[unit]``."""
    spells = np.maximum(np.minimum(units.window_end, last) - np.maximum(units.window_start, first), 0.0)
    total = np.concatenate([[0.0], np.cumsum(spells)])
    return total[units.window_first[1:]] - total[units.window_first[:-1]]


def crews_on_duty(units: Units, horizon_min: float) -> tuple[int, int, float]:
    """Fewest, most, and mean number of units on duty within the period."""
    start, end = np.clip(units.window_start, 0.0, horizon_min), np.clip(units.window_end, 0.0, horizon_min)
    moments, place = np.unique(np.concatenate([[0.0, horizon_min], start, end]), return_inverse=True)
    change = np.bincount(place[2:], np.repeat([1.0, -1.0], len(start)), minlength=len(moments))
    level = np.cumsum(change)[:-1]
    return round(level.min()), round(level.max()), float(level @ np.diff(moments) / horizon_min)
