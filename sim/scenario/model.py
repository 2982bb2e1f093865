"""The planner's scenario after reading: strict, frozen, one class a section. Field descriptions are the documentation.

Everything here is *what was asked for*; nothing is computed from data. A value by year (:class:`ByYear`) is given in YAML
either as one number (the same in all years) or as a mapping ``{year: number}``: straight lines between the given years,
the first value before, the last value after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from sim.errors import Place, Problem
from sim.scenario.emergency_policies import Dispatch, Hospitals, MoveUp, Shifts, Surge
from sim.scenario.section import DateText, Section

Key = str | int
Address = tuple[Key, ...]
"""Where a value stands in a scenario, for example ``("resources", "beds", "per_head", 2025)``."""


@dataclass(frozen=True)
class ByYear:
    """A path over years, ``points`` sorted by year."""

    points: tuple[tuple[int, float], ...]

    def at(self, years: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Values at ``years``: linear between points, constant outside."""
        x, y = zip(*self.points, strict=True)
        return np.interp(np.asarray(years, dtype=float), x, y)


@dataclass(frozen=True)
class Limits:
    """What a number of a path may be: ``low`` to ``high``, the low end itself left out when ``above`` is set."""

    low: float
    high: float
    above: bool = False

    def allow(self, number: float) -> bool:
        """Whether ``number`` lies within."""
        return (self.low < number if self.above else self.low <= number) and number <= self.high

    def __str__(self) -> str:
        if self.above:
            return f"a number above {self.low:.10g} and up to {self.high:.10g}"
        return f"a number from {self.low:.10g} to {self.high:.10g}"


class PathFault(ValueError):
    """A value by year that cannot be read: keys that are no years, years whose number is wrong; if neither, the whole."""

    def __init__(self, limits: Limits, wrong_years: Sequence[Any] = (), wrong_numbers: Sequence[int] = ()) -> None:
        super().__init__(f"{limits}, or such numbers by year")
        self.limits, self.wrong_years, self.wrong_numbers = limits, tuple(wrong_years), tuple(wrong_numbers)


