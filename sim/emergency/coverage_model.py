"""Expected coverage with busy units, and the compliance table that follows from it.

A zone covered by k free units of which each is busy with probability q is served within the standard with probability
``1 - q^k`` (MEXCLP; Daskin 1983, Transportation Science 17). Adding a unit that covers it gains ``(1 - q) q^k``. The
compliance table is nested: row k holds the first k stations of one greedy sequence, so that one more free unit moves none of
the others (nested compliance tables: Sudtachat, Mayorga and McLay 2016, European Journal of Operational Research 249).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.emergency.calls import CallIntensity, ServiceLaw
from sim.emergency.policies import Coverage
from sim.emergency.world import World

_MOST_BUSY = 0.95
"""Beyond it the estimate of the load says overload, and coverage would count nothing."""


def drive_left_min(standard_min: float, service: ServiceLaw, world: World) -> float:
    """Drive at factor 1 that is left of the standard after call handling and turnout, means over the week's hours.

    Coverage is counted with it: a station covers a zone it reaches in that time.
    """
    before = service.dispatch.mean_min + float(np.mean(world.expected_turnout_min))
    return max(0.0, standard_min - before) / float(np.mean(world.travel_factor))


def busy_share(intensity: CallIntensity, service: ServiceLaw, world: World, transport_min: float, crew_min: float) -> float:
    """Share of its time on duty that a unit is busy: offered load over crews.

    Args:
        intensity, service, world: of the year.
        transport_min: mean drive to hospital.
        crew_min: minutes on duty of all units.
    """
    drive = float(intensity.zone_share @ world.expected.station.min(axis=0)) * float(np.mean(world.travel_factor))
    taken = float(np.mean(service.transport_share @ np.atleast_2d(intensity.priority_share).mean(axis=0)))
    work = float(np.mean(world.expected_turnout_min)) + drive + service.scene.mean_min
    work += taken * (transport_min + service.handover.mean_min)
    return min(_MOST_BUSY, float(intensity.hourly.sum()) * work / crew_min)


def coverage_of(world: World, weight: NDArray[np.float64], within_min: float, busy: float) -> Coverage:
    """Which station covers which zone, and what a zone counts.

    Args:
        world: its expected times from the stations are used.
        weight: of each zone.
        within_min: drive at factor 1.
        busy: see :func:`busy_share`.
    """
    return Coverage(np.ascontiguousarray(world.expected.station <= within_min), weight / weight.sum(), busy)


def greedy_sequence(coverage: Coverage, units: int) -> NDArray[np.int64]:
    """Stations in the order in which units are added, each where it gains most; ties to the lower number, shape ``[units]``."""
    covering = np.zeros(len(coverage.weight), dtype=np.int64)
    chosen = np.empty(units, dtype=np.int64)
    for place in range(units):
        gain = coverage.covers @ (coverage.weight * (1.0 - coverage.busy) * coverage.busy**covering)
        chosen[place] = int(np.argmax(gain))
        covering += coverage.covers[chosen[place]]
    return chosen


def compliance_table(coverage: Coverage, units: int) -> NDArray[np.int64]:
    """Nested compliance table, shape ``[units, units]``: row k - 1 = first k of the sequence, then -1."""
    sequence = greedy_sequence(coverage, units)
    level = np.arange(units)
    return np.where(level[None, :] <= level[:, None], sequence[None, :], -1)
