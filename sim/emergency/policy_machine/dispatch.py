"""Which unit is sent to a call, whose trip is called off for it, and which calls wait."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import NONE, at
from sim.emergency.policy_machine.codes import TO_SCENE
from sim.emergency.policy_machine.coverage import estimate_coverage, recount, spare
from sim.emergency.policy_machine.events import push
from sim.emergency.policy_machine.roads import is_available, score_of


@lean_inlined
def may_serve(unit, fit, priority, centre):
    """Whether the vehicle suits the priority, and the end of the shift is far or the call urgent."""
    return fit.suitable and (unit.until - centre.clock > centre.wind_down_min or priority <= centre.wind_down_priority)


@lean
def count_available(units, centre):
    """Available units, whatever their vehicle."""
    count = 0
    for number in range(len(units)):
        if is_available(units[at(number)], centre):
            count += 1
    return count


@lean
def choose(row, desk):
    """The unit for a call, NONE if it must wait; and the least score of the candidates."""
    centre, units, homes, stations = desk.centre[0], desk.units, desk.homes, desk.stations
    call = desk.calls[row]
    number = call.zone
    priority = call.priority
    chosen = NONE
    least = least_lost = math.inf
    reserve = desk.priorities[priority - 1].reserve
    if reserve > 0 and count_available(units, centre) - 1 < reserve:
        return chosen, least
    by_cover = priority >= centre.cover_from
    if by_cover:
        recount(centre, units, stations, desk.areas, desk.areas_of)
        estimate_coverage(1, stations, desk.areas, desk.stations_of, desk.powers)
    for other in range(len(units)):
        unit = units[at(other)]
        unit.near = False
        fit = desk.fits[priority - 1, unit.vehicle]
        if not is_available(unit, centre) or not may_serve(unit, fit, priority, centre):
            continue
        score = score_of(unit, number, fit.penalty, desk)
        unit.score = score
        least = min(least, score)
        if by_cover and score <= centre.cover_within:
            unit.near = True
            least_lost = min(least_lost, stations[unit.post].estimate)
        if chosen == NONE:
            chosen = other
        else:
            best = units[chosen]
            rank = homes[number, unit.home].preference - homes[number, best.home].preference
            if rank < 0 or (rank == 0 and score < best.score):
                chosen = other
    if least_lost < math.inf:
        chosen = spare(least_lost, units, stations, desk.zones, desk.areas, desk.covered, desk.powers)
    return chosen, least


@lean_inlined
def choose_redirected(row, candidates, least, desk):
    """The unit to take from a less urgent call it is on its way to; NONE = none."""
    centre, units, calls = desk.centre[0], desk.units, desk.calls
    priority = calls[row].priority
    chosen = NONE
    best = math.inf
    if priority > centre.redirect_to:
        return chosen
    for other in range(len(units)):
        unit = units[at(other)]
        if unit.doing != TO_SCENE or centre.clock >= unit.arrived or centre.clock >= unit.until:
            continue
        fit = desk.fits[priority - 1, unit.vehicle]
        if calls[unit.call].priority < centre.redirect_from or not may_serve(unit, fit, priority, centre):
            continue
        score = score_of(unit, calls[row].zone, fit.penalty, desk)
        if chosen == NONE or score < best:
            chosen = other
            best = score
    if candidates and not best <= least - centre.redirect_gain:
        return NONE
    return chosen


@lean
def let_wait(row, centre, calls, priorities, patience):
    """Put a call into the list of its priority, in order of rows."""
    call = calls[row]
    waiting = priorities[call.priority - 1]
    before = waiting.last
    after = NONE
    while before != NONE and before > row:
        after = before
        before = calls[before].previous
    call.previous = before
    call.following = after
    if before == NONE:
        waiting.first = row
    else:
        calls[before].following = row
    if after == NONE:
        waiting.last = row
    else:
        calls[after].previous = row
    call.waits = True
    centre.waiting += 1
    if call.patience_min < math.inf:
        push(call.ready + call.patience_min, row, centre.patience, patience)
        centre.patience += 1


@lean
def stop_waiting(row, centre, calls, priorities):
    """Take a call out of the list of its priority."""
    call = calls[row]
    waiting = priorities[call.priority - 1]
    if call.previous == NONE:
        waiting.first = call.following
    else:
        calls[call.previous].following = call.following
    if call.following == NONE:
        waiting.last = call.previous
    else:
        calls[call.following].previous = call.previous
    call.waits = False
    centre.waiting -= 1
