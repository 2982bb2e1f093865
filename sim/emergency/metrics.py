"""What an event log says: every figure of the emergency simulation is computed here, and only here.

Means, quantiles and shares run over the answered calls of a segment; queueing is inside the response. Busy time is compared
with time on duty: a unit that works on after its shift adds to the first alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.calls import CallTable
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
    came_from_own = None
    if own_station is not None:
        answered = log.answered
        station = np.where(answered, world.units.station[np.where(answered, log.unit, 0)] if len(world.units) else -1, -1)
        came_from_own = station == own_station[calls.zone]
        masks["own_station"] = kept & answered & came_from_own
        masks["other_station"] = kept & answered & ~came_from_own
    for name, mask in (segments or {}).items():
        masks[name] = kept & mask
    response, queue = log.response_min(calls), log.queue_min(calls)
    values = {name: _segment(log, calls, mask, response, queue, came_from_own) for name, mask in masks.items()}
    duty = duty_minutes(world.units, warmup_min, world.horizon_min).sum()
    for metric, end in (("utilisation", log.free), ("utilisation_with_way_back", log.back)):
        busy = busy_minutes(log.dispatched, end, warmup_min, world.horizon_min)
        values["all"][metric] = float(busy / duty) if duty > 0 else math.nan
    return Summary(values)


def _segment(
    log: EventLog,
    calls: CallTable,
    mask: NDArray[np.bool_],
    response: NDArray[np.float64],
    queue: NDArray[np.float64],
    came_from_own: NDArray[np.bool_] | None,
) -> dict[str, float]:
    outcomes = np.bincount(log.outcome[mask], minlength=len(Outcome))
    answered = mask & log.answered
    times, waits = response[answered], queue[answered]
    from_base = answered & (log.sent_from == SentFrom.BASE)
    turnouts = log.turnout_min[from_base]
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
        "dispatch_mean_min": _mean(calls.dispatch_min[answered]),
        "turnout_mean_min": _mean(turnouts),
        "turnout_share_within_3": _mean(turnouts <= 3.0),
        "travel_mean_min": _mean(log.travel_min[answered]),
        "queue_mean_min": _mean(waits),
        "queued_share": _mean(waits > 0.0),
    }
    if came_from_own is not None:
        values["own_station_share"] = _mean(came_from_own[answered])
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
