"""Worlds with policies in the compiled engine: arrays for the event loop, and what it wrote as logs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sim.emergency import machine
from sim.emergency.call_table import CallTable
from sim.emergency.log import NONE, EventLog
from sim.emergency.policies import NEVER, UNLIMITED, Policies
from sim.emergency.policy_log import AbortedTrips, Moves, PolicyLog
from sim.emergency.policy_machine.loop import run
from sim.emergency.policy_machine.records import (
    ABORTED,
    AREA,
    BREAK,
    CALL,
    CENTRE,
    EVENT,
    FIT,
    HOME,
    HOSPITAL,
    LEG,
    MOVE,
    NODE,
    PATIENCE,
    PRIORITY,
    SPELL,
    STATION,
    UNIT,
    WINDOW,
    ZONE,
    Desk,
)
from sim.emergency.world import World

_PREPARED: WeakKeyDictionary[World, dict[str, NDArray[Any]]] = WeakKeyDictionary()

# What changes during a run and is therefore copied for each.
_CHANGING = ("centre", "units", "breaks", "priorities", "areas", "stations", "hospitals")


def run_policies(world: World, calls: CallTable, log: EventLog) -> EventLog:
    """Run one replication of a world with policies.

    Args:
        world, calls: checked against each other.
        log: memory for the log.

    Returns:
        The log, with what is logged of policies.
    """
    prepared = prepare_policies(world)
    redirecting = int((calls.priority <= world.policies.dispatch.redirect_to_priority).sum())
    rows = len(calls) + 64 if world.policies.move_up.method else 0
    while True:
        moves = np.empty(rows, MOVE)
        desk = fresh_desk(prepared, calls, moves, np.empty(redirecting, ABORTED))
        run(desk)
        rows = int(desk.centre["moves"][0])
        if rows <= len(moves):
            return _logs(desk, log)


def fresh_desk(prepared: dict[str, NDArray[Any]], calls: CallTable, moves: NDArray[np.void], aborted: NDArray[np.void]) -> Desk:
    """All arrays as they are before minute 0, with room for so many moves and aborted trips."""
    arrays = {name: array.copy() if name in _CHANGING else array for name, array in prepared.items()}
    again = calls.again
    rows = records(
        CALL,
        len(calls),
        ready=calls.ready_min,
        zone=calls.zone,
        priority=calls.priority,
        need=calls.need,
        turnout_min=calls.turnout_min,
        turnout_again_min=again[0],
        travel_error=calls.travel_error,
        travel_error_again=again[1],
        scene_min=calls.scene_min,
        transported=calls.transported,
        recorded_hospital=calls.hospital,
        transport_min=calls.transport_min,
        transport_error=calls.transport_error,
        handover_min=calls.handover_min,
        return_error=calls.return_error,
        patience_min=calls.patience_min,
    )
    return Desk(
        **arrays,
        calls=rows,
        order=machine.decision_order(calls.ready_min),
        events=records(EVENT, 2 ** (1 + (len(arrays["units"]) - 1).bit_length()), time=np.inf),
        patience=np.zeros(2 * len(calls), PATIENCE),
        holds=np.empty(arrays["table"].shape[1], np.bool_),
        moves=moves,
        aborted=aborted,
    )


def _logs(desk: Desk, log: EventLog) -> EventLog:
    """What the loop wrote as an event log with a policy log."""
    for name, column in log.columns():
        column[:] = desk.calls[name.removesuffix("_min")]
    centre, calls = desk.centre[0], desk.calls
    aborted, moves = desk.aborted[: centre["aborted"]], desk.moves[: centre["moves"]]
    policy = PolicyLog(
        attempts=calls["attempts"].copy(),
        bay_at=calls["bay_at"].copy(),
        passed_over=calls["passed_over"].copy(),
        aborted=AbortedTrips(*(aborted[name].copy() for name in ABORTED.names)),
        moves=Moves(*(moves[name].copy() for name in MOVE.names)),
        break_began=desk.breaks["began"].copy(),
    )
    return replace(log, policy=policy)


def records(kind: np.dtype[np.void], shape: int | tuple[int, ...], **columns: Any) -> NDArray[np.void]:
    """Records with some fields given and the others 0."""
    made = np.zeros(shape, kind)
    for name, values in columns.items():
        made[name] = values
    return made


def prepare_policies(world: World) -> dict[str, NDArray[Any]]:
    """What the loop needs of a world, made once."""
    prepared = _PREPARED.get(world)
    if prepared is None:
        prepared = _PREPARED[world] = {
            "centre": _centre(world),
            **_units(world),
            **_places(world),
            **_tables(world),
            **_hospitals(world),
            **_closures(world),
        }
    return prepared


def _centre(world: World) -> NDArray[np.void]:
    rules, policies = world.rules, world.policies
    shifts, dispatch, move_up = policies.shifts, policies.dispatch, policies.move_up
    never = np.iinfo(np.int64).max
    return records(
        CENTRE,
        1,
        horizon=world.horizon_min,
        first_hour=world.first_hour,
        scale=world.law.scale_min,
        exponent=world.law.exponent,
        metric=world.law.metric,
        returns=int(rules.return_dispatch),
        road=world.road,
        by_priority=rules.queue_by_priority,
        road_turnout_share=rules.road_turnout_share,
        travel_factor=world.travel_factor,
        head_start=world.head_start_min,
        wind_down_min=shifts.wind_down_min,
        wind_down_priority=shifts.wind_down_priority,
        cover_from=never if dispatch.cover_from_priority == NEVER else dispatch.cover_from_priority,
        cover_within=dispatch.cover_within_min,
        redirect_to=dispatch.redirect_to_priority,
        redirect_from=dispatch.redirect_from_priority,
        redirect_gain=dispatch.redirect_gain_min,
        move_method=move_up.method,
        longest_move=move_up.longest_min,
        most_moves=move_up.most_moves,
        hospital_choice=policies.hospitals.choice,
        expected_handover=policies.hospitals.expected_handover_min,
        looked=-np.inf,
    )


def _units(world: World) -> dict[str, NDArray[Any]]:
    units, dispatch, shifts = world.units, world.policies.dispatch, world.policies.shifts
    first = np.zeros(len(units.window_start) + 1, np.int64) if shifts.break_first is None else shifts.break_first
    penalty = np.zeros(world.suitable.shape) if dispatch.penalty_min is None else dispatch.penalty_min
    return {
        "units": records(
            UNIT,
            len(units),
            home=units.station,
            vehicle=units.vehicle,
            window=units.window_first[:-1],
            last_window=units.window_first[1:],
        ),
        "windows": records(
            WINDOW,
            len(units.window_start),
            start=units.window_start,
            end=units.window_end,
            first_break=first[:-1],
            last_break=first[1:],
        ),
        "breaks": records(
            BREAK,
            len(shifts.break_due),
            due=shifts.break_due,
            latest=shifts.break_latest,
            minutes=shifts.break_min,
            began=np.nan,
        ),
        "priorities": records(
            PRIORITY,
            world.n_priorities,
            reserve=0 if dispatch.reserve is None else dispatch.reserve,
            first=NONE,
            last=NONE,
        ),
        "fits": records(FIT, world.suitable.shape, suitable=world.suitable, penalty=penalty),
    }


def _places(world: World) -> dict[str, NDArray[Any]]:
    """Zones and their areas, stations and nodes. Powers of ``busy`` by repeated multiplication, as in the reference."""
    coverage = world.policies.coverage
    covers = np.zeros((len(world.stations), len(world.zones)), bool)
    weight, busy = np.zeros(len(world.zones)), 0.0
    if coverage is not None:
        covers, busy = coverage.covers, float(coverage.busy)
        weight = coverage.weight * (1.0 - busy)
    by_area, area = np.unique(covers, axis=1, return_inverse=True)
    nodes = world.nodes
    return {
        "zones": records(
            ZONE,
            len(world.zones),
            x=world.zones.x_km,
            y=world.zones.y_km,
            node=NONE if world.zone_node is None else world.zone_node,
            weight=weight,
            area=area,
        ),
        "areas": records(AREA, by_area.shape[1], weight=np.bincount(area, weight), **_rows("station", by_area.T)),
        "stations": records(
            STATION,
            len(world.stations),
            x=world.stations.x_km,
            y=world.stations.y_km,
            **_rows("zone", covers),
            **_rows("area", by_area),
        ),
        "nodes": np.zeros(0, NODE) if nodes is None else records(NODE, len(nodes), x=nodes.x_km, y=nodes.y_km),
        "covered": plain(np.nonzero(covers)[1], np.int32),
        "areas_of": plain(np.nonzero(by_area)[1], np.int32),
        "stations_of": plain(np.nonzero(by_area.T)[1], np.int32),
        "powers": np.cumprod(np.concatenate([[1.0], np.full(len(world.units), busy)])),
    }


def _rows(name: str, truths: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Where the columns that are true in each row begin and end when those of all rows stand one after the other."""
    last = np.cumsum(truths.sum(axis=1))
    return {f"first_{name}": np.concatenate([[0], last[:-1]]), f"last_{name}": last}


