"""The plain emergency engine in compiled code; worlds with policies run in :mod:`sim.emergency.policy_machine`.

The scalar functions at the top are also called by the other engines and by the travel tables, so that all work on the same
floats. :func:`run` is the event loop; it has no event calendar: calls are decided in order, units carry time
stamps, and only while calls wait does it look for the next unit to become available. The rules are those of
:mod:`sim.emergency.reference`.
"""

from __future__ import annotations

import math

import numpy as np

from sim.emergency.jit import compiled, inlined

# Codes of the enumerations in world.py and log.py, which a test compares.
RETURN_OFF = 0
RETURN_ON = 1
RETURN_QUEUE_ONLY = 2
ROAD_LAW = 0
ROAD_NEAREST_NODE = 1
ROAD_SHARE = 2
ANSWERED = 0
ABANDONED = 1
OPEN_AT_END = 2
SENT_NOWHERE = 0
SENT_FROM_BASE = 1
SENT_ON_WAY_BACK = 2
NONE = -1


UNIT = np.dtype(
    [
        ("earliest", "f8"),  # from when it has no call and, as the rules say, is at its base
        ("available", "f8"),  # it can be sent from here ...
        ("until", "f8"),  # ... to here, the end of its shift
        ("free", "f8"),  # the way back began
        ("back", "f8"),  # the way back ends
        ("start_x", "f8"),  # where the way back began
        ("start_y", "f8"),
        ("home_x", "f8"),
        ("home_y", "f8"),
        ("station", "u8"),
        ("vehicle", "u8"),
        ("window", "i8"),  # the present or next shift
        ("last_window", "i8"),  # one past its last shift
        ("start_node", "u8"),
        ("last_call", "i8"),
        ("just_freed", "b1"),  # rule QUEUE_ONLY: `available` is the moment it becomes free
        ("is_away", "b1"),  # in the list of units not known to be at their base
    ],
    align=True,
)

@inlined
def at(index):
    """An index known not to be negative: numba then does not look whether it counts from the end.

    What only serves as an index is kept unsigned. Arithmetic stays signed: mixed with unsigned it would become float.
    """
    return np.uintp(index)


# Lower bounds of the law are tabulated in bins of this size, up to 100 km.
FLOOR_BINS_PER_KM = 4.0
FLOOR_BINS = 400


@inlined
def distance_km(dx, dy, metric):
    """Length of a difference of coordinates, straight (metric 0) or along the axes (1)."""
    return abs(dx) + abs(dy) if metric == 1 else math.sqrt(dx * dx + dy * dy)


@inlined
def minutes_over(km, scale, exponent):
    """``scale km^exponent``."""
    if exponent == 1.0:
        return scale * km
    if km == 0.0:
        return 0.0
    return scale * km**exponent


@inlined
def law_minutes(dx, dy, scale, exponent, metric):
    """Minutes over a difference of ``dx, dy`` km (see :class:`~sim.emergency.travel.TravelLaw`)."""
    return minutes_over(distance_km(dx, dy, metric), scale, exponent)


@compiled
def law_floors(scale, exponent):
    """Minutes at the near edge of each distance bin, a hair less: no distance in the bin takes fewer."""
    floors = np.empty(FLOOR_BINS)
    for index in range(FLOOR_BINS):
        floors[at(index)] = minutes_over(index / FLOOR_BINS_PER_KM, scale, exponent) * (1.0 - 1e-12)
    return floors


@compiled
def law_table(from_x, from_y, to_x, to_y, scale, exponent, metric):
    """Minutes between points, shape ``[from, to]``."""
    out = np.empty((len(from_x), len(to_x)))
    for i in range(len(from_x)):
        for j in range(len(to_x)):
            out[i, j] = law_minutes(from_x[i] - to_x[j], from_y[i] - to_y[j], scale, exponent, metric)
    return out


