"""Hours of shift patterns: which are known, and how many crews they put on duty at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.scenario.emergency_policies import ShiftPattern, Shifts

WORKDAYS = 5
"""Monday to Friday."""

_STEP_HOURS = 0.25


def shift_patterns(shifts: Shifts, day_hours: Sequence[float]) -> dict[str, ShiftPattern]:
    """The scenario's patterns; ``day`` and ``night`` are plain unless it gives them.

    Args:
        shifts: the scenario's section.
        day_hours: first hour of the day shift and first hour after it.
    """
    first, last = float(day_hours[0]), float(day_hours[1])
    plain = {"day": {"from": first, "to": last}, "night": {"from": last, "to": first}}
    return {name: ShiftPattern.model_validate(hours) for name, hours in plain.items()} | dict(shifts.patterns)


def crews_by_shift(shifts: Shifts, day_hours: Sequence[float]) -> dict[str, Mapping[str, int]]:
    """For every station with shifts of its own the most crews on duty at once by day and by night."""
    patterns = shift_patterns(shifts, day_hours)
    first, last = float(day_hours[0]), float(day_hours[1])
    found: dict[str, Mapping[str, int]] = {}
    for station, crews in shifts.crews.items():
        wanted = [(patterns[name], number) for name, number in crews.items()]
        found[station] = {"day": most_on_duty(wanted, first, last), "night": most_on_duty(wanted, last, first)}
    return found


def most_on_duty(patterns: Sequence[tuple[ShiftPattern, int]], first_hour: float, last_hour: float) -> int:
    """The most crews of a station that are on duty at once between two hours of the day; the second may lie on the next day.

    Args:
        patterns: pattern and number of crews.
        first_hour, last_hour: hours of the day; not after the first = on the next day.
    """
    length = (last_hour - first_hour) % 24.0 or 24.0
    most = 0
    for weekday in range(7):
        for hour in np.arange(first_hour, first_hour + length, _STEP_HOURS):
            on = sum(number for pattern, number in patterns if runs_at(pattern, weekday, float(hour)))
            most = max(most, on)
    return most


def runs_at(pattern: ShiftPattern, weekday: int, hour: float) -> bool:
    """Whether a shift runs at an hour counted from 0 h of a weekday (25 = 1 h of the next day)."""
    days = {"all": range(7), "workdays": range(WORKDAYS), "weekends": range(WORKDAYS, 7)}[pattern.days]
    return any(
        0.0 <= hour - 24.0 * back - pattern.start < pattern.hours and (weekday + back) % 7 in days for back in (-1, 0, 1)
    )