def by_year(low: float, high: float, above: bool = False) -> Any:
    """The type of a field that takes one number or a mapping of years to numbers, each within the limits."""
    limits = Limits(low, high, above)

    def sound(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and limits.allow(value)

    def read(value: Any) -> Any:
        if isinstance(value, ByYear):
            return value
        if not isinstance(value, Mapping) or not value:
            if not sound(value):
                raise PathFault(limits)
            return ByYear(((0, float(value)),))
        wrong_years = [year for year in value if not is_year(year)]
        wrong_numbers = [year for year, number in value.items() if is_year(year) and not sound(number)]
        if wrong_years or wrong_numbers:
            raise PathFault(limits, wrong_years, wrong_numbers)
        return ByYear(tuple((year, float(value[year])) for year in sorted(value)))

    return Annotated[ByYear, BeforeValidator(read), limits]


def is_year(key: Any) -> bool:
    """Whether a key of a mapping can be meant as a year."""
    return isinstance(key, int) and not isinstance(key, bool) and 1900 <= key <= 2200


Factor = by_year(0, 10, above=True)
"""A multiplier of the base year's level, or multipliers by year."""

Share = by_year(0, 1)
"""A share, or shares by year."""

ONE = ByYear(((0, 1.0),))


class Variant(StrEnum):
    """Which published variant of an input is the central one."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


VariantWord = Annotated[Variant, Field(strict=False)]


class Horizon(Section):
    """First and last scorecard year (31 December of each)."""

    start: int = Field(alias="from", ge=2010, le=2050, description="first scorecard year: the region's base year")
    end: int = Field(alias="to", ge=2011, le=2060, description="last scorecard year, after the first")
    observed_until: int | None = Field(
        None, description="last year whose observed values are used; the first year = none of them; default: all of the pack"
    )

    @property
    def years(self) -> NDArray[np.int64]:
        """All scorecard years."""
        return np.arange(self.start, self.end + 1)


class Fertility(Section):
    """Fertility assumptions."""

    variant: VariantWord = Field(Variant.MEDIUM, description="path of total fertility: the region's low, medium or high")
    tfr: by_year(0, 10, above=True) | None = Field(
        None, description="children per woman by year; replaces the variant's central path"
    )


class Mortality(Section):
    """Mortality assumptions."""

    variant: VariantWord = Field(Variant.MEDIUM, description="gain in life expectancy: low, medium or high")
    life_expectancy: by_year(20, 100) | None = Field(
        None, description="years at birth, both sexes; replaces the central path"
    )


class Migration(Section):
    """Migration assumptions (residents; net)."""

    variant: VariantWord = Field(Variant.MEDIUM, description="net migration: the region's low, medium or high path")
    net_per_year: by_year(-10_000_000, 10_000_000) | None = Field(
        None, description="net migrants a year, negative = more people leave; replaces the variant's central path"
    )


class PopulationSection(Section):
    """Who will live there."""

    fertility: Fertility = Field(default_factory=Fertility, description="births")
    mortality: Mortality = Field(default_factory=Mortality, description="deaths")
    migration: Migration = Field(default_factory=Migration, description="moves in and out")
    planning_population: Mapping[int, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict,
        description="residents by target year with which per-head targets become counts; default: the central projection",
    )


class DemandSection(Section):
    """Levers on what people need. Factors multiply the base year's level; shares are 0..1; None = the region's fitted value."""

    visit_rate_factor: Factor = Field(ONE, description="visits per head of the same age and sex, base year = 1")
    admission_rate_factor: Factor = Field(ONE, description="admissions per head of the same age and sex, base year = 1")
    length_of_stay_factor: Factor = Field(ONE, description="days per admission, base year = 1")
    day_surgery_share: Share | None = Field(None, description="share of elective surgery done without a night")
    primary_care_visit_share: Share | None = Field(None, description="share of visits made in primary care")
    treated_elsewhere_share: Share | None = Field(None, description="share of residents' admissions outside the county")
    bed_occupancy: by_year(0, 1, above=True) | None = Field(None, description="target mean occupancy of beds, 0..1")
    refusal_probability: by_year(0, 1, above=True) | None = Field(
        None, description="accepted chance that a patient finds no bed free"
    )
    physician_productivity_factor: Factor = Field(ONE, description="weighted workload per physician, base year = 1")
    nurse_productivity_factor: Factor = Field(ONE, description="weighted workload per nurse, base year = 1")
    childcare_take_up: Share | None = Field(None, description="share of children under 3 who want a place")
    call_rate_growth: by_year(-0.5, 0.5) | None = Field(
        None, description="total growth of emergency calls a year, demography inside (0.05 = 5 % a year)"
    )


class Project(Section):
    """A building or purchase with a date: adds (or, negative, takes away) at once or over a ramp-up."""

    name: str = Field(min_length=1, description="what is built or bought")
    opens: DateText = Field(description="YYYY, YYYY-MM or YYYY-MM-DD; a bare year or month means its first day")
    adds: float = Field(description="how many are added in full use (negative takes away)")
    ramp_up_years: float = Field(0.0, ge=0, le=20, description="years of straight growth from the opening to full use")
    source: str = Field("", description="where it was announced")

    @property
    def year(self) -> int:
        """Year of opening."""
        return int(self.opens[:4])


class StaffFlow(Section):
    """Staff as stock and flow: next = stock x (1 - attrition) + recruits, with a training lag."""

    recruits_per_year: by_year(0, 1_000_000) | None = Field(
        None, description="people hired a year; if absent, what the target implies"
    )
    recruitment_factor: by_year(0, 10) = Field(
        ONE, description="multiplies the hires that the target implies (0.5 = recruitment at half speed)"
    )
    attrition: Share | None = Field(None, description="share of the stock leaving a year, 0..1")
    training_lag_years: int = Field(0, ge=0, le=10, description="years from recruitment to the first working day")


Level = Annotated[float, Field(ge=0)]


class ResourceSection(Section):
    """Planned level of one resource: ``count`` and ``per_head`` by year (never both in one year), or ``hold``."""

    count: Mapping[int, Level] | None = Field(None, description="planned count by year; linear between")
    per_head: Mapping[int, Level] | None = Field(
        None, description="planned level by year in the indicator's per-head unit; becomes a count once"
    )
    hold: bool = Field(False, description="keep the base year's observed count in all years (inherited points fall away)")
    projects: tuple[Project, ...] = Field((), description="itemised additions on top of the last given level")
    flow: StaffFlow | None = Field(None, description="staff only: recruitment limits the path")


class NewStation(Section):
    """A station that opens in a known place: ``lon`` and ``lat``, or a ``town``."""

    name: str = Field(min_length=1, description="name of the station, not yet used in the region")
    opens: int = Field(description="year of opening (1 January)")
    lon: float | None = Field(None, description="longitude, WGS-84 degrees")
    lat: float | None = Field(None, description="latitude, WGS-84 degrees")
    town: str | None = Field(None, description="town id: put at the town's population centre")


class StationClosure(Section):
    """A station that closes at the start of ``year``."""

    station: str = Field(description="id of a station of the region, or name of a new one")
    year: int = Field(description="first year without it")


class UnplacedStations(Section):
    """Stations whose number is planned but whose place is not."""

    opens: Mapping[int, Annotated[int, Field(ge=0, le=1000)]] = Field(description="number that opens by year (1 January)")
    placement: Literal["uncovered_people", "mean_distance"] = Field(
        "mean_distance", description="rule: greedily cut the people outside the radius, or the mean distance of people"
    )


UnitsByStation = Mapping[str, Annotated[int, Field(ge=0, le=1000)]]
UnitsByShift = Mapping[str, Annotated[int, Field(ge=0, le=1000)]]


class UnitsOnDuty(Section):
    """Units on duty in the county by shift, spread over stations by calls (at least one each), or set station by station."""

    day: by_year(0, 10_000) | None = Field(None, description="units on duty 08-20 h, whole county")
    night: by_year(0, 10_000) | None = Field(None, description="units on duty 20-08 h, whole county")
    stations: Mapping[str, UnitsByShift] = Field(
        default_factory=dict, description="per station id: {day: n, night: n}; replaces the spread for that station"
    )
    monitoring: UnitsByStation = Field(
        default_factory=dict, description="per station id: crews at a time with a monitoring vehicle; the others have a basic one"
    )


class EmergencySection(Section):
    """Emergency service set-up. None = the region's calibrated value."""

    years: tuple[int, ...] | None = Field(
        None, description="calendar years simulated; default: all (in the reference engine every fifth and the last)"
    )
    engine: Literal["compiled", "reference"] = Field("compiled", description="which engine simulates; both give the same")
    replications: int = Field(10, ge=2, le=100_000, description="runs of each year with fresh calls")
    target_half_width_min: float | None = Field(
        None, gt=0, le=60, description="more runs until the 95 % interval of the mean response is as narrow as +- this, minutes"
    )
    most_replications: int = Field(200, ge=2, le=100_000, description="but never more runs of a year than this")
    parameter_draws: int = Field(
        20, ge=0, le=10_000, description="parameter draws that are simulated besides the central one"
    )
    standard_min: float = Field(12.0, gt=0, le=120, description="mean response asked for, minutes")
    radius_urban_km: float = Field(5.0, gt=0, le=100, description="service radius asked for in towns, km")
    radius_rural_km: float = Field(10.0, gt=0, le=100, description="service radius asked for in the country, km")
    new_stations: tuple[NewStation, ...] = Field((), description="stations that open in a known place")
    unplaced_stations: UnplacedStations | None = Field(None, description="stations that open in a place not yet known")
    closures: tuple[StationClosure, ...] = Field((), description="stations that close")
    units_on_duty: UnitsOnDuty = Field(default_factory=UnitsOnDuty, description="crews on duty, not vehicles owned")
    turnout_median_min: by_year(0, 60, above=True) | None = Field(
        None, description="median time from dispatch to wheels rolling, minutes (lognormal)"
    )
    turnout_sigma: by_year(0, 3) | None = Field(None, description="spread of the turnout time: sigma of its logarithm")
    speed_factor: by_year(0, 5, above=True) = Field(ONE, description="multiplies travel speed; 1.1 = 10 % faster")
    detour: float | None = Field(None, ge=1, le=5, description="road distance / straight distance")
    travel_table: str | None = Field(
        None, description="CSV (zone, station, minutes) that replaces the travel law; relative to the file that names it"
    )
    transport_share: float | None = Field(None, ge=0, le=1, description="share of calls that end in a transport")
    return_dispatch: bool = Field(True, description="whether a unit on its way back can be sent")
    shifts: Shifts | None = Field(None, description="shift patterns with breaks; default: day and night crews without breaks")
    dispatch: Dispatch | None = Field(None, description="which unit is sent; default: the nearest available one")
    move_up: MoveUp | None = Field(None, description="where units without a call stand; default: each at its station")
    hospitals: Hospitals | None = Field(None, description="hospitals under pressure; default: the nearest, always open")
    surge: Surge | None = Field(None, description="events: epidemics and heat, mass casualties, lost stations, closed roads")


class Title(Section):
    """The scenario's title in both languages."""

    zh: str = Field(min_length=1, description="Chinese title")
    en: str = Field(min_length=1, description="English title")


class ScenarioBody(Section):
    """A resolved scenario: the top level of the YAML file after inheritance."""

    schema_: Literal[1] = Field(alias="schema", description="version of this file format: 1")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$", description="short name: lower-case letters, digits, underscores")
    title: Title = Field(description="what reports call it")
    region: str = Field(description="folder of the region pack in calibration/")
    horizon: Horizon = Field(description="first and last scorecard year")
    draws: int = Field(500, ge=0, le=100_000, description="random draws of the uncertain inputs, besides the central one")
    seed: int = Field(ge=0, le=2**63 - 1, description="seed of all random streams: same seed, same result")
    population: PopulationSection = Field(default_factory=PopulationSection, description="who will live there")
    demand: DemandSection = Field(default_factory=DemandSection, description="what they will need")
    resources: Mapping[str, ResourceSection] = Field(default_factory=dict, description="what the plan provides")
    emergency: EmergencySection = Field(default_factory=EmergencySection, description="emergency service")
    notes: str = Field("", description="remarks, carried into the report")


@dataclass(frozen=True)
class Origin:
    """Where a resolved value was set: its place and layer (``command line``, ``file``, ``parent``, ``region``, ``default``)."""

    layer: str
    place: Place


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    Attributes:
        body: the resolved values.
        origins: where every value, and every section that holds some, was set. Files are named as in ``files``, so that
            the same scenario has the same origins in every working directory.
        files: the files that were read, as (name, path). Copied to a folder under their names, they load again.
        path: the scenario file as the user named it.
        warnings: findings of the check that do not stop the program.
        travel_table: path of the table named by ``emergency.travel_table``, if one is.
        region_values: the region's number for every value that is None in ``body`` because the region decides it.
    """

    body: ScenarioBody
    origins: Mapping[Address, Origin]
    files: tuple[tuple[str, str], ...]
    path: str
    warnings: tuple[Problem, ...] = ()
    travel_table: str | None = None
    region_values: Mapping[Address, float] = field(default_factory=dict)

    @property
    def years(self) -> NDArray[np.int64]:
        """Scorecard years."""
        return self.body.horizon.years
