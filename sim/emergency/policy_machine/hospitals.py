"""Which hospital, and the queue for its bays."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import NONE
from sim.emergency.policy_machine.codes import (
    FREED,
    HANDING_OVER,
    LEAST_LOADED,
    NO_CAPABLE_HOSPITAL,
    QUEUEING,
    TO_HOSPITAL,
    UNLIMITED,
)
from sim.emergency.policy_machine.events import schedule
from sim.emergency.policy_machine.roads import extra_minutes, hour_factor


@lean_inlined
def is_open(hospital, now, closures):
    """Whether no closure is on."""
    for number in range(hospital.first_closure, hospital.last_closure):
        if closures[number].start <= now < closures[number].end:
            return False
    return True


@lean_inlined
def expected_wait(hospital, centre):
    """Wait for a bay that one more unit may expect."""
    if hospital.bays == UNLIMITED:
        return 0.0
    before = max(0, hospital.handing_over + hospital.queueing + hospital.coming + 1 - hospital.bays)
    return before * centre.expected_handover / hospital.bays


@lean
def choose_hospital(call, centre, hospitals, capable, to_hospital, hospital_closures, road_closures, sides, first_place):
    """Note the hospital for a patient without a recorded one, and whether it is not the nearest that takes the need."""
    factor = hour_factor(centre.clock, centre)
    nearest = chosen = quiet = NONE
    least = best = best_quiet = math.inf
    for number in range(len(hospitals)):
        if not capable[number, call.need]:
            continue
        hospital = hospitals[number]
        minutes = to_hospital[call.zone, number] + extra_minutes(
            call.zone, first_place + number, centre.clock, road_closures, sides
        )
        if nearest == NONE or minutes < least:
            nearest = number
            least = minutes
        if not is_open(hospital, centre.clock, hospital_closures):
            continue
        cost = minutes
        if centre.hospital_choice == LEAST_LOADED:
            cost = minutes * factor + expected_wait(hospital, centre)
        if chosen == NONE or cost < best:
            chosen = number
            best = cost
        diverts = hospital.divert_at != UNLIMITED and hospital.queueing >= hospital.divert_at
        if not diverts and (quiet == NONE or cost < best_quiet):
            quiet = number
            best_quiet = cost
    if quiet != NONE:
        chosen = quiet
    call.hospital = NO_CAPABLE_HOSPITAL if chosen == NONE else chosen
    call.passed_over = chosen != NONE and chosen != nearest


@lean_inlined
def leave_scene(unit, desk):
    """The scene is over: to a hospital, or free."""
    centre = desk.centre[0]
    call = desk.calls[unit.call]
    first_place = len(desk.zones) + len(desk.stations)
    call.left_scene = centre.clock
    call.hospital = NONE
    if call.transported:
        call.hospital = call.recorded_hospital
        if call.recorded_hospital < 0:
            choose_hospital(
                call, centre, desk.hospitals, desk.capable, desk.to_hospital,
                desk.hospital_closures, desk.road_closures, desk.sides, first_place,
            )  # fmt: skip
    unit.hospital = call.hospital
    if unit.hospital < 0:
        be_free(unit, call, centre, desk.events)
        return
    transport = call.transport_min
    if math.isnan(transport):
        extra = extra_minutes(call.zone, first_place + unit.hospital, centre.clock, desk.road_closures, desk.sides)
        minutes = desk.to_hospital[call.zone, unit.hospital] + extra
        transport = minutes * hour_factor(centre.clock, centre) * call.transport_error
    desk.hospitals[unit.hospital].coming += 1
    unit.doing = TO_HOSPITAL
    unit.next = centre.clock + transport
    schedule(unit, desk.events)


@lean_inlined
def arrive_at_hospital(unit, desk):
    """At the hospital: into a bay, or the queue for one."""
    centre = desk.centre[0]
    hospital = desk.hospitals[unit.hospital]
    call = desk.calls[unit.call]
    call.at_hospital = centre.clock
    hospital.coming -= 1
    if hospital.bays == UNLIMITED or hospital.handing_over < hospital.bays:
        hand_over(unit, call, hospital, centre, desk.events)
    else:
        hospital.queueing += 1
        unit.doing = QUEUEING
        unit.queued = centre.turn
        unit.next = math.inf
        centre.turn += 1
        schedule(unit, desk.events)


@lean
def hand_over(unit, call, hospital, centre, events):
    """In a bay."""
    hospital.handing_over += 1
    call.bay_at = centre.clock
    unit.doing = HANDING_OVER
    unit.next = centre.clock + call.handover_min
    schedule(unit, events)


@lean
def be_free(unit, call, centre, events):
    """The call is over; the event of becoming free is next."""
    call.free = centre.clock
    unit.doing = FREED
    unit.next = centre.clock
    schedule(unit, events)


@lean_inlined
def end_handover(unit, desk):
    """The bay is free, for the first unit that waits for one."""
    centre, units, calls = desk.centre[0], desk.units, desk.calls
    hospital = desk.hospitals[unit.hospital]
    hospital.handing_over -= 1
    be_free(unit, calls[unit.call], centre, desk.events)
    if hospital.queueing == 0:
        return
    first = NONE
    for number in range(len(units)):
        other = units[number]
        waits = other.doing == QUEUEING and other.hospital == unit.hospital
        if waits and (first == NONE or other.queued < units[first].queued):
            first = number
    hospital.queueing -= 1
    hand_over(units[first], calls[units[first].call], hospital, centre, desk.events)
