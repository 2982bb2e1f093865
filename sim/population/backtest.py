"""Back-test: project a region from its census of 2010 with what was known then, and compare with the census of 2020.

Known then, and nothing later: the census of 2010, national life tables, fertility patterns and gains in life expectancy up to
2010, life expectancy and total fertility of the province in that census. Net migration had to be guessed from the ages of the
census: the residents of 15-49 beyond a population of the nation's age structure with the region's own 50-79-year-olds are
in-migrants; a stated share of them comes again in ten years, by the United Nations' model schedule. The spreads
are those of today's projections at the same distance from their census (but for what the survival between two censuses adds), so
that the share of outcomes inside the 80 % intervals says how good they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws, quantiles
from sim.population.base import single_ages_of_census
from sim.population.engine import Projection, cohort_component
from sim.population.fertility import age_patterns
from sim.population.inputs import EARLIER_CENSUS, LATEST_CENSUS, MODEL_SCHEDULE, national, national_life_expectancy, parameter
from sim.population.migration import model_schedule
from sim.population.model import OPEN_AGE, SEXES
from sim.population.mortality import relational_rates, standard_rates
from sim.population.paths import fertility_deviation, life_expectancy_deviation, net_migration_deviation
from sim.population.survival import survival_from_mx
from sim.region import Region

Array = NDArray[np.float64]

BROAD_AGES: tuple[tuple[str, int, int], ...] = (
    ("all", 0, OPEN_AGE),
    ("0-14", 0, 14),
    ("15-59", 15, 59),
    ("60+", 60, OPEN_AGE),
    ("80+", 80, OPEN_AGE),
)
_YEARS = LATEST_CENSUS - EARLIER_CENSUS


@dataclass(frozen=True)
class Outcome:
    """One region and broad age group on 1 January 2021.

    Attributes:
        region, ages: which.
        counted: the census of 2020, persons.
        central, p10, p90: the projection from 2010.
        no_change: the census of 2010.
        closed: the cohorts of 2010 with births and deaths but no migration.
        published: the growth of a published estimate between the censuses continued (all ages; NaN where there is none).
    """

    region: str
    ages: str
    counted: float
    central: float
    p10: float
    p90: float
    no_change: float
    closed: float
    published: float

    @property
    def inside(self) -> bool:
        """Whether the count lies inside the 80 % interval."""
        return self.p10 <= self.counted <= self.p90

    def error(self, forecast: float) -> float:
        """Relative error of a forecast."""
        return forecast / self.counted - 1.0


def back_test(regions: Iterable[Region], draws: Draws) -> tuple[Outcome, ...]:
    """Project every region from 2010 to 2020 and compare; one outcome a region and broad age group."""
    return tuple(outcome for region in regions for outcome in _outcomes(region, draws))


def project_from_2010(region: Region, draws: Draws, *, migration: bool = True) -> Array:
    """Residents on 1 January 2021 as one would have projected them from the census of 2010, shape ``[draw, sex, age]``."""
    return path_as_known_in_2010(region, draws, migration=migration).counts[:, -1]


def path_as_known_in_2010(
    region: Region, draws: Draws, *, migration: bool = True, since: int = EARLIER_CENSUS, base: Array | None = None
) -> Projection:
    """The projection to 1 January 2021 with what was known in 2010.

    Args:
        region: the pack.
        draws: the draw axis; deviations grow from the base on.
        migration: whether anybody moves.
        since: the year at whose end the base stands; life expectancy has gained until then what was expected.
        base: residents of 1 January ``since + 1``, shape ``[sex, age]``; those of the census of 2010 if None.
    """
    years = LATEST_CENSUS - since
    standard = standard_rates(region.tables["mortality"], np.array([EARLIER_CENSUS])).repeat(years, axis=0)
    expectancy = _life_expectancy(region)[:, since - EARLIER_CENSUS :]
    lead = np.arange(LATEST_CENSUS + 1, LATEST_CENSUS + 1 + years)
    mx = relational_rates(standard, np.ones(len(SEXES)), expectancy + life_expectancy_deviation(region, lead, draws))
    survival = survival_from_mx(mx)
    start = single_ages_of_census(region.census[EARLIER_CENSUS], mx[0, 0]) if base is None else base
    pattern = age_patterns(region.tables["fertility_pattern"], np.array([EARLIER_CENSUS]))[0]
    fertility = parameter(region, "population.backtest.tfr_2010").number * np.exp(fertility_deviation(region, lead, draws))
    srb = national(region.tables["sex_ratio_at_birth"], "srb", np.array([EARLIER_CENSUS])).repeat(years)
    moved = np.zeros((1, years, len(SEXES), OPEN_AGE + 1))
    if migration:
        central = parameter(region, "population.backtest.repeated_share").number * visible_in_migrants(region) / _YEARS
        net = central + net_migration_deviation(region, start.sum(), years, draws)
        men = parameter(region, "demography.male_share_of_net_migration").number
        moved = net[:, :, None, None] * model_schedule(region.tables["migration_schedules"], MODEL_SCHEDULE, men)
    return cohort_component(start[None], survival, fertility[:, :, None] * pattern, srb[None], moved)


def visible_in_migrants(region: Region) -> float:
    """In-migrants that the ages of the census of 2010 show, persons.

    Where people of working age are missing it is 0: the eastern counties' births had fallen earlier than the nation's, so an
    old age structure is no sign of out-migration.
    """
    census = region.census[EARLIER_CENSUS]
    nation = sum(parameter(region, f"population.backtest.china_2010.{sex}").schedule for sex in SEXES)
    nation_from = np.arange(0, OPEN_AGE + 1, 5)
    here = census.counts.sum(axis=0)

    def between(counts: Array, first_ages: NDArray[np.int64], low: int, high: int) -> float:
        return float(counts[(first_ages >= low) & (first_ages <= high)].sum())

    scale = between(here, census.age_from, 50, 75) / between(nation, nation_from, 50, 75)
    return max(between(here, census.age_from, 15, 45) - scale * between(nation, nation_from, 15, 45), 0.0)


def _life_expectancy(region: Region) -> Array:
    """Path of life expectancy as expected in 2010, shape ``[1, year, sex]``: the nation's gains of 2000-2010 go on."""
    both = parameter(region, "population.backtest.life_expectancy_2010").number
    then = np.array([EARLIER_CENSUS])
    by_sex = national_life_expectancy(region, then)[0]
    around = by_sex - national(region.tables["life_expectancy"], "e0", then, sex="both")[0]
    before = national_life_expectancy(region, then - _YEARS)[0]
    gain = (by_sex - before) / _YEARS
    return (both + around + gain * np.arange(1, _YEARS + 1)[:, None])[None]


