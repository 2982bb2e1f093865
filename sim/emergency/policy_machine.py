"""The compiled event loop with policies: the rules of docs/model_emergency_policies.md, float by float as in the reference.

Unlike :func:`sim.emergency.machine.run` it has a calendar: each unit has one next event, calls come in order, patience has a
heap. Events are taken by time, rank and number.
"""

from __future__ import annotations

import math

import numpy as np

from sim.emergency.jit import compiled, inlined
from sim.emergency.machine import (
    ABANDONED,
    ANSWERED,
    NONE,
    OPEN_AT_END,
    RETURN_ON,
    RETURN_QUEUE_ONLY,
    ROAD_LAW,
    ROAD_SHARE,
    SENT_FROM_BASE,
    SENT_NOWHERE,
    SENT_ON_WAY_BACK,
    at,
    distance_km,
    hour_of_week,
    law_minutes,
    on_the_way,
)
from sim.emergency.policy_state import (
    FREED,
    HANDING_OVER,
    IDLE,
    ON_BREAK,
    QUEUEING,
    TO_HOSPITAL,
    TO_SCENE,
)

# Codes of the enumerations in log.py and policies.py, which a test compares.
SENT_REDIRECTED = 3
NO_CAPABLE_HOSPITAL = -2
MOVE_TABLE = 1
MOVE_DMEXCLP = 2
LEAST_LOADED = 1
UNLIMITED = -1

# Ranks of the events of one moment.
HANDOVER_ENDS = 1
AT_HOSPITAL = 2
LEAVES_SCENE = 3
UNIT_CHANGES = 4
PATIENCE_ENDS = 5
DECISION = 6
NOTHING = 8  # 7 is rebalancing


# -- where units are


@inlined
def _available(unit, centre):
    """On duty, without a call or break, and at its post, or on its way there if the rule says so."""
    if unit.doing != IDLE or centre.clock >= unit.until:
        return False
    return unit.at_post or centre.returns == RETURN_ON or (centre.returns == RETURN_QUEUE_ONLY and unit.just_freed)


@inlined
def _may_serve(unit, fit, priority, centre):
    """Whether the vehicle suits the priority, and the end of the shift is far or the call urgent."""
    return fit.suitable and (unit.until - centre.clock > centre.wind_down_min or priority <= centre.wind_down_priority)


@compiled
def _locate(unit, centre, stations, zones, calls):
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


@compiled
def _nearest(x, y, points):
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


@inlined
def _factor(minute, centre):
    """Factor on the time of a leg that begins at a minute."""
    return centre.travel_factor[at(hour_of_week(minute, centre.first_hour))]


@compiled
def _extra(start, end, minute, closures, sides):
    """Minutes that closed roads add to a leg from place ``start`` to place ``end`` that begins at a minute."""
    total = 0.0
    for number in range(len(closures)):
        closure = closures[number]
        if closure.start <= minute < closure.end and sides[number, start] != sides[number, end]:
            total += closure.extra
    return total


@inlined
def _side_of_unit(unit, zones):
    """Whose side a unit is on: that of its station, else of the zone nearest to it."""
    return len(zones) + unit.station if unit.station != NONE else _nearest(unit.x, unit.y, zones)


@compiled
def _to_scene(unit, number, expected, centre, zones, homes, nodes, by_node):
    """Minutes at factor 1 from where a unit is to a zone, without closed roads: ``expected`` or what the trip takes."""
    if unit.station != NONE:
        home = homes[at(number), at(unit.station)]
        return home.expected if expected else home.actual
    zone = zones[at(number)]
    if centre.road == ROAD_LAW:
        return law_minutes(unit.x - zone.x, unit.y - zone.y, centre.scale, centre.exponent, centre.metric)
    if unit.node == NONE:
        leg = by_node[_nearest(unit.x, unit.y, nodes), number]
        return leg.expected if expected else leg.actual
    leg = by_node[unit.node, number]
    from_start = leg.expected if expected else leg.actual
    if unit.share == 0.0:
        return from_start
    home = homes[number, unit.post]
    return on_the_way(from_start, home.expected if expected else home.actual, unit.share)


