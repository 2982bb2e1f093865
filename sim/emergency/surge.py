"""Surges: what the events of a scenario do to a year's calls, crews and roads.

Calls of an event are laid over the year's own calls, which stay as they are; so a year with an event and the same year
without it are compared call by call. An event's calls are drawn on the streams of the call table with the event's name as a
further index: another event more or less moves none of them. A profile below 1 takes calls away, each by its own mark
(independent thinning of a Poisson process; Lewis and Shedler 1979). On days on which more people call than usual
(``day_variance``) an epidemic's calls are more by the same factor.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.emergency.call_table import CallTable
from sim.emergency.calls import CallIntensity, ServiceLaw, draw_calls, draw_parts, hourly_rates
from sim.emergency.demand_intensity import CallDemand
from sim.population.model import OPEN_AGE
from sim.region.model import Region
from sim.scenario.emergency_policies import MassCasualty, Profile, RoadClosure, StationLoss, Surge
from sim.scenario.section import PRIORITY_COUNT, first_moment, last_moment
from sim.streams import generator

Floats = NDArray[np.float64]
Event = Profile | MassCasualty | StationLoss | RoadClosure

KINDS = {Profile: "profile", MassCasualty: "mass_casualty", StationLoss: "station_loss", RoadClosure: "road_closure"}

_HOUR = 60.0
_DAY = 1440.0
BASE = -1
"""Stands for the year's own calls where others name their event."""


@dataclass(frozen=True)
class Spell:
    """Minutes of a year, from ``first`` on, before ``last``."""

    first: float
    last: float

    def holds(self, minutes: Floats) -> NDArray[np.bool_]:
        """Whether moments lie inside."""
        return (minutes >= self.first) & (minutes < self.last)


@dataclass(frozen=True)
class Happening:
    """One event in one year.

    Attributes:
        event: as the scenario says it.
        spell: when it is on; for a mass casualty the hours that count as during it.
        concerned: profiles: share of a zone's calls of which there are more, shape ``[zone]``.
        zone: mass casualties: where.
    """

    event: Event
    spell: Spell
    concerned: Floats | None = None
    zone: int = -1

    @property
    def kind(self) -> str:
        """Its kind, as in the tables."""
        return KINDS[type(self.event)]


def events_of(surge: Surge | None) -> tuple[Event, ...]:
    """Every event of a scenario, in the order of its lists."""
    if surge is None:
        return ()
    return (*surge.profiles, *surge.mass_casualties, *surge.station_losses, *surge.road_closures)


def spell_in(event: Event, year: int, casualty_hours: float) -> Spell | None:
    """When an event is on in a year, minutes from its 1 January; None if it is not."""
    if isinstance(event, MassCasualty):
        first = first_moment(event.when)
        last = first + dt.timedelta(hours=casualty_hours)
    else:
        first, last = first_moment(event.start), last_moment(event.end)
    return minutes_in(first, last, year)


def happening(event: Event, spell: Spell, region: Region, demand: CallDemand, year: int, draw: int) -> Happening:
    """An event with the zones it is about."""
    if isinstance(event, Profile):
        return Happening(event, spell, concerned=_zones_concerned(event, region, demand, year, draw))
    if isinstance(event, MassCasualty):
        return Happening(event, spell, zone=_zone_of(event, region))
    return Happening(event, spell)


def _zones_concerned(event: Profile, region: Region, demand: CallDemand, year: int, draw: int) -> Floats:
    """Share of each zone's calls that are of the towns and ages a profile is about."""
    share = np.ones(len(region.zones.ids))
    if event.towns is not None:
        share = np.isin(region.zones.town, [region.towns.ids.index(town) for town in event.towns]).astype(float)
    if event.ages_from is None and event.ages_to is None:
        return share
    everybody = demand.calls(year, draw)
    asked = demand.calls(year, draw, event.ages_from or 0, OPEN_AGE if event.ages_to is None else event.ages_to)
    return share * np.divide(asked, everybody, out=np.zeros(len(share)), where=everybody > 0)


def _zone_of(event: MassCasualty, region: Region) -> int:
    """Zone of a mass casualty: nearest to its point, or the most populous of its town (ties: the lowest number)."""
    zones = region.zones
    if event.lon is not None and event.lat is not None:
        east = (zones.lon - event.lon) * math.cos(math.radians(event.lat))
        return int(np.hypot(east, zones.lat - event.lat).argmin())
    inside = zones.town == region.towns.ids.index(str(event.town))
    return int(np.where(inside, zones.population, -1.0).argmax())


def minutes_in(first: dt.datetime, last: dt.datetime, year: int) -> Spell | None:
    """The part of a time that lies in a year; None if there is none."""
    start, end = dt.datetime(year, 1, 1), dt.datetime(year + 1, 1, 1)
    spell = Spell(*((min(max(moment, start), end) - start).total_seconds() / 60.0 for moment in (first, last)))
    return spell if spell.last > spell.first else None


