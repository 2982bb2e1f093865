"""Crews with their hours and breaks, before they become :class:`~sim.emergency.world.Units`.

Without shift patterns a crew is on duty day and night, by day, or by night (:mod:`sim.emergency.duty`). With patterns, each
pattern's crews are units of their own with their own vehicle. A station that is lost for a while loses the hours of its crews;
crews that work from another station meanwhile are further units there, so that no other unit changes its number.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.emergency.duty import Duty
from sim.emergency.policies import ShiftRules
from sim.emergency.shift_hours import WORKDAYS, shift_patterns
from sim.emergency.world import Units, Vehicle, with_windows
from sim.scenario.emergency_policies import ShiftPattern, Shifts

Floats = NDArray[np.float64]

DAY_MIN = 1440.0


@dataclass(frozen=True, eq=False)
class Crew:
    """One unit.

    Attributes:
        station: position among the open stations.
        vehicle: type.
        windows: minutes on duty, shape ``[window, 2]``, ascending and apart.
        breaks: due, latest, minutes, shape ``[break, 3]``, ascending.
    """

    station: int
    vehicle: Vehicle
    windows: Floats
    breaks: Floats

    def inside(self, first: float, last: float, station: int) -> Crew:
        """The same crew between two moments alone, at a station."""
        kept = np.column_stack([np.maximum(self.windows[:, 0], first), np.minimum(self.windows[:, 1], last)])
        return self._with(kept[kept[:, 1] > kept[:, 0]], station)

    def outside(self, first: float, last: float) -> Crew:
        """The same crew without the time between two moments."""
        before = np.column_stack([self.windows[:, 0], np.minimum(self.windows[:, 1], first)])
        after = np.column_stack([np.maximum(self.windows[:, 0], last), self.windows[:, 1]])
        kept = np.concatenate([before, after])
        kept = kept[kept[:, 1] > kept[:, 0]]
        return self._with(kept[np.argsort(kept[:, 0], kind="stable")], self.station)

    def _with(self, windows: Floats, station: int) -> Crew:
        """With other hours; a break stays if it fits into them, late as it may be."""
        kept = [row for row in self.breaks if ((windows[:, 0] <= row[0]) & (row[1] + row[2] <= windows[:, 1])).any()]
        return Crew(station, self.vehicle, windows, np.array(kept).reshape(-1, 3))


def pattern_crew(
    pattern: ShiftPattern,
    station: int,
    vehicle: Vehicle,
    *,
    first_weekday: int,
    horizon_min: float,
    turn: float = 0.0,
) -> Crew:
    """A crew that works a pattern all year.

    Args:
        pattern: hours of the day, days, breaks.
        station: position of its station.
        vehicle: type.
        first_weekday: weekday of minute 0, Monday = 0.
        horizon_min: length of the year.
        turn: how far from due to latest a break of this crew is due if crews take turns, 0..1.
    """
    # The shift that began on the day before the year is looked at too: it may reach into the year.
    days = np.arange(-1, int(np.ceil(horizon_min / DAY_MIN)))
    weekday = (first_weekday + days) % 7
    on = {"all": weekday >= 0, "workdays": weekday < WORKDAYS, "weekends": weekday >= WORKDAYS}[pattern.days]
    starts = days[on] * DAY_MIN + pattern.start * 60.0
    ends = starts + pattern.hours * 60.0
    pauses = []
    for pause in pattern.breaks:
        due, latest = _after(pattern, pause.due), _after(pattern, pause.latest)
        pauses.append((due + (latest - due) * (turn if pause.in_turns else 0.0), latest, pause.minutes))
    breaks = [(start + due, start + latest, minutes) for start in starts for due, latest, minutes in pauses]
    joined = _join(starts, ends)
    windows = np.clip(joined, 0.0, horizon_min)
    everything = Crew(station, vehicle, windows[windows[:, 1] > windows[:, 0]], np.array(breaks).reshape(-1, 3))
    return everything.inside(0.0, horizon_min, station)


def _after(pattern: ShiftPattern, hour: float) -> float:
    """Minutes from the start of a shift to an hour of the day."""
    return ((hour - pattern.start) % 24.0) * 60.0


def _join(starts: Floats, ends: Floats) -> Floats:
    """Spells in order, those that touch as one (a 24-hour shift), shape ``[spell, 2]``."""
    new = np.concatenate([[True], starts[1:] > ends[:-1]])
    last = np.concatenate([new[1:], [True]])
    return np.column_stack([starts[new], ends[last]])


def shift_crews(
    shifts: Shifts,
    stations: Sequence[str],
    duty: Duty,
    day_hours: Sequence[float],
    *,
    first_weekday: int,
    horizon_min: float,
) -> list[Crew]:
    """Crews station by station, in the order of the patterns: those of ``shifts.crews``, else the day and night crews.

    Breaks in turns: of n crews of a pattern, the k-th (from 0) has its break due the share k / n of the way from due to latest.

    Args:
        shifts: the scenario's section.
        stations: ids of the open stations.
        duty: crews on duty by shift, for stations that ``shifts.crews`` does not name.
        day_hours: as in :func:`shift_patterns`.
        first_weekday, horizon_min: as in :func:`pattern_crew`.
    """
    patterns = shift_patterns(shifts, day_hours)
    crews: list[tuple[ShiftPattern, int]] = []
    for position, station in enumerate(stations):
        plain = {"day": int(duty.day[position]), "night": int(duty.night[position])}
        wanted = shifts.crews.get(station, plain)
        crews += [(pattern, position) for name, pattern in patterns.items() for _ in range(wanted.get(name, 0))]
    alike, turn = Counter(id(pattern) for pattern, _ in crews), Counter[int]()
    found = []
    for pattern, position in crews:
        share = turn[id(pattern)] / alike[id(pattern)]
        turn[id(pattern)] += 1
        calendar = {"first_weekday": first_weekday, "horizon_min": horizon_min}
        found.append(pattern_crew(pattern, position, Vehicle.BASIC, **calendar, turn=share))
    return found


def with_vehicles(crews: Sequence[Crew], monitoring: Sequence[int]) -> list[Crew]:
    """Crews with their vehicles: of those of a station that have the same hours the first so many have a monitoring vehicle.

    Args:
        crews: all of the county.
        monitoring: crews at a time with a monitoring vehicle, by station.
    """
    found, seen = [], Counter()
    for crew in crews:
        hours = (crew.station, crew.windows.tobytes())
        vehicle = Vehicle.MONITORING if seen[hours] < monitoring[crew.station] else Vehicle.BASIC
        seen[hours] += 1
        found.append(replace(crew, vehicle=vehicle))
    return found


def crews_of(units: Units) -> list[Crew]:
    """Crews without breaks from units."""
    edges = np.column_stack([units.window_start, units.window_end])
    spells = [slice(*pair) for pair in itertools.pairwise(units.window_first)]
    rows = zip(units.station, units.vehicle, spells, strict=True)
    return [Crew(int(station), Vehicle(vehicle), edges[spell], np.empty((0, 3))) for station, vehicle, spell in rows]


def lose_station(crews: Sequence[Crew], station: int, first: float, last: float, to: int | None) -> list[Crew]:
    """Crews when a station cannot be used between two moments.

    Args:
        crews: all of the county.
        station: the station that is lost.
        first, last: minutes.
        to: station from which its crews work meanwhile; None = off duty.
    """
    stay = [crew.outside(first, last) if crew.station == station else crew for crew in crews]
    if to is None:
        return stay
    moved = (crew.inside(first, last, to) for crew in crews if crew.station == station)
    return [*stay, *(crew for crew in moved if len(crew.windows))]


def units_of(crews: Sequence[Crew]) -> Units:
    """Crews as the engines take them, in order."""
    return with_windows(
        [crew.station for crew in crews], [int(crew.vehicle) for crew in crews], [crew.windows for crew in crews]
    )


def shift_rules(crews: Sequence[Crew], wind_down_min: float, wind_down_priority: int) -> ShiftRules:
    """Breaks by duty window, and the end of shifts."""
    first, rows = [0], []
    for crew in crews:
        for start, end in crew.windows:
            inside = crew.breaks[(crew.breaks[:, 0] >= start) & (crew.breaks[:, 0] < end)]
            rows.append(inside)
            first.append(first[-1] + len(inside))
    joined = np.concatenate([*rows, np.empty((0, 3))])
    return ShiftRules(
        break_first=np.array(first, dtype=np.int64) if len(joined) else None,
        break_due=np.ascontiguousarray(joined[:, 0]),
        break_latest=np.ascontiguousarray(joined[:, 1]),
        break_min=np.ascontiguousarray(joined[:, 2]),
        wind_down_min=wind_down_min,
        wind_down_priority=wind_down_priority,
    )
