"""The dispatch centre: calls, who can be sent, who is sent (docs/model_emergency_policies.md)."""

from __future__ import annotations

import math

import simpy

from sim.emergency.call_table import CallTable
from sim.emergency.log import EventLog, SentFrom
from sim.emergency.reference.clock import Moment, Ranks, Steps
from sim.emergency.reference.crews import Crews
from sim.emergency.reference.dispatcher import Dispatcher
from sim.emergency.reference.guard import Guarded
from sim.emergency.reference.hospitals import EmergencyDepartments
from sim.emergency.reference.journal import Journal
from sim.emergency.reference.roads import Roads
from sim.emergency.reference.units import Call, Unit, call_rows, units_of
from sim.emergency.world import ReturnDispatch, World


class DispatchCentre:
    """The centre and what waits.

    Attributes:
        world: what is fixed.
        units: the crews, by number.
        waiting: calls without a unit.
        roads, emergency_departments, crews: see there.
        journal: what is logged.
    """

    def __init__(self, world: World, calls: CallTable, dispatcher: type[Dispatcher] = Dispatcher) -> None:
        self.world = world
        self.calls = call_rows(calls)
        self.units = units_of(world)
        self.waiting: list[Call] = []
        self.env = simpy.Environment()
        self.ranks = Ranks(len(self.units), len(self.calls))
        self.roads = Roads(world)
        self.emergency_departments = EmergencyDepartments(self.env, world, self.roads)
        self.journal = Journal(len(self.calls), 0 if world.policies is None else len(world.policies.shifts.break_due))
        self.crews = Crews(self)
        self.with_policies = world.policies is not None or dispatcher is not Dispatcher
        self._returns = ReturnDispatch(world.rules.return_dispatch)
        self.dispatcher = Dispatcher(self) if dispatcher is Dispatcher else Guarded(dispatcher, self)
        self._available_before = self.available_units()
        self._rebalancing_at = -math.inf

    @property
    def now(self) -> float:
        """Minutes from the start of the period."""
        return self.env.now

    @property
    def over(self) -> bool:
        """Whether nothing may begin any more."""
        return self.env.now >= self.world.horizon_min

    def run(self) -> EventLog:
        """From minute 0 until the last unit is back; nobody is sent at or after the horizon."""
        for unit in self.units:
            self.env.process(self.crews.work_shifts(unit))
        self.env.process(self.answer_calls())
        self.env.run()
        return self.journal.finished(self.with_policies)

    # -- calls

    def answer_calls(self) -> Steps:
        """Decide every call once its dispatch delay is over; calls of one moment in the order of the table."""
        for call in sorted(self.calls, key=lambda call: (call.ready_min, call.row)):
            yield Moment(self.env, call.ready_min, self.ranks.decision(call.row))
            if self.over:
                return
            self.decide(call)

    def decide(self, call: Call) -> None:
        """Redirect a unit to a call, send one that is available, or let the call wait."""
        candidates = self.candidates(call)
        on_their_way = self.redirectable(call)
        if on_their_way:
            unit = self.dispatcher.choose_redirected(call, candidates, on_their_way)
            if unit is not None:
                self.redirect(unit, call)
                return
        unit = self.dispatcher.choose_unit(call, candidates) if candidates else None
        if unit is not None:
            self.send(unit, call)
        elif call.ready_min + call.patience_min < self.now:
            self.journal.abandoned(call)
        else:
            self.waiting.append(call)
            if math.isfinite(call.patience_min):
                self.env.process(self.give_up(call))

    def give_up(self, call: Call) -> Steps:
        """A call that nobody was sent to within its patience is given up."""
        yield Moment(self.env, call.ready_min + call.patience_min, self.ranks.patience_ends(call.row))
        if call in self.waiting and not self.over:
            self.waiting.remove(call)
            self.journal.abandoned(call)

    def serve_waiting(self) -> None:
        """Go through the waiting calls once: a unit that is sent leaves fewer for those before, which had no candidate."""
        if self.over:
            return
        for call in sorted(self.waiting, key=self.dispatcher.waiting_order):
            candidates = self.candidates(call)
            unit = self.dispatcher.choose_unit(call, candidates) if candidates else None
            if unit is not None:
                self.waiting.remove(call)
                self.send(unit, call)

    def send(self, unit: Unit, call: Call) -> None:
        """Give a call to an available unit."""
        place, on_road = self.roads.place(unit, self.now), self.roads.on_road(unit, self.now)
        self.crews.end_way(unit)
        unit.post = unit.home
        turnout = self.turnout(call, on_road)
        sent_from = SentFrom.WAY_BACK if on_road else SentFrom.BASE
        self.crews.begin_trip(unit, call, place, on_road, sent_from, turnout, self.now + turnout)
        self.availability_changed()

    def redirect(self, unit: Unit, call: Call) -> None:
        """Give a more urgent call to a unit on its way; the call it leaves is decided again."""
        left = unit.trip
        place, on_road = self.roads.place(unit, self.now), self.roads.on_road(unit, self.now)
        self.journal.redirected(unit, left, self.now)
        if self.now < left.rolling:
            turnout, rolling = left.rolling - self.now, left.rolling
        else:
            turnout = self.turnout(call, on_road)
            rolling = self.now + turnout
        self.crews.begin_trip(unit, call, place, on_road, SentFrom.REDIRECTED, turnout, rolling)
        self.decide(left.call)

    def turnout(self, call: Call, on_road: bool) -> float:
        """Turnout of a unit; a call that had a unit before has a second draw."""
        drawn = call.turnout_again_min if self.journal.attempts[call.row] else call.turnout_min
        return self.world.rules.road_turnout_share * drawn if on_road else drawn

    # -- who can be sent

    def available(self, unit: Unit) -> bool:
        """On duty, without a call or break, and at its post, or on its way there if the rule says so."""
        if unit.trip is not None or unit.on_break or not unit.on_duty(self.now):
            return False
        if unit.at_post or self._returns is ReturnDispatch.ON:
            return True
        return self._returns is ReturnDispatch.QUEUE_ONLY and unit.just_freed

    def available_units(self) -> list[Unit]:
        """By number."""
        return [unit for unit in self.units if self.available(unit)]

    def candidates(self, call: Call) -> list[Unit]:
        """Available units that may serve a call, unless they are held back for more urgent ones."""
        available = self.available_units()
        reserve = None if self.world.policies is None else self.world.policies.dispatch.reserve
        if reserve is not None and len(available) - 1 < reserve[call.priority - 1]:
            return []
        return [unit for unit in available if self.may_serve(unit, call)]

    def redirectable(self, call: Call) -> list[Unit]:
        """Units on duty, on their way to calls so much less urgent that they may be redirected to a call."""
        policies = self.world.policies
        if policies is None or call.priority > policies.dispatch.redirect_to_priority:
            return []
        return [
            unit
            for unit in self.units
            if unit.trip is not None
            and self.now < unit.trip.arrived
            and unit.trip.call.priority >= policies.dispatch.redirect_from_priority
            and unit.on_duty(self.now)
            and self.may_serve(unit, call)
        ]

    def may_serve(self, unit: Unit, call: Call) -> bool:
        """Whether the vehicle suits the priority, and the end of the shift is far or the call urgent."""
        if not self.world.suitable[call.priority - 1, unit.vehicle]:
            return False
        if self.world.policies is None:
            return True
        rules = self.world.policies.shifts
        return unit.shift.end - self.now > rules.wind_down_min or call.priority <= rules.wind_down_priority

    # -- move-up

    def availability_changed(self) -> None:
        """Look at the end of this moment whether units must be moved."""
        if self.with_policies and self._rebalancing_at < self.now:
            self._rebalancing_at = self.now
            self.env.process(self.rebalance())

    def rebalance(self) -> Steps:
        """Once a moment, if the set of available units is not what it was at the end of the last one."""
        yield Moment(self.env, self.now, self.ranks.rebalancing)
        available = self.available_units()
        if available != self._available_before and not self.over:
            for unit, station in self.dispatcher.rebalance(available):
                self.crews.move(unit, station)
        self._available_before = available
