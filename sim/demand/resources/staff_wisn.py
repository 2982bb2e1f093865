"""Staff by the workload-indicators method (WISN): a second, labelled estimate of every category with standard times.

    required = sum over activities of (amount x share x minutes) / available minutes a year x 1 / (1 - category allowance)

All members of a category share its activities (the times are joint): a visit and a bed-day are added as *time*, never as two
staffs. Categories overlap as the register does: TCM physicians, general practitioners and psychiatrists are part of all
physicians, so that their requirements are not added to those of all physicians.

Source: WHO 2010, *Workload Indicators of Staffing Need, User's Manual*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.model import Series
from sim.demand.resource import Known, Part, Resource
from sim.demand.workload import available_days, wisn_staff

METHOD = "wisn"
_HOURS = "need.wisn.hours_a_day"
_CALENDAR = (
    "need.wisn.weeks_a_year",
    "need.wisn.days_a_week",
    "need.wisn.public_holidays",
    "need.wisn.annual_leave_days",
    "need.wisn.sick_days",
    "need.wisn.training_days",
)


@dataclass(frozen=True)
class Activity:
    """What a category does: an amount of the year, the part of it that falls to the category, and the time each takes.

    Attributes:
        amount: key of the activity's series.
        minutes: parameter with the standard time.
        factors: parameters that multiply the amount (a share, contacts a patient).
    """

    amount: str
    minutes: str
    factors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    """A category of staff with its activities and its allowance."""

    activities: tuple[Activity, ...]
    allowance: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters that the requirement rests on, beside the calendar."""
        return (*(key for item in self.activities for key in (item.minutes, *item.factors)), self.allowance)


def _standard(category: str, name: str) -> str:
    return f"need.wisn.{category}.{name}"


CATEGORIES = {
    "physicians": Category(
        (
            Activity("visits", "need.physician.wisn_visit_minutes"),
            Activity("bed_days", "need.physician.wisn_bed_day_minutes"),
        ),
        "need.physician.wisn_category_allowance_share",
    ),
    "tcm_physicians": Category(
        (
            Activity("visits", _standard("tcm_physicians", "visit_minutes"), ("need.tcm.visit_share",)),
            Activity("bed_days_tcm", _standard("tcm_physicians", "bed_day_minutes")),
        ),
        _standard("tcm_physicians", "category_allowance_share"),
    ),
    "general_practitioners": Category(
        (
            Activity(
                "primary_care_visits",
                _standard("general_practitioners", "visit_minutes"),
                (_standard("general_practitioners", "visit_share"),),
            ),
            Activity("follow_ups", _standard("general_practitioners", "follow_up_minutes")),
        ),
        _standard("general_practitioners", "category_allowance_share"),
    ),
    "psychiatrists": Category(
        (
            Activity("bed_days_psychiatric", _standard("psychiatrists", "bed_day_minutes")),
            Activity(
                "registered_mental_illness",
                _standard("psychiatrists", "visit_minutes"),
                (_standard("psychiatrists", "visits_a_patient"),),
            ),
        ),
        _standard("psychiatrists", "category_allowance_share"),
    ),
    "nurses": Category(
        (
            Activity("visits", _standard("nurses", "visit_minutes")),
            Activity("bed_days", _standard("nurses", "bed_day_minutes")),
            Activity("bed_days_nursing", _standard("nurses", "nursing_bed_day_minutes")),
        ),
        _standard("nurses", "category_allowance_share"),
    ),
    "pharmacists": Category(
        (
            Activity("visits", _standard("pharmacists", "visit_minutes")),
            Activity("bed_days", _standard("pharmacists", "bed_day_minutes")),
        ),
        _standard("pharmacists", "category_allowance_share"),
    ),
    "public_health_staff": Category(
        (
            Activity("child_health_visits", _standard("public_health_staff", "child_visit_minutes")),
            Activity("maternity_visits", _standard("public_health_staff", "maternity_visit_minutes")),
            Activity("health_checks", _standard("public_health_staff", "health_check_minutes")),
        ),
        _standard("public_health_staff", "category_allowance_share"),
    ),
}


def model(context: Context, known: Known) -> Part:
    """Staff required of every category."""
    hours = context.number(_HOURS) * available_days(*(context.number(key) for key in _CALENDAR))
    return Part(second={(name, METHOD): _required(context, known, name, hours) for name in CATEGORIES})


def _required(context: Context, known: Known, name: str, available_hours: float) -> Series:
    category = CATEGORIES[name]
    staff = wisn_staff(_hours(context, known, category), available_hours, context.number(category.allowance))
    return context.series(
        name,
        "persons",
        np.asarray(staff),
        "WISN: standard times of the year's activities over a person's available hours, with category allowance",
        rests_on=(*category.parameters, _HOURS, *_CALENDAR),
        after=tuple(item.amount for item in category.activities),
        name=f"{name}_{METHOD}",
    )


def _hours(context: Context, known: Known, category: Category) -> NDArray[np.float64]:
    hours = 0.0
    for item in category.activities:
        amount = known[item.amount].values
        for factor in item.factors:
            amount = amount * context.uncertain(factor)
        hours = hours + amount * context.uncertain(item.minutes) / 60.0
    return np.asarray(hours)


RESOURCE = Resource(
    gives=(),
    reads=tuple(sorted({item.amount for category in CATEGORIES.values() for item in category.activities})),
    parameters=(*(key for category in CATEGORIES.values() for key in category.parameters), _HOURS, *_CALENDAR),
    model=model,
)
