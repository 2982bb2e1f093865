"""The calendar of the compiled loop: a tournament of the next events of the units, and a heap of the ends of patience."""

from __future__ import annotations

import math

from sim.emergency.jit import lean, lean_inlined
from sim.emergency.machine import at
from sim.emergency.policy_machine.codes import (
    AT_HOSPITAL,
    HANDING_OVER,
    HANDOVER_ENDS,
    LEAVES_SCENE,
    TO_HOSPITAL,
    TO_SCENE,
    UNIT_CHANGES,
)


@lean_inlined
def schedule(unit, events):
    """Note a unit's next event, its time and the rank of what it does or of a shift or break, and who is next of all.

    ``events`` is a tournament: the units are the leaves of a binary tree, in order, and each node above has the earlier of its
    two; of equals the left one, which is the lower number.
    """
    place = len(events) // 2 + unit.number
    event = events[at(place)]
    event.number = unit.number
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
    while place > 1:
        place //= 2
        node = events[at(place)]
        left = events[at(2 * place)]
        right = events[at(2 * place + 1)]
        if right.time < left.time or (right.time == left.time and right.rank < left.rank):
            left = right
        node.time = left.time
        node.rank = left.rank
        node.number = left.number


@lean_inlined
def changed(centre):
    """The set of available units may have changed: rebalancing looks at it at the end of the moment, once."""
    if centre.looked < centre.clock:
        centre.look = True


@lean_inlined
def next_shift(unit, after, centre, windows):
    """Off duty until the next window that begins after a moment and before the horizon."""
    unit.until = -math.inf
    unit.due = math.inf
    unit.edge = math.inf
    while unit.window < unit.last_window and windows[unit.window].start <= after:
        unit.window += 1
    if unit.window < unit.last_window and windows[unit.window].start < centre.horizon:
        unit.edge = windows[unit.window].start


@lean_inlined
def begin_shift(unit, windows, breaks):
    """On duty by the present window."""
    window = windows[unit.window]
    unit.until = window.end
    unit.edge = window.end
    unit.next_break = window.first_break
    next_due(unit, window, breaks)


@lean_inlined
def next_due(unit, window, breaks):
    """When the next break of the present shift is due."""
    unit.due = breaks[unit.next_break].due if unit.next_break < window.last_break else math.inf


@lean
def push(time, call, count, heap):
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


@lean
def pop(count, heap):
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
