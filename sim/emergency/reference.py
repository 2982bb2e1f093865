"""The reference engine: SimPy, written to be read as the specification (rules in docs/model_emergency_engine.md).

What happens at one moment happens in this order: parts of calls end; units become available, lowest number first (freed,
back, or their shift begins), each taking the first waiting call it may serve; calls whose patience ends are given up; new
calls are decided, in the order of the call table.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Generator
from dataclasses import dataclass, fields
from typing import NamedTuple

import simpy

from sim.emergency.call_table import CallTable, check_calls
from sim.emergency.log import NONE, EventLog, Outcome, SentFrom, empty_log
from sim.emergency.machine import hour_of_week, nearest_node, on_the_way
from sim.emergency.world import ReturnDispatch, RoadTiming, SceneTimes, World, check_world

_FIRST_UNIT_RANK = simpy.events.NORMAL + 1

Steps = Generator[simpy.Event, None, None]


def run_reference(world: World, calls: CallTable) -> EventLog:
    """Run one replication in SimPy.

    Raises:
        ValueError: world and calls do not fit together.
    """
    check_run(world, calls)
    centre = DispatchCentre(world, calls)
    centre.run()
    return centre.log


def check_run(world: World, calls: CallTable) -> None:
    """Raise ValueError if a world contradicts itself or the calls do not fit it."""
    check_world(world)
    check_calls(
        calls,
        zones=len(world.zones),
        priorities=world.n_priorities,
        needs=world.capable.shape[1],
        hospitals=len(world.hospitals),
    )


class Moment(simpy.Event):
    """An exact moment of the clock. Among events of one moment the lower rank comes first, then the one made first."""

    def __init__(self, env: simpy.Environment, time: float, rank: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, rank, _Until(time))


class _Until(float):
    """A delay that ends at a given time: SimPy's ``now + delay`` gives that time itself, not ``now + (time - now)`` rounded."""

    def __radd__(self, now: float) -> float:
        return float(self)


class Call(NamedTuple):
    """One row of the call table in plain Python numbers, its row number, and when it can be decided."""

    row: int
    ready_min: float
    time_min: float
    zone: int
    priority: int
    need: int
    dispatch_min: float
    turnout_min: float
    travel_error: float
    scene_min: float
    transported: bool
    hospital: int
    transport_min: float
    transport_error: float
    handover_min: float
    return_error: float
    patience_min: float
    thinning: float


def call_rows(calls: CallTable) -> list[Call]:
    """The rows of a table."""
    columns = (getattr(calls, field.name).tolist() for field in fields(calls))
    return [Call(*row) for row in zip(range(len(calls)), calls.ready_min.tolist(), *columns, strict=True)]


@dataclass
class Unit:
    """A duty crew. Where it is follows from three time stamps and the place its way back began at."""

    number: int
    station: int
    vehicle: int
    shifts: list[tuple[float, float]]
    busy: bool = False
    free: float = -math.inf
    back: float = -math.inf
    left_from: int = NONE
    left_hospital: bool = False
    last_call: int = NONE

    def on_duty(self, now: float) -> bool:
        """Whether ``now`` lies in a shift; the end does not."""
        begun = bisect_right(self.shifts, now, key=lambda shift: shift[0])
        return begun > 0 and now < self.shifts[begun - 1][1]


