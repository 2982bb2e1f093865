"""The emergency model as one would write it down in SimPy on a free afternoon: one process a call, no tuning.

The yardstick for the compiled engine. Same rules, same call table, same trajectories (units always on duty, travel by the
law, dispatch on the way back); it is not the reference engine, which also takes shifts, tables and every other rule.
"""

from __future__ import annotations

import math

import numpy as np
import simpy

from sim.emergency.call_table import CallTable
from sim.emergency.world import World


class Ambulance:
    def __init__(self, number, station):
        self.number = number
        self.station = station
        self.busy = False
        self.free_at = -math.inf
        self.back_at = -math.inf
        self.origin = (0.0, 0.0)


class PlainModel:
    def __init__(self, world: World, calls: CallTable):
        self.world = world
        self.calls = calls
        self.env = simpy.Environment()
        self.ambulances = [Ambulance(i, int(s)) for i, s in enumerate(world.units.station)]
        self.queue = []
        self.unit = np.full(len(calls), -1)
        self.arrived = np.full(len(calls), np.nan)

    def hour(self, minute):
        return (self.world.first_hour + int(minute / 60.0)) % 168

    def travel_minutes(self, ambulance, zone):
        w, now = self.world, self.env.now
        if ambulance.back_at <= now:
            return w.expected.station[ambulance.station, zone]
        share = (now - ambulance.free_at) / (ambulance.back_at - ambulance.free_at)
        x = (1.0 - share) * ambulance.origin[0] + share * w.stations.x_km[ambulance.station]
        y = (1.0 - share) * ambulance.origin[1] + share * w.stations.y_km[ambulance.station]
        return w.law.minutes(x - w.zones.x_km[zone], y - w.zones.y_km[zone])

    def expected_minutes(self, ambulance, zone):
        minutes = self.travel_minutes(ambulance, zone)
        if ambulance.back_at > self.env.now:
            minutes -= self.world.head_start_min[self.hour(self.env.now)]
        return minutes

    def run(self):
        self.env.process(self.source())
        self.env.run()

    def source(self):
        ready = self.calls.time_min + self.calls.dispatch_min
        for call in np.argsort(ready, kind="stable"):
            yield self.env.timeout(max(float(ready[call]) - self.env.now, 0.0))
            self.env.process(self.handle(int(call)))

    def handle(self, call):
        c, w, env = self.calls, self.world, self.env
        if env.now >= w.horizon_min:
            return
        zone = int(c.zone[call])
        idle = [ambulance for ambulance in self.ambulances if not ambulance.busy]
        if idle:
            ambulance = min(idle, key=lambda a: (self.expected_minutes(a, zone), a.number))
            ambulance.busy = True
        else:
            turn = env.event()
            self.queue.append((int(c.priority[call]), call, turn))
            self.queue.sort(key=lambda waiting: waiting[:2])
            ambulance = yield turn
        minutes = self.travel_minutes(ambulance, zone)
        turnout = float(c.turnout_min[call])
        if ambulance.back_at > env.now:
            turnout = w.rules.road_turnout_share * turnout
        self.unit[call] = ambulance.number
        yield env.timeout(turnout)
        yield env.timeout(float(minutes * w.travel_factor[self.hour(env.now)] * c.travel_error[call]))
        self.arrived[call] = env.now
        yield env.timeout(float(c.scene_min[call]))
        if c.transported[call]:
            hospital = int(w.nearest_hospital[zone, c.need[call]])
            factor = w.travel_factor[self.hour(env.now)]
            yield env.timeout(float(w.to_hospital[zone, hospital] * factor * c.transport_error[call]))
            yield env.timeout(float(c.handover_min[call]))
            ambulance.origin = (w.hospitals.x_km[hospital], w.hospitals.y_km[hospital])
            way_back = w.hospital_to_station[hospital, ambulance.station]
        else:
            ambulance.origin = (w.zones.x_km[zone], w.zones.y_km[zone])
            way_back = w.scene_to_station[zone, ambulance.station]
        ambulance.free_at = env.now
        ambulance.back_at = env.now + float(way_back * w.travel_factor[self.hour(env.now)] * c.return_error[call])
        if self.queue and env.now < w.horizon_min:
            _, _, turn = self.queue.pop(0)
            turn.succeed(ambulance)
        else:
            ambulance.busy = False
