"""Outpatient and emergency visits to facilities inside the county, by level of care.

    visits = level x drift x factor x sum over age of (mid-year residents x ratio(age))

``ratio`` is the age profile of visits relative to the mean of all ages, so that ``level`` is visits per resident and year
in a population of the profile's own age structure. The level is fitted to the visits that the county's facilities
reported, whoever made them: people from outside are in it, residents who went elsewhere are not. It stands for a year
without an epidemic. Visits observed after the base year update level and drift (:mod:`sim.demand.observed`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.levels import VISITS, key_in
from sim.demand.observed import level_and_drift
from sim.demand.resource import Known, Part, Resource
from sim.demand.schedule import by_single_age

_AGES, _RATIO, _DRIFT = "care.age_groups_from", "care.visit_rate_schedule", "need.visit_drift_sd"
_PRIMARY = "need.primary_care_visit_share"


def model(context: Context, known: Known) -> Part:
    """Visits in all, in primary care and in hospitals."""
    level = key_in(context.region, VISITS)
    profile = by_single_age(context.schedule(_AGES), context.schedule(_RATIO))
    values, drift = level_and_drift(context, VISITS, _DRIFT, "visits", lambda at: _of_level_one(at, profile))
    per_head = values * drift * context.lever("visit_rate_factor")
    total = per_head * context.flow(profile)
    primary = context.lever_or("primary_care_visit_share", _PRIMARY)
    share = context.unless_set("primary_care_visit_share", _PRIMARY)
    return Part(
        activity=(
            context.series(
                "visits",
                "visits a year",
                total,
                "visits to the county's facilities: age profile x residents x level fitted to observed visits",
                rests_on=(level, _RATIO, _DRIFT),
            ),
            context.series(
                "primary_care_visits",
                "visits a year",
                total * primary,
                "visits x share made in primary care",
                rests_on=share,
                after=("visits",),
            ),
            context.series(
                "hospital_visits",
                "visits a year",
                total * (1.0 - primary),
                "visits x share not made in primary care",
                rests_on=share,
                after=("visits",),
            ),
        )
    )


def _of_level_one(context: Context, profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Visits of a level of 1 without drift, ``[draw, year]``."""
    return context.lever("visit_rate_factor") * context.flow(profile)


RESOURCE = Resource(
    gives=("visits", "primary_care_visits", "hospital_visits"),
    reads=(),
    parameters=(VISITS.prior, _AGES, _RATIO, _DRIFT, _PRIMARY),
    model=model,
)
