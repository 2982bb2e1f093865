"""What the demand models give for a level of 1: the figures that levels of use and of calls are held against.

A level scales an age schedule: discharges = level x sum of (residents x admission rate). A figure whose document does not print
its year is the highest of several (:mod:`sim.calibration.peak`). Supply (beds, staff) is never a target; a length of stay that
a document derives from occupied beds is a statement about bed-days, which are activity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.calibration.exposure import central_scenario, residents_of_years
from sim.calibration.quantities import CALL_GROWTH, Family
from sim.calibration.specification import FitTarget
from sim.draws import Draws
from sim.errors import InputError, Place, Problem
from sim.population import project_region
from sim.region.model import Region

Array = NDArray[np.float64]

AGES = "care.age_groups_from"
_RATES = ("care.admission_rate_schedule.male", "care.admission_rate_schedule.female")
_STAYS, _VISITS = "care.length_of_stay_schedule_days", "care.visit_rate_schedule"
_RATE = "emergency.call_rate_per_1000"
_DAYS = 365.0


@dataclass(frozen=True)
class Units:
    """What the model gives for a level of 1.

    Attributes:
        by_target: for each target of the family ``use``, the figure in each of its years.
        calls: expected calls of the year of the rate, before level and growth.
        since: that year.
        held: the packs' values of parameters that a formula needs, for those that are not fitted.
    """

    by_target: Mapping[str, tuple[float, ...]]
    calls: float
    since: int
    held: Mapping[str, float]

    def calls_in(self, year: int, level: Array, growth: Array) -> Array:
        """Expected calls of a year: level x rate x residents of the rate's year x total growth since."""
        return level * self.calls * (1.0 + growth) ** (year - self.since)


def years_of(target: FitTarget, base_year: int) -> tuple[int, ...]:
    """The year of a figure, or the years up to the base year of which it is the highest."""
    if target.observed.year is not None:
        return (target.observed.year,)
    return tuple(range(base_year - target.peak_years + 1, base_year + 1))


def units_of(region: Region, targets: Sequence[FitTarget]) -> Units:
    """What the schedules give for the residents of each target's years.

    Raises:
        InputError: a schedule is missing from the packs.
    """
    use = [target for target in targets if target.quantity.family is Family.USE]
    require(region, (AGES, *_RATES, _STAYS, _VISITS) if use else ())
    years = sorted({year for target in use for year in years_of(target, region.base_year)})
    people = residents_of_years(region, years, region.parameters[AGES].schedule) if years else {}
    by_target = {
        target.name: tuple(_UNIT[target.quantity.key](region, people[year]) for year in years_of(target, region.base_year))
        for target in use
    }
    calls, since = 0.0, region.base_year
    if any(target.quantity.family is Family.CALLS for target in targets):
        require(region, (_RATE, CALL_GROWTH))
        rate = region.parameters[_RATE]
        since = rate.year or region.base_year
        calls = rate.number / 1000.0 * _mid_year(region, since)
    keys = {key for target in targets for key in target.quantity.parameters}
    held = {key: region.parameters[key].number for key in sorted(keys) if key in region.parameters}
    return Units(by_target, calls, since, held)


def require(region: Region, keys: Sequence[str]) -> None:
    """Raise InputError for parameters that the packs lack."""
    place = Place(f"calibration/{region.key}")
    missing = [key for key in keys if key not in region.parameters]
    if missing:
        raise InputError([Problem(place, f"parameter {key!r} is missing", "it in calibration/reference") for key in missing])


def _mid_year(region: Region, year: int) -> float:
    """Residents in the middle of a year on the region's own central projection, as the demand models have them."""
    scenario = central_scenario(region, min(year, region.base_year), max(year, region.base_year + 1))
    population = project_region(region, scenario, Draws(0, 0))
    return float(population.mid_year(year)[0].sum())


def _admissions(region: Region, people: Array) -> float:
    return float(_admissions_by_age(region, people).sum())


def _mean_stay(region: Region, people: Array) -> float:
    admissions = _admissions_by_age(region, people)
    return float((admissions * region.parameters[_STAYS].schedule).sum() / admissions.sum())


def _occupancy(region: Region, people: Array) -> float:
    """Bed-days over what the observed beds offer in a year."""
    if "beds" not in region.baseline:
        place = Place(f"calibration/{region.key}/baseline.yaml")
        what = "an occupancy is held against the model, but beds were not observed"
        raise InputError([Problem(place, what, "beds in the baseline")])
    days = float((_admissions_by_age(region, people) * region.parameters[_STAYS].schedule).sum())
    return days / (region.baseline["beds"].number * _DAYS)


def _admissions_by_age(region: Region, people: Array) -> Array:
    return people * np.array([region.parameters[key].schedule for key in _RATES]) / 100.0


def _visits(region: Region, people: Array) -> float:
    return float((people * region.parameters[_VISITS].schedule).sum())


_UNIT: Mapping[str, Callable[[Region, Array], float]] = {
    "discharges": _admissions,
    "visits": _visits,
    "mean_stay": _mean_stay,
    "bed_occupancy": _occupancy,
}
