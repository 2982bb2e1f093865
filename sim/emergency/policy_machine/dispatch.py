"""Which unit is sent to a call, whose trip is called off for it, and which calls wait."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import NONE, at
from sim.emergency.policy_machine.calendar import push
from sim.emergency.policy_machine.codes import TO_SCENE
from sim.emergency.policy_machine.roads import is_available, score_of


@lean_inlined
def may_serve(unit, fit, priority, centre):
    """Whether the vehicle suits the priority, and the end of the shift is far or the call urgent."""
    return fit.suitable and (unit.until - centre.clock > centre.wind_down_min or priority <= centre.wind_down_priority)


@lean
def recount(centre, units, stations, zones, covered):
    """Bring the number of available units whose post covers each zone up to date."""
    for number in range(len(units)):
        unit = units[at(number)]
        post = unit.post if is_available(unit, centre) else NONE
        if post == unit.counted:
            continue
        if unit.counted != NONE:
            station = stations[unit.counted]
            for index in range(station.first_zone, station.last_zone):
                zones[at(covered[at(index)])].units -= 1
        if post != NONE:
            station = stations[post]
            for index in range(station.first_zone, station.last_zone):
                zones[at(covered[at(index)])].units += 1
        unit.counted = post


@lean
def sum_coverage(fewer, stations, zones, covering, powers):
    """For each station, ``sum of weight (1 - busy) busy^k`` over its zones, k = units that cover the zone less ``fewer``.

    Zone by zone, so that the sums of the stations, each over zones in order, do not wait for one another. Zones with less
    than ``fewer`` units are left out: no available unit is posted where they are covered.
    """
    for number in range(len(stations)):
        stations[at(number)].coverage = 0.0
    for number in range(len(zones)):
        zone = zones[at(number)]
        if zone.units < fewer:
            continue
        share = zone.weight * powers[at(zone.units - fewer)]
        for index in range(zone.first_station, zone.last_station):
            stations[at(covering[at(index)])].coverage += share


@lean
def choose(row, desk):
    """The unit for a call, NONE if it must wait; and the least score of the candidates."""
    centre, units, homes, stations = desk.centre[0], desk.units, desk.homes, desk.stations
    call = desk.calls[row]
    number = call.zone
    priority = call.priority
    available = 0
    for other in range(len(units)):
        if is_available(units[at(other)], centre):
            available += 1
    chosen = spared = NONE
    least = least_lost = math.inf
    if available == 0 or available - 1 < desk.priorities[priority - 1].reserve:
        return chosen, least
    by_cover = priority >= centre.cover_from
    if by_cover:
        recount(centre, units, stations, desk.zones, desk.covered)
        sum_coverage(1, stations, desk.zones, desk.covering, desk.powers)
    for other in range(len(units)):
        unit = units[at(other)]
        fit = desk.fits[priority - 1, unit.vehicle]
        if not is_available(unit, centre) or not may_serve(unit, fit, priority, centre):
            continue
        score = score_of(unit, number, fit.penalty, desk)
        unit.score = score
        least = min(least, score)
        if by_cover and score <= centre.cover_within:
            lost = stations[unit.post].coverage
            if spared == NONE or lost < least_lost or (lost == least_lost and score < units[spared].score):
                spared = other
                least_lost = lost
        if chosen == NONE:
            chosen = other
        else:
            best = units[chosen]
            rank = homes[number, unit.home].preference - homes[number, best.home].preference
            if rank < 0 or (rank == 0 and score < best.score):
                chosen = other
    return (chosen if spared == NONE else spared), least


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