def _outcomes(region: Region, draws: Draws) -> list[Outcome]:
    projected = project_from_2010(region, draws)
    closed = project_from_2010(region, Draws(0, draws.seed), migration=False)[0]
    counted, before = region.census[LATEST_CENSUS], region.census[EARLIER_CENSUS]
    outcomes = []
    for name, low, high in BROAD_AGES:
        people = projected[:, :, low : high + 1].sum(axis=(1, 2))
        p10, p90 = quantiles(people, (0.1, 0.9))
        groups = (counted.age_from >= low) & (counted.age_from <= high)
        outcomes.append(
            Outcome(
                region=region.key,
                ages=name,
                counted=float(counted.counts[:, groups].sum()),
                central=float(people[0]),
                p10=float(p10),
                p90=float(p90),
                no_change=float(before.counts[:, groups].sum()),
                closed=float(closed[:, low : high + 1].sum()),
                published=_published_growth(region) if name == "all" else float("nan"),
            )
        )
    return outcomes


def _published_growth(region: Region) -> float:
    """The census of 2010 grown on at the rate of a published estimate between the censuses, or NaN."""
    start = float(region.census[EARLIER_CENSUS].counts.sum())
    baseline = region.baseline.get("population")
    estimate = region.parameters.get("demography.population_old_series_2019")
    if baseline is not None and baseline.year is not None and EARLIER_CENSUS < baseline.year < LATEST_CENSUS:
        estimate = baseline
    if estimate is None or estimate.year is None:
        return float("nan")
    return float(start * (estimate.number / start) ** (_YEARS / (estimate.year - EARLIER_CENSUS)))