@inlined
def hour_of_week(minute, first_hour):
    """Hour of the week (Monday 0 h = 0) at a minute of the period; ``first_hour`` is that of minute 0."""
    return (first_hour + int(minute / 60.0)) % 168


@inlined
def on_the_way(start, end, share):
    """A coordinate, or a time, at a share of the straight way from ``start`` to ``end``."""
    return (1.0 - share) * start + share * end


@compiled
def nearest_node(x, y, node_x, node_y):
    """The node nearest to a point by straight line, the first one of equally near."""
    best = 0
    least = math.inf
    for node in range(len(node_x)):
        dx = node_x[at(node)] - x
        dy = node_y[at(node)] - y
        square = dx * dx + dy * dy
        if square < least:
            least = square
            best = node
    return best


@compiled
def dispatch_order(minutes, station):
    """Units by expected minutes from their base, then number, for each zone.

    Args:
        minutes: shape ``[zone, station]``.
        station: home of each unit.

    Returns:
        Unit numbers, shape ``[zone, unit]``.
    """
    zones, stations = minutes.shape
    units = len(station)
    first = np.zeros(stations + 1, dtype=np.int64)
    for unit in range(units):
        first[station[unit] + 1] += 1
    first = np.cumsum(first)
    crew = np.argsort(station, kind="mergesort")  # units by station, then number
    order = np.empty((zones, units), dtype=np.int16)
    nearest = np.empty(stations, dtype=np.int64)
    sorted_minutes = np.empty(stations)
    for zone in range(zones):
        for new in range(stations):
            here = minutes[at(zone), at(new)]
            place = new
            while place > 0 and sorted_minutes[at(place - 1)] > here:
                sorted_minutes[at(place)] = sorted_minutes[at(place - 1)]
                nearest[at(place)] = nearest[at(place - 1)]
                place -= 1
            sorted_minutes[at(place)] = here
            nearest[at(place)] = new
        filled = tied = 0
        for rank in range(stations):
            home = at(nearest[at(rank)])
            if rank == 0 or sorted_minutes[at(rank)] > sorted_minutes[at(rank - 1)]:
                tied = filled
            for index in range(first[home], first[home + 1]):
                unit = crew[at(index)]
                place = filled
                while place > tied and order[at(zone), at(place - 1)] > unit:
                    order[at(zone), at(place)] = order[at(zone), at(place - 1)]
                    place -= 1
                order[at(zone), at(place)] = unit
                filled += 1
    return order


@compiled
def decision_order(ready):
    """Rows by the time they can be decided, then by row: the table's order, a little disturbed by dispatch delays."""
    count = len(ready)
    order = np.empty(count, dtype=np.int32)
    shifts = 0
    for row in range(count):
        place = row
        time = ready[at(row)]
        while place > 0 and ready[at(order[at(place - 1)])] > time:
            order[at(place)] = order[at(place - 1)]
            place -= 1
            shifts += 1
        order[at(place)] = row
        if shifts > 32 * count + 1000:
            return np.argsort(ready, kind="mergesort").astype(np.int32)
    return order


@inlined
def _settle(unit, now, window_start, window_end):
    """Find the unit's next spell of availability: from ``available`` to ``until``, at or after ``now`` and ``earliest``."""
    moment = max(now, unit.earliest)
    window = unit.window
    while window < unit.last_window and window_end[at(window)] <= moment:
        window += 1
    unit.window = window
    if window == unit.last_window:
        unit.available = math.inf
        unit.until = math.inf
    else:
        unit.available = max(unit.earliest, window_start[at(window)])
        unit.until = window_end[at(window)]


@compiled
def _table_minutes(road, share, start_x, start_y, home_x, home_y, node, base_minutes, zone, node_x, node_y, to_scene):
    """Minutes at factor 1 by the table from a unit at a share of its way back to a zone (see :class:`RoadTiming`)."""
    if share == 0.0:
        return to_scene[at(node), at(zone)]
    if road == ROAD_SHARE:
        return on_the_way(to_scene[at(node), at(zone)], base_minutes, share)
    x = on_the_way(start_x, home_x, share)
    y = on_the_way(start_y, home_y, share)
    return to_scene[at(nearest_node(x, y, node_x, node_y)), at(zone)]