class DispatchCentre:
    """The centre, its units and what waits."""

    def __init__(self, world: World, calls: CallTable) -> None:
        self.world = world
        self.calls = call_rows(calls)
        self.log = empty_log(len(calls))
        self.env = simpy.Environment()
        self.returns = ReturnDispatch(world.rules.return_dispatch)
        self.waiting: list[Call] = []
        units = world.units
        edges = list(zip(units.window_start.tolist(), units.window_end.tolist(), strict=True))
        self.units = [
            Unit(
                number,
                int(units.station[number]),
                int(units.vehicle[number]),
                edges[units.window_first[number] : units.window_first[number + 1]],
            )
            for number in range(len(units))
        ]
        self.give_up_rank = _FIRST_UNIT_RANK + len(units)
        self.call_rank = self.give_up_rank + 1

    def run(self) -> None:
        """From minute 0 until the last unit is back; nobody is sent at or after the horizon."""
        for unit in self.units:
            self.env.process(self.work_shifts(unit))
        self.env.process(self.answer_calls())
        self.env.run()

    # -- what happens by itself

    def answer_calls(self) -> Steps:
        """Decide every call once its dispatch delay is over; calls of one moment in the order of the table."""
        for call in sorted(self.calls, key=lambda call: (call.ready_min, call.row)):
            yield Moment(self.env, call.ready_min, self.call_rank)
            if self.env.now >= self.world.horizon_min:
                return
            self.decide(call)

    def work_shifts(self, unit: Unit) -> Steps:
        """A unit whose shift begins takes waiting calls."""
        for start, _ in unit.shifts:
            if 0.0 < start < self.world.horizon_min:
                yield Moment(self.env, start, _FIRST_UNIT_RANK + unit.number)
                self.take_waiting(unit)

    def give_up(self, call: Call) -> Steps:
        """A call that nobody was sent to within its patience is given up."""
        end = call.ready_min + call.patience_min
        yield Moment(self.env, end, self.give_up_rank)
        if call in self.waiting and end < self.world.horizon_min:
            self.waiting.remove(call)
            self.log.outcome[call.row] = Outcome.ABANDONED

    # -- what the dispatcher does

    def decide(self, call: Call) -> None:
        """Send the available unit with the least expected time, the lowest number of equal ones, or let the call wait."""
        able = [unit for unit in self.units if self.available(unit) and self.may_serve(unit, call)]
        if able:
            self.send(min(able, key=lambda unit: (self.expected_minutes(unit, call), unit.number)), call)
            return
        self.waiting.append(call)
        if math.isfinite(call.patience_min):
            self.env.process(self.give_up(call))

    def take_waiting(self, unit: Unit, just_freed: bool = False) -> None:
        """Send an available unit to the first waiting call it may serve: by priority, then arrival."""
        if self.env.now >= self.world.horizon_min or not self.available(unit, just_freed):
            return
        suited = [call for call in self.waiting if self.may_serve(unit, call)]
        if suited:
            by_priority = self.world.rules.queue_by_priority
            call = min(suited, key=lambda call: (call.priority if by_priority else 0, call.row))
            self.waiting.remove(call)
            self.send(unit, call)

    def available(self, unit: Unit, just_freed: bool = False) -> bool:
        """On duty, without a call, and at its base unless it may be sent on its way back."""
        if unit.busy or not unit.on_duty(self.env.now):
            return False
        if self.returns is ReturnDispatch.ON or self.at_base(unit):
            return True
        return self.returns is ReturnDispatch.QUEUE_ONLY and just_freed

    def at_base(self, unit: Unit) -> bool:
        """Whether the unit has ended its way back."""
        return unit.back <= self.env.now

    def may_serve(self, unit: Unit, call: Call) -> bool:
        """Whether the vehicle suits the priority."""
        return bool(self.world.suitable[call.priority - 1, unit.vehicle])

    def expected_minutes(self, unit: Unit, call: Call) -> float:
        """What the dispatcher compares: expected travel at factor 1, less the turnout that a unit on the road saves."""
        minutes = self.minutes_to(self.world.expected, unit, call)
        if self.at_base(unit):
            return minutes
        return minutes - float(self.world.head_start_min[hour_of_week(self.env.now, self.world.first_hour)])

    # -- what units do

    def send(self, unit: Unit, call: Call) -> None:
        """Give a call to a unit."""
        world, log = self.world, self.log
        now = self.env.now
        from_base = self.at_base(unit)
        minutes = self.minutes_to(world.actual, unit, call)
        if not from_base:
            log.back[unit.last_call] = now
        turnout = call.turnout_min if from_base else world.rules.road_turnout_share * call.turnout_min
        travel = minutes * self.travel_factor(now + turnout) * call.travel_error
        log.outcome[call.row] = Outcome.ANSWERED
        log.unit[call.row] = unit.number
        log.sent_from[call.row] = SentFrom.BASE if from_base else SentFrom.WAY_BACK
        log.dispatched[call.row] = now
        log.turnout_min[call.row] = turnout
        log.travel_min[call.row] = travel
        unit.busy = True
        unit.last_call = call.row
        self.env.process(self.serve(unit, call, turnout, travel))

    def serve(self, unit: Unit, call: Call, turnout: float, travel: float) -> Steps:
        """One call from turnout to the way back."""
        log, env = self.log, self.env
        yield env.timeout(turnout)
        log.rolling[call.row] = env.now
        yield env.timeout(travel)
        log.arrived[call.row] = env.now
        yield env.timeout(call.scene_min)
        log.left_scene[call.row] = env.now
        hospital = self.hospital_for(call)
        log.hospital[call.row] = hospital
        if hospital >= 0:
            yield env.timeout(self.transport_minutes(call, hospital))
            log.at_hospital[call.row] = env.now
            yield env.timeout(call.handover_min)
        log.free[call.row] = env.now
        way_back = self.way_back_minutes(unit, call, hospital)
        log.back[call.row] = env.now + way_back
        unit.free, unit.back = env.now, env.now + way_back
        unit.left_hospital, unit.left_from = hospital >= 0, hospital if hospital >= 0 else call.zone
        yield Moment(env, env.now, _FIRST_UNIT_RANK + unit.number)
        unit.busy = False
        self.take_waiting(unit, just_freed=True)
        if self.returns is not ReturnDispatch.ON and not unit.busy:
            yield Moment(env, unit.back, _FIRST_UNIT_RANK + unit.number)
            self.take_waiting(unit)

    def hospital_for(self, call: Call) -> int:
        """The recorded hospital or the nearest capable one; negative if there is no transport."""
        if not call.transported:
            return NONE
        if call.hospital >= 0:
            return call.hospital
        return int(self.world.nearest_hospital[call.zone, call.need])

    def transport_minutes(self, call: Call, hospital: int) -> float:
        """Recorded, or by the table, the hour in which the scene is left, and the call's error."""
        if not math.isnan(call.transport_min):
            return call.transport_min
        minutes = float(self.world.to_hospital[call.zone, hospital])
        return minutes * self.travel_factor(self.env.now) * call.transport_error

    def way_back_minutes(self, unit: Unit, call: Call, hospital: int) -> float:
        """By the table, the hour in which the unit becomes free, and the call's error."""
        if hospital >= 0:
            minutes = self.world.hospital_to_station[hospital, unit.station]
        else:
            minutes = self.world.scene_to_station[call.zone, unit.station]
        return float(minutes) * self.travel_factor(self.env.now) * call.return_error

    # -- where units are

    def minutes_to(self, times: SceneTimes, unit: Unit, call: Call) -> float:
        """Minutes at factor 1 from where the unit is to a call."""
        zone = call.zone
        if self.at_base(unit):
            return float(times.station[unit.station, zone])
        world = self.world
        share = (self.env.now - unit.free) / (unit.back - unit.free)
        if world.road is not RoadTiming.LAW:
            node = (world.hospital_node if unit.left_hospital else world.zone_node)[unit.left_from]
            from_start = float(times.node[node, zone])
            if share == 0.0:
                return from_start
            if world.road is RoadTiming.SHARE:
                return on_the_way(from_start, float(times.station[unit.station, zone]), share)
        origin = world.hospitals if unit.left_hospital else world.zones
        x = on_the_way(origin.x_km[unit.left_from], world.stations.x_km[unit.station], share)
        y = on_the_way(origin.y_km[unit.left_from], world.stations.y_km[unit.station], share)
        if world.road is RoadTiming.NEAREST_NODE:
            return float(times.node[nearest_node(x, y, world.nodes.x_km, world.nodes.y_km), zone])
        return world.law.minutes(x - world.zones.x_km[zone], y - world.zones.y_km[zone])

    def travel_factor(self, minute: float) -> float:
        """Factor on the time of a leg that begins at a minute."""
        return float(self.world.travel_factor[hour_of_week(minute, self.world.first_hour)])
