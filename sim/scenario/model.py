"""The planner's scenario after reading: strict, frozen, one class a section. Field descriptions are the documentation.

Everything here is *what was asked for*; nothing is computed from data. A value by year (:class:`ByYear`) is given in YAML
either as one number (the same in all years) or as a mapping ``{year: number}``: straight lines between the given years,
the first value before, the last value after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.errors import Place


class Section(BaseModel):
    """Base of every section: unknown keys are refused, types are strict, instances are frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


@dataclass(frozen=True)
class ByYear:
    """A path over years, ``points`` sorted by year."""

    points: tuple[tuple[int, float], ...]

    def at(self, years: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Values at ``years``: linear between points, constant outside."""
        x, y = zip(*self.points, strict=True)
        return np.interp(np.asarray(years, dtype=float), x, y)


def _read_by_year(value: Any) -> Any:
    if isinstance(value, ByYear):
        return value
    if isinstance(value, bool):
        raise ValueError("a number or a mapping of years to numbers")
    if isinstance(value, int | float):
        return ByYear(((0, float(value)),))
    if isinstance(value, Mapping) and value:
        points = []
        for year, number in sorted(value.items(), key=lambda item: str(item[0])):
            if isinstance(year, bool) or not isinstance(year, int) or not 1900 <= year <= 2200:
                raise ValueError(f"key {year!r} is not a year")
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise ValueError(f"the value of {year} is not a number")
            points.append((year, float(number)))
        return ByYear(tuple(sorted(points)))
    raise ValueError("a number or a mapping of years to numbers")


YearPath = Annotated[ByYear, BeforeValidator(_read_by_year)]
"""A number, or numbers by year."""


class Variant(StrEnum):
    """Which published variant of an input is the central one."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Horizon(Section):
    """First and last scorecard year (31 December of each)."""

    start: int = Field(alias="from", ge=2010, le=2050, description="first scorecard year: the region's base year")
    end: int = Field(alias="to", ge=2011, le=2060, description="last scorecard year")

    @property
    def years(self) -> NDArray[np.int64]:
        """All scorecard years."""
        return np.arange(self.start, self.end + 1)


class Fertility(Section):
    """Fertility assumptions."""

    variant: Variant = Field(Variant.MEDIUM, description="path of total fertility: the region's low, medium or high")
    tfr: YearPath | None = Field(None, description="children per woman by year; replaces the variant's central path")


class Mortality(Section):
    """Mortality assumptions."""

    variant: Variant = Field(Variant.MEDIUM, description="gain in life expectancy: low, medium or high")
    life_expectancy: YearPath | None = Field(None, description="years at birth, both sexes; replaces the central path")


class Migration(Section):
    """Migration assumptions (residents; net)."""

    variant: Variant = Field(Variant.MEDIUM, description="net migration: the region's low, medium or high path")
    net_per_year: YearPath | None = Field(None, description="net migrants a year; replaces the variant's central path")


class PopulationSection(Section):
    """Who will live there."""

    fertility: Fertility = Field(default_factory=Fertility)
    mortality: Mortality = Field(default_factory=Mortality)
    migration: Migration = Field(default_factory=Migration)
    planning_population: Mapping[int, float] = Field(
        default_factory=dict,
        description="residents by target year with which per-head targets become counts; default: the central projection",
    )


class DemandSection(Section):
    """Levers on what people need. Factors multiply the base year's level; shares are 0..1; None = the region's fitted value."""

    visit_rate_factor: YearPath = Field(ByYear(((0, 1.0),)), description="visits per head of the same age and sex, base = 1")
    admission_rate_factor: YearPath = Field(ByYear(((0, 1.0),)), description="admissions per head of the same age and sex")
    length_of_stay_factor: YearPath = Field(ByYear(((0, 1.0),)), description="days per admission, base = 1")
    day_surgery_share: YearPath | None = Field(None, description="share of elective surgery done without a night")
    primary_care_visit_share: YearPath | None = Field(None, description="share of visits made in primary care")
    treated_elsewhere_share: YearPath | None = Field(None, description="share of residents' admissions outside the county")
    bed_occupancy: YearPath | None = Field(None, description="target mean occupancy of beds, 0..1")
    refusal_probability: YearPath | None = Field(None, description="accepted chance that a patient finds no bed free")
    physician_productivity_factor: YearPath = Field(ByYear(((0, 1.0),)), description="weighted workload per physician")
    nurse_productivity_factor: YearPath = Field(ByYear(((0, 1.0),)), description="weighted workload per nurse")
    childcare_take_up: YearPath | None = Field(None, description="share of children under 3 who want a place")
    call_rate_growth: YearPath | None = Field(None, description="total growth of emergency calls a year, demography inside")


class Project(Section):
    """A building or purchase with a date: adds (or, negative, takes away) at once or over a ramp-up."""

    name: str
    opens: str = Field(description="YYYY, YYYY-MM or YYYY-MM-DD")
    adds: float
    ramp_up_years: float = Field(0.0, ge=0, le=20)
    source: str = ""


class StaffFlow(Section):
    """Staff as stock and flow: next = stock x (1 - attrition) + recruits, with a training lag."""

    recruits_per_year: YearPath | None = Field(None, description="people hired a year; if absent, what the target implies")
    recruitment_factor: YearPath = Field(
        ByYear(((0, 1.0),)), description="multiplies the hires that the target implies (0.5 = recruitment at half speed)"
    )
    attrition: YearPath | None = Field(None, description="share of the stock leaving a year, 0..1")
    training_lag_years: int = Field(0, ge=0, le=10)


class ResourceSection(Section):
    """Planned level of one resource. At least one of the first three; points of count and per-head must not share a year."""

    count: Mapping[int, float] | None = Field(None, description="planned count by year; linear between")
    per_head: Mapping[int, float] | None = Field(
        None, description="planned level by year in the indicator's per-head unit; becomes a count once"
    )
    hold: bool = Field(False, description="keep the base year's observed count in all years (ignores inherited points)")
    projects: tuple[Project, ...] = Field((), description="itemised additions on top of the last given level")
    flow: StaffFlow | None = Field(None, description="staff only: recruitment limits the path")


class NewStation(Section):
    """A station that opens; without a place it is put by ``placement``."""

    name: str
    opens: int
    lon: float | None = None
    lat: float | None = None
    town: str | None = Field(None, description="town id: put at the town's population centre")


class StationClosure(Section):
    """A station that closes at the start of ``year``."""

    station: str
    year: int


class UnplacedStations(Section):
    """Stations whose number is planned but whose place is not."""

    opens: Mapping[int, int] = Field(description="number that opens by year")
    placement: Literal["uncovered_people", "mean_distance"] = Field(
        "mean_distance", description="rule: greedily cut the people outside the radius, or the mean distance of people"
    )


class UnitsOnDuty(Section):
    """Units on duty in the county by shift, spread over stations by calls (at least one each), or set station by station."""

    day: YearPath | None = Field(None, description="units on duty 08-20 h, whole county")
    night: YearPath | None = Field(None, description="units on duty 20-08 h, whole county")
    stations: Mapping[str, Mapping[str, int]] = Field(
        default_factory=dict, description="per station id: {day: n, night: n}; replaces the spread for that station"
    )


class EmergencySection(Section):
    """Emergency service set-up. None = the region's calibrated value."""

    years: tuple[int, ...] | None = Field(None, description="calendar years simulated; default: every fifth year from the start")
    engine: Literal["compiled", "reference"] = "compiled"
    replications: int = Field(10, ge=2, le=100_000)
    parameter_draws: int = Field(
        20, ge=0, le=10_000, description="parameter draws that are simulated besides the central one"
    )
    standard_min: float = Field(12.0, gt=0, le=120, description="mean response asked for, minutes")
    radius_urban_km: float = Field(5.0, gt=0, le=100)
    radius_rural_km: float = Field(10.0, gt=0, le=100)
    new_stations: tuple[NewStation, ...] = ()
    unplaced_stations: UnplacedStations | None = None
    closures: tuple[StationClosure, ...] = ()
    units_on_duty: UnitsOnDuty = Field(default_factory=UnitsOnDuty)
    turnout_median_min: YearPath | None = None
    turnout_sigma: YearPath | None = None
    speed_factor: YearPath = Field(ByYear(((0, 1.0),)), description="multiplies travel speed; 1.1 = 10 % faster")
    detour: float | None = Field(None, ge=1, le=5)
    travel_table: str | None = Field(
        None, description="CSV (zone, station, minutes) that replaces the travel law; relative to the scenario file"
    )
    transport_share: float | None = Field(None, ge=0, le=1)
    return_dispatch: bool = Field(True, description="whether a unit on its way back can be sent")


class Title(Section):
    """The scenario's title in both languages."""

    zh: str
    en: str


class ScenarioBody(Section):
    """A resolved scenario: the top level of the YAML file after inheritance."""

    schema_: Literal[1] = Field(alias="schema")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$")
    title: Title
    region: str
    horizon: Horizon
    draws: int = Field(500, ge=0, le=100_000)
    seed: int = Field(ge=0, le=2**63 - 1)
    population: PopulationSection = Field(default_factory=PopulationSection)
    demand: DemandSection = Field(default_factory=DemandSection)
    resources: Mapping[str, ResourceSection] = Field(default_factory=dict)
    emergency: EmergencySection = Field(default_factory=EmergencySection)
    notes: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a resolved value was set: its place and layer (``command line``, ``file``, ``parent``, ``region``, ``default``)."""

    layer: str
    place: Place


@dataclass(frozen=True)
class Scenario:
    """A checked scenario: its body, where every leaf comes from, and the files that were read (name, path)."""

    body: ScenarioBody
    origins: Mapping[tuple[str | int, ...], Origin]
    files: tuple[tuple[str, str], ...]
    path: str

    @property
    def years(self) -> NDArray[np.int64]:
        """Scorecard years."""
        return self.body.horizon.years
