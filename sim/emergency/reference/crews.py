"""What units do: calls, ways to a post, shifts and breaks; one small method for each event."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.emergency.log import NONE, SentFrom
from sim.emergency.reference.clock import Moment, Steps, UnitEvent
from sim.emergency.reference.units import Break, Call, Place, Trip, Unit, Way, station_place

if TYPE_CHECKING:
    from sim.emergency.reference.centre import DispatchCentre


class Crews:
    """The units of a centre at work."""

    def __init__(self, centre: DispatchCentre) -> None:
        self.centre = centre
        self.world = centre.world
        self.env = centre.env
        self.roads = centre.roads
        self.departments = centre.emergency_departments
        self.journal = centre.journal

    def moment(self, unit: Unit, time: float, event: UnitEvent) -> Moment:
        """A change of a unit's state."""
        return Moment(self.env, time, self.centre.ranks.of_unit(unit.number, event))

    # -- a call

    def begin_trip(
        self, unit: Unit, call: Call, place: Place, on_road: bool, sent_from: SentFrom, turnout: float, rolling: float
    ) -> None:
        """Go to a scene from a place; a call that had a unit before has a second travel error."""
        roads = self.roads
        error = call.travel_error_again if self.journal.attempts[call.row] else call.travel_error
        minutes = roads.to_scene(self.world.actual, place, call.zone)
        minutes += roads.extra(roads.side(place), roads.zone_side(call.zone), rolling)
        travel = minutes * roads.factor(rolling) * error
        unit.trip = Trip(call, place, on_road, self.env.now, rolling, rolling + travel)
        self.journal.sent(unit, unit.trip, sent_from, turnout, travel)
        self.env.process(self.serve(unit, unit.trip))

    def serve(self, unit: Unit, trip: Trip) -> Steps:
        """One call from the scene to being free, unless the unit is redirected on its way."""
        env, log, ranks, call = self.env, self.journal.log, self.centre.ranks, trip.call
        yield Moment(env, trip.arrived + call.scene_min, ranks.leaves_scene(unit.number))
        if unit.trip is not trip:
            return
        log.left_scene[call.row] = env.now
        hospital = self.hospital_for(unit, call)
        log.hospital[call.row] = hospital
        if hospital >= 0:
            self.departments.coming[hospital] += 1
            yield Moment(env, env.now + self.transport_minutes(call, hospital), ranks.at_hospital(unit.number))
            log.at_hospital[call.row] = env.now
            self.departments.coming[hospital] -= 1
            bay = self.departments.bays[hospital].request()
            yield bay
            self.journal.bay_at[call.row] = env.now
            yield Moment(env, env.now + call.handover_min, ranks.handover_ends(unit.number))
            self.departments.bays[hospital].release(bay)
        log.free[call.row] = env.now
        yield self.moment(unit, env.now, UnitEvent.FREE)
        self.become_free(unit, call, hospital)

    def hospital_for(self, unit: Unit, call: Call) -> int:
        """The recorded hospital or the one that is chosen; negative if there is no transport."""
        if not call.transported:
            return NONE
        if call.hospital >= 0:
            return call.hospital
        chosen = self.centre.dispatcher.choose_hospital(unit, call)
        if chosen >= 0:
            self.journal.passed_over[call.row] = chosen != self.departments.nearest(call.zone, call.need)
        return chosen

    def transport_minutes(self, call: Call, hospital: int) -> float:
        """Recorded, or by the table, closed roads, the hour in which the scene is left, and the call's error."""
        if not math.isnan(call.transport_min):
            return call.transport_min
        return self.departments.minutes(call.zone, hospital) * self.roads.factor(self.env.now) * call.transport_error

    def become_free(self, unit: Unit, call: Call, hospital: int) -> None:
        """The call is over: take a waiting one on the way home, or go to a post."""
        unit.trip = None
        self.go_back(unit, call, hospital, unit.home)
        unit.just_freed = True
        if self.centre.available(unit):
            self.centre.serve_waiting()
        unit.just_freed = False
        if unit.trip is None:
            if unit.on_duty(self.env.now) and not self.centre.over:
                post = self.centre.dispatcher.next_post(unit)
                if post != unit.home:
                    self.go_back(unit, call, hospital, post)
            self.env.process(self.arrive(unit, unit.way))
        self.centre.availability_changed()

    # -- ways to a post

    def go_back(self, unit: Unit, call: Call, hospital: int, station: int) -> None:
        """Begin the way back from a call: by the table, closed roads, the hour, and the call's error."""
        now = self.env.now
        origin = self.roads.hospital_place(hospital) if hospital >= 0 else self.roads.zone_place(call.zone)
        way = Way(origin, station, now, now, call.row, zone=call.zone, hospital=hospital)
        way.end = now + self.minutes_back(way, station) * self.roads.factor(now) * call.return_error
        self.journal.log.back[call.row] = way.end
        self.set_out(unit, way, is_move=station != unit.home)

    def minutes_back(self, way: Way, station: int) -> float:
        """Minutes at factor 1, with closed roads, from where a way back begins to a station."""
        side = self.roads.station_side(station)
        if way.hospital >= 0:
            minutes = float(self.world.hospital_to_station[way.hospital, station])
            return minutes + self.roads.extra(self.roads.hospital_side(way.hospital), side, self.env.now)
        minutes = float(self.world.scene_to_station[way.zone, station])
        return minutes + self.roads.extra(self.roads.zone_side(way.zone), side, self.env.now)

    def move(self, unit: Unit, station: int) -> None:
        """Move a unit without a call to a station: the hour counts, no error."""
        now, origin = self.env.now, self.roads.place(unit, self.env.now)
        self.end_way(unit)
        end = now + self.minutes_to_station(unit, station) * self.roads.factor(now)
        self.set_out(unit, Way(origin, station, now, end), is_move=True)
        self.env.process(self.arrive(unit, unit.way))

    def minutes_to_station(self, unit: Unit, station: int) -> float:
        """Minutes at factor 1, with closed roads, from where a unit without a call is to a station."""
        place = self.roads.place(unit, self.env.now)
        extra = self.roads.extra(self.roads.side(place), self.roads.station_side(station), self.env.now)
        return self.roads.to_station(place, station) + extra

    def set_out(self, unit: Unit, way: Way, *, is_move: bool) -> None:
        """Be on the way to a post."""
        unit.way, unit.post, unit.at_post = way, way.station, way.end <= self.env.now
        if is_move:
            way.move = self.journal.move_begins(unit, way)

    def arrive(self, unit: Unit, way: Way) -> Steps:
        """At the post, unless it was sent or moved elsewhere before: waiting calls, then a break that is due."""
        yield self.moment(unit, way.end, UnitEvent.AT_POST)
        if unit.way is not way or unit.trip is not None:
            return
        self.end_way(unit)
        unit.at_post = True
        if self.centre.available(unit):
            self.centre.serve_waiting()
        self.begin_break(unit)
        self.centre.availability_changed()

    def end_way(self, unit: Unit) -> None:
        """The way to the post is over, or called off for a call or a move."""
        self.journal.way_ends(unit.way, self.env.now, self.roads)
        self.journal.way_back_ends(unit.way, self.env.now)

    # -- shifts and breaks

    def work_shifts(self, unit: Unit) -> Steps:
        """Every shift that begins before the horizon; the first may have begun."""
        for shift in unit.shifts:
            if shift.end <= 0.0 or shift.start >= self.world.horizon_min:
                continue
            if shift.start > 0.0:
                yield self.moment(unit, shift.start, UnitEvent.SHIFT_BEGINS)
                unit.shift = shift
                if self.centre.available(unit):
                    self.centre.serve_waiting()
                self.centre.availability_changed()
            for pause in shift.breaks:
                self.env.process(self.break_due(unit, pause))
            if math.isfinite(shift.end):
                yield self.moment(unit, shift.end, UnitEvent.SHIFT_ENDS)
                self.end_shift(unit)

    def end_shift(self, unit: Unit) -> None:
        """Off duty: on the way home from a call it stays on it, from anywhere else it goes home outside the record."""
        unit.shift = None
        if unit.trip is None and (unit.way.call == NONE or unit.post != unit.home):
            self.journal.way_ends(unit.way, self.env.now, self.roads)
            unit.post = unit.home
            unit.way, unit.at_post = Way(station_place(self.world, unit.home), unit.home), True
        self.centre.availability_changed()

    def break_due(self, unit: Unit, pause: Break) -> Steps:
        """A break may begin from now on."""
        yield self.moment(unit, pause.due, UnitEvent.BREAK_DUE)
        self.begin_break(unit)

    def begin_break(self, unit: Unit) -> None:
        """Begin the break that is due and not begun, at the post and without a call."""
        now = self.env.now
        if not unit.at_post or not self.centre.available(unit) or self.centre.over:
            return
        began = self.journal.break_began
        for pause in unit.shift.breaks:
            if pause.due <= now <= pause.latest and math.isnan(began[pause.number]):
                began[pause.number] = now
                unit.on_break = True
                self.env.process(self.end_break(unit, now + pause.minutes))
                self.centre.availability_changed()

    def end_break(self, unit: Unit, end: float) -> Steps:
        """On duty again."""
        yield self.moment(unit, end, UnitEvent.BREAK_ENDS)
        unit.on_break = False
        if self.centre.available(unit):
            self.centre.serve_waiting()
        self.centre.availability_changed()