def _tables(world: World) -> dict[str, NDArray[Any]]:
    policies: Policies = world.policies
    preference, between, table = policies.dispatch.preference, policies.move_up.between_min, policies.move_up.table
    by_node = np.zeros((0, 0), LEG)
    if world.expected.node is not None:
        by_node = records(LEG, world.expected.node.shape, expected=world.expected.node, actual=world.actual.node)
    return {
        "homes": records(
            HOME,
            (len(world.zones), len(world.stations)),
            expected=world.expected.station.T,
            actual=world.actual.station.T,
            back=world.scene_to_station,
            preference=0 if preference is None else preference,
        ),
        "by_node": by_node,
        "to_hospital": plain(world.to_hospital),
        "from_hospital": plain(world.hospital_to_station),
        "between": plain(np.empty((0, 0)) if between is None else between),
        "capable": plain(world.capable, np.bool_),
        "table": plain(np.empty((0, 0)) if table is None else table, np.int64),
    }


def _hospitals(world: World) -> dict[str, NDArray[Any]]:
    rules = world.policies.hospitals
    count = len(world.hospitals)
    first = np.zeros(count + 1, np.int64) if rules.closed_first is None else rules.closed_first
    return {
        "hospitals": records(
            HOSPITAL,
            count,
            x=world.hospitals.x_km,
            y=world.hospitals.y_km,
            node=NONE if world.hospital_node is None else world.hospital_node,
            bays=UNLIMITED if rules.bays is None else rules.bays,
            divert_at=UNLIMITED if rules.divert_at is None else rules.divert_at,
            first_closure=first[:-1],
            last_closure=first[1:],
        ),
        "hospital_closures": records(SPELL, len(rules.closed_start), start=rules.closed_start, end=rules.closed_end),
    }


def _closures(world: World) -> dict[str, NDArray[Any]]:
    closures = world.policies.closures
    if closures is None:
        return {"road_closures": np.zeros(0, SPELL), "sides": np.zeros((0, 0), np.bool_)}
    return {
        "road_closures": records(SPELL, len(closures), start=closures.start, end=closures.end, extra=closures.extra_min),
        "sides": plain(np.hstack([closures.zone_side, closures.station_side, closures.hospital_side]), np.bool_),
    }


def plain(array: NDArray[Any], kind: DTypeLike = np.float64) -> NDArray[Any]:
    """Contiguous and writable, so that there is one compiled version of the loop."""
    return np.require(array, kind, ["C", "W"])
