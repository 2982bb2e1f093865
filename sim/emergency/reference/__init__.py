"""The reference engine: SimPy, written to be read as the specification.

Rules in docs/model_emergency_engine.md and docs/model_emergency_policies.md. ``centre`` decides, by the rules of
``dispatcher``; ``crews`` is what units do; ``hospitals`` has the bays; ``roads`` says where units are and how long a leg
takes; ``clock`` is the order of what happens at one moment; ``journal`` writes the logs.
"""

from __future__ import annotations

from sim.emergency.call_table import CallTable, check_calls
from sim.emergency.log import EventLog
from sim.emergency.reference.centre import DispatchCentre
from sim.emergency.reference.dispatcher import Dispatcher
from sim.emergency.reference.guard import OwnPolicyError
from sim.emergency.reference.units import Call, Unit
from sim.emergency.world import World, check_world

__all__ = ["Call", "DispatchCentre", "Dispatcher", "OwnPolicyError", "Unit", "check_run", "run_reference"]


def run_reference(world: World, calls: CallTable, dispatcher: type[Dispatcher] = Dispatcher) -> EventLog:
    """Run one replication in SimPy.

    Args:
        world, calls: what is fixed, and what is drawn.
        dispatcher: what decides: the rules, or a policy of one's own (docs/own_policy.md).

    Raises:
        ValueError: world and calls do not fit together.
        OwnPolicyError: the dispatcher failed, or answered what cannot be done.
    """
    check_run(world, calls)
    return DispatchCentre(world, calls, dispatcher).run()


def check_run(world: World, calls: CallTable) -> None:
    """Raise ValueError if a world contradicts itself or the calls do not fit it."""
    check_world(world)
    check_calls(
        calls,
        zones=len(world.zones),
        priorities=world.n_priorities,
        needs=world.capable.shape[1],
        hospitals=len(world.hospitals),
    )
