"""Units without a call: the way back, where they stand, and moves."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import NONE
from sim.emergency.policy_machine.codes import FREED, IDLE
from sim.emergency.policy_machine.coverage import ROUNDING, coverage_of, estimate_coverage, recount
from sim.emergency.policy_machine.events import schedule
from sim.emergency.policy_machine.roads import hour_factor, is_available, minutes_back, minutes_to_station
from sim.emergency.policy_machine.trips import begin_move, end_way


@lean_inlined
def go_back(unit, post, desk):
    """Begin the way back from a call."""
    centre = desk.centre[0]
    call = desk.calls[unit.call]
    minutes = minutes_back(unit, call.zone, post, desk)
    unit.way_start = centre.clock
    unit.way_end = centre.clock + minutes * hour_factor(centre.clock, centre) * call.return_error
    if unit.hospital >= 0:
        hospital = desk.hospitals[unit.hospital]
        unit.way_x = hospital.x
        unit.way_y = hospital.y
        unit.way_node = hospital.node
    else:
        zone = desk.zones[call.zone]
        unit.way_x = zone.x
        unit.way_y = zone.y
        unit.way_node = zone.node
    unit.way_call = unit.call
    unit.way_move = NONE
    unit.post = post
    unit.at_post = unit.way_end <= centre.clock
    unit.doing = IDLE
    unit.next = unit.way_end
    call.back = unit.way_end


@lean_inlined
def best_post(unit, desk):
    """DMEXCLP: where a unit that became free adds most expected coverage."""
    centre, stations, zones, areas = desk.centre[0], desk.stations, desk.zones, desk.areas
    zone = desk.calls[unit.call].zone
    unit.doing = FREED  # so that it is not among the others
    recount(centre, desk.units, stations, areas, desk.areas_of)
    unit.doing = IDLE
    estimate_coverage(0, stations, areas, desk.stations_of, desk.powers)
    highest = 0.0
    for number in range(len(stations)):
        station = stations[number]
        station.minutes = minutes_back(unit, zone, number, desk)
        station.in_reach = number == unit.home or station.minutes <= centre.longest_move
        if station.in_reach:
            highest = max(highest, station.estimate)
    best = NONE
    most = least = 0.0
    for number in range(len(stations)):
        station = stations[number]
        if not station.in_reach or station.estimate < highest * (1.0 - ROUNDING):
            continue
        gain = coverage_of(station, 0, zones, areas, desk.covered, desk.powers)
        if best == NONE or gain > most or (gain == most and station.minutes < least):
            best = number
            most = gain
            least = station.minutes
    return best


@lean_inlined
def begin_way(unit, post, desk):
    """Move a unit without a call to a station: the hour counts, no error."""
    centre = desk.centre[0]
    minutes = minutes_to_station(unit, post, desk)
    end_way(unit, centre, desk.stations, desk.calls, desk.moves)
    unit.way_x = unit.x
    unit.way_y = unit.y
    unit.way_node = NONE
    unit.way_start = centre.clock
    unit.way_end = centre.clock + minutes * hour_factor(centre.clock, centre)
    unit.way_call = NONE
    unit.post = post
    unit.at_post = unit.way_end <= centre.clock
    unit.next = unit.way_end
    begin_move(unit, centre, desk.moves)
    schedule(unit, desk.events)


@lean
def rebalance(desk):
    """Fill the slots of the compliance table, if the set of available units is not what it was at the last look."""
    centre, units, table = desk.centre[0], desk.units, desk.table
    count = 0
    differs = False
    for number in range(len(units)):
        unit = units[number]
        available = is_available(unit, centre)
        if available != unit.seen:
            differs = True
        if available:
            count += 1
        unit.seen = available
        unit.held = False
    if not differs or count == 0 or centre.clock >= centre.horizon:
        return
    level = min(count, len(table)) - 1
    holds = desk.holds
    for slot in range(table.shape[1]):
        holds[slot] = False
        for number in range(len(units)):
            unit = units[number]
            if unit.seen and not unit.held and unit.post == table[level, slot]:
                unit.held = True
                holds[slot] = True
                break
    sent = 0
    for slot in range(table.shape[1]):
        if table[level, slot] < 0 or holds[slot] or sent == centre.most_moves:
            continue
        nearest = NONE
        least = math.inf
        for number in range(len(units)):
            if units[number].seen and not units[number].held:
                minutes = minutes_to_station(units[number], table[level, slot], desk)
                if nearest == NONE or minutes < least:
                    nearest = number
                    least = minutes
        if nearest != NONE and least <= centre.longest_move:
            units[nearest].held = True
            sent += 1
            begin_way(units[nearest], table[level, slot], desk)
