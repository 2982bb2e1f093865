"""The compiled engine: the same model as :mod:`sim.emergency.reference`, the same unit for every call, equal floats."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from sim.emergency import machine
from sim.emergency.call_table import CallTable
from sim.emergency.log import EventLog, log_memory
from sim.emergency.reference import check_run
from sim.emergency.scratch import Scratch
from sim.emergency.world import Places, World

_TABLES: WeakKeyDictionary[World, tuple[tuple[Any, ...], ...]] = WeakKeyDictionary()


def run_compiled(world: World, calls: CallTable, scratch: Scratch | None = None, *, checked: bool = False) -> EventLog:
    """Run one replication in compiled code. The interpreter lock is released: replications may run in threads.

    Args:
        world, calls: as in :func:`~sim.emergency.reference.run_reference`.
        scratch: memory for the log (it then lasts until the next run with it); default: new memory.
        checked: whether world and calls were already checked against each other.

    Raises:
        ValueError: world and calls do not fit together.
    """
    if not checked:
        check_run(world, calls)
    log = log_memory(len(calls), scratch)
    if world.policies is not None:
        from sim.emergency.policy_kernel import run_policies

        return run_policies(world, calls, log)
    units, tables, rules = prepare(world)
    ready = calls.ready_min
    machine.run(
        ready,
        machine.decision_order(ready),
        float(world.horizon_min),
        int(world.first_hour),
        *(plain(getattr(calls, name)) for name in CALL_COLUMNS),
        *units,
        *tables,
        *rules,
        *(column for _, column in log.columns()),
    )
    return log


def prepare(world: World) -> tuple[tuple[Any, ...], ...]:
    """What the compiled loop needs of a world, made once: units, tables (by zone first), rules."""
    prepared = _TABLES.get(world)
    if prepared is None:
        prepared = _TABLES[world] = (_units(world), _tables(world), _rules(world))
    return prepared


CALL_COLUMNS = (
    "zone",
    "priority",
    "need",
    "turnout_min",
    "travel_error",
    "scene_min",
    "transported",
    "hospital",
    "transport_min",
    "transport_error",
    "handover_min",
    "return_error",
    "patience_min",
)


def _units(world: World) -> tuple[Any, ...]:
    units = world.units
    whole = [plain(array, np.int64) for array in (units.station, units.vehicle, units.window_first)]
    return (*whole, plain(units.window_start), plain(units.window_end))


def _tables(world: World) -> tuple[Any, ...]:
    expected = plain(world.expected.station.T)
    actual = expected if world.actual is world.expected else plain(world.actual.station.T)
    nothing, no_times, no_index = np.empty(0), np.empty((0, 0)), np.empty(0, dtype=np.int64)
    nodes = world.nodes or Places(nothing, nothing)
    return (
        *(
            plain(coordinate, np.float64)
            for place in (world.zones, world.stations, world.hospitals)
            for coordinate in (place.x_km, place.y_km)
        ),
        machine.dispatch_order(expected, plain(world.units.station, np.int64)),
        expected,
        actual,
        plain(world.to_hospital),
        plain(world.scene_to_station),
        plain(world.hospital_to_station),
        plain(world.nearest_hospital, np.int64),
        plain(nodes.x_km, np.float64),
        plain(nodes.y_km, np.float64),
        no_index if world.zone_node is None else plain(world.zone_node, np.int64),
        no_index if world.hospital_node is None else plain(world.hospital_node, np.int64),
        no_times if world.expected.node is None else plain(world.expected.node),
        no_times if world.actual.node is None else plain(world.actual.node),
        float(world.law.scale_min),
        float(world.law.exponent),
        int(world.law.metric),
        plain(world.travel_factor),
        plain(world.head_start_min),
    )


def _rules(world: World) -> tuple[Any, ...]:
    rules = world.rules
    return (
        plain(world.suitable),
        int(rules.return_dispatch),
        int(world.road),
        bool(rules.queue_by_priority),
        float(rules.road_turnout_share),
    )


def plain(array: NDArray[Any], kind: type | None = None) -> NDArray[Any]:
    """Contiguous and writable, so that there is one compiled version of the loop and not one per kind of array."""
    return np.require(array, kind, ["C", "W"])
