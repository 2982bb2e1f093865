"""Units sent to calls."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import (
    ABANDONED,
    ANSWERED,
    NONE,
    OPEN_AT_END,
    SENT_FROM_BASE,
    SENT_NOWHERE,
    SENT_ON_WAY_BACK,
    at,
    distance_km,
)
from sim.emergency.policy_machine.codes import SENT_REDIRECTED, TO_SCENE
from sim.emergency.policy_machine.dispatch import choose, choose_redirected, let_wait, stop_waiting
from sim.emergency.policy_machine.events import changed, schedule
from sim.emergency.policy_machine.roads import extra_minutes, hour_factor, locate, side_of_unit, to_scene


@lean
def end_move(unit, centre, stations, moves):
    """Write the end of a move that is under way."""
    if unit.way_move != NONE and unit.way_move < len(moves):
        now = centre.clock
        move = moves[unit.way_move]
        post = stations[unit.post]
        done = 1.0 if now >= unit.way_end else (now - unit.way_start) / (unit.way_end - unit.way_start)
        move.end = min(now, unit.way_end)
        move.km = done * distance_km(unit.way_x - post.x, unit.way_y - post.y, 0)
    unit.way_move = NONE


@lean_inlined
def end_way(unit, centre, stations, calls, moves):
    """The way to a post is over, or called off for a call or a move."""
    end_move(unit, centre, stations, moves)
    if unit.way_call != NONE and centre.clock < unit.way_end:
        calls[at(unit.way_call)].back = centre.clock


@lean_inlined
def begin_move(unit, centre, moves):
    """Open a row of the table of moves, if there is room; the number of rows says how much is needed."""
    if centre.moves < len(moves):
        move = moves[centre.moves]
        move.unit = unit.number
        move.station = unit.post
        move.start = unit.way_start
    unit.way_move = centre.moves
    centre.moves += 1


@lean_inlined
def turnout_of(call, on_road, centre):
    """Turnout of a unit; a call that had a unit before has a second draw."""
    drawn = call.turnout_again_min if call.attempts > 0 else call.turnout_min
    return centre.road_turnout_share * drawn if on_road else drawn


@lean_inlined
def begin_trip(unit, row, sent_from, turnout, rolling, desk):
    """Go to a scene from where the unit is."""
    centre, zones = desk.centre[0], desk.zones
    call = desk.calls[at(row)]
    error = call.travel_error_again if call.attempts > 0 else call.travel_error
    minutes = to_scene(unit, call.zone, False, centre, zones, desk.homes, desk.nodes, desk.by_node)
    if len(desk.road_closures) > 0:
        minutes += extra_minutes(side_of_unit(unit, zones), call.zone, rolling, desk.road_closures, desk.sides)
    travel = minutes * hour_factor(rolling, centre) * error
    unit.doing = TO_SCENE
    unit.call = row
    unit.dispatched = centre.clock
    unit.rolling = rolling
    unit.arrived = rolling + travel
    unit.trip_on_road = unit.on_road
    unit.trip_x = unit.x
    unit.trip_y = unit.y
    unit.trip_station = unit.station
    unit.trip_node = unit.node
    unit.next = unit.arrived + call.scene_min
    call.outcome = ANSWERED
    call.unit = unit.number
    call.sent_from = sent_from
    call.dispatched = centre.clock
    call.rolling = rolling
    call.arrived = unit.arrived
    call.turnout = turnout
    call.travel = travel
    call.attempts += 1
    schedule(unit, desk.events)


@lean
def send(unit, row, desk):
    """Give a call to an available unit."""
    centre = desk.centre[0]
    locate(unit, centre, desk.stations, desk.zones, desk.calls)
    end_way(unit, centre, desk.stations, desk.calls, desk.moves)
    turnout = turnout_of(desk.calls[row], unit.on_road, centre)
    sent_from = SENT_ON_WAY_BACK if unit.on_road else SENT_FROM_BASE
    begin_trip(unit, row, sent_from, turnout, centre.clock + turnout, desk)
    unit.post = unit.home
    changed(centre)


@lean_inlined
def reopen(call):
    """No unit was sent to a call, as yet."""
    call.outcome = OPEN_AT_END
    call.unit = NONE
    call.sent_from = SENT_NOWHERE
    call.dispatched = math.nan
    call.rolling = math.nan
    call.arrived = math.nan
    call.turnout = math.nan
    call.travel = math.nan


@lean_inlined
def redirect(unit, row, desk):
    """Give a more urgent call to a unit on its way; returns the call it leaves, which is as it was before."""
    centre = desk.centre[0]
    left = unit.call
    trip = desk.aborted[centre.aborted]
    trip.unit = unit.number
    trip.call = left
    trip.dispatched = unit.dispatched
    trip.rolling = unit.rolling
    trip.until = centre.clock
    centre.aborted += 1
    reopen(desk.calls[left])
    locate(unit, centre, desk.stations, desk.zones, desk.calls)
    if centre.clock < unit.rolling:
        rolling = unit.rolling
        turnout = rolling - centre.clock
    else:
        turnout = turnout_of(desk.calls[row], unit.on_road, centre)
        rolling = centre.clock + turnout
    begin_trip(unit, row, SENT_REDIRECTED, turnout, rolling, desk)
    return left


@lean_inlined
def decide(row, desk):
    """Redirect a unit to a call, send one that is available, or let the call wait."""
    centre, units, calls = desk.centre[0], desk.units, desk.calls
    while row != NONE:
        chosen, least = choose(row, desk)
        redirected = choose_redirected(row, chosen != NONE, least, desk)
        if redirected != NONE:
            row = redirect(units[redirected], row, desk)
            continue
        if chosen != NONE:
            send(units[chosen], row, desk)
        elif calls[row].ready + calls[row].patience_min < centre.clock:
            calls[row].outcome = ABANDONED
        else:
            let_wait(row, centre, calls, desk.priorities, desk.patience)
        row = NONE


@lean
def serve_waiting(desk):
    """Go through the waiting calls; a priority whose first call has no candidate has none for the others."""
    centre, priorities = desk.centre[0], desk.priorities
    if centre.clock >= centre.horizon:
        return
    for index in range(len(priorities)):
        priorities[index].blocked = False
    while centre.waiting > 0:
        row = NONE
        for index in range(len(priorities)):
            priority = priorities[index]
            first = priority.first
            if first != NONE and not priority.blocked and (row == NONE or (not centre.by_priority and first < row)):
                row = first
        if row == NONE:
            return
        chosen, _ = choose(row, desk)
        if chosen == NONE:
            priorities[desk.calls[row].priority - 1].blocked = True
        else:
            stop_waiting(row, centre, desk.calls, priorities)
            send(desk.units[chosen], row, desk)
