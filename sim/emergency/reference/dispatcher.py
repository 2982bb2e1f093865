"""What the centre decides: the rules themselves, each a method that a policy of one's own may replace (docs/own_policy.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.emergency.log import NO_CAPABLE_HOSPITAL
from sim.emergency.machine import hour_of_week
from sim.emergency.policies import NEVER, UNLIMITED, HospitalChoice, MoveUpMethod, Policies
from sim.emergency.reference.units import Call, Unit
from sim.emergency.world import World

if TYPE_CHECKING:
    from sim.emergency.reference.centre import DispatchCentre


class Dispatcher:
    """The decisions of a dispatch centre. Deterministic, and blind to what the dispatcher cannot know: the drawn times.

    Attributes:
        centre: what can be asked: ``now``, ``units``, ``waiting``, ``available_units()``, ``roads``,
            ``emergency_departments``, ``crews``.
        world: the world that is run.
        policies: its policies; all neutral if it has none.
    """

    def __init__(self, centre: DispatchCentre) -> None:
        self.centre = centre
        self.world: World = centre.world
        self.policies: Policies = centre.world.policies or Policies()
        coverage = self.policies.coverage
        self._powers = [] if coverage is None else powers(coverage.busy, len(self.world.units))

    # -- which unit

    def waiting_order(self, call: Call) -> Any:
        """Sorting key of the waiting calls: by priority, then row; by row alone if the rule says so."""
        return (call.priority if self.world.rules.queue_by_priority else 0, call.row)

    def choose_unit(self, call: Call, candidates: list[Unit]) -> Unit | None:
        """The unit to send of those that are available, suit the call and are not held back; None = the call waits.

        Args:
            call: the call.
            candidates: by number; never empty.
        """
        rules = self.policies.dispatch
        scores = {unit.number: self.score(unit, call) for unit in candidates}
        if rules.cover_from_priority != NEVER and call.priority >= rules.cover_from_priority:
            near = [unit for unit in candidates if scores[unit.number] <= rules.cover_within_min]
            if near:
                return min(near, key=lambda unit: (self.coverage_lost(unit), scores[unit.number], unit.number))
        return min(candidates, key=lambda unit: (self.preference(unit, call), scores[unit.number], unit.number))

    def choose_redirected(self, call: Call, candidates: list[Unit], on_their_way: list[Unit]) -> Unit | None:
        """The unit to take from a less urgent call it is on its way to; None = none.

        Args:
            call: the call.
            candidates: as in :meth:`choose_unit`, may be empty.
            on_their_way: units that may be redirected to it; never empty.
        """
        nearest = min(on_their_way, key=lambda unit: (self.score(unit, call), unit.number))
        if not candidates:
            return nearest
        least = min(self.score(unit, call) for unit in candidates)
        return nearest if self.score(nearest, call) <= least - self.policies.dispatch.redirect_gain_min else None

    def score(self, unit: Unit, call: Call) -> float:
        """Expected minutes to the call at factor 1, less the turnout a unit on the road saves, plus the vehicle's penalty."""
        roads, now = self.centre.roads, self.centre.now
        place = roads.place(unit, now)
        minutes = roads.to_scene(self.world.expected, place, call.zone)
        minutes += roads.extra(roads.side(place), roads.zone_side(call.zone), now)
        if roads.on_road(unit, now):
            minutes -= float(self.world.head_start_min[hour_of_week(now, self.world.first_hour)])
        penalty = self.policies.dispatch.penalty_min
        return minutes if penalty is None else minutes + float(penalty[call.priority - 1, unit.vehicle])

    def preference(self, unit: Unit, call: Call) -> int:
        """Rank of its home station for the zone."""
        preference = self.policies.dispatch.preference
        return 0 if preference is None else int(preference[call.zone, unit.home])

    # -- coverage

    def coverage_lost(self, unit: Unit) -> float:
        """Expected coverage (MEXCLP, Daskin 1983) that is lost when an available unit leaves its post."""
        covering = self.covering(self.centre.available_units())
        return self.coverage_of(unit.post, [count - 1 for count in covering])

    def coverage_gained(self, unit: Unit, station: int) -> float:
        """Expected coverage that a unit adds at a station to that of the other available units."""
        others = [other for other in self.centre.available_units() if other is not unit]
        return self.coverage_of(station, self.covering(others))

    def covering(self, units: list[Unit]) -> list[int]:
        """Number of these units whose post covers each zone."""
        covers = self.policies.coverage.covers
        return [sum(bool(covers[unit.post, zone]) for unit in units) for zone in range(len(self.world.zones))]

    def coverage_of(self, station: int, others: list[int]) -> float:
        """``sum of weight (1 - busy) busy^others`` over the zones that the station covers, ``others`` by zone."""
        coverage, total = self.policies.coverage, 0.0
        for zone in range(len(self.world.zones)):
            if coverage.covers[station, zone]:
                total += (float(coverage.weight[zone]) * (1.0 - coverage.busy)) * self._powers[others[zone]]
        return total

    # -- which hospital

    def choose_hospital(self, unit: Unit, call: Call) -> int:
        """The hospital for a patient without a recorded one; ``NO_CAPABLE_HOSPITAL`` if none is open that takes the need."""
        departments, rules = self.centre.emergency_departments, self.policies.hospitals
        taking = [hospital for hospital in departments.capable(call.need) if departments.is_open(hospital)]
        if not taking:
            return NO_CAPABLE_HOSPITAL
        if rules.divert_at is not None:
            limits = rules.divert_at.tolist()
            quiet = [h for h in taking if limits[h] == UNLIMITED or departments.waiting(h) < limits[h]]
            taking = quiet or taking
        if rules.choice is HospitalChoice.LEAST_LOADED:
            factor = self.centre.roads.factor(self.centre.now)
            return min(taking, key=lambda h: (departments.minutes(call.zone, h) * factor + departments.expected_wait(h), h))
        return min(taking, key=lambda h: (departments.minutes(call.zone, h), h))

    # -- where units without a call stand

    def next_post(self, unit: Unit) -> int:
        """The station that a unit goes to that became free and got no call."""
        if self.policies.move_up.method is not MoveUpMethod.DMEXCLP:
            return unit.home

        def minutes(station: int) -> float:
            return self.centre.crews.minutes_back(unit.way, station)

        near = [
            station
            for station in range(len(self.world.stations))
            if station == unit.home or minutes(station) <= self.policies.move_up.longest_min
        ]
        return min(near, key=lambda station: (-self.coverage_gained(unit, station), minutes(station), station))

    def rebalance(self, available: list[Unit]) -> Iterator[tuple[Unit, int]]:
        """Moves, unit and station, after the set of available units has changed: fill the compliance table's slots in order."""
        rules = self.policies.move_up
        if rules.method is not MoveUpMethod.TABLE or not available:
            return
        row = rules.table[min(len(available), len(rules.table)) - 1]
        unmatched, empty = list(available), []
        for station in (int(slot) for slot in row if slot >= 0):
            there = next((unit for unit in unmatched if unit.post == station), None)
            if there is None:
                empty.append(station)
            else:
                unmatched.remove(there)
        moves = 0
        for station in empty:
            if not unmatched or moves == rules.most_moves:
                return
            minutes = {unit.number: self.centre.crews.minutes_to_station(unit, station) for unit in unmatched}
            nearest = min(unmatched, key=lambda unit: (minutes[unit.number], unit.number))
            if minutes[nearest.number] <= rules.longest_min:
                unmatched.remove(nearest)
                moves += 1
                yield nearest, station


def powers(base: float, most: int) -> list[float]:
    """``base^0 .. base^most`` by repeated multiplication, so that both engines have the same floats."""
    made = [1.0]
    for _ in range(most):
        made.append(made[-1] * base)
    return made