@compiled
def run(
    # decisions
    ready, order, horizon, first_hour,
    # calls
    zone_of, priority_of, need_of, turnout_of, travel_error, scene_of, transported, hospital_of, transport_of,
    transport_error, handover_of, return_error, patience,
    # units
    station_of, vehicle_of, window_first, window_start, window_end,
    # places and tables, by zone first
    zone_x, zone_y, station_x, station_y, hospital_x, hospital_y,
    unit_order, expected, actual, to_hospital, scene_to_station, hospital_to_station, nearest_hospital,
    node_x, node_y, zone_node, hospital_node, expected_node, actual_node,
    scale, exponent, metric, travel_factor, head_start,
    # rules
    suitable, returns, road, by_priority, road_turnout_share,
    # log
    log_outcome, log_unit, log_sent_from, log_hospital, log_dispatched, log_rolling, log_arrived, log_left_scene,
    log_at_hospital, log_free, log_back, log_turnout, log_travel,
):  # fmt: skip
    """Run one replication; arguments as in the world and the call table, one array each; the log is written in place."""
    calls, units, priorities = len(ready), at(len(station_of)), at(len(suitable))
    nan = math.nan

    state = np.zeros(units, dtype=UNIT)
    for number in range(units):
        unit = state[at(number)]
        unit.earliest = unit.free = unit.back = -math.inf
        unit.window = window_first[at(number)]
        unit.last_window = window_first[at(number + 1)]
        unit.station = station_of[at(number)]
        unit.vehicle = vehicle_of[at(number)]
        unit.home_x = station_x[unit.station]
        unit.home_y = station_y[unit.station]
        _settle(unit, 0.0, window_start, window_end)
    away = np.empty(units, dtype=np.int64)  # numbers of the units with is_away, in no order
    n_away = 0
    floors = law_floors(scale, exponent)

    # Waiting calls: one list a priority, linked, in order of arrival.
    first = np.full(priorities, NONE, dtype=np.int64)
    last = np.full(priorities, NONE, dtype=np.int64)
    following = np.empty(calls, dtype=np.int32)
    previous = np.empty(calls, dtype=np.int32)
    n_waiting = 0

    clock = 0.0
    position = 0
    while True:
        next_ready = math.inf
        if position < calls:
            next_ready = ready[at(order[at(position)])]
            if next_ready >= horizon:
                next_ready = math.inf
        chosen = NONE
        call = NONE
        minutes = 0.0

        if n_waiting > 0:
            soonest = math.inf
            for number in range(units):
                unit = state[at(number)]
                if unit.until <= clock:
                    _settle(unit, clock, window_start, window_end)
                if unit.available < soonest:
                    for priority in range(priorities):
                        if first[priority] != NONE and suitable[priority, unit.vehicle]:
                            soonest = unit.available
                            chosen = number
                            break
            if chosen != NONE and soonest <= next_ready and soonest < horizon:
                clock = soonest
                for priority in range(priorities):
                    if not suitable[priority, state[at(chosen)].vehicle]:
                        continue
                    while first[priority] != NONE and ready[at(first[priority])] + patience[at(first[priority])] < clock:
                        log_outcome[at(first[priority])] = ABANDONED
                        n_waiting -= 1
                        first[priority] = following[at(first[priority])]
                        if first[priority] == NONE:
                            last[priority] = NONE
                        else:
                            previous[at(first[priority])] = NONE
                    candidate = first[priority]
                    if candidate != NONE and (call == NONE or (not by_priority and candidate < call)):
                        call = candidate
                if call == NONE:
                    unit = state[at(chosen)]
                    if unit.just_freed:
                        unit.just_freed = False
                        unit.earliest = unit.back
                        _settle(unit, clock, window_start, window_end)
                    continue
                priority = at(priority_of[at(call)] - 1)
                before = previous[at(call)]
                after = following[at(call)]
                if before == NONE:
                    first[priority] = after
                else:
                    following[at(before)] = after
                if after == NONE:
                    last[priority] = before
                else:
                    previous[at(after)] = before
                n_waiting -= 1
            elif next_ready == math.inf:
                break
            else:
                chosen = NONE
        elif next_ready == math.inf:
            break

        waited = call != NONE
        if not waited:
            call = order[at(position)]
            row = at(call)
            position += 1
            clock = next_ready
            zone = at(zone_of[row])
            priority = at(priority_of[row] - 1)
            least = math.inf
            for rank in range(units):
                number = unit_order[zone, rank]
                unit = state[at(number)]
                if unit.until <= clock:
                    _settle(unit, clock, window_start, window_end)
                if unit.available > clock:
                    continue
                if unit.just_freed:
                    unit.just_freed = False
                    unit.earliest = unit.back
                    _settle(unit, clock, window_start, window_end)
                    if unit.available > clock:
                        continue
                if unit.back > clock or not suitable[priority, unit.vehicle]:
                    continue
                chosen = number
                least = expected[zone, unit.station]
                break
            if returns == RETURN_ON and n_away > 0:
                head = head_start[at(hour_of_week(clock, first_hour))]
                call_x = zone_x[zone]
                call_y = zone_y[zone]
                index = 0
                while index < n_away:
                    number = away[at(index)]
                    unit = state[at(number)]
                    if unit.back <= clock:
                        unit.is_away = False
                        n_away -= 1
                        away[at(index)] = away[at(n_away)]
                        continue
                    index += 1
                    if unit.until <= clock:
                        _settle(unit, clock, window_start, window_end)
                    if unit.available > clock or not suitable[priority, unit.vehicle]:
                        continue
                    share = (clock - unit.free) / (unit.back - unit.free)
                    if road == ROAD_LAW:
                        x = on_the_way(unit.start_x, unit.home_x, share)
                        y = on_the_way(unit.start_y, unit.home_y, share)
                        km = distance_km(x - call_x, y - call_y, metric)
                        if floors[at(int(min(km * FLOOR_BINS_PER_KM, FLOOR_BINS - 1.0)))] - head > least:
                            continue  # too far to be the nearest: spares the power
                        road_minutes = minutes_over(km, scale, exponent)
                    else:
                        road_minutes = _table_minutes(
                            road, share, unit.start_x, unit.start_y, unit.home_x, unit.home_y, unit.start_node,
                            expected[zone, unit.station], zone, node_x, node_y, expected_node,
                        )  # fmt: skip
                    lead = road_minutes - head
                    if lead < least or (lead == least and number < chosen):
                        least = lead
                        chosen = number
                        minutes = road_minutes
            if chosen == NONE:
                log_outcome[row] = OPEN_AT_END
                log_unit[row] = NONE
                log_sent_from[row] = SENT_NOWHERE
                log_hospital[row] = NONE
                log_dispatched[row] = nan
                log_rolling[row] = nan
                log_arrived[row] = nan
                log_left_scene[row] = nan
                log_at_hospital[row] = nan
                log_free[row] = nan
                log_back[row] = nan
                log_turnout[row] = nan
                log_travel[row] = nan
                before = last[priority]
                after = NONE
                while before != NONE and before > call:
                    after = before
                    before = previous[at(before)]
                previous[row] = before
                following[row] = after
                if before == NONE:
                    first[priority] = call
                else:
                    following[at(before)] = call
                if after == NONE:
                    last[priority] = call
                else:
                    previous[at(after)] = call
                n_waiting += 1
                continue

        # Unit `chosen` goes to `call` at `clock`.
        number = chosen
        unit = state[at(number)]
        row = at(call)
        zone = at(zone_of[row])
        station = unit.station
        turnout = turnout_of[row]
        if unit.back <= clock:
            log_sent_from[row] = SENT_FROM_BASE
            minutes = actual[zone, station]
        else:
            log_sent_from[row] = SENT_ON_WAY_BACK
            log_back[at(unit.last_call)] = clock
            turnout = road_turnout_share * turnout
            share = (clock - unit.free) / (unit.back - unit.free)
            if road != ROAD_LAW:
                minutes = _table_minutes(
                    road, share, unit.start_x, unit.start_y, unit.home_x, unit.home_y, unit.start_node,
                    actual[zone, station], zone, node_x, node_y, actual_node,
                )  # fmt: skip
            elif waited:
                x = on_the_way(unit.start_x, unit.home_x, share)
                y = on_the_way(unit.start_y, unit.home_y, share)
                minutes = law_minutes(x - zone_x[zone], y - zone_y[zone], scale, exponent, metric)
        rolling = clock + turnout
        travel = minutes * travel_factor[at(hour_of_week(rolling, first_hour))] * travel_error[row]
        arrived = rolling + travel
        left_scene = arrived + scene_of[row]
        hospital = NONE
        if transported[row]:
            hospital = hospital_of[row]
            if hospital < 0:
                hospital = nearest_hospital[zone, at(need_of[row])]
        if hospital >= 0:
            transport = transport_of[row]
            if math.isnan(transport):
                factor = travel_factor[at(hour_of_week(left_scene, first_hour))]
                transport = to_hospital[zone, at(hospital)] * factor * transport_error[row]
            at_hospital = left_scene + transport
            ends = at_hospital + handover_of[row]
            way_back = hospital_to_station[at(hospital), station]
            unit.start_x = hospital_x[at(hospital)]
            unit.start_y = hospital_y[at(hospital)]
            if road != ROAD_LAW:
                unit.start_node = hospital_node[at(hospital)]
        else:
            at_hospital = nan
            ends = left_scene
            way_back = scene_to_station[zone, station]
            unit.start_x = zone_x[zone]
            unit.start_y = zone_y[zone]
            if road != ROAD_LAW:
                unit.start_node = zone_node[zone]
        returned = ends + way_back * travel_factor[at(hour_of_week(ends, first_hour))] * return_error[row]
        log_outcome[row] = ANSWERED
        log_unit[row] = number
        log_hospital[row] = hospital
        log_dispatched[row] = clock
        log_rolling[row] = rolling
        log_arrived[row] = arrived
        log_left_scene[row] = left_scene
        log_at_hospital[row] = at_hospital
        log_free[row] = ends
        log_back[row] = returned
        log_turnout[row] = turnout
        log_travel[row] = travel

        unit.free = ends
        unit.back = returned
        unit.last_call = call
        unit.earliest = ends if returns != RETURN_OFF else returned
        if unit.earliest < unit.until:
            unit.available = unit.earliest
        else:
            _settle(unit, clock, window_start, window_end)
        if returns == RETURN_ON:
            if not unit.is_away:
                unit.is_away = True
                away[at(n_away)] = number
                n_away += 1
        elif returns == RETURN_QUEUE_ONLY:
            unit.just_freed = unit.available == ends
            if not unit.just_freed:
                unit.earliest = returned
                _settle(unit, clock, window_start, window_end)

    for priority in range(priorities):
        call = first[priority]
        while call != NONE:
            if ready[at(call)] + patience[at(call)] < horizon:
                log_outcome[at(call)] = ABANDONED
            call = following[at(call)]
    while position < calls:
        row = at(order[at(position)])
        position += 1
        log_outcome[row] = OPEN_AT_END
        log_unit[row] = NONE
        log_sent_from[row] = SENT_NOWHERE
        log_hospital[row] = NONE
        log_dispatched[row] = nan
        log_rolling[row] = nan
        log_arrived[row] = nan
        log_left_scene[row] = nan
        log_at_hospital[row] = nan
        log_free[row] = nan
        log_back[row] = nan
        log_turnout[row] = nan
        log_travel[row] = nan
