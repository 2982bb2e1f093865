"""Emergency departments: who takes a patient, and the queue for their bays."""

from __future__ import annotations

import math

import simpy

from sim.emergency.policies import UNLIMITED, HospitalRules
from sim.emergency.reference.roads import Roads
from sim.emergency.world import World


class EmergencyDepartments:
    """All hospitals of a world. Numbers of units are those of the moment at which they are asked for."""

    def __init__(self, env: simpy.Environment, world: World, roads: Roads) -> None:
        self.env = env
        self.world = world
        self.roads = roads
        self.rules = world.policies.hospitals if world.policies is not None else HospitalRules()
        count = len(world.hospitals)
        limits = [UNLIMITED] * count if self.rules.bays is None else self.rules.bays.tolist()
        self.limit = [math.inf if bays == UNLIMITED else bays for bays in limits]
        self.bays = [simpy.Resource(env, capacity=bays) for bays in self.limit]
        self.coming = [0] * count

    def capable(self, need: int) -> list[int]:
        """Hospitals that take a need, open or not."""
        return [hospital for hospital in range(len(self.bays)) if self.world.capable[hospital, need]]

    def is_open(self, hospital: int) -> bool:
        """Whether no closure is on."""
        first = self.rules.closed_first
        closures = () if first is None else range(first[hospital], first[hospital + 1])
        now = self.env.now
        return not any(self.rules.closed_start[one] <= now < self.rules.closed_end[one] for one in closures)

    def waiting(self, hospital: int) -> int:
        """Units that wait for a bay."""
        return len(self.bays[hospital].queue)

    def there(self, hospital: int) -> int:
        """Units that wait or hand over."""
        return self.bays[hospital].count + self.waiting(hospital)

    def minutes(self, zone: int, hospital: int) -> float:
        """Minutes at factor 1 from a scene that is left now."""
        extra = self.roads.extra(self.roads.zone_side(zone), self.roads.hospital_side(hospital), self.env.now)
        return float(self.world.to_hospital[zone, hospital]) + extra

    def expected_wait(self, hospital: int) -> float:
        """Wait for a bay that one more unit may expect: handovers before it, bay by bay."""
        bays = self.limit[hospital]
        if math.isinf(bays):
            return 0.0
        before = max(0, self.there(hospital) + self.coming[hospital] + 1 - bays)
        return before * self.rules.expected_handover_min / bays

    def nearest(self, zone: int, need: int) -> int:
        """The nearest that takes the need, open or not."""
        return min(self.capable(need), key=lambda hospital: (self.minutes(zone, hospital), hospital))
