"""The residents whom an observed figure is set against: those of the model itself.

Between two censuses they are the projection's, by cohort and exact at both ends; a straight line by age group would smear
cohorts (Taicang's people of 25-29 in 2015 would be a quarter too few). The base year stands with its year-end people, as in
a run that begins there, so that level x schedule gives in a run what it gave in the fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.population import project_region
from sim.region.model import Region
from sim.scenario.model import Scenario, ScenarioBody


def residents_of_years(
    region: Region, years: Sequence[int], age_from: NDArray[np.float64]
) -> Mapping[int, NDArray[np.float64]]:
    """Residents of calendar years up to the base year by sex and age group, each ``[sex, group]``.

    A year before the earliest census stands with the people of that census.

    Args:
        region: the pack.
        years: calendar years.
        age_from: first ages of the groups, ascending from 0; the last is open.
    """
    earliest = min(region.census)
    start = max(min(*years, region.base_year) - 1, earliest)
    population = project_region(region, central_scenario(region, start, region.base_year), Draws(0, 0))
    groups = {}
    for year in dict.fromkeys(years):
        at = max(year, earliest)
        counts = population.at_end_of(at) if at == region.base_year else population.mid_year(at)
        groups[year] = np.add.reduceat(counts[0], age_from.astype(int), axis=1)
    return groups


def central_scenario(region: Region, start: int, end: int) -> Scenario:
    """The region as it stands, without any lever, over the scorecard years ``start`` to ``end``."""
    body = ScenarioBody.model_validate(
        {
            "schema": 1,
            "name": "calibration",
            "title": {"zh": "校准", "en": "Calibration"},
            "region": region.key,
            "horizon": {"from": start, "to": end},
            "draws": 0,
            "seed": 0,
        }
    )
    return Scenario(body, {}, (), f"calibration/{region.key}")
