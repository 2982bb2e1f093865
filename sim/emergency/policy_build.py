"""From a scenario's words to the :class:`~sim.emergency.policies.Policies` of one year's world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.calls import CallIntensity, ServiceLaw
from sim.emergency.coverage import distances_km
from sim.emergency.coverage_model import busy_share, compliance_table, coverage_of, drive_left_min
from sim.emergency.metrics import duty_minutes
from sim.emergency.parameters import Parameters
from sim.emergency.policies import (
    NEVER,
    UNLIMITED,
    Coverage,
    DispatchRules,
    HospitalChoice,
    HospitalRules,
    MoveUp,
    MoveUpMethod,
    Policies,
    RoadClosures,
)
from sim.emergency.roster import Crew, shift_rules
from sim.emergency.surge import Happening, minutes_in
from sim.emergency.world import Vehicle, World
from sim.region.model import Region
from sim.scenario.emergency_policies import Dispatch, Hospitals, RoadClosure
from sim.scenario.emergency_policies import MoveUp as MoveUpSection
from sim.scenario.model import EmergencySection
from sim.scenario.section import PRIORITY_COUNT, first_moment, last_moment

VEHICLES = {vehicle.name.lower(): vehicle for vehicle in Vehicle}


@dataclass(frozen=True)
class YearWorld:
    """What policies are built from.

    Attributes:
        region, parameters: the pack.
        year: calendar year.
        world: the year's world without policies.
        intensity, service: its calls.
        crews: its units in order, with their breaks.
        stations: ids of the open stations, in the order of the world.
        hospitals: ids of the hospitals, likewise.
        happenings: the events of the year.
    """

    region: Region
    parameters: Parameters
    year: int
    world: World
    intensity: CallIntensity
    service: ServiceLaw
    crews: Sequence[Crew]
    stations: Sequence[str]
    hospitals: Sequence[str]
    happenings: Sequence[Happening]


def policies_of(section: EmergencySection, here: YearWorld) -> Policies | None:
    """The policies of a year, None if the scenario has none.

    Args:
        section: the scenario's emergency section, checked.
        here: the year.
    """
    roads = [one for one in here.happenings if isinstance(one.event, RoadClosure)]
    moves = section.move_up if section.move_up is not None and section.move_up.method != "none" else None
    if not (section.shifts or section.dispatch or moves or section.hospitals or roads):
        return None
    shifts, dispatch = section.shifts, section.dispatch
    within = drive_left_min(section.standard_min, here.service, here.world)
    coverage = None
    if moves is not None or (dispatch is not None and dispatch.by_coverage is not None):
        coverage = _coverage(here, moves, within)
    parts = {}
    if shifts is not None:
        parts["shifts"] = shift_rules(here.crews, shifts.wind_down_min, shifts.wind_down_priority)
    if dispatch is not None:
        parts["dispatch"] = dispatch_rules(dispatch, here, within)
    if moves is not None and coverage is not None:
        parts["move_up"] = move_up_rules(moves, here, coverage)
    if section.hospitals is not None:
        parts["hospitals"] = hospital_rules(section.hospitals, here)
    return Policies(**parts, coverage=coverage, closures=road_closures(roads, here) if roads else None)


def _coverage(here: YearWorld, moves: MoveUpSection | None, within_min: float) -> Coverage:
    if moves is not None and moves.busy_share is not None:
        busy = moves.busy_share
    else:
        on_duty = duty_minutes(here.world.units, 0.0, here.world.horizon_min).sum()
        busy = busy_share(here.intensity, here.service, here.world, here.parameters.number("transport_mean_min"), float(on_duty))
    return coverage_of(here.world, here.intensity.zone_share, within_min, busy)


def dispatch_rules(dispatch: Dispatch, here: YearWorld, within_min: float) -> DispatchRules:
    """Vehicle fit, preference lists, reserve, coverage, redirecting.

    Args:
        dispatch: the scenario's section.
        here: the year.
        within_min: drive up to which units are compared by coverage, where the section does not say.
    """
    penalty = None
    if dispatch.vehicle_fit:
        penalty = np.zeros((PRIORITY_COUNT, len(Vehicle)))
        for vehicle, minutes in dispatch.vehicle_fit.items():
            for priority, number in minutes.items():
                penalty[priority - 1, VEHICLES[vehicle]] = number
    reserve = None
    if dispatch.reserve:
        # A priority that is not named holds back as many as the next more urgent one that is.
        given = [dispatch.reserve.get(priority, 0) for priority in range(1, PRIORITY_COUNT + 1)]
        reserve = np.maximum.accumulate(np.array(given, dtype=np.int64))
    by_coverage, redirect = dispatch.by_coverage, dispatch.redirect
    rules = {}
    if by_coverage is not None:
        rules["cover_from_priority"] = by_coverage.from_priority
        rules["cover_within_min"] = within_min if by_coverage.within_min is None else by_coverage.within_min
    if redirect is not None:
        gain = here.parameters.number("policy.redirect_gain_min") if redirect.gain_min is None else redirect.gain_min
        rules |= {"redirect_from_priority": redirect.from_priority, "redirect_gain_min": gain}
    return DispatchRules(
        penalty_min=penalty,
        preference=preference_ranks(dispatch, here),
        reserve=reserve,
        redirect_to_priority=NEVER if redirect is None else redirect.to_priority,
        **rules,
    )


def mean_patience(dispatch: Dispatch) -> NDArray[np.float64] | None:
    """Mean patience of waiting calls by priority, shape ``[priority]``; None if nobody gives up."""
    if not dispatch.patience_mean_min:
        return None
    return np.array([dispatch.patience_mean_min.get(priority, np.inf) for priority in range(1, PRIORITY_COUNT + 1)])


def preference_ranks(dispatch: Dispatch, here: YearWorld) -> NDArray[np.int64] | None:
    """Rank of each station for each zone, shape ``[zone, station]``; a zone's own list goes before its town's.

    Stations that are not named come after those that are; named ones that are not open this year are left out.
    """
    if not dispatch.preference:
        return None
    zones, towns = here.region.zones, here.region.towns
    ranks = np.zeros((len(zones.ids), len(here.stations)), dtype=np.int64)
    position = {station: index for index, station in enumerate(here.stations)}
    for area, wanted in sorted(dispatch.preference.items(), key=lambda item: item[0] in zones.ids):
        inside = np.isin(zones.ids, [area]) if area in zones.ids else zones.town == towns.ids.index(area)
        row = np.full(len(here.stations), len(wanted), dtype=np.int64)
        for rank, station in enumerate(wanted):
            if station in position:
                row[position[station]] = rank
        ranks[inside] = row
    return ranks


def move_up_rules(moves: MoveUpSection, here: YearWorld, coverage: Coverage) -> MoveUp:
    """Where units without a call stand."""
    stations, law, default = here.world.stations, here.world.law, here.parameters.number
    table = None
    if moves.method == "table":
        table = compliance_table(coverage, len(here.crews)) if moves.table is None else given_table(moves.table, here.stations)
    return MoveUp(
        method=MoveUpMethod[moves.method.upper()],
        table=table,
        between_min=law.table(stations.x_km, stations.y_km, stations.x_km, stations.y_km),
        longest_min=default("policy.longest_move_min") if moves.longest_min is None else moves.longest_min,
        most_moves=int(default("policy.most_moves")) if moves.most_moves is None else moves.most_moves,
    )


def given_table(rows: Sequence[Sequence[str]], stations: Sequence[str]) -> NDArray[np.int64]:
    """A compliance table by station number; stations that are not open yet leave no hole."""
    position = {station: index for index, station in enumerate(stations)}
    found = [[position[station] for station in row if station in position] for row in rows]
    table = np.full((len(rows), max(1, max(map(len, found), default=1))), -1, dtype=np.int64)
    for level, row in enumerate(found):
        table[level, : len(row)] = row
    return table


def hospital_rules(hospitals: Hospitals, here: YearWorld) -> HospitalRules:
    """Choice, bays, diversion, closures."""
    count = len(here.hospitals)
    bays, divert = (
        np.array([given.get(id_, UNLIMITED) for id_ in here.hospitals], dtype=np.int64)
        for given in (hospitals.bays, hospitals.divert_at)
    )
    spells: list[list[tuple[float, float]]] = [[] for _ in range(count)]
    for closure in hospitals.closures:
        spell = minutes_in(first_moment(closure.start), last_moment(closure.end), here.year)
        if spell is not None and closure.hospital in here.hospitals:
            spells[here.hospitals.index(closure.hospital)].append((spell.first, spell.last))
    joined = [_apart(sorted(rows)) for rows in spells]
    first = np.concatenate([[0], np.cumsum([len(rows) for rows in joined])]).astype(np.int64)
    edges = np.array([row for rows in joined for row in rows]).reshape(-1, 2)
    return HospitalRules(
        choice=HospitalChoice[hospitals.choice.upper()],
        bays=bays if hospitals.bays else None,
        divert_at=divert if hospitals.divert_at else None,
        expected_handover_min=here.service.handover.mean_min,
        closed_first=first if len(edges) else None,
        closed_start=np.ascontiguousarray(edges[:, 0]),
        closed_end=np.ascontiguousarray(edges[:, 1]),
    )


def _apart(spells: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spells in order, those that overlap or touch as one."""
    joined: list[tuple[float, float]] = []
    for start, end in spells:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def road_closures(roads: Sequence[Happening], here: YearWorld) -> RoadClosures:
    """Closed roads; a station or hospital lies on the side of the zone nearest to it."""
    zones, world = here.region.zones, here.world
    sides = np.array([_side(one.event, here.region) for one in roads if isinstance(one.event, RoadClosure)])
    nearest = {
        name: distances_km(points.x_km, points.y_km, zones.x_km, zones.y_km).argmin(axis=1)
        for name, points in (("station", world.stations), ("hospital", world.hospitals))
    }
    return RoadClosures(
        start=np.array([one.spell.first for one in roads]),
        end=np.array([one.spell.last for one in roads]),
        extra_min=np.array([one.event.extra_min for one in roads if isinstance(one.event, RoadClosure)]),
        zone_side=np.ascontiguousarray(sides),
        station_side=np.ascontiguousarray(sides[:, nearest["station"]]),
        hospital_side=np.ascontiguousarray(sides[:, nearest["hospital"]]),
    )


def _side(road: RoadClosure, region: Region) -> NDArray[np.bool_]:
    towns = [region.towns.ids.index(town) for town in road.towns]
    return np.isin(region.zones.town, towns) | np.isin(region.zones.ids, road.zones)
