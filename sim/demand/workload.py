"""Staff from workload: the joint productivity of visits and bed-days, and the WHO's workload indicators (WISN).

One person sees outpatients and looks after inpatients in the same year. National figures such as "7.1 visits a day and 2.5
bed-days a day" describe the *same* physicians: dividing the visits by the one and the bed-days by the other and adding up
counts them twice. Here both are weighed in visits: a bed-day is worth ``k`` visits, so that a person who has ``v`` visits
and ``b`` bed-days a year carries ``v + k b`` visit-equivalents, and

    staff = (visits + k x bed-days) / (v + k b)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context

NATIONAL_USE = (
    "care.visits_per_person_china_2019",
    "care.admission_rate_china_2019_per_100",
    "need.bed_days_per_discharge_china",
)
"""Parameters of the national use of care in the last year before the epidemic."""


@dataclass(frozen=True)
class Joint:
    """What one person does in a year, both at once.

    Attributes:
        visits: visits a person and year.
        bed_days: bed-days a person and year.
        bed_day_visits: visits that one bed-day is worth, a number or ``[draw, 1]``.
    """

    visits: float
    bed_days: float
    bed_day_visits: NDArray[np.float64] | float

    def staff(self, visits: NDArray[np.float64], bed_days: NDArray[np.float64]) -> NDArray[np.float64]:
        """People needed for the visits and bed-days of a year."""
        return (visits + self.bed_day_visits * bed_days) / (self.visits + self.bed_day_visits * self.bed_days)


def national_productivity(context: Context, staff_per_1000: str, bed_day_visits: NDArray[np.float64]) -> Joint:
    """The national workload per head of a category in 2019: use of care per resident over staff per resident.

    Args:
        context: inputs.
        staff_per_1000: parameter with the category's national number per 1,000 residents.
        bed_day_visits: see :class:`Joint`.
    """
    visits, admissions_per_100, days = (context.number(key) for key in NATIONAL_USE)
    staff = context.number(staff_per_1000) / 1000.0
    return Joint(visits / staff, admissions_per_100 / 100.0 * days / staff, bed_day_visits)


def available_days(
    weeks: float, days_a_week: float, public_holidays: float, annual_leave: float, sick_leave: float, training: float = 0.0
) -> float:
    """Working days of a person and year after all absences (WHO 2010, *WISN User's Manual*, step 3)."""
    return weeks * days_a_week - public_holidays - annual_leave - sick_leave - training


def category_allowance_factor(share: float) -> float:
    """Multiplier for support work that every member of a category does, as a share of working time: ``1 / (1 - share)``.

    Raises:
        ValueError: a share outside [0, 1).

    Source: WHO 2010, *WISN User's Manual*, step 6.
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"a category allowance of {share} is not in [0, 1)")
    return 1.0 / (1.0 - share)


def wisn_staff(
    workload: NDArray[np.float64] | float, available: float, category_share: float = 0.0, individual_staff: float = 0.0
) -> NDArray[np.float64] | float:
    """Staff required by the workload indicators method.

    Args:
        workload: time of the year's health-service activities, in the unit of ``available``.
        available: working time of one person and year.
        category_share: share of working time that all members spend on support work.
        individual_staff: full-time equivalents of additional work that only some members do.

    Source: WHO 2010, *WISN User's Manual*, step 7: ``required = basic x category allowance factor + individual factor``.
    """
    return workload / available * category_allowance_factor(category_share) + individual_staff
