"""A region's projection: from its censuses to the scenario's horizon, with draws."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.errors import InputError, Place, Problem
from sim.population.assumptions import describe
from sim.population.departures import profiles_to_come
from sim.population.engine import cohort_component
from sim.population.fertility import age_patterns
from sim.population.inputs import EARLIER_CENSUS, LATEST_CENSUS, Inputs, national, parameter, read_inputs
from sim.population.migration import scale_profile
from sim.population.model import Population
from sim.population.mortality import relational_rates, standard_rates
from sim.population.paths import fertility_path, life_expectancy_path, net_migration_path
from sim.population.rebase import Rates, rebased, seen
from sim.population.survival import survival_from_mx
from sim.population.towns import AGE_FROM, broad_groups, town_shares
from sim.region import Observation, Region
from sim.scenario import observed_in_use
from sim.scenario.model import PopulationSection, Scenario

Array = NDArray[np.float64]

_BLOCK = 256


def project_region(region: Region, scenario: Scenario, draws: Draws) -> Population:
    """Project a region's residents from 1 January after the scenario's first year to 1 January after its last.

    The latest census stands for 1 January of the next year. A scenario that starts before it begins with the years between
    the censuses as they were; one that starts after it begins with a projected population.

    Args:
        region: the pack.
        scenario: its horizon and population section are used.
        draws: number of draws and seed.

    Raises:
        InputError: the pack lacks something that the projection needs, or the horizon begins before the earlier census.
    """
    horizon = scenario.body.horizon
    observed = observed_in_use(region, scenario)
    inputs = read_inputs(region)
    return project_years(inputs, scenario.body.population, horizon.start + 1, horizon.end + 1, draws, observed)


def project_years(
    inputs: Inputs,
    asked: PopulationSection,
    first: int,
    last: int,
    draws: Draws,
    observed: Mapping[str, Mapping[int, Observation]] = MappingProxyType({}),
) -> Population:
    """Like :func:`project_region`, from 1 January ``first`` to 1 January ``last``, through what was ``observed``."""
    region, decade = inputs.region, inputs.decade
    start = LATEST_CENSUS + 1
    years = np.arange(start, max(last, start))
    counts, births, deaths, moved, clipped = _from_latest_census(inputs, asked, years, draws, observed)
    if first < start:
        skip = first - (EARLIER_CENSUS + 1)
        if decade is None or skip < 0:
            place = Place(f"calibration/{region.key}/census.csv")
            what = f"the projection is to begin on 1 January {first}, before the first census can say anything"
            raise InputError([Problem(place, what, f"a first year of at least {start - 1} or an earlier census")])
        known = decade.projection
        counts = _before(known.counts[:, skip:-1], counts)
        births = _before(known.births[:, skip:], births)
        deaths = _before(known.deaths_total[:, skip:], deaths)
        moved = _before(known.net_migration_total[:, skip:], moved)
        clipped = _before(known.clipped[:, skip:], clipped)
    begin = max(first - start, 0)
    points = slice(begin, begin + last - first + 1)
    flows = slice(begin, begin + last - first)
    times = np.arange(first, last + 1)
    shares = town_shares(
        region.towns,
        broad_groups(inputs.latest),
        parameter(region, "population.towns.rural_age_odds").schedule,
        parameter(region, "population.towns.drift_sd_per_year").number,
        times - start,
        draws,
    )
    return Population(
        years=times,
        counts=counts[:, points],
        births=births[:, flows],
        deaths=deaths[:, flows],
        net_migration=moved[:, flows],
        clipped=clipped[:, flows],
        towns=region.towns.ids,
        town_shares=shares,
        town_age_from=AGE_FROM,
        assumptions=describe(inputs, asked, last),
    )


def _from_latest_census(
    inputs: Inputs,
    asked: PopulationSection,
    years: NDArray[np.int64],
    draws: Draws,
    observed: Mapping[str, Mapping[int, Observation]],
) -> tuple[Array, Array, Array, Array, Array]:
    """Counts, births by sex, deaths, net migration and what was clipped, each with a draw axis, worked in blocks of draws."""
    region, base = inputs.region, inputs.latest
    size, sexes, ages = draws.size, *base.shape
    counts = np.empty((size, len(years) + 1, sexes, ages))
    counts[:, 0] = base
    births = np.zeros((size, len(years), sexes))
    deaths, moved, clipped = (np.zeros((size, len(years))) for _ in range(3))
    if not len(years):
        return counts, births, deaths, moved, clipped
    standard = standard_rates(region.tables["mortality"], years)
    patterns = age_patterns(region.tables["fertility_pattern"], years)
    srb = national(region.tables["sex_ratio_at_birth"], "srb", years)[None]
    fertility = fertility_path(inputs, years, asked.fertility, draws)
    expectancy = life_expectancy_path(inputs, years, asked.mortality, draws)
    migration = net_migration_path(inputs, years, asked.migration, draws)
    profiles = central_profiles(inputs, standard, patterns, srb[0], years)
    held_to = seen(observed, years, draws)
    memories = [inputs.parameter(f"population.{what}.correlation_per_year").number for what in ("fertility", "migration")]
    for begin in range(0, size, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        survival = survival_from_mx(relational_rates(standard, inputs.slope, expectancy[block]))
        rates = Rates(survival, fertility[block, :, None] * patterns, srb, migration[block])
        if held_to.length:
            rates = rebased(base, rates, profiles, held_to.of(block), *memories)
        result = cohort_component(
            base[None], rates.survival, rates.asfr, rates.srb, scale_profile(profiles, rates.migration)
        )
        counts[block], births[block] = result.counts, result.births
        deaths[block], moved[block] = result.deaths_total, result.net_migration_total
        clipped[block] = result.clipped
    return counts, births, deaths, moved, clipped


def central_profiles(inputs: Inputs, standard: Array, patterns: Array, srb: Array, years: NDArray[np.int64]) -> Array:
    """Net migration by age in each year, shape ``[year, sex, age]``, of the central path of the pack's own assumptions.

    The same in all draws and scenarios, so that these differ by their totals alone.
    """
    pack, central = PopulationSection(), Draws(0, 0)
    expectancy = life_expectancy_path(inputs, years, pack.mortality, central)
    return profiles_to_come(
        inputs.profile,
        inputs.departure_rates,
        inputs.latest,
        survival_from_mx(relational_rates(standard, inputs.slope, expectancy))[0],
        fertility_path(inputs, years, pack.fertility, central)[0, :, None] * patterns,
        srb,
        net_migration_path(inputs, years, pack.migration, central)[0],
    )


def _before(known: Array, projected: Array) -> Array:
    """The known years, the same in every draw, before the projected ones."""
    return np.concatenate([np.broadcast_to(known, (len(projected), *known.shape[1:])), projected], axis=1)
