"""Where units are, and how long a leg takes from there: in compiled code as in :mod:`sim.emergency.reference.roads`."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import (
    NONE,
    RETURN_ON,
    RETURN_QUEUE_ONLY,
    ROAD_LAW,
    ROAD_SHARE,
    at,
    hour_of_week,
    law_minutes,
    on_the_way,
)
from sim.emergency.policy_machine.codes import IDLE, TO_SCENE


@lean_inlined
def is_available(unit, centre):
    """On duty, without a call or break, and at its post, or on its way there if the rule says so."""
    if unit.doing != IDLE or centre.clock >= unit.until:
        return False
    return unit.at_post or centre.returns == RETURN_ON or (centre.returns == RETURN_QUEUE_ONLY and unit.just_freed)


@lean
def locate(unit, centre, stations, zones, calls):
    """Note in its record where a unit is that has no call or is not yet on scene."""
    now = centre.clock
    unit.station = NONE
    unit.node = NONE
    unit.share = 0.0
    unit.on_road = True
    if unit.doing == TO_SCENE:
        if now < unit.rolling:
            unit.x = unit.trip_x
            unit.y = unit.trip_y
            unit.station = unit.trip_station
            unit.node = unit.trip_node
            unit.on_road = unit.trip_on_road
        else:
            zone = zones[at(calls[at(unit.call)].zone)]
            share = (now - unit.rolling) / (unit.arrived - unit.rolling)
            unit.x = on_the_way(unit.trip_x, zone.x, share)
            unit.y = on_the_way(unit.trip_y, zone.y, share)
        return
    post = stations[at(unit.post)]
    if unit.way_end <= now:
        unit.x = post.x
        unit.y = post.y
        unit.station = unit.post
        unit.on_road = False
    else:
        share = (now - unit.way_start) / (unit.way_end - unit.way_start)
        unit.x = on_the_way(unit.way_x, post.x, share)
        unit.y = on_the_way(unit.way_y, post.y, share)
        unit.share = share
        if share == 0.0 or centre.road == ROAD_SHARE:
            unit.node = unit.way_node


@lean
def nearest_point(x, y, points):
    """The point nearest by straight line, the first one of equally near."""
    best = 0
    least = math.inf
    for number in range(len(points)):
        dx = points[at(number)].x - x
        dy = points[at(number)].y - y
        square = dx * dx + dy * dy
        if square < least:
            least = square
            best = number
    return best


@lean_inlined
def hour_factor(minute, centre):
    """Factor on the time of a leg that begins at a minute."""
    return centre.travel_factor[at(hour_of_week(minute, centre.first_hour))]


@lean
def extra_minutes(start, end, minute, closures, sides):
    """Minutes that closed roads add to a leg from place ``start`` to place ``end`` that begins at a minute."""
    total = 0.0
    for number in range(len(closures)):
        closure = closures[number]
        if closure.start <= minute < closure.end and sides[number, start] != sides[number, end]:
            total += closure.extra
    return total


@lean_inlined
def side_of_unit(unit, zones):
    """Whose side a unit is on: that of its station, else of the zone nearest to it."""
    return len(zones) + unit.station if unit.station != NONE else nearest_point(unit.x, unit.y, zones)


@lean
def to_scene(unit, number, expected, centre, zones, homes, nodes, by_node):
    """Minutes at factor 1 from where a unit is to a zone, without closed roads: ``expected`` or what the trip takes."""
    if unit.station != NONE:
        home = homes[at(number), at(unit.station)]
        return home.expected if expected else home.actual
    zone = zones[at(number)]
    if centre.road == ROAD_LAW:
        return law_minutes(unit.x - zone.x, unit.y - zone.y, centre.scale, centre.exponent, centre.metric)
    if unit.node == NONE:
        leg = by_node[nearest_point(unit.x, unit.y, nodes), number]
        return leg.expected if expected else leg.actual
    leg = by_node[unit.node, number]
    from_start = leg.expected if expected else leg.actual
    if unit.share == 0.0:
        return from_start
    home = homes[number, unit.post]
    return on_the_way(from_start, home.expected if expected else home.actual, unit.share)


@lean_inlined
def score_of(unit, number, penalty, desk):
    """Expected minutes to a zone, less the turnout a unit on the road saves, plus the vehicle's penalty."""
    centre, zones = desk.centre[0], desk.zones
    locate(unit, centre, desk.stations, zones, desk.calls)
    minutes = to_scene(unit, number, True, centre, zones, desk.homes, desk.nodes, desk.by_node)
    if len(desk.road_closures) > 0:
        minutes += extra_minutes(side_of_unit(unit, zones), number, centre.clock, desk.road_closures, desk.sides)
    if unit.on_road:
        minutes -= centre.head_start[at(hour_of_week(centre.clock, centre.first_hour))]
    return minutes + penalty


@lean_inlined
def minutes_back(unit, zone, station, desk):
    """Minutes at factor 1, with closed roads, from where a unit became free to a station."""
    now, closures, sides = desk.centre[0].clock, desk.road_closures, desk.sides
    zones = len(desk.zones)
    if unit.hospital >= 0:
        start = zones + len(desk.stations) + unit.hospital
        return desk.from_hospital[unit.hospital, station] + extra_minutes(start, zones + station, now, closures, sides)
    return desk.homes[zone, station].back + extra_minutes(zone, zones + station, now, closures, sides)


@lean
def minutes_to_station(unit, number, desk):
    """Minutes at factor 1, with closed roads, from where a unit without a call is to a station."""
    centre = desk.centre[0]
    locate(unit, centre, desk.stations, desk.zones, desk.calls)
    if unit.station != NONE:
        minutes = desk.between[unit.station, number]
    else:
        station = desk.stations[number]
        minutes = law_minutes(unit.x - station.x, unit.y - station.y, centre.scale, centre.exponent, centre.metric)
    if len(desk.road_closures) > 0:
        start = side_of_unit(unit, desk.zones)
        minutes += extra_minutes(start, len(desk.zones) + number, centre.clock, desk.road_closures, desk.sides)
    return minutes
