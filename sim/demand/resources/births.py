"""Births of residents in each calendar year, as the projection gives them; the year before it is not projected."""

from __future__ import annotations

import numpy as np

from sim.demand.context import Context
from sim.demand.factors import Factor
from sim.demand.resource import Known, Part, Resource


def model(context: Context, known: Known) -> Part:
    """Live births of residents."""
    projected = context.population.births.sum(axis=2)
    at = context.moments[Factor.BIRTHS] - int(context.population.years[0])
    births = np.where(at >= 0, projected[:, np.maximum(at, 0)], np.nan)
    return Part(activity=(context.series("births", "births a year", births, "live births of residents in the year"),))


RESOURCE = Resource(gives=("births",), reads=(), parameters=(), model=model)
