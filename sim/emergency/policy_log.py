"""What is logged of policies beside the plain :class:`~sim.emergency.log.EventLog`; rows in the order in which things began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class AbortedTrips:
    """Trips to a scene that were called off because the unit was redirected. Arrays over ``[trip]``; minutes.

    Attributes:
        unit, call: who was on the way to which call.
        dispatched, rolling, until: sent, wheels rolling (or when they would have), redirected.
    """

    unit: NDArray[np.int32]
    call: NDArray[np.int32]
    dispatched: NDArray[np.float64]
    rolling: NDArray[np.float64]
    until: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moves:
    """Moves to a station that is not the one the unit was at or heading to (for DMEXCLP: not its home). Arrays over ``[move]``.

    Attributes:
        unit, station: who, to which post.
        start, end: minutes; ``end`` is the moment it arrives, or was sent to a call, moved elsewhere or went off duty.
        km: straight line covered until ``end``.
    """

    unit: NDArray[np.int32]
    station: NDArray[np.int32]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    km: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PolicyLog:
    """Arrays over ``[call]``, tables, and one entry per break.

    Attributes:
        attempts: units sent to the call, shape ``[call]``.
        bay_at: the handover began, NaN without one.
        passed_over: the hospital is not the nearest that takes the need (closed, diverting or more loaded).
        aborted, moves: see there.
        break_began: shape ``[break]``, as in ``ShiftRules.break_due``; NaN = missed.
    """

    attempts: NDArray[np.int32]
    bay_at: NDArray[np.float64]
    passed_over: NDArray[np.bool_]
    aborted: AbortedTrips
    moves: Moves
    break_began: NDArray[np.float64]
