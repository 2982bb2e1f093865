"""What an event log says: every figure of the emergency simulation is computed here, and only here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.calls import CallTable
from sim.emergency.log import EventLog
from sim.emergency.world import World

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
"""Metric -> unit. The utilisations exist in segment ``all`` only; own_station_share needs ``own_station``."""


@dataclass(frozen=True)
class Summary:
    """Metrics of one run: ``values[segment][metric]``; NaN where a segment had no call."""

    values: dict[str, dict[str, float]]

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
    segments: dict[str, NDArray[np.bool_]] | None = None,
) -> Summary:
    """Metrics of the calls answered from ``warmup_min`` on, in segments.

    Args:
        log, calls, world: of one run.
        warmup_min: calls before it and busy time before it are left out.
        urban: whether a zone is urban, shape ``[zone]``: gives segments ``urban`` and ``rural``.
        own_station: station a zone belongs to, shape ``[zone]``: gives ``own_station_share`` and the segments
            ``own_station`` and ``other_station`` (by the station of the unit that came).
        segments: further masks over calls.

    Segments always there: ``all`` and ``priority_1`` ... by the world's number of priorities.
    """
    raise NotImplementedError
