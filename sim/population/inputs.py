"""What the projection takes from a region: its mortality, its fertility, its censuses, the years between them.

Everything here is central; the paths with draws stand in :mod:`sim.population.paths`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Place, Problem
from sim.population.base import single_ages_of_census
from sim.population.decade import Decade, between_censuses
from sim.population.departures import departure_rates
from sim.population.fertility import age_patterns, fertility_of_infants
from sim.population.migration import model_schedule
from sim.population.model import OPEN_AGE, SEXES
from sim.population.mortality import relational_rates, slopes_of_infant_mortality, standard_rates
from sim.population.old_age import years_to_add
from sim.population.survival import survival_from_mx
from sim.region import Observation, Region

Array = NDArray[np.float64]

LATEST_CENSUS = 2020
EARLIER_CENSUS = 2010
# The United Nations' (1992) low-dependency schedule: young workers with few children.
MODEL_SCHEDULE = "ld"
# Those of 70 and over in the earlier census: old enough to have settled, and most deaths happen among them.
SURVIVORS_FROM = 80


@dataclass(frozen=True)
class Inputs:
    """Central inputs of one region.

    Attributes:
        region: the pack.
        life_expectancy: resident life expectancy in the latest census year by sex, years, shape ``[sex]``.
        published_both: the published value for both sexes.
        survival_shows: years that the survival of the old between the censuses adds to the published value.
        slope: ``beta`` of the relation to the national life table by sex, shape ``[sex]``.
        fertility_ratio: the region's total fertility over the nation's in the latest census year.
        latest: population of the latest census, shape ``[sex, age]``: 1 January of the year after it.
        profile: net migrants a year by the age reached at its end, shape ``[sex, age]``, yearly mean since the earlier census.
        departure_rates: net departures a year per resident at the ages that lose, shape ``[sex, age]``.
        decade: the years between the two censuses; None if the pack holds the latest one alone.
    """

    region: Region
    life_expectancy: Array
    published_both: float
    survival_shows: float
    slope: Array
    fertility_ratio: float
    latest: Array
    profile: Array
    departure_rates: Array
    decade: Decade | None

    @property
    def life_expectancy_both_sexes(self) -> float:
        """Resident life expectancy of both sexes that goes with ``life_expectancy``."""
        return self.published_both + self.parameter("population.life_expectancy.survival_weight").number * self.survival_shows

    @property
    def net_migration_per_year(self) -> float:
        """Net migrants a year that the path after the census starts from."""
        return float(self.profile.sum())

    def parameter(self, key: str) -> Observation:
        """A parameter of the pack."""
        return parameter(self.region, key)


def parameter(region: Region, key: str) -> Observation:
    """A parameter of the pack; raises :class:`~sim.errors.InputError` if it has none."""
    found = region.parameters.get(key)
    if found is None:
        place = Place(f"calibration/{region.key}")
        raise InputError([Problem(place, f"parameter {key!r} is missing", "it in the pack or the reference pack")])
    return found


def national(table: Mapping[str, NDArray[Any]], column: str, years: NDArray[np.int64], **where: str) -> Array:
    """A column of a yearly national table at ``years``, shape ``[year]``; NaN where the table has none."""
    chosen = np.ones(len(table["year"]), dtype=bool)
    for name, value in where.items():
        chosen &= table[name] == value
    position = {int(year): index for index, year in zip(np.flatnonzero(chosen), table["year"][chosen], strict=True)}
    return np.array([table[column][position[int(year)]] for year in years])


def national_life_expectancy(region: Region, years: NDArray[np.int64], column: str = "e0") -> Array:
    """National life expectancy by sex, shape ``[year, sex]``."""
    table = region.tables["life_expectancy"]
    return np.stack([national(table, column, years, sex=sex) for sex in SEXES], axis=1)


def read_inputs(region: Region) -> Inputs:
    """Derive the central inputs of a region from its pack.

    Raises:
        InputError: the pack lacks a census or a parameter.
    """
    if LATEST_CENSUS not in region.census:
        place = Place(f"calibration/{region.key}/census.csv")
        raise InputError([Problem(place, f"there is no census of {LATEST_CENSUS}", "it, to project from")])
    years = np.arange(EARLIER_CENSUS + 1, LATEST_CENSUS + 1)
    published, both = published_life_expectancy(region)
    standard = standard_rates(region.tables["mortality"], years)
    gain = national_life_expectancy(region, years) - national_life_expectancy(region, years[-1:])
    latest = single_ages_of_census(region.census[LATEST_CENSUS], standard[-1])
    earlier, shown = None, 0.0
    if EARLIER_CENSUS in region.census:
        earlier = single_ages_of_census(region.census[EARLIER_CENSUS], standard[0])
        shown = years_to_add(earlier, latest, standard, published + gain, SURVIVORS_FROM)
    expectancy = published + parameter(region, "population.life_expectancy.survival_weight").number * shown
    slope = infant_slopes(region, standard[-1], expectancy)
    survival = survival_from_mx(relational_rates(standard, slope, (expectancy + gain)[None]))[0]
    patterns = age_patterns(region.tables["fertility_pattern"], years)
    srb = national(region.tables["sex_ratio_at_birth"], "srb", years)
    tfr = national(region.tables["total_fertility"], "tfr", years)
    of_boys = srb[-1] / (1.0 + srb[-1])
    infant_survival = float(of_boys * survival[-1, 0, 0] + (1.0 - of_boys) * survival[-1, 1, 0])
    infants = float(latest[:, 0].sum())
    ratio = fertility_of_infants(infants, latest[1], patterns[-1], infant_survival) / float(tfr[-1])
    decade = None
    if earlier is not None:
        decade = between_censuses(
            earlier,
            latest,
            years,
            survival,
            (ratio * tfr)[:, None] * patterns,
            srb,
            smoothing=parameter(region, "population.migration.smoothing").number,
            missed=earlier * (omission_factors(region) - 1.0),
        )
    if decade is None:
        profile, before = model_profile(region), latest[None]
    else:
        profile, before = decade.profile, decade.projection.counts[0, :-1]
    rates = departure_rates(profile, before)
    return Inputs(region, expectancy, both, shown, slope, ratio, latest, profile, rates, decade)


def model_profile(region: Region) -> Array:
    """Net migration a year by sex and age without a second census: the pack's total on a model schedule."""
    men = parameter(region, "demography.male_share_of_net_migration").number
    total = parameter(region, "demography.net_migration_per_year").number
    return total * model_schedule(region.tables["migration_schedules"], MODEL_SCHEDULE, men)


