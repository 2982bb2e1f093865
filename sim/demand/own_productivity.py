"""Staff at the county's own workload per head of the base year: a labelled second estimate.

    staff(year) = observed staff of the base year x workload(year) / central workload of the base year

On the central draw it equals the observed staff in the base year by construction: it says how staff must grow to serve
people as in the base year, not whether there were enough then. In the other draws it differs as far as the workload of the
base year is uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.model import Series

METHOD = "own_productivity"


def own_productivity(
    context: Context, key: str, workload: NDArray[np.float64], *, rests_on: Iterable[str] = (), after: Iterable[str]
) -> dict[tuple[str, str], Series]:
    """The second estimate of a staff category, or nothing where its number of the base year was not observed.

    Args:
        context: inputs.
        key: the category.
        workload: its work in any unit, levers on productivity taken off, ``[draw, year]``.
        rests_on, after: what the workload rests on, as in :meth:`~sim.demand.context.Context.series`.
    """
    observed = context.region.baseline.get(key)
    base = context.region.base_year
    if observed is None or base not in context.years:
        return {}
    at_base = workload[0, base - int(context.years[0])]
    return {
        (key, METHOD): context.series(
            key,
            "persons",
            observed.number * workload / at_base,
            "staff of the base year x growth of the workload: the county's own productivity held constant",
            rests_on=rests_on,
            after=after,
            name=f"{key}_{METHOD}",
        )
    }