def overlaid(
    base: CallTable,
    intensity: CallIntensity,
    service: ServiceLaw,
    happenings: Sequence[Happening],
    seed: int,
    index: Sequence[int],
) -> tuple[CallTable, NDArray[np.int64], NDArray[np.int64]]:
    """The year's calls with those of its events.

    Args:
        base: the year's own calls, drawn with ``intensity``, ``service``, ``seed`` and ``index``.
        happenings: the events.

    Returns:
        The table; for each row the number of its event or :data:`BASE`, shape ``[call]``; and for each row its row in
        ``base``, -1 for the calls of events.
    """
    kept = np.ones(len(base), dtype=bool)
    parts, owners = [], []
    for number, one in enumerate(happenings):
        own = (*index, *one.event.name.encode())
        if isinstance(one.event, Profile) and one.event.factor < 1.0:
            kept &= _stays(base, one, one.event, seed, own)
        elif isinstance(one.event, Profile):
            rates = hourly_rates(intensity, seed, index)
            parts.append(_profile_calls(_profile_intensity(intensity, one, one.event, rates), service, one, seed, own))
            owners.append(np.full(len(parts[-1]), number))
        elif isinstance(one.event, MassCasualty):
            parts.append(_casualty_calls(intensity, service, one, one.event, seed, own))
            owners.append(np.full(len(parts[-1]), number))
    rows = np.flatnonzero(kept)
    joined = [base.select(kept), *parts]
    owner = np.concatenate([np.full(len(rows), BASE), *owners]).astype(np.int64)
    from_base = np.concatenate([rows, *(np.full(len(part), -1) for part in parts)]).astype(np.int64)
    # Stable: at one moment the year's own calls come first, then those of events in their order.
    order = np.argsort(np.concatenate([part.time_min for part in joined]), kind="stable")
    columns = {
        item.name: np.concatenate([getattr(part, item.name) for part in joined])[order]
        for item in fields(CallTable)
        if getattr(base, item.name) is not None
    }
    return CallTable(**columns), owner[order], from_base[order]


def strength(profile: Profile, spell: Spell, minutes: Floats) -> Floats:
    """How far a profile has risen, 0..1, at moments of the year: straight up and down over ``ramp_days``."""
    inside = spell.holds(minutes)
    if not profile.ramp_days:
        return inside.astype(float)
    ramp = profile.ramp_days * _DAY
    return np.where(inside, np.clip(np.minimum(minutes - spell.first, spell.last - minutes) / ramp, 0.0, 1.0), 0.0)


def _profile_calls(
    wanted: CallIntensity, service: ServiceLaw, one: Happening, seed: int, index: Sequence[int]
) -> CallTable:
    """The calls that a profile above 1 adds."""
    drawn = draw_calls(wanted, service, seed, index)
    # The rate is constant within an hour; calls of its part before the start or after the end are none of the event's.
    return drawn.select(one.spell.holds(drawn.time_min))


def _casualty_calls(
    intensity: CallIntensity, service: ServiceLaw, one: Happening, event: MassCasualty, seed: int, index: Sequence[int]
) -> CallTable:
    """The calls of a mass casualty, all at its moment, the most urgent first."""
    count = casualty_calls(event)
    times, zone = np.full(count, one.spell.first), np.full(count, one.zone, dtype=np.int32)
    return draw_parts(times, zone, _priorities(event, count), service, intensity.first_hour, seed, index)


def casualty_calls(event: MassCasualty) -> int:
    """Units that a mass casualty asks for: patients x units per patient, rounded up."""
    return math.ceil(round(event.patients * event.units_per_patient, 9))


def _priorities(event: MassCasualty, count: int) -> NDArray[np.int8]:
    """Priorities of the calls, the most urgent first: the shares by largest remainder (Hamilton), ties to the more urgent."""
    shares = np.array([event.priorities.get(number, 0.0) for number in range(1, PRIORITY_COUNT + 1)])
    if not event.priorities:
        shares[0] = 1.0
    exact = shares * count
    whole = np.floor(exact + 1e-9).astype(np.int64)
    for number in np.argsort(whole - exact, kind="stable")[: count - whole.sum()]:
        whole[number] += 1
    return np.repeat(np.arange(1, PRIORITY_COUNT + 1, dtype=np.int8), whole)


def _profile_intensity(intensity: CallIntensity, one: Happening, profile: Profile, hourly: Floats) -> CallIntensity:
    """Rate of the calls that a profile above 1 adds to the year's own rate."""
    zone, priority = _concerned(intensity, one, profile)
    starts = _HOUR * np.arange(len(hourly))
    # An hour that lies inside in part has the strength in the middle of that part; calls of the rest are dropped after the draw.
    middle = 0.5 * (np.maximum(starts, one.spell.first) + np.minimum(starts + _HOUR, one.spell.last))
    rise = strength(profile, one.spell, middle) * (profile.factor - 1.0)
    inside = (starts + _HOUR > one.spell.first) & (starts < one.spell.last)
    rise = np.where(inside, rise, 0.0)
    zones, priorities = intensity.zone_share * zone, np.asarray(intensity.priority_share) * priority
    return CallIntensity(
        hourly=hourly * rise * zones.sum() * priorities.sum(),
        zone_share=zones / zones.sum() if zones.sum() else intensity.zone_share,
        priority_share=priorities / priorities.sum(),
        first_hour=intensity.first_hour,
    )


def _concerned(intensity: CallIntensity, one: Happening, profile: Profile) -> tuple[Floats, Floats]:
    """Share of the calls that a profile is about, by zone and by priority."""
    wanted = profile.priorities or range(1, intensity.priorities + 1)
    priority = np.isin(np.arange(1, intensity.priorities + 1), wanted).astype(float)
    return one.concerned if one.concerned is not None else np.ones(len(intensity.zone_share)), priority


def _stays(base: CallTable, one: Happening, profile: Profile, seed: int, index: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the year's own calls a profile below 1 leaves."""
    marks = generator("surge.thinning", seed, *index).random(len(base))
    zone = one.concerned[base.zone] if one.concerned is not None else 1.0
    priority = np.isin(base.priority, profile.priorities) if profile.priorities else True
    return marks >= strength(profile, one.spell, base.time_min) * (1.0 - profile.factor) * zone * priority