def published_life_expectancy(region: Region) -> tuple[Array, float]:
    """Published life expectancy of residents by sex, shape ``[sex]``, and both sexes.

    The sexes stand around the published value as in Jiangsu's census table, where all three are printed.
    """
    both = parameter(region, "demography.life_expectancy")
    if both.basis and not both.basis.startswith("resident"):
        problem = Problem(both.place, f"the life expectancy is that of a {both.basis} population", "basis 'resident'")
        raise InputError([problem])
    around = parameter(region, "demography.life_expectancy_jiangsu").number
    by_sex = [parameter(region, f"demography.life_expectancy_jiangsu.{sex}").number for sex in SEXES]
    return both.number + np.array(by_sex) - around, both.number


def infant_slopes(region: Region, standard: Array, life_expectancy: Array) -> Array:
    """``beta`` by sex from the infant mortality of residents of the census year, or 1 where none was observed."""
    infant = region.parameters.get("demography.infant_mortality_per_1000")
    if infant is None or infant.basis != "resident" or infant.year != LATEST_CENSUS:
        return np.ones(len(SEXES))
    return slopes_of_infant_mortality(standard, life_expectancy, infant.number / 1000.0)


def omission_factors(region: Region) -> Array:
    """Factor on the counts of 2010 for children whom that census missed, by single age, shape ``[age]``."""
    ages = np.arange(OPEN_AGE + 1)
    under_5 = parameter(region, "population.census_2010.omission_factor_0_4").number
    under_10 = parameter(region, "population.census_2010.omission_factor_5_9").number
    return np.where(ages < 5, under_5, np.where(ages < 10, under_10, 1.0))
