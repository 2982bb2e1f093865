"""The compiled event loop with policies: events by time, rank and number."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import ABANDONED, NONE
from sim.emergency.policy_machine.codes import (
    AT_HOSPITAL,
    DECISION,
    FREED,
    HANDOVER_ENDS,
    IDLE,
    LEAVES_SCENE,
    MOVE_DMEXCLP,
    MOVE_TABLE,
    ON_BREAK,
    PATIENCE_ENDS,
    UNIT_CHANGES,
)
from sim.emergency.policy_machine.dispatch import stop_waiting
from sim.emergency.policy_machine.events import begin_shift, changed, next_due, next_shift, pop, schedule
from sim.emergency.policy_machine.hospitals import arrive_at_hospital, end_handover, leave_scene
from sim.emergency.policy_machine.posts import best_post, go_back, rebalance
from sim.emergency.policy_machine.roads import is_available
from sim.emergency.policy_machine.trips import begin_move, decide, end_move, end_way, reopen, serve_waiting


@lean_inlined
def begin_break(unit, centre, windows, breaks):
    """Begin the break that is due and not begun, at the post and without a call."""
    now = centre.clock
    if not unit.at_post or now >= centre.horizon or not is_available(unit, centre):
        return
    for number in range(windows[unit.window].first_break, windows[unit.window].last_break):
        own = breaks[number]
        if own.due <= now <= own.latest and math.isnan(own.began):
            own.began = now
            unit.doing = ON_BREAK
            unit.next = now + own.minutes
            changed(centre)
            return


@lean_inlined
def end_shift(unit, centre, windows, stations, moves):
    """Off duty: on the way home from a call it stays on it, from anywhere else it goes home outside the record."""
    next_shift(unit, centre.clock, centre, windows)
    without_call = unit.doing == IDLE or unit.doing == ON_BREAK
    if without_call and (unit.way_call == NONE or unit.post != unit.home):
        end_move(unit, centre, stations, moves)
        unit.post = unit.home
        unit.way_end = -math.inf
        unit.way_call = NONE
        unit.at_post = True
        if unit.doing == IDLE:
            unit.next = math.inf


@lean_inlined
def change(unit, desk):
    """The first of what changes for a unit now: shift ends, break ends, free, at its post, shift begins, break due."""
    centre = desk.centre[0]
    now = centre.clock
    if unit.edge == now and unit.until > -math.inf:
        end_shift(unit, centre, desk.windows, desk.stations, desk.moves)
        changed(centre)
        schedule(unit, desk.events)
        return
    ended = NONE
    if unit.next == now:
        ended = unit.doing  # IDLE: on the way to its post
        if ended == FREED:
            go_back(unit, unit.home, desk)
            unit.just_freed = True
        else:
            if ended == IDLE:
                end_way(unit, centre, desk.stations, desk.calls, desk.moves)
                unit.at_post = True
            unit.doing = IDLE
            unit.next = math.inf
    elif unit.edge == now:
        begin_shift(unit, desk.windows, desk.breaks)
    else:
        unit.next_break += 1
        next_due(unit, desk.windows[unit.window], desk.breaks)
        begin_break(unit, centre, desk.windows, desk.breaks)
        schedule(unit, desk.events)
        return
    changed(centre)
    if centre.waiting > 0 and is_available(unit, centre):
        serve_waiting(desk)
    if ended == FREED:
        unit.just_freed = False
        on_duty = now < unit.until and now < centre.horizon
        if unit.doing == IDLE and on_duty and centre.move_method == MOVE_DMEXCLP:
            post = best_post(unit, desk)
            if post != unit.home:
                go_back(unit, post, desk)
                begin_move(unit, centre, desk.moves)
    elif ended == IDLE:
        begin_break(unit, centre, desk.windows, desk.breaks)
    schedule(unit, desk.events)


@lean
def start(desk):
    """Units at home, on duty if their shift has begun; all calls open."""
    centre, windows = desk.centre[0], desk.windows
    for number in range(len(desk.units)):
        unit = desk.units[number]
        unit.number = number
        unit.post = unit.home
        unit.at_post = True
        unit.next = math.inf
        unit.way_end = -math.inf
        unit.way_call = NONE
        unit.way_move = NONE
        unit.call = NONE
        unit.hospital = NONE
        unit.counted = NONE
        while unit.window < unit.last_window and windows[unit.window].end <= 0.0:
            unit.window += 1
        if unit.window < unit.last_window and windows[unit.window].start <= 0.0:
            begin_shift(unit, windows, desk.breaks)
        else:
            next_shift(unit, 0.0, centre, windows)
        unit.seen = is_available(unit, centre)
        schedule(unit, desk.events)
    for row in range(len(desk.calls)):
        call = desk.calls[row]
        reopen(call)
        call.hospital = NONE
        call.left_scene = math.nan
        call.at_hospital = math.nan
        call.free = math.nan
        call.back = math.nan
        call.bay_at = math.nan


@lean_inlined
def next_event(desk):
    """Moment, rank and, if it is one of a unit, number of what happens next."""
    centre = desk.centre[0]
    first = desk.events[1]
    clock = first.time
    rank = first.rank
    if centre.patience > 0:
        ends = desk.patience[0].time
        if ends < centre.horizon and (ends < clock or (ends == clock and rank > PATIENCE_ENDS)):
            clock = ends
            rank = PATIENCE_ENDS
    if centre.position < len(desk.order):
        ready = desk.calls[desk.order[centre.position]].ready
        if ready < centre.horizon and (ready < clock or (ready == clock and rank > DECISION)):
            clock = ready
            rank = DECISION
    return clock, rank, first.number


@lean
def run(desk):
    """Run one replication. The log is written into the calls, breaks, moves and aborted trips of ``desk``.

    Args:
        desk: see :class:`~sim.emergency.policy_machine.records.Desk`, as :func:`sim.emergency.policy_kernel.fresh_desk` makes it.
    """
    centre, calls, patience = desk.centre[0], desk.calls, desk.patience
    start(desk)
    while True:
        clock, rank, chosen = next_event(desk)
        if centre.look and clock > centre.clock:
            centre.look = False
            centre.looked = centre.clock
            if centre.move_method == MOVE_TABLE:
                rebalance(desk)
            continue
        if clock == math.inf:
            break
        centre.clock = clock
        if rank == HANDOVER_ENDS:
            end_handover(desk.units[chosen], desk)
        elif rank == AT_HOSPITAL:
            arrive_at_hospital(desk.units[chosen], desk)
        elif rank == LEAVES_SCENE:
            leave_scene(desk.units[chosen], desk)
        elif rank == UNIT_CHANGES:
            change(desk.units[chosen], desk)
        elif rank == PATIENCE_ENDS:
            row = patience[0].call
            pop(centre.patience, patience)
            centre.patience -= 1
            if calls[row].waits:
                stop_waiting(row, centre, calls, desk.priorities)
                calls[row].outcome = ABANDONED
        else:
            row = desk.order[centre.position]
            centre.position += 1
            decide(row, desk)
