"""What the compiled event loop with policies works on: one record a call, unit, place and so on, in few arrays.

Few arrays, because the time to compile grows with the number of arrays that functions hand on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

CENTRE = np.dtype(
    [
        # Plain rules
        ("horizon", "f8"),
        ("first_hour", "i8"),
        ("scale", "f8"),
        ("exponent", "f8"),
        ("metric", "i8"),
        ("returns", "i8"),
        ("road", "i8"),
        ("by_priority", "b1"),
        ("road_turnout_share", "f8"),
        ("travel_factor", "f8", (168,)),
        ("head_start", "f8", (168,)),
        # Policies
        ("wind_down_min", "f8"),
        ("wind_down_priority", "i8"),
        ("cover_from", "i8"),  # a number above all priorities = off
        ("cover_within", "f8"),
        ("redirect_to", "i8"),
        ("redirect_from", "i8"),
        ("redirect_gain", "f8"),
        ("move_method", "i8"),
        ("longest_move", "f8"),
        ("most_moves", "i8"),
        ("hospital_choice", "i8"),
        ("expected_handover", "f8"),
        # The present
        ("clock", "f8"),
        ("position", "i8"),  # next call in order of decision
        ("waiting", "i8"),  # calls that wait
        ("patience", "i8"),  # entries of the heap of patience
        ("turn", "i8"),  # next turn in a queue for a bay
        ("moves", "i8"),
        ("aborted", "i8"),
        ("look", "b1"),  # rebalancing is to come at this moment
        ("looked", "f8"),  # moment of the last rebalancing
    ],
    align=True,
)

CALL = np.dtype(
    [
        # As in the call table
        ("ready", "f8"),
        ("zone", "i8"),
        ("priority", "i8"),
        ("need", "i8"),
        ("turnout_min", "f8"),
        ("turnout_again_min", "f8"),
        ("travel_error", "f8"),
        ("travel_error_again", "f8"),
        ("scene_min", "f8"),
        ("transported", "b1"),
        ("recorded_hospital", "i8"),
        ("transport_min", "f8"),
        ("transport_error", "f8"),
        ("handover_min", "f8"),
        ("return_error", "f8"),
        ("patience_min", "f8"),
        # As in the logs
        ("outcome", "i1"),
        ("unit", "i4"),
        ("sent_from", "i1"),
        ("hospital", "i4"),
        ("dispatched", "f8"),
        ("rolling", "f8"),
        ("arrived", "f8"),
        ("left_scene", "f8"),
        ("at_hospital", "f8"),
        ("free", "f8"),
        ("back", "f8"),
        ("turnout", "f8"),
        ("travel", "f8"),
        ("attempts", "i4"),
        ("bay_at", "f8"),
        ("passed_over", "b1"),
        # While it waits: its neighbours among the waiting calls of its priority
        ("waits", "b1"),
        ("previous", "i8"),
        ("following", "i8"),
    ],
    align=True,
)

UNIT = np.dtype(
    [
        ("number", "i8"),
        ("home", "i8"),
        ("vehicle", "i8"),
        ("post", "i8"),  # the station it stands at or is on its way to
        ("doing", "i8"),
        ("at_post", "b1"),  # its arrival has happened
        ("just_freed", "b1"),  # the event of becoming free is happening
        ("next", "f8"),  # when what it does ends; inf = open
        # Shift
        ("until", "f8"),  # end of its present shift, -inf off duty
        ("edge", "f8"),  # when the next shift begins or the present one ends
        ("window", "i8"),  # the present or next duty window
        ("last_window", "i8"),  # one past its last
        ("due", "f8"),  # when the next break of the shift is due
        ("next_break", "i8"),
        # Last way to a post
        ("way_start", "f8"),
        ("way_end", "f8"),
        ("way_x", "f8"),  # where it began
        ("way_y", "f8"),
        ("way_node", "i8"),
        ("way_call", "i8"),  # the call it leads back from; NONE = a move from elsewhere
        ("way_move", "i8"),  # open row of the table of moves, NONE = none
        # Trip to a scene
        ("call", "i8"),
        ("hospital", "i8"),
        ("dispatched", "f8"),
        ("rolling", "f8"),
        ("arrived", "f8"),
        ("trip_on_road", "b1"),  # whether it was on the road when it was sent
        ("trip_x", "f8"),  # where it was then
        ("trip_y", "f8"),
        ("trip_station", "i8"),
        ("trip_node", "i8"),
        ("queued", "i8"),  # turn in the queue for a bay
        # Where it is, as of the last look
        ("on_road", "b1"),
        ("x", "f8"),
        ("y", "f8"),
        ("station", "i8"),  # it stands there; NONE = on the road
        ("node", "i8"),  # by a travel table, the node where the way began, as long as that matters; else NONE
        ("share", "f8"),  # of the way done
        ("score", "f8"),  # for the call that is decided
        ("near", "b1"),  # it may be sent to it to spare coverage
        ("counted", "i8"),  # station at which it is counted for coverage, NONE = it is not available
        ("seen", "b1"),  # available at the last rebalancing
        ("held", "b1"),  # it has a slot of the compliance table
    ],
    align=True,
)

EVENT = np.dtype([("time", "f8"), ("rank", "i8"), ("number", "i8")], align=True)
WINDOW = np.dtype([("start", "f8"), ("end", "f8"), ("first_break", "i8"), ("last_break", "i8")], align=True)
BREAK = np.dtype([("due", "f8"), ("latest", "f8"), ("minutes", "f8"), ("began", "f8")], align=True)
PRIORITY = np.dtype([("reserve", "i8"), ("first", "i8"), ("last", "i8"), ("blocked", "b1")], align=True)
FIT = np.dtype([("suitable", "b1"), ("penalty", "f8")], align=True)
PATIENCE = np.dtype([("time", "f8"), ("call", "i8")], align=True)

ZONE = np.dtype(
    [
        ("x", "f8"),
        ("y", "f8"),
        ("node", "i8"),
        ("weight", "f8"),  # times the probability that a unit is not busy
        ("area", "i8"),
    ],
    align=True,
)
AREA = np.dtype(
    [
        ("weight", "f8"),  # of its zones together
        ("units", "i8"),  # available units whose post covers it
        ("first_station", "i8"),  # stations that cover it
        ("last_station", "i8"),
    ],
    align=True,
)
STATION = np.dtype(
    [
        ("x", "f8"),
        ("y", "f8"),
        ("first_zone", "i8"),  # zones that it covers
        ("last_zone", "i8"),
        ("first_area", "i8"),
        ("last_area", "i8"),
        ("estimate", "f8"),  # of what one unit more or less there means
        ("coverage", "f8"),  # that itself, NaN = not summed
        ("minutes", "f8"),  # expected, for the unit that looks for a post
        ("in_reach", "b1"),
    ],
    align=True,
)
HOSPITAL = np.dtype(
    [
        ("x", "f8"),
        ("y", "f8"),
        ("node", "i8"),
        ("bays", "i8"),
        ("divert_at", "i8"),
        ("first_closure", "i8"),
        ("last_closure", "i8"),
        ("coming", "i8"),
        ("handing_over", "i8"),
        ("queueing", "i8"),
    ],
    align=True,
)
NODE = np.dtype([("x", "f8"), ("y", "f8")], align=True)
LEG = np.dtype([("expected", "f8"), ("actual", "f8")], align=True)
HOME = np.dtype([("expected", "f8"), ("actual", "f8"), ("back", "f8"), ("preference", "i8")], align=True)
SPELL = np.dtype([("start", "f8"), ("end", "f8"), ("extra", "f8")], align=True)

MOVE = np.dtype([("unit", "i4"), ("station", "i4"), ("start", "f8"), ("end", "f8"), ("km", "f8")], align=True)
ABORTED = np.dtype([("unit", "i4"), ("call", "i4"), ("dispatched", "f8"), ("rolling", "f8"), ("until", "f8")], align=True)


class Desk(NamedTuple):
    """All arrays of a run.

    Attributes:
        centre: one record: rules and the present.
        calls, order: rows of the call table, and the order in which they are decided.
        units, events: units, and the tournament of their next events: node k is above 2k and 2k + 1, the second half are the
            units, filled up to a power of two.
        windows, breaks, priorities: as their names say.
        fits: shape ``[priority, vehicle]``.
        patience: heap of the ends of patience.
        zones, stations, hospitals, nodes: places.
        homes: zone from and to station, shape ``[zone, station]``.
        by_node: node to zone, shape ``[node, zone]``.
        to_hospital, from_hospital, between: minutes, shapes ``[zone, hospital]``, ``[hospital, station]`` and
            ``[station, station]``.
        capable: shape ``[hospital, need]``.
        hospital_closures: of all hospitals, one after the other.
        road_closures, sides: closed crossings; sides of all zones, then stations, then hospitals, shape ``[closure, place]``.
        areas: of zones that the same stations cover.
        covered, areas_of, stations_of: zones of all stations, areas of all stations, stations of all areas, one after the other.
        powers: ``busy^k``, shape ``[unit + 1]``.
        table: compliance table, shape ``[level, slot]``.
        holds: whether a unit holds a slot of the row in force, shape ``[slot]``.
        moves, aborted: tables of the policy log.
    """

    centre: Any
    calls: Any
    order: Any
    units: Any
    events: Any
    windows: Any
    breaks: Any
    priorities: Any
    fits: Any
    patience: Any
    zones: Any
    areas: Any
    stations: Any
    hospitals: Any
    nodes: Any
    homes: Any
    by_node: Any
    to_hospital: Any
    from_hospital: Any
    between: Any
    capable: Any
    hospital_closures: Any
    road_closures: Any
    sides: Any
    covered: Any
    areas_of: Any
    stations_of: Any
    powers: Any
    table: Any
    holds: Any
    moves: Any
    aborted: Any
