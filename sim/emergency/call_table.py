"""The call table: every random quantity of every call of one replication, known before it runs.

Drawn by :mod:`sim.emergency.calls` or recorded (:mod:`sim.emergency.replay`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LONGEST_MIN = 1e9
"""Nothing takes, or happens after, more than this (1,900 years): sums stay exact to 1e-6 minutes."""


@dataclass(frozen=True, eq=False)
class CallTable:
    """Calls in order of time, arrays over ``[call]``; minutes.

    Attributes:
        time_min: the centre answers the call; ascending.
        zone: place of the call (index into :attr:`World.zones`).
        priority: 1 = most urgent.
        need: need class of the patient (column of :attr:`World.capable`).
        dispatch_min: dispatch delay: from the answer until a unit is chosen, if one is free.
        turnout_min: from then until wheels roll, for a unit at its base.
        travel_error: factor on the travel time to the scene.
        scene_min: on scene.
        transported: whether the patient is taken to a hospital.
        hospital: hospital to go to; -1 = the nearest capable one.
        transport_min: travel to the hospital as recorded; NaN = by the world's table x ``transport_error``.
        transport_error: factor on the transport time.
        handover_min: at the hospital.
        return_error: factor on the way back.
        patience_min: how long the call waits for a unit after the dispatch delay before it is given up; inf = for ever.
        thinning: uniform mark in [0, 1) that decides whether a scenario with less demand has this call.
        turnout_again_min, travel_error_again: of the second and any later unit sent to the call, after the one before was
            redirected; None = as the first.
    """

    time_min: Floats
    zone: NDArray[np.int32]
    priority: NDArray[np.int8]
    need: NDArray[np.int8]
    dispatch_min: Floats
    turnout_min: Floats
    travel_error: Floats
    scene_min: Floats
    transported: NDArray[np.bool_]
    hospital: NDArray[np.int32]
    transport_min: Floats
    transport_error: Floats
    handover_min: Floats
    return_error: Floats
    patience_min: Floats
    thinning: Floats
    turnout_again_min: Floats | None = None
    travel_error_again: Floats | None = None

    def __len__(self) -> int:
        return len(self.time_min)

    @property
    def ready_min(self) -> Floats:
        """When a unit can first be chosen: call + dispatch delay."""
        return self.time_min + self.dispatch_min

    @property
    def again(self) -> tuple[Floats, Floats]:
        """Turnout and travel error of the second and any later unit that is sent to a call."""
        turnout, error = self.turnout_again_min, self.travel_error_again
        return self.turnout_min if turnout is None else turnout, self.travel_error if error is None else error

    def select(self, keep: NDArray[np.bool_]) -> CallTable:
        """The calls of a mask, in order."""
        columns = {item.name: getattr(self, item.name) for item in fields(self)}
        return CallTable(**{name: None if column is None else column[keep] for name, column in columns.items()})


_NEUTRAL: dict[str, tuple[type, float]] = {
    "zone": (np.int32, 0),
    "priority": (np.int8, 1),
    "need": (np.int8, 0),
    "dispatch_min": (np.float64, 0.0),
    "turnout_min": (np.float64, 0.0),
    "travel_error": (np.float64, 1.0),
    "scene_min": (np.float64, 0.0),
    "transported": (np.bool_, False),
    "hospital": (np.int32, -1),
    "transport_min": (np.float64, math.nan),
    "transport_error": (np.float64, 1.0),
    "handover_min": (np.float64, 0.0),
    "return_error": (np.float64, 1.0),
    "patience_min": (np.float64, math.inf),
    "thinning": (np.float64, 0.0),
}

_OPTIONAL = ("turnout_again_min", "travel_error_again")


def call_table(time_min: ArrayLike, **columns: ArrayLike) -> CallTable:
    """A table from recorded or made-up columns; a single number stands for a whole column; what is not given is neutral.

    Neutral is: zone 0, priority 1, need 0, times 0, errors 1, not transported, hospital and transport time by the world,
    unlimited patience.

    Raises:
        ValueError: an unknown column, or a length that differs.
    """
    times = np.array(time_min, dtype=float).reshape(-1)
    unknown = sorted(set(columns) - set(_NEUTRAL) - set(_OPTIONAL))
    if unknown:
        raise ValueError(f"unknown columns {', '.join(unknown)}")
    filled = {}
    for name, (kind, neutral) in _NEUTRAL.items():
        filled[name] = np.array(np.broadcast_to(np.asarray(columns.get(name, neutral), dtype=kind), times.shape))
    for name in _OPTIONAL:
        if name in columns:
            filled[name] = np.array(np.broadcast_to(np.asarray(columns[name], dtype=float), times.shape))
    return CallTable(time_min=times, **filled)


def check_calls(calls: CallTable, *, zones: int, priorities: int, needs: int, hospitals: int) -> None:
    """Raise ValueError, all findings in one message, if a table does not fit a world."""
    faults = []
    if not ((calls.time_min >= 0) & (calls.time_min <= LONGEST_MIN)).all():
        faults.append(f"call times must lie in 0..{LONGEST_MIN:g}")
    elif (np.diff(calls.time_min) < 0).any():
        faults.append("calls are out of order")
    for name, low, high in (
        ("zone", 0, zones - 1),
        ("priority", 1, priorities),
        ("need", 0, needs - 1),
        ("hospital", -1, hospitals - 1),
    ):
        column = getattr(calls, name)
        if ((column < low) | (column > high)).any():
            faults.append(f"{name} must lie in {low}..{high}")
    for name in (
        "dispatch_min",
        "turnout_min",
        "travel_error",
        "scene_min",
        "transport_error",
        "handover_min",
        "return_error",
        *_OPTIONAL,
    ):
        column = getattr(calls, name)
        if column is not None and not ((column >= 0) & (column <= LONGEST_MIN)).all():
            faults.append(f"{name} must lie in 0..{LONGEST_MIN:g}")
    if ((calls.transport_min < 0) | (calls.transport_min > LONGEST_MIN)).any():
        faults.append(f"transport_min must lie in 0..{LONGEST_MIN:g}, or be NaN for the world's time")
    if not (calls.patience_min >= 0).all():
        faults.append("patience_min must not be negative")
    if faults:
        raise ValueError("; ".join(faults))
