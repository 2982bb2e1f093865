"""Childcare places for children under 3: children at the end of the year x the share that takes a place up.

By town: the town's children under 3 are the region's, split as the projection splits that age group.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.factors import Factor
from sim.demand.resource import Known, Part, Resource
from sim.population.model import OPEN_AGE

_TAKE_UP = "need.childcare_take_up"


def model(context: Context, known: Known) -> Part:
    """Children under 3, and places for those who want one, in the region and by town."""
    infants = (np.arange(OPEN_AGE + 1) < 3).astype(float)
    children = context.series(
        "children_under_3",
        "persons",
        context.stock(infants),
        "residents under 3 at the end of the year",
    )
    path = context.lever("childcare_take_up")
    take_up = context.uncertain(_TAKE_UP, "demand.childcare_take_up") if path is None else path
    places = context.series(
        "childcare_places",
        "places",
        children.values * take_up,
        "children under 3 x share who take a place up",
        rests_on=context.unless_set("childcare_take_up", _TAKE_UP),
        after=("children_under_3",),
    )
    shares = _town_shares(context)
    tables = {series.key: series.values[..., None] * shares for series in (children, places)}
    return Part(need=(places,), activity=(children,), by_town=tables)


def _town_shares(context: Context) -> NDArray[np.float64]:
    """Share of each town in the broad age group that begins at age 0, at the end of each year, ``[draw, year, town]``."""
    end = context.moments[Factor.STRUCTURE] + 1 - int(context.population.years[0])
    return context.population.town_shares[..., 0][:, end]


RESOURCE = Resource(
    gives=("children_under_3", "childcare_places"),
    reads=(),
    parameters=(_TAKE_UP,),
    model=model,
)
