"""Expected coverage (MEXCLP, Daskin 1983): what one unit more or less at a station means.

Sums run over the zones of a station in order. To compare all stations they are estimated first over areas, the zones that the
same stations cover: few, and the same but for rounding. Only those within rounding of the best are summed zone by zone.
"""

from __future__ import annotations

import math

from sim.emergency.jit import lean
from sim.emergency.machine import NONE, at
from sim.emergency.policy_machine.roads import is_available

ROUNDING = 1e-9
"""More than the relative rounding of a sum over a million zones, none negative."""


@lean
def recount(centre, units, stations, areas, areas_of):
    """Bring the number of available units whose post covers each area up to date."""
    for number in range(len(units)):
        unit = units[at(number)]
        post = unit.post if is_available(unit, centre) else NONE
        if post == unit.counted:
            continue
        if unit.counted != NONE:
            station = stations[unit.counted]
            for index in range(station.first_area, station.last_area):
                areas[at(areas_of[at(index)])].units -= 1
        if post != NONE:
            station = stations[post]
            for index in range(station.first_area, station.last_area):
                areas[at(areas_of[at(index)])].units += 1
        unit.counted = post


@lean
def estimate_coverage(fewer, stations, areas, stations_of, powers):
    """Estimate for each station ``sum of weight (1 - busy) busy^k``, k = units that cover the area less ``fewer``.

    Areas with less than ``fewer`` units are left out: no available unit is posted where they are covered.
    """
    for number in range(len(stations)):
        stations[at(number)].estimate = 0.0
        stations[at(number)].coverage = math.nan
    for number in range(len(areas)):
        area = areas[at(number)]
        if area.units < fewer:
            continue
        share = area.weight * powers[at(area.units - fewer)]
        for index in range(area.first_station, area.last_station):
            stations[at(stations_of[at(index)])].estimate += share


@lean
def coverage_of(station, fewer, zones, areas, covered, powers):
    """The sum itself, over the zones of a station in order; made once after an estimate."""
    if math.isnan(station.coverage):
        total = 0.0
        for index in range(station.first_zone, station.last_zone):
            zone = zones[at(covered[at(index)])]
            total += zone.weight * powers[at(areas[at(zone.area)].units - fewer)]
        station.coverage = total
    return station.coverage


@lean
def spare(least, units, stations, zones, areas, covered, powers):
    """Of the candidates that are near, the unit whose leaving costs least coverage; ``least`` is the least estimate."""
    chosen = NONE
    least_lost = math.inf
    for number in range(len(units)):
        unit = units[at(number)]
        post = stations[at(unit.post)]
        if not unit.near or post.estimate > least * (1.0 + ROUNDING):
            continue
        lost = coverage_of(post, 1, zones, areas, covered, powers)
        if chosen == NONE or lost < least_lost or (lost == least_lost and unit.score < units[chosen].score):
            chosen = number
            least_lost = lost
    return chosen