@compiled
def _score(unit, number, penalty, desk):
    """Expected minutes to a zone, less the turnout a unit on the road saves, plus the vehicle's penalty."""
    centre, zones = desk.centre[0], desk.zones
    _locate(unit, centre, desk.stations, zones, desk.calls)
    minutes = _to_scene(unit, number, True, centre, zones, desk.homes, desk.nodes, desk.by_node)
    if len(desk.road_closures) > 0:
        minutes += _extra(_side_of_unit(unit, zones), number, centre.clock, desk.road_closures, desk.sides)
    if unit.on_road:
        minutes -= centre.head_start[at(hour_of_week(centre.clock, centre.first_hour))]
    return minutes + penalty


# -- the calendar


@inlined
def _schedule(unit, events):
    """Note a unit's next event: its time, and the rank of what it does or of a shift or break."""
    event = events[at(unit.number)]
    event.time = unit.next
    event.rank = UNIT_CHANGES
    if unit.doing == HANDING_OVER:
        event.rank = HANDOVER_ENDS
    elif unit.doing == TO_HOSPITAL:
        event.rank = AT_HOSPITAL
    elif unit.doing == TO_SCENE:
        event.rank = LEAVES_SCENE
    change = min(unit.edge, unit.due)
    if change < event.time:
        event.time = change
        event.rank = UNIT_CHANGES


@inlined
def _changed(centre):
    """The set of available units may have changed: rebalancing looks at it at the end of the moment, once."""
    if centre.looked < centre.clock:
        centre.look = True


@inlined
def _next_shift(unit, after, centre, windows):
    """Off duty until the next window that begins after a moment and before the horizon."""
    unit.until = -math.inf
    unit.due = math.inf
    unit.edge = math.inf
    while unit.window < unit.last_window and windows[unit.window].start <= after:
        unit.window += 1
    if unit.window < unit.last_window and windows[unit.window].start < centre.horizon:
        unit.edge = windows[unit.window].start


@inlined
def _begin_shift(unit, windows, breaks):
    """On duty by the present window."""
    window = windows[unit.window]
    unit.until = window.end
    unit.edge = window.end
    unit.next_break = window.first_break
    _next_due(unit, window, breaks)


@inlined
def _next_due(unit, window, breaks):
    """When the next break of the present shift is due."""
    unit.due = breaks[unit.next_break].due if unit.next_break < window.last_break else math.inf


@compiled
def _push(time, call, count, heap):
    """Put an end of patience on the heap of ``count`` entries: least time, then row, first."""
    place = count
    while place > 0:
        above = (place - 1) // 2
        if heap[above].time < time or (heap[above].time == time and heap[above].call < call):
            break
        heap[place] = heap[above]
        place = above
    heap[place].time = time
    heap[place].call = call


@compiled
def _pop(count, heap):
    """Take the first of ``count`` entries from the heap."""
    time, call = heap[count - 1].time, heap[count - 1].call
    place = 0
    while 2 * place + 1 < count - 1:
        below = 2 * place + 1
        if below + 1 < count - 1:
            left, right = heap[below], heap[below + 1]
            if right.time < left.time or (right.time == left.time and right.call < left.call):
                below += 1
        if heap[below].time > time or (heap[below].time == time and heap[below].call >= call):
            break
        heap[place] = heap[below]
        place = below
    heap[place].time = time
    heap[place].call = call


# -- waiting calls


@compiled
def _let_wait(row, centre, calls, priorities, patience):
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
        _push(call.ready + call.patience_min, row, centre.patience, patience)
        centre.patience += 1


@compiled
def _stop_waiting(row, centre, calls, priorities):
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


# -- coverage


@compiled
def _recount(centre, units, stations, zones, covered):
    """Bring the number of available units whose post covers each zone up to date."""
    for number in range(len(units)):
        unit = units[at(number)]
        post = unit.post if _available(unit, centre) else NONE
        if post == unit.counted:
            continue
        if unit.counted != NONE:
            station = stations[unit.counted]
            for index in range(station.first, station.last):
                zones[at(covered[at(index)])].covering -= 1
        if post != NONE:
            station = stations[post]
            for index in range(station.first, station.last):
                zones[at(covered[at(index)])].covering += 1
        unit.counted = post


@compiled
def _coverage_of(station, fewer, zones, covered, powers):
    """``sum of weight (1 - busy) busy^k`` over a station's zones, k = units covering the zone less ``fewer``."""
    total = 0.0
    for index in range(station.first, station.last):
        zone = zones[at(covered[at(index)])]
        total += zone.weight * powers[at(zone.covering - fewer)]
    return total


