"""The compiled engine: the same model as :mod:`sim.emergency.reference`, the same unit for every call, equal floats."""

from __future__ import annotations

from sim.emergency.calls import CallTable
from sim.emergency.log import EventLog
from sim.emergency.world import World


def run_compiled(world: World, calls: CallTable, log: EventLog | None = None) -> EventLog:
    """Run one replication in compiled code.

    Args:
        world, calls: as in :func:`~sim.emergency.reference.run_reference`.
        log: a log of the right length to write into (replications without new memory); default: a new one.
    """
    raise NotImplementedError
