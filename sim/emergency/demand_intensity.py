"""Emergency calls by year and zone from the projected population.

    calls(zone, year) = level x growth(year) x sum over ages of residents(zone, age, year) x relative risk(age)

* **Level**: fitted to observed activity: the rate ``emergency.call_rate_per_1000`` times the residents of its year. The
  residents of a year before the projection are read off the censuses (straight line between them).
* **Growth** that is printed or assumed is *total* growth, demography inside. Only the remainder is added to what the
  residents' number and age give: ``growth(year) = (1 + g)^(years) / (change of the age-weighted residents)``, the change
  being that of the region's central projection. The central scenario thus grows by the stated g; a scenario or a draw with
  more, or older, residents grows by more.
* **Space**: a town's residents by broad age group come from the projection; within a town and group single ages are shared
  as in the region, zones as in 2020.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.emergency.parameters import Parameters
from sim.population.model import OPEN_AGE, Population
from sim.region.model import Region
from sim.scenario.model import PopulationSection, Scenario

_CENSUS_DAY = 1.0
"""A census of year Y stands for 1 January Y + 1, that is Y + 1.0 on the axis of years."""


@dataclass(frozen=True)
class CallDemand:
    """Residents and expected calls per zone.

    Attributes:
        region, scenario, population: what the simulation was handed.
        reference: the region's own central projection, by which total growth is split.
        parameters: emergency parameters and their draws.
    """

    region: Region
    scenario: Scenario
    population: Population
    reference: Population
    parameters: Parameters

    def people(self, year: int, draw: int = 0) -> NDArray[np.float64]:
        """Mid-year residents per zone, shape ``[zone]``."""
        return self._to_zones(self._town_groups(year, draw).sum(axis=1))

    def calls(self, year: int, draw: int = 0, ages_from: int = 0, ages_to: int = OPEN_AGE) -> NDArray[np.float64]:
        """Expected calls per zone in the calendar year, shape ``[zone]``; of people of some ages alone if asked for."""
        ages = self.population.mid_year(year)[draw].sum(axis=0)
        groups = _group_of(self.population.town_age_from)
        people = np.bincount(groups, ages)
        single = np.arange(OPEN_AGE + 1)
        asked = np.where((single >= ages_from) & (single <= ages_to), self._risk, 0.0)
        risk = np.divide(np.bincount(groups, ages * asked), people, out=np.zeros(len(people)), where=people > 0)
        weighted = self._town_groups(year, draw) @ risk
        return self._to_zones(weighted) * self._level(year, draw)

    def yearly(self, year: int, draw: int = 0) -> float:
        """Expected calls of the whole region in the calendar year."""
        return float(self.calls(year, draw).sum())

    @functools.cached_property
    def _risk(self) -> NDArray[np.float64]:
        """Relative risk by single age 0..100."""
        return self._schedule(np.arange(OPEN_AGE + 1))

    def _schedule(self, ages: NDArray[np.int64]) -> NDArray[np.float64]:
        from_age = self.parameters.schedule("call_age_groups_from")
        return self.parameters.schedule("call_age_relative_risk")[np.searchsorted(from_age, ages, side="right") - 1]

    @functools.cached_property
    def _observed(self) -> tuple[int, float]:
        """Year and number of the calls to which the level is fitted."""
        rate = self.parameters.observation("call_rate_per_1000")
        year = rate.year or self.region.base_year
        return year, rate.number / 1000.0 * self._residents(year, weighted=False)

    def _residents(self, year: int, *, weighted: bool) -> float:
        """Mid-year residents of the central reference projection, or of the censuses before it, weighted by risk or not."""
        if year + 1 >= int(self.reference.years[0]):
            ages = self.reference.mid_year(year)[0].sum(axis=0)
            return float(ages @ self._risk) if weighted else float(ages.sum())
        clock, totals = [], []
        for census in sorted(self.region.census):
            table = self.region.census[census]
            counts = table.counts.sum(axis=0)
            clock.append(census + _CENSUS_DAY)
            totals.append(float(counts @ self._schedule(table.age_from)) if weighted else float(counts.sum()))
        return float(np.interp(year + 0.5, clock, totals))

    @functools.cached_property
    def _drawn(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Level factor and yearly growth by draw."""
        return self.parameters.drawn("call_level_factor"), self.parameters.drawn("call_growth_per_year")

    def _level(self, year: int, draw: int) -> float:
        """Calls per risk-weighted resident in a year and draw: the fitted level times the growth beyond demography."""
        since, observed = self._observed
        factor, growth = self._drawn
        total = observed * float(factor[draw])
        path = self.scenario.body.demand.call_rate_growth
        base = self.region.base_year
        for step in range(min(since, year) + 1, max(since, year) + 1):
            rate = float(path.at(step)) if path is not None and step > base else float(growth[draw])
            total *= (1.0 + rate) ** (1 if year >= since else -1)
        return total / self._residents(year, weighted=True)

    def _town_groups(self, year: int, draw: int) -> NDArray[np.float64]:
        """Mid-year residents by town and broad age group, shape ``[town, group]``."""
        groups = _group_of(self.population.town_age_from)
        first = int(self.population.years[0])
        ends = [first] if year + 1 == first else [year, year + 1]
        total = np.zeros((len(self.population.towns), len(self.population.town_age_from)))
        for time in (self.population.index(end) for end in ends):
            ages = self.population.counts[draw, time].sum(axis=0)
            total += self.population.town_shares[draw, time] * np.bincount(groups, ages, minlength=total.shape[1])
        return total / len(ends)

    @functools.cached_property
    def _zone_share(self) -> NDArray[np.float64]:
        """Share of its town's residents who live in a zone (2020), shape ``[zone]``."""
        zones = self.region.zones
        town = np.bincount(zones.town, zones.population, minlength=len(self.region.towns.ids))
        return zones.population / town[zones.town]

    def _to_zones(self, by_town: NDArray[np.float64]) -> NDArray[np.float64]:
        position = {town: index for index, town in enumerate(self.population.towns)}
        order = np.array([position[town] for town in self.region.towns.ids])
        return by_town[order][self.region.zones.town] * self._zone_share


def call_demand(region: Region, scenario: Scenario, population: Population, draws: Draws) -> CallDemand:
    """Set up the calls of a scenario; projects the region's own central population once, to split total growth."""
    from sim.population import project_region

    if scenario.body.population.model_copy(update={"planning_population": {}}) == PopulationSection():
        reference = population
    else:
        own = scenario.body.model_copy(update={"population": PopulationSection()})
        reference = project_region(region, dataclasses.replace(scenario, body=own), Draws(0, draws.seed))
    return CallDemand(region, scenario, population, reference, Parameters(region, draws))


def _group_of(age_from: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of the broad age group of each single age 0..100."""
    return np.searchsorted(age_from, np.arange(OPEN_AGE + 1), side="right") - 1