# -- which unit


@compiled
def _choose(row, desk):
    """The unit for a call, NONE if it must wait; and the least score of the candidates."""
    centre, units, homes, stations = desk.centre[0], desk.units, desk.homes, desk.stations
    call = desk.calls[row]
    number = call.zone
    priority = call.priority
    available = 0
    for other in range(len(units)):
        if _available(units[at(other)], centre):
            available += 1
    chosen = covering = NONE
    least = math.inf
    if available == 0 or available - 1 < desk.priorities[priority - 1].reserve:
        return chosen, least
    by_cover = priority >= centre.cover_from
    if by_cover:
        _recount(centre, units, stations, desk.zones, desk.covered)
        for other in range(len(stations)):
            stations[other].lost = math.nan
    for other in range(len(units)):
        unit = units[at(other)]
        fit = desk.fits[priority - 1, unit.vehicle]
        if not _available(unit, centre) or not _may_serve(unit, fit, priority, centre):
            continue
        score = _score(unit, number, fit.penalty, desk)
        unit.score = score
        least = min(least, score)
        if by_cover and score <= centre.cover_within:
            post = stations[unit.post]
            if math.isnan(post.lost):
                post.lost = _coverage_of(post, 1, desk.zones, desk.covered, desk.powers)
            if covering == NONE:
                covering = other
            else:
                best = units[covering]
                lost = stations[best.post].lost
                if post.lost < lost or (post.lost == lost and score < best.score):
                    covering = other
        if chosen == NONE:
            chosen = other
        else:
            best = units[chosen]
            rank = homes[number, unit.home].preference - homes[number, best.home].preference
            if rank < 0 or (rank == 0 and score < best.score):
                chosen = other
    return (chosen if covering == NONE else covering), least


@compiled
def _choose_redirected(row, candidates, least, desk):
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
        if calls[unit.call].priority < centre.redirect_from or not _may_serve(unit, fit, priority, centre):
            continue
        score = _score(unit, calls[row].zone, fit.penalty, desk)
        if chosen == NONE or score < best:
            chosen = other
            best = score
    if candidates and not best <= least - centre.redirect_gain:
        return NONE
    return chosen


# -- trips


@compiled
def _end_move(unit, centre, stations, moves):
    """Write the end of a move that is under way."""
    if unit.way_move != NONE and unit.way_move < len(moves):
        now = centre.clock
        move = moves[unit.way_move]
        post = stations[unit.post]
        done = 1.0 if now >= unit.way_end else (now - unit.way_start) / (unit.way_end - unit.way_start)
        move.end = min(now, unit.way_end)
        move.km = done * distance_km(unit.way_x - post.x, unit.way_y - post.y, 0)
    unit.way_move = NONE


@inlined
def _end_way(unit, centre, stations, calls, moves):
    """The way to a post is over, or called off for a call or a move."""
    _end_move(unit, centre, stations, moves)
    if unit.way_call != NONE and centre.clock < unit.way_end:
        calls[at(unit.way_call)].back = centre.clock


@inlined
def _begin_move(unit, centre, moves):
    """Open a row of the table of moves, if there is room; the number of rows says how much is needed."""
    if centre.moves < len(moves):
        move = moves[centre.moves]
        move.unit = unit.number
        move.station = unit.post
        move.start = unit.way_start
    unit.way_move = centre.moves
    centre.moves += 1


@inlined
def _turnout(call, on_road, centre):
    """Turnout of a unit; a call that had a unit before has a second draw."""
    drawn = call.turnout_again_min if call.attempts > 0 else call.turnout_min
    return centre.road_turnout_share * drawn if on_road else drawn


@compiled
def _begin_trip(unit, row, sent_from, turnout, rolling, desk):
    """Go to a scene from where the unit is."""
    centre, zones = desk.centre[0], desk.zones
    call = desk.calls[at(row)]
    error = call.travel_error_again if call.attempts > 0 else call.travel_error
    minutes = _to_scene(unit, call.zone, False, centre, zones, desk.homes, desk.nodes, desk.by_node)
    if len(desk.road_closures) > 0:
        minutes += _extra(_side_of_unit(unit, zones), call.zone, rolling, desk.road_closures, desk.sides)
    travel = minutes * _factor(rolling, centre) * error
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
    _schedule(unit, desk.events)


