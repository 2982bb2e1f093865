"""Shifts with breaks, redirecting and move-up as one would write them down in SimPy: a process a call, a shift, a break, a way.

The yardstick for the compiled engine with policies, by the rules of docs/model_emergency_policies.md and with the same call
table; not the reference engine, which has every other policy as well. Every vehicle serves every call, travel is by the law,
units can be sent on their way, nobody gives up.
"""

from __future__ import annotations

import math

import numpy as np
import simpy

from sim.emergency.call_table import CallTable
from sim.emergency.world import World


class Ambulance:
    def __init__(self, number, home):
        self.number = number
        self.home = home
        self.post = home
        self.shift_end = -math.inf
        self.on_break = False
        self.trip = None
        self.busy = False
        self.way_start = -math.inf
        self.way_end = -math.inf
        self.way_from = (0.0, 0.0)
        self.breaks_due = []


class Trip:
    def __init__(self, process, priority, start, station, rolling, arrived, zone):
        self.process = process
        self.priority = priority
        self.start = start
        self.station = station
        self.rolling = rolling
        self.arrived = arrived
        self.zone = zone


class PlainPolicyModel:
    def __init__(self, world: World, calls: CallTable):
        self.world = world
        self.calls = calls
        self.env = simpy.Environment()
        self.ambulances = [Ambulance(i, int(s)) for i, s in enumerate(world.units.station)]
        self.queue = []
        self.unit = np.full(len(calls), -1)
        self.arrived = np.full(len(calls), np.nan)
        self.moves = 0
        coverage = world.policies.coverage
        self.worth = coverage.weight * (1.0 - coverage.busy)
        self.powers = np.cumprod(np.r_[1.0, np.full(len(self.ambulances), coverage.busy)])

    def run(self):
        for ambulance in self.ambulances:
            self.env.process(self.work(ambulance))
        self.env.process(self.source())
        self.env.run()

    def factor(self, minute):
        return self.world.travel_factor[self.hour(minute)]

    def hour(self, minute):
        return (self.world.first_hour + int(minute / 60.0)) % 168

    # -- shifts and breaks

    def work(self, ambulance):
        units, rules = self.world.units, self.world.policies.shifts
        for window in range(units.window_first[ambulance.number], units.window_first[ambulance.number + 1]):
            start, end = units.window_start[window], units.window_end[window]
            if start >= self.world.horizon_min:
                return
            yield self.env.timeout(max(start - self.env.now, 0.0))
            ambulance.shift_end = end
            self.serve_queue()
            for number in range(rules.break_first[window], rules.break_first[window + 1]):
                self.env.process(self.take_break(ambulance, rules.break_due[number]))
                latest = rules.break_latest[number]
                ambulance.breaks_due.append((rules.break_due[number], latest, rules.break_min[number]))
            if math.isinf(end):
                return
            yield self.env.timeout(end - self.env.now)
            ambulance.shift_end = -math.inf
            ambulance.breaks_due.clear()
            if not ambulance.busy and ambulance.post != ambulance.home:
                ambulance.post = ambulance.home
                ambulance.way_end = -math.inf

    def take_break(self, ambulance, due):
        yield self.env.timeout(due - self.env.now)
        self.begin_break(ambulance)

    def begin_break(self, ambulance):
        now = self.env.now
        if not self.available(ambulance) or ambulance.way_end > now or now >= self.world.horizon_min:
            return
        for due, latest, minutes in ambulance.breaks_due:
            if due <= now <= latest:
                ambulance.breaks_due.remove((due, latest, minutes))
                ambulance.on_break = True
                self.env.process(self.rest(ambulance, minutes))
                return

    def rest(self, ambulance, minutes):
        yield self.env.timeout(minutes)
        ambulance.on_break = False
        self.serve_queue()

    # -- dispatch

    def available(self, ambulance):
        return not ambulance.busy and not ambulance.on_break and self.env.now < ambulance.shift_end

    def place(self, ambulance):
        """x, y, and the station it stands at or None."""
        w, now, trip = self.world, self.env.now, ambulance.trip
        if trip is not None and now < trip.rolling:
            return *trip.start, trip.station
        if trip is not None:
            share = (now - trip.rolling) / (trip.arrived - trip.rolling)
            start, end = trip.start, (w.zones.x_km[trip.zone], w.zones.y_km[trip.zone])
        else:
            end = (w.stations.x_km[ambulance.post], w.stations.y_km[ambulance.post])
            if ambulance.way_end <= now:
                return *end, ambulance.post
            share = (now - ambulance.way_start) / (ambulance.way_end - ambulance.way_start)
            start = ambulance.way_from
        return (1.0 - share) * start[0] + share * end[0], (1.0 - share) * start[1] + share * end[1], None

    def minutes(self, place, zone):
        w = self.world
        x, y, station = place
        if station is not None:
            return w.expected.station[station, zone]
        return w.law.minutes(x - w.zones.x_km[zone], y - w.zones.y_km[zone])

    def score(self, ambulance, zone):
        place = self.place(ambulance)
        minutes = self.minutes(place, zone)
        if place[2] is None:
            minutes -= self.world.head_start_min[self.hour(self.env.now)]
        return minutes

    def nearest(self, ambulances, zone):
        scores = [(self.score(ambulance, zone), ambulance.number) for ambulance in ambulances]
        return min(scores) if scores else None

    def choose(self, zone, priority):
        """The ambulance to send, or None."""
        rules = self.world.policies.dispatch
        idle = self.nearest([a for a in self.ambulances if self.available(a)], zone)
        if priority <= rules.redirect_to_priority:
            on_their_way = self.nearest(
                [
                    a
                    for a in self.ambulances
                    if a.trip is not None
                    and a.trip.priority >= rules.redirect_from_priority
                    and self.env.now < min(a.trip.arrived, a.shift_end)
                ],
                zone,
            )
            if on_their_way and (idle is None or on_their_way[0] <= idle[0] - rules.redirect_gain_min):
                return self.ambulances[on_their_way[1]]
        return None if idle is None else self.ambulances[idle[1]]

    def serve_queue(self):
        while self.queue and self.env.now < self.world.horizon_min:
            _, call, turn = self.queue[0]
            idle = self.nearest([a for a in self.ambulances if self.available(a)], int(self.calls.zone[call]))
            if idle is None:
                return
            self.queue.pop(0)
            ambulance = self.ambulances[idle[1]]
            ambulance.busy = True
            turn.succeed(ambulance)

    # -- calls

    def source(self):
        ready = self.calls.time_min + self.calls.dispatch_min
        for call in np.argsort(ready, kind="stable"):
            yield self.env.timeout(max(float(ready[call]) - self.env.now, 0.0))
            self.env.process(self.handle(int(call)))

    def handle(self, call):
        c, env = self.calls, self.env
        if env.now >= self.world.horizon_min:
            return
        zone, priority = int(c.zone[call]), int(c.priority[call])
        turnout, error = c.turnout_min[call], c.travel_error[call]
        while True:
            ambulance = self.choose(zone, priority)
            if ambulance is None:
                turn = env.event()
                self.queue.append((priority, call, turn))
                self.queue.sort(key=lambda waiting: waiting[:2])
                ambulance = yield turn
            self.send(ambulance, call, zone, priority, float(turnout), error)
            try:
                yield env.timeout(ambulance.trip.rolling - env.now)
                yield env.timeout(ambulance.trip.arrived - env.now)
            except simpy.Interrupt:
                turnout, error = c.again[0][call], c.again[1][call]
                continue
            break
        self.arrived[call] = env.now
        ambulance.trip = None
        yield env.timeout(float(c.scene_min[call]))
        yield from self.finish(ambulance, call, zone)

    def send(self, ambulance, call, zone, priority, turnout, error):
        w, now, left = self.world, self.env.now, ambulance.trip
        x, y, station = self.place(ambulance)
        minutes = self.minutes((x, y, station), zone)
        if station is None:
            turnout = w.rules.road_turnout_share * turnout
        rolling = now + turnout
        if left is not None and now < left.rolling:
            rolling = left.rolling
        arrived = rolling + minutes * self.factor(rolling) * error
        ambulance.busy = True
        ambulance.post = ambulance.home
        ambulance.trip = Trip(self.env.active_process, priority, (x, y), station, rolling, arrived, zone)
        self.unit[call] = ambulance.number
        if left is not None:
            left.process.interrupt()

    def finish(self, ambulance, call, zone):
        c, w, env = self.calls, self.world, self.env
        if c.transported[call]:
            hospital = int(w.nearest_hospital[zone, c.need[call]])
            yield env.timeout(float(w.to_hospital[zone, hospital] * self.factor(env.now) * c.transport_error[call]))
            yield env.timeout(float(c.handover_min[call]))
            origin, back = (w.hospitals.x_km[hospital], w.hospitals.y_km[hospital]), w.hospital_to_station[hospital]
        else:
            origin, back = (w.zones.x_km[zone], w.zones.y_km[zone]), w.scene_to_station[zone]
        ambulance.busy = False
        self.set_out(ambulance, ambulance.home, origin, back, c.return_error[call])
        self.serve_queue()
        if not ambulance.busy:
            if env.now < min(ambulance.shift_end, w.horizon_min):
                post = self.best_post(ambulance, back)
                if post != ambulance.home:
                    self.moves += 1
                    self.set_out(ambulance, post, origin, back, c.return_error[call])
            env.process(self.arrive(ambulance, ambulance.way_end))

    # -- move-up

    def set_out(self, ambulance, post, origin, back, error):
        now = self.env.now
        ambulance.post = post
        ambulance.way_from = origin
        ambulance.way_start = now
        ambulance.way_end = now + float(back[post] * self.factor(now) * error)

    def arrive(self, ambulance, end):
        yield self.env.timeout(end - self.env.now)
        if ambulance.way_end == end:
            self.begin_break(ambulance)

    def best_post(self, ambulance, back):
        """Where it adds most expected coverage; a sum zone by zone is the last of the cumulated ones."""
        covers = self.world.policies.coverage.covers
        posts = [a.post for a in self.ambulances if a is not ambulance and self.available(a)]
        others = covers[posts].sum(axis=0)
        gains = np.cumsum(covers * (self.worth * self.powers[others]), axis=1)[:, -1]
        longest = self.world.policies.move_up.longest_min
        near = [s for s in range(len(back)) if s == ambulance.home or back[s] <= longest]
        return min(near, key=lambda s: (-gains[s], back[s], s))
