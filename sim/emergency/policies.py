"""What a dispatch centre can do beyond the plain rules of :mod:`sim.emergency.world`; rules in docs/model_emergency_policies.md.

Every part is neutral by default: a world whose policies are all neutral runs as one without policies. Times are minutes,
priorities count from 1 (the most urgent); ``NEVER`` stands for a rule that is off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 0
"""A priority that no call has: the rule is off."""

UNLIMITED = -1
"""Bays without a limit, a queue that never diverts."""


@dataclass(frozen=True, eq=False)
class ShiftRules:
    """Breaks, and the end of a shift.

    Attributes:
        break_first: breaks of duty window w (index into ``Units.window_start``) are ``break_first[w] .. break_first[w + 1] - 1``,
            shape ``[window + 1]``; None = no breaks.
        break_due: the break may begin from here on, shape ``[break]``, ascending within a window.
        break_latest: it must begin by here, else it is missed.
        break_min: how long it lasts; ``latest + min`` lies within the window and before the next break is due.
        wind_down_min: within so many minutes before the end of its shift a unit ...
        wind_down_priority: ... is sent only to calls of this priority or a more urgent one.
    """

    break_first: Ints | None = None
    break_due: Floats = field(default_factory=lambda: np.empty(0))
    break_latest: Floats = field(default_factory=lambda: np.empty(0))
    break_min: Floats = field(default_factory=lambda: np.empty(0))
    wind_down_min: float = 0.0
    wind_down_priority: int = 1


@dataclass(frozen=True, eq=False)
class DispatchRules:
    """Which unit is sent, and whether one is.

    Attributes:
        penalty_min: minutes added to the expected time of a unit when it is compared, shape ``[priority, vehicle]``: how much
            longer a better fitting vehicle may take. None = 0.
        preference: rank of each home station for a zone, shape ``[zone, station]``, 0 = first; units are compared by rank before
            time. None = all the same rank.
        reserve: units that must remain available after a call of the priority was given one, shape ``[priority]``, not
            falling with the priority's number. None = 0.
        cover_from_priority: calls of this priority or a less urgent one get, among the available units that can be there
            within ``cover_within_min``, the one whose leaving costs least coverage. ``NEVER`` = off.
        cover_within_min: see above; compared with the expected time and penalty.
        redirect_to_priority: calls of this priority or a more urgent one may take a unit on its way to a call ...
            ``NEVER`` = off.
        redirect_from_priority: ... of this priority or a less urgent one; larger than ``redirect_to_priority``.
        redirect_gain_min: by how much it must be nearer than the best available unit.
    """

    penalty_min: Floats | None = None
    preference: Ints | None = None
    reserve: Ints | None = None
    cover_from_priority: int = NEVER
    cover_within_min: float = 0.0
    redirect_to_priority: int = NEVER
    redirect_from_priority: int = NEVER
    redirect_gain_min: float = 0.0


class MoveUpMethod(IntEnum):
    """How units without a call are placed."""

    NONE = 0
    """Each goes home."""
    TABLE = 1
    """A compliance table: which stations to hold with so many available units."""
    DMEXCLP = 2
    """A unit that becomes free goes where it adds most expected coverage (Jagtenberg, Bhulai and van der Mei 2015)."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """What coverage is counted with, for dispatch by coverage and for move-up.

    Attributes:
        covers: whether a station reaches a zone within the standard, shape ``[station, zone]``.
        weight: of each zone (its share of the calls), shape ``[zone]``.
        busy: probability that a unit is busy, q of MEXCLP (Daskin 1983), in [0, 1).
    """

    covers: Bools
    weight: Floats
    busy: float


@dataclass(frozen=True, eq=False)
class MoveUp:
    """Move-up.

    Attributes:
        method: see :class:`MoveUpMethod`.
        table: row k - 1 = stations to hold with k available units, most important first, -1 = no more, shape ``[level, slot]``;
            more units than rows: the last row. None unless the method is TABLE.
        between_min: minutes from station to station at factor 1, shape ``[station, station]``.
        longest_min: no move that is expected to take longer (factor 1).
        most_moves: TABLE: units sent off at one moment.
    """

    method: MoveUpMethod = MoveUpMethod.NONE
    table: Ints | None = None
    between_min: Floats | None = None
    longest_min: float = np.inf
    most_moves: int = 1


class HospitalChoice(IntEnum):
    """Which of the hospitals that are open and take the need."""

    NEAREST = 0
    LEAST_LOADED = 1
    """Least drive plus expected wait for a bay."""


@dataclass(frozen=True, eq=False)
class HospitalRules:
    """Hospitals under pressure.

    Attributes:
        choice: see :class:`HospitalChoice`.
        bays: handovers at a time, shape ``[hospital]``, ``UNLIMITED`` = no queue. None = all unlimited.
        divert_at: a hospital with so many units waiting for a bay is passed over while another takes the need, shape
            ``[hospital]``, ``UNLIMITED`` = never. None = never.
        expected_handover_min: mean handover, for LEAST_LOADED.
        closed_first: closures of hospital h are ``closed_first[h] .. closed_first[h + 1] - 1``; None = none.
        closed_start, closed_end: no patient is brought to it who leaves the scene from start on, before end.
    """

    choice: HospitalChoice = HospitalChoice.NEAREST
    bays: Ints | None = None
    divert_at: Ints | None = None
    expected_handover_min: float = 0.0
    closed_first: Ints | None = None
    closed_start: Floats = field(default_factory=lambda: np.empty(0))
    closed_end: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, eq=False)
class RoadClosures:
    """Closed crossings: for a while every leg from one side to the other takes longer. Arrays over ``[closure, ...]``.

    A place on the road lies on the side of the zone nearest to it by straight line (the first of equally near).

    Attributes:
        start, end: a leg that begins from start on, before end, is affected.
        extra_min: minutes added at factor 1; closures that apply at once add up.
        zone_side, station_side, hospital_side: on which side each place lies, shapes ``[closure, zone]`` and so on.
    """

    start: Floats
    end: Floats
    extra_min: Floats
    zone_side: Bools
    station_side: Bools
    hospital_side: Bools

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, eq=False)
class Policies:
    """All policies of a world."""

    shifts: ShiftRules = field(default_factory=ShiftRules)
    dispatch: DispatchRules = field(default_factory=DispatchRules)
    move_up: MoveUp = field(default_factory=MoveUp)
    hospitals: HospitalRules = field(default_factory=HospitalRules)
    coverage: Coverage | None = None
    closures: RoadClosures | None = None
