"""Crews with shift patterns: hours, breaks, lost stations, vehicles, and what they cost in staff."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.emergency.crew_staff import ROLES, hours_per_person, people_needed
from sim.emergency.duty import Duty
from sim.emergency.roster import (
    Crew,
    crews_of,
    lose_station,
    pattern_crew,
    shift_crews,
    shift_rules,
    units_of,
    with_vehicles,
)
from sim.emergency.shift_hours import crews_by_shift, runs_at
from sim.emergency.world import Vehicle, weekly_units
from sim.region import load_region
from sim.scenario.emergency_policies import ShiftPattern, Shifts

DAY = 1440.0
WEEK = 7 * DAY


def pattern(start: float, end: float, days: str = "all", breaks: tuple = ()) -> ShiftPattern:
    return ShiftPattern.model_validate({"from": start, "to": end, "days": days, "breaks": breaks})


def crew(one: ShiftPattern, weekday: int = 0, horizon: float = WEEK) -> Crew:
    return pattern_crew(one, 0, Vehicle.BASIC, first_weekday=weekday, horizon_min=horizon)


def test_a_day_shift_runs_every_day():
    windows = crew(pattern(8.0, 20.0)).windows
    np.testing.assert_array_equal(windows, [[day * DAY + 480, day * DAY + 1200] for day in range(7)])


def test_a_night_shift_of_the_day_before_reaches_into_the_year():
    windows = crew(pattern(20.0, 8.0)).windows
    assert windows[0].tolist() == [0.0, 480.0]
    assert windows[1].tolist() == [1200.0, DAY + 480.0]
    assert windows[-1].tolist() == [6 * DAY + 1200.0, WEEK]


def test_a_shift_on_workdays_follows_the_calendar():
    # The period begins on a Saturday: two days without a shift, then five with one.
    windows = crew(pattern(9.0, 17.0, "workdays"), weekday=5).windows
    assert (windows[:, 0] // DAY).tolist() == [2, 3, 4, 5, 6]


def test_a_24_hour_shift_is_one_window_with_a_break_a_day():
    one = crew(pattern(8.0, 8.0, breaks=({"due": 12.0, "latest": 14.0, "minutes": 30.0},)))
    assert one.windows.tolist() == [[0.0, WEEK]]
    assert one.breaks[:, 0].tolist() == [day * DAY + 720 for day in range(7)]


def test_breaks_past_midnight_are_those_of_the_shift_that_began_the_evening_before():
    one = crew(pattern(20.0, 8.0, breaks=({"due": 1.5, "latest": 4.0, "minutes": 45.0},)))
    # The first of them belongs to the shift that began on the last evening before the period.
    assert one.breaks[0].tolist() == [90.0, 240.0, 45.0]
    assert one.breaks[1].tolist() == [DAY + 90.0, DAY + 240.0, 45.0]
    assert len(one.breaks) == 7


def test_rules_give_each_window_its_own_breaks():
    crews = [
        crew(pattern(8.0, 20.0, breaks=({"due": 11.0, "latest": 13.0, "minutes": 30.0},)), horizon=2 * DAY),
        crew(pattern(20.0, 8.0), horizon=2 * DAY),
    ]
    rules = shift_rules(crews, 20.0, 2)
    assert rules.break_first.tolist() == [0, 1, 2, 2, 2, 2]
    assert rules.break_due.tolist() == [660.0, DAY + 660.0]
    assert (rules.wind_down_min, rules.wind_down_priority) == (20.0, 2)
    assert len(rules.break_first) == len(units_of(crews).window_start) + 1


def test_units_become_crews_and_units_again():
    on = np.zeros((3, 168), dtype=bool)
    on[0] = True
    on[1, 8:20] = True
    units = weekly_units([0, 1, 1], on, first_hour=0, horizon_min=2 * WEEK, vehicle=[0, 1, 0])
    again = units_of(crews_of(units))
    for name in ("station", "vehicle", "window_first", "window_start", "window_end"):
        np.testing.assert_array_equal(getattr(again, name), getattr(units, name))
        assert getattr(again, name).dtype == getattr(units, name).dtype


def test_a_lost_station_loses_its_hours_and_no_other_unit_changes_its_number():
    crews = [Crew(0, Vehicle.BASIC, np.array([[0.0, np.inf]]), np.empty((0, 3))), crew(pattern(8.0, 20.0))]
    crews = [crews[0], Crew(1, Vehicle.MONITORING, crews[1].windows, np.empty((0, 3)))]
    off = lose_station(crews, 1, DAY, 3 * DAY, None)
    assert len(off) == 2
    assert (off[1].windows[:, 0] // DAY).tolist() == [0, 3, 4, 5, 6]
    moved = lose_station(crews, 1, DAY + 600, 3 * DAY, 0)
    assert len(moved) == 3
    assert moved[0] is crews[0]
    assert moved[1].windows[1].tolist() == [DAY + 480, DAY + 600]
    assert (moved[2].station, moved[2].vehicle) == (0, Vehicle.MONITORING)
    assert moved[2].windows.tolist() == [[DAY + 600, DAY + 1200], [2 * DAY + 480, 2 * DAY + 1200]]


@given(
    st.lists(st.integers(0, 200), min_size=2, max_size=12, unique=True).filter(lambda edges: len(edges) % 2 == 0),
    st.integers(0, 200),
    st.integers(1, 100),
)
def test_no_minute_of_duty_is_lost_or_doubled_when_crews_move(edges, start, length):
    windows = np.array(sorted(edges), dtype=float).reshape(-1, 2)
    one = Crew(1, Vehicle.BASIC, windows, np.empty((0, 3)))
    inside, outside = one.inside(start, start + length, 0), one.outside(start, start + length)
    total = sum(float(np.diff(part.windows, axis=1).sum()) for part in (inside, outside))
    assert total == pytest.approx(float(np.diff(windows, axis=1).sum()))
    for part in (inside, outside):
        assert (np.diff(part.windows.ravel()) > 0).all()


def test_a_break_that_no_longer_fits_is_dropped():
    one = crew(pattern(8.0, 20.0, breaks=({"due": 11.0, "latest": 13.0, "minutes": 30.0},)), horizon=2 * DAY)
    # Latest + minutes is 13:30: lost from 13:00 on, the first day's break does not fit.
    assert one.outside(780.0, 900.0).breaks[:, 0].tolist() == [DAY + 660.0]
    assert one.outside(840.0, 900.0).breaks[:, 0].tolist() == [660.0, DAY + 660.0]


@given(
    st.sampled_from(["all", "workdays", "weekends"]),
    st.integers(0, 23),
    st.integers(0, 23),
    st.integers(0, 6),
    st.integers(0, 23),
)
def test_hours_of_a_pattern_by_two_paths(days, start, end, weekday, hour):
    one = pattern(float(start), float(end), days)
    windows = crew(one, horizon=3 * WEEK).windows
    moment = WEEK + weekday * DAY + hour * 60.0
    on = bool(((windows[:, 0] <= moment) & (moment < windows[:, 1])).any())
    assert runs_at(one, weekday, float(hour)) == on


SHIFTS = Shifts.model_validate(
    {
        "patterns": {"night": {"from": 20.0, "to": 8.0}, "peak": {"from": 9.0, "to": 17.0, "days": "workdays"}},
        "crews": {"b": {"day": 1, "night": 1, "peak": 2}},
    }
)


def test_stations_without_shifts_of_their_own_keep_their_day_and_night_crews():
    duty = Duty(np.array([2, 3]), np.array([1, 1]))
    crews = shift_crews(SHIFTS, ["a", "b"], duty, (8, 20), first_weekday=0, horizon_min=WEEK)
    by_station = {number: list(group) for number, group in itertools.groupby(crews, key=lambda one: one.station)}
    assert [len(by_station[0]), len(by_station[1])] == [3, 4]
    assert crews_by_shift(SHIFTS, (8, 20)) == {"b": {"day": 3, "night": 1}}


def test_monitoring_vehicles_go_to_the_first_crews_of_each_shift():
    duty = Duty(np.array([2, 0]), np.array([1, 0]))
    crews = shift_crews(SHIFTS, ["a", "c"], duty, (8, 20), first_weekday=0, horizon_min=WEEK)
    vehicles = [one.vehicle for one in with_vehicles(crews, [1, 0])]
    assert vehicles == [Vehicle.MONITORING, Vehicle.BASIC, Vehicle.MONITORING]


def test_a_24_hour_unit_costs_between_four_and_five_people_a_seat(root):
    region = load_region(root / "calibration", "kunshan")
    hours = hours_per_person(region)
    assert hours == 8.0 * (52 * 5 - 11 - 10 - 3 - 5)
    people = people_needed(8760.0, 1.0, hours)
    # A published rule for stations with one vehicle: four physicians, four nurses, four drivers in four shifts, and a reserve.
    assert 4.0 < people < 5.0
    assert people == pytest.approx(8760.0 / 1848.0)
    assert {region.parameters[f"emergency.crew.{role}"].number for role in ROLES} == {1}


def test_crews_take_their_breaks_in_turns_unless_all_at_once_is_asked_for():
    def dues(in_turns: bool) -> list[float]:
        pause = {"due": 10.0, "latest": 12.0, "minutes": 30.0, "in_turns": in_turns}
        shifts = Shifts.model_validate({"patterns": {"day": {"from": 8.0, "to": 20.0, "breaks": (pause,)}}})
        duty = Duty(np.array([2, 2]), np.array([1, 1]))
        crews = shift_crews(shifts, ["a", "b"], duty, (8, 20), first_weekday=0, horizon_min=DAY)
        return [float(one.breaks[0, 0]) for one in crews if len(one.breaks)]

    assert dues(True) == [600.0, 630.0, 660.0, 690.0]
    assert dues(False) == [600.0] * 4
