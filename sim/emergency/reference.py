"""The reference engine: SimPy, written to be read as the specification (see docs/model_emergency_engine.md)."""

from __future__ import annotations

from sim.emergency.calls import CallTable
from sim.emergency.log import EventLog
from sim.emergency.world import World


def run_reference(world: World, calls: CallTable) -> EventLog:
    """Run one replication in SimPy.

    Raises:
        ValueError: world and calls do not fit together.
    """
    raise NotImplementedError
