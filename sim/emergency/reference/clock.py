"""Exact moments, and the order of what happens at one of them (docs/model_emergency_policies.md, order of events)."""

from __future__ import annotations

from collections.abc import Generator
from enum import IntEnum

import simpy

Steps = Generator[simpy.Event, None, None]


class Moment(simpy.Event):
    """An exact moment of the clock. Among events of one moment the lower rank comes first, then the one made first."""

    def __init__(self, env: simpy.Environment, time: float, rank: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, rank, _Until(time))


class _Until(float):
    """A delay that ends at a given time: SimPy's ``now + delay`` gives that time itself, not ``now + (time - now)`` rounded."""

    def __radd__(self, now: float) -> float:
        return float(self)


class UnitEvent(IntEnum):
    """What changes the state of a unit without a call, in the order in which it happens at one moment."""

    SHIFT_ENDS = 0
    BREAK_ENDS = 1
    FREE = 2
    AT_POST = 3
    SHIFT_BEGINS = 4
    BREAK_DUE = 5


class Ranks:
    """One rank for every unit and call at each of the seven steps of a moment; within a step the lower number is first.

    SimPy's own events (a process begins, a bay is given) come before all of them.
    """

    def __init__(self, units: int, calls: int) -> None:
        self._handover = simpy.events.NORMAL + 1
        self._arrival = self._handover + units
        self._departure = self._arrival + units
        self._unit = self._departure + units
        self._patience = self._unit + units * len(UnitEvent)
        self._decision = self._patience + calls
        self.rebalancing = self._decision + calls

    def handover_ends(self, unit: int) -> int:
        """Step 1: the bay is free."""
        return self._handover + unit

    def at_hospital(self, unit: int) -> int:
        """Step 2."""
        return self._arrival + unit

    def leaves_scene(self, unit: int) -> int:
        """Step 3: the hospital is chosen."""
        return self._departure + unit

    def of_unit(self, unit: int, event: UnitEvent) -> int:
        """Step 4."""
        return self._unit + unit * len(UnitEvent) + event

    def patience_ends(self, row: int) -> int:
        """Step 5."""
        return self._patience + row

    def decision(self, row: int) -> int:
        """Step 6."""
        return self._decision + row
