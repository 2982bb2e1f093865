"""Discharges and bed-days demanded of facilities inside the county.

    discharges = level x drift x factor x flow x sum over sex and age of (mid-year residents x admission rate)
    bed-days   = the same sum with each admission times its stay by age x stay level x stay factor, less day surgery

The level belongs to the county's facilities: residents treated here, plus outsiders, less residents treated elsewhere. When
the share treated elsewhere moves from its base e0 to e, outsiders being a share o of the facilities' admissions,

    flow = (1 - o) (1 - e) / (1 - e0) + o

Day surgery: elective surgery is a share g of overnight admissions when a share s0 of it is done without a night. With a
share s instead, g (s - s0) / (1 - s0) of the admissions become day cases, each saving the nights of such an operation (and
not the mean stay, which is longer); a few come in after all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.demand.context import Context
from sim.demand.levels import ADMISSIONS, STAY, key_in
from sim.demand.resource import Known, Part, Resource
from sim.demand.schedule import by_single_age
from sim.population.model import OPEN_AGE

_AGES, _DRIFT = "care.age_groups_from", "need.admission_drift_sd"
_RATES = ("care.admission_rate_schedule.male", "care.admission_rate_schedule.female")
_STAY = "care.length_of_stay_schedule_days"
_ELSEWHERE, _OUTSIDERS = "need.treated_elsewhere_share", "need.outsider_admission_share"
_DAY_SHARE, _ELECTIVE = "care.day_surgery_share_tertiary", "need.elective_surgery_share"
_NIGHTS, _CONVERTED = "need.day_surgery_nights_saved", "care.day_surgery_conversion_share"
_OLD = 65


def model(context: Context, known: Known) -> Part:
    """Overnight discharges, day cases moved out of beds, and bed-days."""
    admission_level, stay_level = key_in(context.region, ADMISSIONS), key_in(context.region, STAY)
    ages = context.schedule(_AGES)
    rates = np.stack([by_single_age(ages, context.schedule(key)) / 100.0 for key in _RATES])
    days = by_single_age(ages, context.schedule(_STAY))
    use = context.uncertain(admission_level, ADMISSIONS.stream) * context.drift(_DRIFT)
    use = use * context.lever("admission_rate_factor") * _patient_flow(context)
    stay = context.uncertain(stay_level, STAY.stream) * context.lever("length_of_stay_factor")
    admissions = use * context.flow(rates)
    moved = admissions * _moved_to_day_surgery(context)
    nights_saved = moved * context.uncertain(_NIGHTS) * context.lever("length_of_stay_factor")
    bed_days = use * stay * context.flow(rates * days) - nights_saved
    old = np.arange(OPEN_AGE + 1) >= _OLD
    moving = _grounds_of_levers(context)
    return Part(
        activity=(
            context.series(
                "discharges",
                "discharges a year",
                admissions - moved,
                "overnight admissions to the county's facilities: age-sex schedule x residents x level fitted to activity",
                rests_on=(admission_level, *_RATES, _DRIFT, *moving),
            ),
            context.series(
                "moved_to_day_surgery",
                "cases a year",
                moved,
                "admissions that become day cases against the base year's share of day surgery",
                rests_on=(_ELECTIVE, *moving),
                after=("discharges",),
            ),
            context.series(
                "bed_days",
                "bed-days a year",
                bed_days,
                "admissions by age x stay by age x level of stay, less the nights saved by day surgery",
                rests_on=(stay_level, _STAY),
                after=("discharges",),
            ),
            context.series(
                "bed_days_65_and_over",
                "bed-days a year",
                use * stay * context.flow(rates * days * old),
                "the part of the bed-days spent by patients of 65 and over, before day surgery",
                after=("bed_days",),
            ),
        )
    )


def _patient_flow(context: Context) -> NDArray[np.float64] | float:
    """Admissions inside the county relative to the base year's pattern of going elsewhere."""
    elsewhere = context.lever("treated_elsewhere_share")
    if elsewhere is None:
        return 1.0
    outsiders = context.uncertain(_OUTSIDERS)
    return (1.0 - outsiders) * (1.0 - elsewhere) / (1.0 - context.uncertain(_ELSEWHERE)) + outsiders


def _moved_to_day_surgery(context: Context) -> NDArray[np.float64] | float:
    """Share of the admissions that no longer spend a night (negative when day surgery recedes)."""
    wanted = context.lever("day_surgery_share")
    if wanted is None:
        return 0.0
    base = context.uncertain(_DAY_SHARE)
    share = context.uncertain(_ELECTIVE) * (wanted - base) / (1.0 - base)
    return share * (1.0 - context.number(_CONVERTED))


def _grounds_of_levers(context: Context) -> tuple[str, ...]:
    """Parameters that enter only because the scenario moves a lever away from the base year."""
    elsewhere = () if context.lever("treated_elsewhere_share") is None else (_ELSEWHERE, _OUTSIDERS)
    day = () if context.lever("day_surgery_share") is None else (_DAY_SHARE, _ELECTIVE, _NIGHTS)
    return (*elsewhere, *day)


RESOURCE = Resource(
    gives=("discharges", "moved_to_day_surgery", "bed_days", "bed_days_65_and_over"),
    reads=(),
    parameters=(
        ADMISSIONS.prior,
        STAY.prior,
        _AGES,
        *_RATES,
        _STAY,
        _DRIFT,
        _ELSEWHERE,
        _OUTSIDERS,
        _DAY_SHARE,
        _ELECTIVE,
        _NIGHTS,
        _CONVERTED,
    ),
    model=model,
)