@compiled
def _send(unit, row, desk):
    """Give a call to an available unit."""
    centre = desk.centre[0]
    _locate(unit, centre, desk.stations, desk.zones, desk.calls)
    _end_way(unit, centre, desk.stations, desk.calls, desk.moves)
    turnout = _turnout(desk.calls[row], unit.on_road, centre)
    sent_from = SENT_ON_WAY_BACK if unit.on_road else SENT_FROM_BASE
    _begin_trip(unit, row, sent_from, turnout, centre.clock + turnout, desk)
    unit.post = unit.home
    _changed(centre)


@compiled
def _redirect(unit, row, desk):
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
    _open(desk.calls[left])
    _locate(unit, centre, desk.stations, desk.zones, desk.calls)
    if centre.clock < unit.rolling:
        rolling = unit.rolling
        turnout = rolling - centre.clock
    else:
        turnout = _turnout(desk.calls[row], unit.on_road, centre)
        rolling = centre.clock + turnout
    _begin_trip(unit, row, SENT_REDIRECTED, turnout, rolling, desk)
    return left


@inlined
def _open(call):
    """No unit was sent to a call, as yet."""
    call.outcome = OPEN_AT_END
    call.unit = NONE
    call.sent_from = SENT_NOWHERE
    call.dispatched = math.nan
    call.rolling = math.nan
    call.arrived = math.nan
    call.turnout = math.nan
    call.travel = math.nan


@compiled
def _decide(row, desk):
    """Redirect a unit to a call, send one that is available, or let the call wait."""
    centre, units, calls = desk.centre[0], desk.units, desk.calls
    while row != NONE:
        chosen, least = _choose(row, desk)
        redirected = _choose_redirected(row, chosen != NONE, least, desk)
        if redirected != NONE:
            row = _redirect(units[redirected], row, desk)
            continue
        if chosen != NONE:
            _send(units[chosen], row, desk)
        elif calls[row].ready + calls[row].patience_min < centre.clock:
            calls[row].outcome = ABANDONED
        else:
            _let_wait(row, centre, calls, desk.priorities, desk.patience)
        row = NONE


@compiled
def _serve_waiting(desk):
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
        chosen, _ = _choose(row, desk)
        if chosen == NONE:
            priorities[desk.calls[row].priority - 1].blocked = True
        else:
            _stop_waiting(row, centre, desk.calls, priorities)
            _send(desk.units[chosen], row, desk)


# -- hospitals


@inlined
def _is_open(hospital, now, closures):
    """Whether no closure is on."""
    for number in range(hospital.first_closure, hospital.last_closure):
        if closures[number].start <= now < closures[number].end:
            return False
    return True


@inlined
def _expected_wait(hospital, centre):
    """Wait for a bay that one more unit may expect."""
    if hospital.bays == UNLIMITED:
        return 0.0
    before = max(0, hospital.handing_over + hospital.queueing + hospital.coming + 1 - hospital.bays)
    return before * centre.expected_handover / hospital.bays


@compiled
def _choose_hospital(call, centre, hospitals, capable, to_hospital, hospital_closures, road_closures, sides, first_place):
    """Note the hospital for a patient without a recorded one, and whether it is not the nearest that takes the need."""
    factor = _factor(centre.clock, centre)
    nearest = chosen = quiet = NONE
    least = best = best_quiet = math.inf
    for number in range(len(hospitals)):
        if not capable[number, call.need]:
            continue
        hospital = hospitals[number]
        minutes = to_hospital[call.zone, number] + _extra(
            call.zone, first_place + number, centre.clock, road_closures, sides
        )
        if nearest == NONE or minutes < least:
            nearest = number
            least = minutes
        if not _is_open(hospital, centre.clock, hospital_closures):
            continue
        cost = minutes
        if centre.hospital_choice == LEAST_LOADED:
            cost = minutes * factor + _expected_wait(hospital, centre)
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


