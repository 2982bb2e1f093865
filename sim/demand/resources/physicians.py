"""Licensed (assistant) physicians.

Default: productivity around 2020 held constant, visits and bed-days weighed jointly (see :mod:`sim.demand.workload`). The
yardstick is the national workload per physician in 2019, the last year before the epidemic. The county's own ratio of
workload to staff is *not* the default: it would make need equal supply in the base year by construction. It stands beside
it as ``own_productivity``; the third estimate is WISN: joint times per visit and per bed-day over a physician's available
hours.
"""

from __future__ import annotations

import numpy as np

from sim.demand.context import Context
from sim.demand.own_productivity import own_productivity
from sim.demand.resource import Known, Part, Resource
from sim.demand.workload import NATIONAL_USE, available_days, national_productivity, wisn_staff

_PER_1000 = "norms.china_2019.physicians_per_1000"
_WEIGHT, _LEVEL = "need.physician.bed_day_visits", "need.physician.productivity_level"
_TIMES = ("need.physician.wisn_visit_minutes", "need.physician.wisn_bed_day_minutes")
_ALLOWANCE, _HOURS = "need.physician.wisn_category_allowance_share", "need.wisn.hours_a_day"
_CALENDAR = (
    "need.wisn.weeks_a_year",
    "need.wisn.days_a_week",
    "need.wisn.public_holidays",
    "need.wisn.annual_leave_days",
    "need.wisn.sick_days",
    "need.wisn.training_days",
)


def model(context: Context, known: Known) -> Part:
    """Physicians by national productivity; by the county's own and by WISN as second estimates."""
    visits, bed_days = known["visits"].values, known["bed_days"].values
    joint = national_productivity(context, _PER_1000, context.uncertain(_WEIGHT))
    workload = joint.staff(visits, bed_days) / context.lever("physician_productivity_factor")
    need = context.series(
        "physicians",
        "persons",
        workload / context.uncertain(_LEVEL, "demand.productivity"),
        "visits and bed-days, weighed jointly, over the national workload per physician of 2019, held constant",
        rests_on=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL),
        after=("visits", "bed_days"),
    )
    hours = (visits * context.uncertain(_TIMES[0]) + bed_days * context.uncertain(_TIMES[1])) / 60.0
    available = context.number(_HOURS) * available_days(*(context.number(key) for key in _CALENDAR))
    wisn = context.series(
        "physicians",
        "persons",
        np.asarray(wisn_staff(hours, available, context.number(_ALLOWANCE))),
        "WISN: joint times per visit and bed-day over a physician's available hours, with category allowance",
        rests_on=(*_TIMES, _ALLOWANCE, _HOURS, *_CALENDAR),
        after=("visits", "bed_days"),
        name="physicians_wisn",
    )
    own = own_productivity(context, "physicians", workload, rests_on=(*NATIONAL_USE, _WEIGHT), after=("visits", "bed_days"))
    return Part(need=(need,), second={("physicians", "wisn"): wisn} | own)


RESOURCE = Resource(
    gives=("physicians",),
    reads=("visits", "bed_days"),
    parameters=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL, *_TIMES, _ALLOWANCE, _HOURS, *_CALENDAR),
    model=model,
)
