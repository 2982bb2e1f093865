"""Fitting the levels of use to what the county's facilities reported.

A level scales an age schedule: discharges = level x sum of (residents x admission rate). Its prior is lognormal. An
observed figure divided by what the schedule gives for the residents of its year is a second opinion on the level, with a
stated tolerance; the two are combined in closed form (:mod:`sim.calibration.lognormal`). A figure that is the highest of
several years says less and lies above its level (:mod:`sim.calibration.peak`). Where nothing was observed the prior stands.
Supply (beds, staff) is never a target; a length of stay that a document derives from occupied beds is a statement about
bed-days, which are activity.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.exposure import residents_of_years
from sim.calibration.lognormal import update
from sim.calibration.peak import level_below_peak
from sim.demand.levels import ADMISSIONS, STAY, VISITS, Level, prior_key
from sim.errors import InputError, Place, Problem
from sim.priors import interval, log_sd
from sim.region.model import Observation, Region

_AGES = "care.age_groups_from"
_RATES = ("care.admission_rate_schedule.male", "care.admission_rate_schedule.female")
_ANNUAL, _SCOPE = "need.fit.annual_tolerance", "need.fit.other_scope_tolerance"
_NOISE, _PEAK_YEARS = "need.fit.peak_year_noise", "need.fit.peak_years"


@dataclass(frozen=True)
class Target:
    """One observed figure and what it says about a level.

    Attributes:
        key: parameter that holds the figure.
        observed: its value.
        years: the year whose residents it is set against; several where the document prints the highest of them without
            its year.
        units: what the schedule gives for a level of 1 in each of these years.
        tolerance: standard deviation of the logarithm of the figure around its level.
        noise: the part of it that each of several years has for itself; 0 where the year is known.
        source: where the figure comes from.
    """

    key: str
    observed: float
    years: tuple[int, ...]
    units: tuple[float, ...]
    tolerance: float
    noise: float
    source: str

    @property
    def year_known(self) -> bool:
        """False where the document prints a peak without its year."""
        return len(self.years) == 1

    @property
    def unit_level(self) -> float:
        """What the schedule gives for a level of 1 in the (last) year."""
        return self.units[-1]

    @property
    def implied(self) -> float:
        """The level at which the schedule gives the observed figure exactly, in the (last) year."""
        return self.observed / self.unit_level


@dataclass(frozen=True)
class FittedLevel:
    """One level after fitting.

    Attributes:
        level: which one.
        unit: unit of the level.
        prior: the prior as the reference pack states it.
        prior_key: its key.
        median, low, high: fitted median and 10 % and 90 % points.
        targets: the figures that informed it; none where the prior stands.
    """

    level: Level
    unit: str
    prior: Observation
    prior_key: str
    median: float
    low: float
    high: float
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class FittedLevels:
    """All levels of a region, and the figures that would inform them but were not observed."""

    region: str
    levels: tuple[FittedLevel, ...]
    not_observed: tuple[str, ...]


@dataclass(frozen=True)
class _Figure:
    """A kind of observed figure: its parameter, the level it informs, what the schedule gives, and its tolerance."""

    key: str
    level: Level
    unit_level: Callable[[Region, NDArray[np.float64]], float]
    tolerance: str = _ANNUAL


def fit_levels(region: Region) -> FittedLevels:
    """Fit every level of use of a region to its observed activity.

    Raises:
        InputError: a prior, a schedule or a tolerance is missing from the packs, or a prior has no range.
    """
    _require(region)
    observed = [figure for figure in _FIGURES if figure.key in region.parameters]
    wanted = sorted({year for figure in observed for year in _years(region, figure)})
    people = residents_of_years(region, wanted, region.parameters[_AGES].schedule) if wanted else {}
    found = {figure.key: _target(region, figure, people) for figure in observed}
    levels = []
    for level in (ADMISSIONS, VISITS, STAY):
        targets = tuple(found[figure.key] for figure in _FIGURES if figure.level is level and figure.key in found)
        levels.append(_fit(region, level, targets))
    missing = tuple(figure.key for figure in _FIGURES if figure.key not in found)
    return FittedLevels(region.key, tuple(levels), missing)


def _fit(region: Region, level: Level, targets: tuple[Target, ...]) -> FittedLevel:
    key = prior_key(region, level)
    prior = region.parameters[key]
    if prior.low is None or prior.high is None or prior.low <= 0.0:
        raise InputError([Problem(prior.place, f"the prior {key!r} has no range", "low and high above 0")])
    if not targets:
        return FittedLevel(level, prior.unit, prior, key, prior.number, prior.low, prior.high, ())
    annual = [(target.implied, target.tolerance) for target in targets if target.year_known]
    median, sd = update(prior.number, log_sd(prior.low, prior.high), annual)
    low, high = interval(median, sd)
    for peak in (target for target in targets if not target.year_known):
        spread, common = log_sd(low, high), math.sqrt(peak.tolerance**2 - peak.noise**2)
        low, median, high = level_below_peak(median, spread, peak.units, peak.observed, peak.noise, common)
    return FittedLevel(level, prior.unit, prior, key, median, low, high, targets)


def _years(region: Region, figure: _Figure) -> tuple[int, ...]:
    """The year of a figure, or the years of which it is the highest."""
    year = region.parameters[figure.key].year
    if year is not None:
        return (year,)
    count = int(region.parameters[_PEAK_YEARS].number)
    return tuple(range(region.base_year - count + 1, region.base_year + 1))


def _target(region: Region, figure: _Figure, people: Mapping[int, NDArray[np.float64]]) -> Target:
    observed, tolerance = region.parameters[figure.key], region.parameters[figure.tolerance].number
    years = _years(region, figure)
    noise = region.parameters[_NOISE].number if len(years) > 1 else 0.0
    units = tuple(figure.unit_level(region, people[year]) for year in years)
    return Target(figure.key, observed.number, years, units, math.hypot(tolerance, noise), noise, observed.source)


def _admissions(region: Region, people: NDArray[np.float64]) -> float:
    return float(_admissions_by_age(region, people).sum())


def _mean_stay(region: Region, people: NDArray[np.float64]) -> float:
    admissions = _admissions_by_age(region, people)
    return float((admissions * region.parameters["care.length_of_stay_schedule_days"].schedule).sum() / admissions.sum())


def _admissions_by_age(region: Region, people: NDArray[np.float64]) -> NDArray[np.float64]:
    return people * np.array([region.parameters[key].schedule for key in _RATES]) / 100.0


def _visits(region: Region, people: NDArray[np.float64]) -> float:
    return float((people * region.parameters["care.visit_rate_schedule"].schedule).sum())


_FIGURES = (
    _Figure("activity.discharges_per_year", ADMISSIONS, _admissions),
    _Figure("activity.visits_per_year", VISITS, _visits),
    _Figure("activity.length_of_stay_days", STAY, _mean_stay),
    _Figure("activity.length_of_stay_level2plus_days", STAY, _mean_stay, _SCOPE),
)


def _require(region: Region) -> None:
    wanted = (
        *(level.prior for level in (ADMISSIONS, VISITS, STAY)),
        *(_AGES, *_RATES, "care.length_of_stay_schedule_days", "care.visit_rate_schedule"),
        *(_ANNUAL, _SCOPE, _NOISE, _PEAK_YEARS),
    )
    missing = [key for key in wanted if key not in region.parameters]
    if missing:
        place = Place(f"calibration/{region.key}")
        raise InputError([Problem(place, f"parameter {key!r} is missing", "it in calibration/reference") for key in missing])