@compiled
def _leave_scene(unit, desk):
    """The scene is over: to a hospital, or free."""
    centre = desk.centre[0]
    call = desk.calls[unit.call]
    first_place = len(desk.zones) + len(desk.stations)
    call.left_scene = centre.clock
    call.hospital = NONE
    if call.transported:
        call.hospital = call.recorded_hospital
        if call.recorded_hospital < 0:
            _choose_hospital(
                call, centre, desk.hospitals, desk.capable, desk.to_hospital,
                desk.hospital_closures, desk.road_closures, desk.sides, first_place,
            )  # fmt: skip
    unit.hospital = call.hospital
    if unit.hospital < 0:
        _be_free(unit, call, centre, desk.events)
        return
    transport = call.transport_min
    if math.isnan(transport):
        extra = _extra(call.zone, first_place + unit.hospital, centre.clock, desk.road_closures, desk.sides)
        minutes = desk.to_hospital[call.zone, unit.hospital] + extra
        transport = minutes * _factor(centre.clock, centre) * call.transport_error
    desk.hospitals[unit.hospital].coming += 1
    unit.doing = TO_HOSPITAL
    unit.next = centre.clock + transport
    _schedule(unit, desk.events)


@compiled
def _arrive_at_hospital(unit, desk):
    """At the hospital: into a bay, or the queue for one."""
    centre = desk.centre[0]
    hospital = desk.hospitals[unit.hospital]
    call = desk.calls[unit.call]
    call.at_hospital = centre.clock
    hospital.coming -= 1
    if hospital.bays == UNLIMITED or hospital.handing_over < hospital.bays:
        _hand_over(unit, call, hospital, centre, desk.events)
    else:
        hospital.queueing += 1
        unit.doing = QUEUEING
        unit.queued = centre.turn
        unit.next = math.inf
        centre.turn += 1
        _schedule(unit, desk.events)


@compiled
def _hand_over(unit, call, hospital, centre, events):
    """In a bay."""
    hospital.handing_over += 1
    call.bay_at = centre.clock
    unit.doing = HANDING_OVER
    unit.next = centre.clock + call.handover_min
    _schedule(unit, events)


@compiled
def _end_handover(unit, desk):
    """The bay is free, for the first unit that waits for one."""
    centre, units, calls = desk.centre[0], desk.units, desk.calls
    hospital = desk.hospitals[unit.hospital]
    hospital.handing_over -= 1
    _be_free(unit, calls[unit.call], centre, desk.events)
    if hospital.queueing == 0:
        return
    first = NONE
    for number in range(len(units)):
        other = units[number]
        if other.doing == QUEUEING and other.hospital == unit.hospital:
            if first == NONE or other.queued < units[first].queued:
                first = number
    hospital.queueing -= 1
    _hand_over(units[first], calls[units[first].call], hospital, centre, desk.events)


@compiled
def _be_free(unit, call, centre, events):
    """The call is over; the event of becoming free is next."""
    call.free = centre.clock
    unit.doing = FREED
    unit.next = centre.clock
    _schedule(unit, events)


# -- ways to a post


@compiled
def _minutes_back(unit, zone, station, centre, places, homes, from_hospital, closures, sides):
    """Minutes at factor 1, with closed roads, from where a unit became free to a station."""
    zones, stations = places
    if unit.hospital >= 0:
        start = zones + stations + unit.hospital
        return from_hospital[unit.hospital, station] + _extra(start, zones + station, centre.clock, closures, sides)
    return homes[zone, station].back + _extra(zone, zones + station, centre.clock, closures, sides)


@compiled
def _go_back(unit, post, desk):
    """Begin the way back from a call."""
    centre = desk.centre[0]
    call = desk.calls[unit.call]
    places = (len(desk.zones), len(desk.stations))
    minutes = _minutes_back(
        unit, call.zone, post, centre, places, desk.homes, desk.from_hospital, desk.road_closures, desk.sides
    )
    unit.way_start = centre.clock
    unit.way_end = centre.clock + minutes * _factor(centre.clock, centre) * call.return_error
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


@compiled
def _best_post(unit, desk):
    """DMEXCLP: where a unit that became free adds most expected coverage."""
    centre, stations, zones = desk.centre[0], desk.stations, desk.zones
    zone = desk.calls[unit.call].zone
    places = (len(zones), len(stations))
    unit.doing = FREED  # so that it is not among the others
    _recount(centre, desk.units, stations, zones, desk.covered)
    unit.doing = IDLE
    best = NONE
    most = least = 0.0
    for station in range(len(stations)):
        minutes = _minutes_back(
            unit, zone, station, centre, places, desk.homes, desk.from_hospital, desk.road_closures, desk.sides
        )
        if station != unit.home and not minutes <= centre.longest_move:
            continue
        gain = _coverage_of(stations[station], 0, zones, desk.covered, desk.powers)
        if best == NONE or gain > most or (gain == most and minutes < least):
            best = station
            most = gain
            least = minutes
    return best


