"""What a planner can write about the dispatch centre beyond stations and crews: shifts, dispatch, move-up, hospitals, surge.

A section that is left out is off. The rules behind the words: docs/model_emergency_policies.md. Priorities count from 1, the
most urgent; hours are those of the day (11.5 = 11:30); days in ``to`` are meant whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.section import Hour, Minutes, MomentText, Priority, Section

Count = Annotated[int, Field(ge=0, le=1000)]
Share = Annotated[float, Field(ge=0, le=1)]


class Break(Section):
    """A break of a shift."""

    due: Hour = Field(description="hour of the day from which it may begin")
    latest: Hour = Field(description="hour of the day by which it must have begun, else it is missed")
    minutes: float = Field(gt=0, le=240, description="how long it lasts")
    in_turns: bool = Field(True, description="crews take turns: due times are spread from due to latest; false = all at once")


class ShiftPattern(Section):
    """Hours of a crew: from one hour of the day to another, past midnight if need be; the same hour twice = 24 hours."""

    start: Hour = Field(alias="from", description="hour of the day at which the shift begins")
    end: Hour = Field(alias="to", description="hour of the day at which it ends; not after from = on the next day")
    days: Literal["all", "workdays", "weekends"] = Field("all", description="days on which it begins")
    breaks: tuple[Break, ...] = Field((), description="breaks in the order of the shift")

    @property
    def hours(self) -> float:
        """Length of the shift, above 0 and up to 24."""
        return (self.end - self.start) % 24.0 or 24.0


class Shifts(Section):
    """Shift patterns. Crews of ``units_on_duty`` work the patterns ``day`` and ``night``."""

    patterns: Mapping[str, ShiftPattern] = Field(
        description="shift patterns by name; day and night, if given, are those of the crews of units_on_duty"
    )
    crews: Mapping[str, Mapping[str, Count]] = Field(
        default_factory=dict, description="per station id: {pattern: crews}; replaces units_on_duty for that station"
    )
    wind_down_min: Minutes = Field(0.0, description="so many minutes before the end of its shift a crew gets urgent calls only")
    wind_down_priority: Priority = Field(1, description="the least urgent priority that it still gets then")


class ByCoverage(Section):
    """Less urgent calls get the unit that the county can spare best, not the nearest."""

    from_priority: Priority = Field(description="calls of this priority or a less urgent one")
    within_min: float | None = Field(
        None, gt=0, le=120, description="expected drive up to which units are compared, minutes; default: the standard's share"
    )


class Redirect(Section):
    """A unit on its way to a less urgent call is taken for a more urgent one."""

    to_priority: Priority = Field(description="calls of this priority or a more urgent one may take a unit ...")
    from_priority: Priority = Field(description="... from calls of this priority or a less urgent one; above to_priority")
    gain_min: Minutes | None = Field(
        None, description="by how much it must be nearer than the best free unit, minutes; default: see the reference pack"
    )


class Dispatch(Section):
    """Which unit is sent, and whether one is."""

    vehicle_fit: Mapping[str, Mapping[Priority, Minutes]] = Field(
        default_factory=dict,
        description="per vehicle type (basic, monitoring): {priority: minutes} that count against it when units are compared",
    )
    preference: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="per town or zone id: station ids in the order in which they are asked"
    )
    reserve: Mapping[Priority, Count] = Field(
        default_factory=dict, description="{priority: units} that must stay free after such a call was given one"
    )
    by_coverage: ByCoverage | None = Field(None, description="spare the coverage of the county for less urgent calls")
    redirect: Redirect | None = Field(None, description="take a unit from a less urgent call that it has not reached")
    patience_mean_min: Mapping[Priority, Annotated[float, Field(gt=0, le=100_000)]] = Field(
        default_factory=dict, description="{priority: mean minutes} after which a call that waits for a unit is given up"
    )


class MoveUp(Section):
    """Where units without a call stand."""

    method: Literal["none", "table", "dmexclp"] = Field(
        description="each at its station, by a compliance table, or where a unit that becomes free adds most coverage"
    )
    table: tuple[tuple[str, ...], ...] | None = Field(
        None, description="row k: station ids to hold with k free units, the most important first; default: computed (MEXCLP)"
    )
    longest_min: float | None = Field(
        None, gt=0, le=240, description="no move that is expected to take longer, minutes; default: see the reference pack"
    )
    most_moves: int | None = Field(
        None, ge=1, le=100, description="units sent off at one moment (table); default: see the reference pack"
    )
    busy_share: float | None = Field(
        None, ge=0, lt=1, description="chance that a unit is busy, for expected coverage; default: from the year's load"
    )


class HospitalClosure(Section):
    """Days on which a hospital takes no emergency patients."""

    hospital: str = Field(description="hospital id")
    start: MomentText = Field(alias="from", description="first day, YYYY-MM-DD, or minute, YYYY-MM-DD HH:MM")
    end: MomentText = Field(alias="to", description="last day, or the minute from which it is open again")


class Hospitals(Section):
    """Hospitals under pressure."""

    choice: Literal["nearest", "least_loaded"] = Field(
        "nearest", description="where a patient is taken: nearest, or least drive plus expected wait for a bay"
    )
    bays: Mapping[str, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict, description="per hospital id: handovers at a time; a hospital not named has no queue"
    )
    divert_at: Mapping[str, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=dict, description="per hospital id: units waiting for a bay at which it is passed over"
    )
    closures: tuple[HospitalClosure, ...] = Field((), description="days on which a hospital takes nobody")


class Profile(Section):
    """More (or fewer) calls for a while: an epidemic, a heat wave, a holiday."""

    name: str = Field(min_length=1, description="what tables call it")
    start: MomentText = Field(alias="from", description="first day, YYYY-MM-DD, or minute, YYYY-MM-DD HH:MM")
    end: MomentText = Field(alias="to", description="last day, or the minute at which it is over")
    factor: float = Field(gt=0, le=20, description="calls of those concerned are multiplied by it; below 1 = fewer calls")
    ramp_days: float = Field(0.0, ge=0, le=120, description="days of straight rise at the start and fall at the end")
    priorities: tuple[Priority, ...] | None = Field(None, description="only calls of these priorities; default: all")
    ages_from: int | None = Field(None, ge=0, le=110, description="only calls of people of this age and older")
    ages_to: int | None = Field(None, ge=0, le=110, description="only calls of people up to this age")
    towns: tuple[str, ...] | None = Field(None, description="only calls of these towns; default: all")


class MassCasualty(Section):
    """Many patients at one place and moment."""

    name: str = Field(min_length=1, description="what tables call it")
    when: MomentText = Field(description="minute, YYYY-MM-DD HH:MM")
    town: str | None = Field(None, description="town id: its most populous place")
    lon: float | None = Field(None, description="longitude, WGS-84 degrees; with lat, in place of town")
    lat: float | None = Field(None, description="latitude, WGS-84 degrees")
    patients: int = Field(ge=1, le=10_000, description="people who need a unit")
    priorities: Mapping[Priority, Share] = Field(
        default_factory=dict, description="{priority: share} of the patients, adding to 1; default: all priority 1"
    )
    units_per_patient: float = Field(1.0, gt=0, le=10, description="units sent per patient; 0.5 = one unit takes two")


class StationLoss(Section):
    """A station that cannot be used for a while."""

    name: str = Field(min_length=1, description="what tables call it")
    station: str = Field(description="station id")
    start: MomentText = Field(alias="from", description="first day, YYYY-MM-DD, or minute, YYYY-MM-DD HH:MM")
    end: MomentText = Field(alias="to", description="last day, or the minute from which it is used again")
    crews_to: str | None = Field(None, description="station from which its crews work meanwhile; default: they are off duty")


class RoadClosure(Section):
    """A bridge or road that is closed: drives between some towns and all others take longer for a while."""

    name: str = Field(min_length=1, description="what tables call it")
    start: MomentText = Field(alias="from", description="first day, YYYY-MM-DD, or minute, YYYY-MM-DD HH:MM")
    end: MomentText = Field(alias="to", description="last day, or the minute from which it is open again")
    towns: tuple[str, ...] = Field((), description="town ids on one side")
    zones: tuple[str, ...] = Field((), description="zone ids on that side besides")
    extra_min: float = Field(gt=0, le=600, description="minutes longer, from one side to the other")


class Surge(Section):
    """Events of single days. Each is compared with the same year without it."""

    profiles: tuple[Profile, ...] = Field((), description="epidemics, heat: more or fewer calls for a while")
    mass_casualties: tuple[MassCasualty, ...] = Field((), description="many patients at one place and moment")
    station_losses: tuple[StationLoss, ...] = Field((), description="stations that cannot be used for a while")
    road_closures: tuple[RoadClosure, ...] = Field((), description="closed bridges and roads")
