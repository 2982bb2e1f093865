"""Staff at the county's own workload per head of the base year: a labelled second estimate.

    staff(year) = observed staff of the base year x need(year) / central need of the base year

where the need is proportional to the category's workload. On the central draw it equals the observed staff in the base
year by construction: it says how staff must grow to serve people as in the base year, not whether there were enough then.
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.model import Series

METHOD = "own_productivity"


def own_productivity(context: Context, need: Series) -> dict[str, Series]:
    """The second estimate of a staff category, or nothing where its number of the base year was not observed."""
    observed = context.region.baseline.get(need.key)
    base = context.region.base_year
    if observed is None or base not in context.years:
        return {}
    at_base = need.values[0, base - int(context.years[0])]
    return {
        METHOD: context.series(
            need.key,
            need.unit,
            observed.number * need.values / at_base,
            "staff of the base year x growth of the workload: the county's own productivity held constant",
            after=(need.key,),
            name=f"{need.key}_{METHOD}",
        )
    }
