"""Where units are, and how long a leg takes from there."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray

from sim.emergency.log import NONE
from sim.emergency.machine import distance_km, hour_of_week, nearest_node, on_the_way
from sim.emergency.reference.units import Place, Trip, Unit, Way, station_place
from sim.emergency.world import RoadTiming, SceneTimes, World

Sides = Sequence[bool] | NDArray
"""On which side of each closure a place lies, shape ``[closure]``."""


class Roads:
    """Travel in a world: places on the way, minutes at factor 1, closed roads, the hour's factor."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.closures = world.policies.closures if world.policies is not None else None

    # -- places

    def place(self, unit: Unit, now: float) -> Place:
        """Where a unit is that is not yet on scene or has no call."""
        trip = unit.trip
        if trip is not None:
            return trip.origin if now < trip.rolling else self.on_trip(trip, now)
        return station_place(self.world, unit.post) if unit.way.end <= now else self.on_way(unit.way, now)

    def on_road(self, unit: Unit, now: float) -> bool:
        """Whether it is on the road: it needs the road's share of turnout, and has the head start."""
        trip = unit.trip
        if trip is not None:
            return trip.on_road or now >= trip.rolling
        return now < unit.way.end

    def on_way(self, way: Way, now: float) -> Place:
        """On the straight line to the post; by the table the very node where it began, at its start."""
        share = (now - way.start) / (way.end - way.start)
        node = way.origin.node if share == 0.0 or self.world.road is RoadTiming.SHARE else NONE
        x = on_the_way(way.origin.x_km, self.world.stations.x_km[way.station], share)
        y = on_the_way(way.origin.y_km, self.world.stations.y_km[way.station], share)
        return Place(float(x), float(y), node=node, towards=way.station, share=share)

    def on_trip(self, trip: Trip, now: float) -> Place:
        """On the straight line to the scene."""
        share = (now - trip.rolling) / (trip.arrived - trip.rolling)
        zones, zone = self.world.zones, trip.call.zone
        x = on_the_way(trip.origin.x_km, zones.x_km[zone], share)
        y = on_the_way(trip.origin.y_km, zones.y_km[zone], share)
        return Place(float(x), float(y))

    def zone_place(self, zone: int) -> Place:
        """At the scene, where a way back begins."""
        zones, nodes = self.world.zones, self.world.zone_node
        return Place(float(zones.x_km[zone]), float(zones.y_km[zone]), node=NONE if nodes is None else int(nodes[zone]))

    def hospital_place(self, hospital: int) -> Place:
        """At a hospital, where a way back begins."""
        points, nodes = self.world.hospitals, self.world.hospital_node
        node = NONE if nodes is None else int(nodes[hospital])
        return Place(float(points.x_km[hospital]), float(points.y_km[hospital]), node=node)

    # -- minutes at factor 1

    def to_scene(self, times: SceneTimes, place: Place, zone: int) -> float:
        """Minutes from where a unit is to a zone, without closed roads."""
        world = self.world
        if place.station != NONE:
            return float(times.station[place.station, zone])
        if world.road is RoadTiming.LAW:
            return world.law.minutes(place.x_km - world.zones.x_km[zone], place.y_km - world.zones.y_km[zone])
        if place.node != NONE:
            from_start = float(times.node[place.node, zone])
            if place.share == 0.0:
                return from_start
            return on_the_way(from_start, float(times.station[place.towards, zone]), place.share)
        return float(times.node[nearest_node(place.x_km, place.y_km, world.nodes.x_km, world.nodes.y_km), zone])

    def to_station(self, place: Place, station: int) -> float:
        """Minutes of a move, without closed roads: by the table between posts if there is one, else by the law."""
        between = None if self.world.policies is None else self.world.policies.move_up.between_min
        if place.station != NONE and between is not None:
            return float(between[place.station, station])
        stations = self.world.stations
        return self.world.law.minutes(place.x_km - stations.x_km[station], place.y_km - stations.y_km[station])

    def factor(self, minute: float) -> float:
        """Factor on the time of a leg that begins at a minute."""
        return float(self.world.travel_factor[hour_of_week(minute, self.world.first_hour)])

    def km_to_station(self, place: Place, station: int) -> float:
        """Straight line."""
        stations = self.world.stations
        return distance_km(place.x_km - stations.x_km[station], place.y_km - stations.y_km[station], 0)

    # -- closed roads

    def extra(self, start: Sides, end: Sides, minute: float) -> float:
        """Minutes that closed roads add to a leg that begins at a minute between two sides."""
        total = 0.0
        for number in range(len(self.closures) if self.closures is not None else 0):
            closed = self.closures.start[number] <= minute < self.closures.end[number]
            if closed and start[number] != end[number]:
                total += float(self.closures.extra_min[number])
        return total

    def side(self, place: Place) -> Sides:
        """The side of a station, else of the zone nearest to the place."""
        if self.closures is None:
            return ()
        if place.station != NONE:
            return self.station_side(place.station)
        zones = self.world.zones
        return self.zone_side(nearest_node(place.x_km, place.y_km, zones.x_km, zones.y_km))

    def zone_side(self, zone: int) -> Sides:
        """See :class:`~sim.emergency.policies.RoadClosures`."""
        return () if self.closures is None else self.closures.zone_side[:, zone]

    def station_side(self, station: int) -> Sides:
        """See :class:`~sim.emergency.policies.RoadClosures`."""
        return () if self.closures is None else self.closures.station_side[:, station]

    def hospital_side(self, hospital: int) -> Sides:
        """See :class:`~sim.emergency.policies.RoadClosures`."""
        return () if self.closures is None else self.closures.hospital_side[:, hospital]
