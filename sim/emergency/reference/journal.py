"""Writes the logs of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.emergency.log import NONE, EventLog, Outcome, SentFrom, empty_log
from sim.emergency.policy_log import AbortedTrips, Moves, PolicyLog
from sim.emergency.reference.roads import Roads
from sim.emergency.reference.units import Call, Trip, Unit, Way


class Journal:
    """The event log, and what the policy log is made of."""

    def __init__(self, calls: int, breaks: int) -> None:
        self.log = empty_log(calls)
        self.attempts = np.zeros(calls, dtype=np.int32)
        self.bay_at = np.full(calls, np.nan)
        self.passed_over = np.zeros(calls, dtype=bool)
        self.break_began = np.full(breaks, np.nan)
        self.aborted: list[tuple[int, int, float, float, float]] = []
        self.moves: list[list[Any]] = []

    def sent(self, unit: Unit, trip: Trip, sent_from: SentFrom, turnout: float, travel: float) -> None:
        """A unit was given a call."""
        log, row = self.log, trip.call.row
        log.outcome[row] = Outcome.ANSWERED
        log.unit[row] = unit.number
        log.sent_from[row] = sent_from
        log.dispatched[row] = trip.dispatched
        log.rolling[row] = trip.rolling
        log.arrived[row] = trip.arrived
        log.turnout_min[row] = turnout
        log.travel_min[row] = travel
        self.attempts[row] += 1

    def redirected(self, unit: Unit, trip: Trip, now: float) -> None:
        """A unit's trip was called off: its call is as before."""
        self.aborted.append((unit.number, trip.call.row, trip.dispatched, trip.rolling, now))
        log, row = self.log, trip.call.row
        log.outcome[row] = Outcome.OPEN_AT_END
        log.unit[row] = NONE
        log.sent_from[row] = SentFrom.NOWHERE
        for column in (log.dispatched, log.rolling, log.arrived, log.turnout_min, log.travel_min):
            column[row] = np.nan

    def abandoned(self, call: Call) -> None:
        """A call was given up."""
        self.log.outcome[call.row] = Outcome.ABANDONED

    def move_begins(self, unit: Unit, way: Way) -> int:
        """Open a row of the table of moves; its number."""
        self.moves.append([unit.number, way.station, way.start, np.nan, np.nan])
        return len(self.moves) - 1

    def way_ends(self, way: Way, now: float, roads: Roads) -> None:
        """A unit is at its post, or was sent, moved or went off duty before."""
        if way.move != NONE and np.isnan(self.moves[way.move][3]):
            done = 1.0 if now >= way.end else (now - way.start) / (way.end - way.start)
            self.moves[way.move][3:] = [min(now, way.end), done * roads.km_to_station(way.origin, way.station)]

    def way_back_ends(self, way: Way, now: float) -> None:
        """A unit was sent or moved before it was back from a call."""
        if way.call != NONE and now < way.end:
            self.log.back[way.call] = now

    def finished(self, with_policies: bool) -> EventLog:
        """The log of the run."""
        if not with_policies:
            return self.log
        policy = PolicyLog(
            attempts=self.attempts,
            bay_at=self.bay_at,
            passed_over=self.passed_over,
            aborted=AbortedTrips(*_columns(self.aborted)),
            moves=Moves(*_columns(self.moves)),
            break_began=self.break_began,
        )
        return replace(self.log, policy=policy)


def _columns(rows: list[Any]) -> list[np.ndarray]:
    """The columns of a table of five: two of whole numbers, three of minutes or km."""
    kinds = (np.int32, np.int32, np.float64, np.float64, np.float64)
    columns = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
