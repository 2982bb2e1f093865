"""The event log of one run: one entry per call, written by either engine, read by the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.emergency.call_table import CallTable
from sim.emergency.policy_log import PolicyLog
from sim.emergency.scratch import Fresh, Scratch
from sim.errors import RunFailedError

NONE = -1
"""No unit, no hospital."""

NO_CAPABLE_HOSPITAL = -2
"""The patient should have been taken to a hospital, but none takes the need: the unit became free at the scene."""


class Outcome(IntEnum):
    """What became of a call."""

    ANSWERED = 0
    ABANDONED = 1
    OPEN_AT_END = 2


class SentFrom(IntEnum):
    """Where the unit was when it was sent."""

    NOWHERE = 0
    BASE = 1
    """At the station it was posted at."""
    WAY_BACK = 2
    """On its way to a post: back from a call, or moved."""
    REDIRECTED = 3
    """Sent to another call, and not yet there."""


@dataclass(frozen=True, eq=False)
class EventLog:
    """Struct of arrays over ``[call]``, rows as in the call table. Times in minutes; NaN where something did not happen.

    Attributes:
        outcome: see :class:`Outcome`; ``ANSWERED`` = a unit was sent before the horizon.
        unit: unit sent, or -1.
        sent_from: see :class:`SentFrom`.
        hospital: hospital the patient went to, -1 for none, -2 if none was capable.
        dispatched: the unit was chosen (call time + dispatch delay, + waiting if no unit was free).
        rolling: wheels rolled (dispatched + turnout).
        arrived: on scene.
        left_scene: scene over.
        at_hospital: arrived at the hospital.
        free: handover (or scene) over; the unit starts its way back.
        back: end of the way back: at the base, or sent to another call before.
        turnout_min: turnout this call took.
        travel_min: travel to the scene this call took.
        policy: what is logged of policies; None where there are none. Not a column.
    """

    outcome: NDArray[np.int8]
    unit: NDArray[np.int32]
    sent_from: NDArray[np.int8]
    hospital: NDArray[np.int32]
    dispatched: NDArray[np.float64]
    rolling: NDArray[np.float64]
    arrived: NDArray[np.float64]
    left_scene: NDArray[np.float64]
    at_hospital: NDArray[np.float64]
    free: NDArray[np.float64]
    back: NDArray[np.float64]
    turnout_min: NDArray[np.float64]
    travel_min: NDArray[np.float64]
    policy: PolicyLog | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def columns(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        """Name and array of every column."""
        for field in fields(self):
            if field.name != "policy":
                yield field.name, getattr(self, field.name)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Calls that got a unit."""
        return self.outcome == Outcome.ANSWERED

    def response_min(self, calls: CallTable) -> NDArray[np.float64]:
        """Call answered by the centre -> unit on scene; NaN for calls without a unit."""
        return self.arrived - calls.time_min

    def queue_min(self, calls: CallTable) -> NDArray[np.float64]:
        """Waiting for a free unit, after the dispatch delay; NaN for calls without a unit."""
        return self.dispatched - (calls.time_min + calls.dispatch_min)


def log_memory(size: int, scratch: Scratch | None = None) -> EventLog:
    """A log of ``size`` calls with whatever is in memory: for an engine that writes every entry."""
    memory = scratch or Fresh()
    return EventLog(
        outcome=memory.take("log_outcome", size, np.int8),
        unit=memory.take("log_unit", size, np.int32),
        sent_from=memory.take("log_sent_from", size, np.int8),
        hospital=memory.take("log_hospital", size, np.int32),
        **{name: memory.take(f"log_{name}", size) for name in _TIMES},
    )


def empty_log(size: int) -> EventLog:
    """A log of ``size`` calls that nothing has happened to yet: all open."""
    log = log_memory(size)
    log.outcome.fill(Outcome.OPEN_AT_END)
    log.unit.fill(NONE)
    log.sent_from.fill(SentFrom.NOWHERE)
    log.hospital.fill(NONE)
    for name in _TIMES:
        getattr(log, name).fill(np.nan)
    return log


def check_accounts(log: EventLog) -> dict[Outcome, int]:
    """Count calls by outcome and see that the numbers add up: a call has a unit and all its times, or neither.

    With policies also: units sent = calls with a unit + trips called off, and a handover begins where a hospital was reached.

    Raises:
        RunFailedError: a call is not accounted for (a fault of the engine, never of the input).
    """
    counts = {outcome: int((log.outcome == outcome).sum()) for outcome in Outcome}
    answered = log.answered
    sound = (
        sum(counts.values()) == len(log)
        and bool(((log.unit >= 0) == answered).all())
        and all(bool((~np.isnan(getattr(log, name)) == answered).all()) for name in _TIMES if name != "at_hospital")
    )
    if sound and log.policy is not None:
        policy = log.policy
        lost = np.bincount(policy.aborted.call, minlength=len(log))
        sound = bool((policy.attempts == answered + lost).all()) and bool(
            (np.isnan(policy.bay_at) == np.isnan(log.at_hospital)).all()
        )
    if not sound:
        raise RunFailedError("emergency simulation: the event log does not account for every call")
    return counts


_TIMES = (
    "dispatched",
    "rolling",
    "arrived",
    "left_scene",
    "at_hospital",
    "free",
    "back",
    "turnout_min",
    "travel_min",
)
