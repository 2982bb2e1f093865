"""What crews cost in staff: full-time people by role behind the hours on duty.

    people = crew hours on duty in the year x people of the role on a crew / hours that one person works a year

Hours of a person are the available working time of the workload-indicators method (WHO 2010, *WISN User's Manual*, step 3;
the calendar of docs/staff_need.md). Breaks are working time: a crew on a break stays at its station and is paid. Work after
the end of a shift is not counted; the utilisation of the tables shows how much there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from sim.demand.workload import available_days
from sim.emergency.duty import Duty
from sim.emergency.metrics import duty_minutes
from sim.emergency.roster import units_of
from sim.emergency.scenario_world import ScenarioWorld, Setup
from sim.region.model import Region

ROLES = ("physicians", "nurses", "drivers", "stretcher_bearers")
"""Who makes up a crew, as in the parameters ``emergency.crew.<role>``."""

COLUMNS = ["year", "role", "crew_hours", "people_per_crew", "hours_per_person", "people", "people_per_24h_unit"]

_CALENDAR = ("weeks_a_year", "days_a_week", "public_holidays", "annual_leave_days", "sick_days", "training_days")


def hours_per_person(region: Region) -> float:
    """Hours that one full-time person works a year."""
    number = {key: region.parameters[f"need.wisn.{key}"].number for key in (*_CALENDAR, "hours_a_day")}
    return number["hours_a_day"] * available_days(*(number[key] for key in _CALENDAR))


def people_needed(crew_hours: float, people_per_crew: float, hours: float) -> float:
    """Full-time people of a role; see the module's formula."""
    return crew_hours * people_per_crew / hours


def staff_table(world: ScenarioWorld, setups: Sequence[tuple[int, Duty, Setup]]) -> pd.DataFrame:
    """``emergency_staff.csv``: by simulated year and role, the whole roster (crews of a lost station are paid).

    Args:
        world: the scenario.
        setups: year, its crews on duty, and its central set-up.
    """
    parameters = world.parameters
    hours = hours_per_person(parameters.region)
    rows = []
    for year, duty, setup in setups:
        roster = units_of(world.crews(duty, setup.intensity, year, ()))
        on_duty = float(duty_minutes(roster, 0.0, setup.intensity.horizon_min).sum()) / 60.0
        whole_year = 24.0 * (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
        for role in ROLES:
            each = parameters.number(f"crew.{role}")
            people = people_needed(on_duty, each, hours)
            rows.append((year, role, on_duty, each, hours, people, people_needed(whole_year, each, hours)))
    return pd.DataFrame(rows, columns=COLUMNS)