@compiled
def _minutes_to_station(unit, number, desk):
    """Minutes at factor 1, with closed roads, from where a unit without a call is to a station."""
    centre = desk.centre[0]
    _locate(unit, centre, desk.stations, desk.zones, desk.calls)
    if unit.station != NONE:
        minutes = desk.between[unit.station, number]
    else:
        station = desk.stations[number]
        minutes = law_minutes(unit.x - station.x, unit.y - station.y, centre.scale, centre.exponent, centre.metric)
    if len(desk.road_closures) > 0:
        start = _side_of_unit(unit, desk.zones)
        minutes += _extra(start, len(desk.zones) + number, centre.clock, desk.road_closures, desk.sides)
    return minutes


@compiled
def _move(unit, post, desk):
    """Move a unit without a call to a station: the hour counts, no error."""
    centre = desk.centre[0]
    minutes = _minutes_to_station(unit, post, desk)
    _end_way(unit, centre, desk.stations, desk.calls, desk.moves)
    unit.way_x = unit.x
    unit.way_y = unit.y
    unit.way_node = NONE
    unit.way_start = centre.clock
    unit.way_end = centre.clock + minutes * _factor(centre.clock, centre)
    unit.way_call = NONE
    unit.post = post
    unit.at_post = unit.way_end <= centre.clock
    unit.next = unit.way_end
    _begin_move(unit, centre, desk.moves)
    _schedule(unit, desk.events)


@compiled
def _rebalance(desk):
    """Fill the slots of the compliance table, if the set of available units is not what it was at the last look."""
    centre, units, table = desk.centre[0], desk.units, desk.table
    count = 0
    differs = False
    for number in range(len(units)):
        unit = units[number]
        available = _available(unit, centre)
        if available != unit.seen:
            differs = True
        if available:
            count += 1
        unit.seen = available
        unit.held = False
    if not differs or count == 0 or centre.clock >= centre.horizon:
        return
    row = table[min(count, len(table)) - 1]
    holds = np.zeros(len(row), dtype=np.bool_)
    for slot in range(len(row)):
        for number in range(len(units)):
            unit = units[number]
            if unit.seen and not unit.held and unit.post == row[slot]:
                unit.held = True
                holds[slot] = True
                break
    sent = 0
    for slot in range(len(row)):
        if row[slot] < 0 or holds[slot] or sent == centre.most_moves:
            continue
        nearest = NONE
        least = math.inf
        for number in range(len(units)):
            if units[number].seen and not units[number].held:
                minutes = _minutes_to_station(units[number], row[slot], desk)
                if nearest == NONE or minutes < least:
                    nearest = number
                    least = minutes
        if nearest != NONE and least <= centre.longest_move:
            units[nearest].held = True
            sent += 1
            _move(units[nearest], row[slot], desk)


# -- units without a call


@compiled
def _begin_break(unit, centre, windows, breaks):
    """Begin the break that is due and not begun, at the post and without a call."""
    now = centre.clock
    if not unit.at_post or now >= centre.horizon or not _available(unit, centre):
        return
    for number in range(windows[unit.window].first_break, windows[unit.window].last_break):
        own = breaks[number]
        if own.due <= now <= own.latest and math.isnan(own.began):
            own.began = now
            unit.doing = ON_BREAK
            unit.next = now + own.minutes
            _changed(centre)
            return


@compiled
def _end_shift(unit, centre, windows, stations, moves):
    """Off duty: on the way home from a call it stays on it, from anywhere else it goes home outside the record."""
    _next_shift(unit, centre.clock, centre, windows)
    without_call = unit.doing == IDLE or unit.doing == ON_BREAK
    if without_call and (unit.way_call == NONE or unit.post != unit.home):
        _end_move(unit, centre, stations, moves)
        unit.post = unit.home
        unit.way_end = -math.inf
        unit.way_call = NONE
        unit.at_post = True
        if unit.doing == IDLE:
            unit.next = math.inf


