"""Births of residents in each calendar year, as the projection gives them; the year before it is not projected."""

from __future__ import annotations

import numpy as np

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource


def model(context: Context, known: Known) -> Part:
    """Live births of residents."""
    population = context.population
    births = np.full((context.draws.size, len(context.years)), np.nan)
    for position, year in enumerate(map(int, context.years)):
        if year >= int(population.years[0]):
            births[:, position] = population.births[:, population.index(year)].sum(axis=1)
    return Part(activity=(context.series("births", "births a year", births, "live births of residents in the year"),))


RESOURCE = Resource(gives=("births",), reads=(), parameters=(), model=model)