@compiled
def _change(unit, desk):
    """The first of what changes for a unit now: shift ends, break ends, free, at its post, shift begins, break due."""
    centre = desk.centre[0]
    now = centre.clock
    if unit.edge == now and unit.until > -math.inf:
        _end_shift(unit, centre, desk.windows, desk.stations, desk.moves)
        _changed(centre)
        _schedule(unit, desk.events)
        return
    ended = NONE
    if unit.next == now:
        ended = unit.doing  # IDLE: on the way to its post
        if ended == FREED:
            _go_back(unit, unit.home, desk)
            unit.just_freed = True
        else:
            if ended == IDLE:
                _end_way(unit, centre, desk.stations, desk.calls, desk.moves)
                unit.at_post = True
            unit.doing = IDLE
            unit.next = math.inf
    elif unit.edge == now:
        _begin_shift(unit, desk.windows, desk.breaks)
    else:
        unit.next_break += 1
        _next_due(unit, desk.windows[unit.window], desk.breaks)
        _begin_break(unit, centre, desk.windows, desk.breaks)
        _schedule(unit, desk.events)
        return
    _changed(centre)
    if _available(unit, centre):
        _serve_waiting(desk)
    if ended == FREED:
        unit.just_freed = False
        on_duty = now < unit.until and now < centre.horizon
        if unit.doing == IDLE and on_duty and centre.move_method == MOVE_DMEXCLP:
            post = _best_post(unit, desk)
            if post != unit.home:
                _go_back(unit, post, desk)
                _begin_move(unit, centre, desk.moves)
    elif ended == IDLE:
        _begin_break(unit, centre, desk.windows, desk.breaks)
    _schedule(unit, desk.events)


# -- the loop


@compiled
def _start(desk):
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
            _begin_shift(unit, windows, desk.breaks)
        else:
            _next_shift(unit, 0.0, centre, windows)
        unit.seen = _available(unit, centre)
        _schedule(unit, desk.events)
    for row in range(len(desk.calls)):
        call = desk.calls[row]
        _open(call)
        call.hospital = NONE
        call.left_scene = math.nan
        call.at_hospital = math.nan
        call.free = math.nan
        call.back = math.nan
        call.bay_at = math.nan


@compiled
def run(desk):
    """Run one replication. The log is written into the calls, breaks, moves and aborted trips of ``desk``.

    Args:
        desk: see :class:`~sim.emergency.policy_state.Desk`; units hold home, vehicle and windows, calls and breaks the table's
            columns, places and rules all they have; the rest is 0, the present ``looked`` -inf and first and last calls NONE.
    """
    centre, calls, order, patience = desk.centre[0], desk.calls, desk.order, desk.patience
    _start(desk)
    while True:
        clock = math.inf
        rank = NOTHING
        chosen = NONE
        for number in range(len(desk.events)):
            event = desk.events[at(number)]
            if event.time < clock or (event.time == clock and event.rank < rank):
                clock = event.time
                rank = event.rank
                chosen = number
        if centre.patience > 0 and patience[0].time < centre.horizon:
            if patience[0].time < clock or (patience[0].time == clock and PATIENCE_ENDS < rank):
                clock = patience[0].time
                rank = PATIENCE_ENDS
        if centre.position < len(order):
            ready = calls[order[centre.position]].ready
            if ready < centre.horizon and (ready < clock or (ready == clock and DECISION < rank)):
                clock = ready
                rank = DECISION
        if centre.look and clock > centre.clock:
            centre.look = False
            centre.looked = centre.clock
            if centre.move_method == MOVE_TABLE:
                _rebalance(desk)
            continue
        if clock == math.inf:
            break
        centre.clock = clock
        if rank == HANDOVER_ENDS:
            _end_handover(desk.units[chosen], desk)
        elif rank == AT_HOSPITAL:
            _arrive_at_hospital(desk.units[chosen], desk)
        elif rank == LEAVES_SCENE:
            _leave_scene(desk.units[chosen], desk)
        elif rank == UNIT_CHANGES:
            _change(desk.units[chosen], desk)
        elif rank == PATIENCE_ENDS:
            row = patience[0].call
            _pop(centre.patience, patience)
            centre.patience -= 1
            if calls[row].waits:
                _stop_waiting(row, centre, calls, desk.priorities)
                calls[row].outcome = ABANDONED
        else:
            row = order[centre.position]
            centre.position += 1
            _decide(row, desk)
