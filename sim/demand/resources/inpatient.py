"""Discharges and bed-days demanded of facilities inside the county, in all and by class of beds.

    discharges = level x drift x factor x flow x sum over sex and age of (mid-year residents x admission rate)
    bed-days   = the same sum with each admission times its stay by age x stay level x stay factor, less day surgery

The level belongs to the county's facilities: residents treated here, plus outsiders, less residents treated elsewhere. When
the share treated elsewhere moves from its base e0 to e, outsiders being a share o of the facilities' admissions,

    flow = (1 - o) (1 - e) / (1 - e0) + o

Maternity admissions (what women of 15-44 have more than men) follow the births: the schedule's are multiplied by births per
woman of these ages relative to the first projected year.

Day surgery: elective surgery is a share g of overnight admissions when a share s0 of it is done without a night. With a
share s instead, g (s - s0) / (1 - s0) of the admissions become day cases, each saving the nights of such an operation (and
not the mean stay, which is longer); a few come in after all. Psychiatry and rehabilitation have none.

Long-term nursing stands beside this care: people who live in a nursing bed are no discharges. Their days are residents of
60 and over x the share that lies in such a bed at any time; no lever on admissions or stays moves them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.demand.bed_shares import NURSING, TREATMENT, days_by_class, maternity_share, normalised
from sim.demand.context import Context
from sim.demand.levels import ADMISSIONS, STAY, key_in, provincial
from sim.demand.model import Series
from sim.demand.observed import level_and_drift
from sim.demand.resource import Known, Part, Resource
from sim.demand.schedule import by_single_age

_AGES, _DRIFT = "care.age_groups_from", "need.admission_drift_sd"
_RATES = ("care.admission_rate_schedule.male", "care.admission_rate_schedule.female")
_STAY = "care.length_of_stay_schedule_days"
_ELSEWHERE, _OUTSIDERS = "need.treated_elsewhere_share", "need.outsider_admission_share"
_DAY_SHARE, _ELECTIVE = "care.day_surgery_share_tertiary", "need.elective_surgery_share"
_NIGHTS, _CONVERTED = "need.day_surgery_nights_saved", "care.day_surgery_conversion_share"
_MATERNITY_STAY = "need.class.obstetrics.stay_days"
_CHILDREN, _TCM, _LIMIT = (
    "need.class.paediatrics.admission_share",
    "need.class.tcm.admission_share",
    "need.class.special_share_limit",
)
_PREVALENCE, _IN_HOSPITAL = "need.class.psychiatric.prevalence_per_1000", "need.class.psychiatric.in_hospital_share"
_PSYCHIATRIC = (_PREVALENCE, _IN_HOSPITAL, "need.class.psychiatric.age_weights", "care.length_of_stay_days.psychiatric_hospital")
_REHABILITATION = (
    "need.class.rehabilitation.patients_per_1000",
    "need.class.rehabilitation.age_weights",
    "care.length_of_stay_days.rehab_hospital",
)
_NURSING = (
    "need.class.nursing.patients_per_100_aged_60_plus",
    "need.class.nursing.age_weights",
    "care.length_of_stay_days.nursing_hospital",
)
_WHOSE = {
    "general_acute": (_TCM,),
    "obstetrics": (_MATERNITY_STAY,),
    "paediatrics": (_CHILDREN,),
    "tcm": (_TCM,),
    "psychiatric": _PSYCHIATRIC,
    "rehabilitation": _REHABILITATION,
}
_OLD, _NURSED_FROM = 65, 60
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class _Care:
    """Admissions or days per person of a level of 1: of maternity and by class, ``[draw or 1, sex, group]``."""

    maternity: NDArray[np.float64]
    by_class: dict[str, NDArray[np.float64]]


def model(context: Context, known: Known) -> Part:
    """Overnight discharges, day cases moved out of beds, and bed-days, by class."""
    ages = context.schedule(_AGES)
    people = context.flow_by_group(ages)
    admission_level, stay_level = key_in(context.region, ADMISSIONS), key_in(context.region, STAY)
    longer = context.uncertain(stay_level, STAY.stream)
    level, drift = level_and_drift(context, ADMISSIONS, _DRIFT, "discharges", lambda at: _of_level_one(at, ages, longer))
    use = level * drift * context.lever("admission_rate_factor") * _patient_flow(context)
    stay = longer * context.lever("length_of_stay_factor")
    admissions, days = _per_person(context, ages, level, longer)
    births = _births(context, ages)
    cases = {name: use * value for name, value in _summed(people, admissions, births).items()}
    nights = {name: use * stay * value for name, value in _summed(people, days, births).items()}
    total = sum(cases.values())
    moved = total * _moved_to_day_surgery(context)
    saved = moved * context.uncertain(_NIGHTS) * context.lever("length_of_stay_factor")
    surgical = sum(cases[name] for name in TREATMENT[:4])
    for name in TREATMENT[:4]:
        part = np.divide(cases[name], surgical, out=np.zeros(surgical.shape), where=surgical > 0.0)
        cases[name], nights[name] = cases[name] - moved * part, nights[name] - saved * part
    old = people * (ages >= _OLD)
    old_days = use * stay * sum(_summed(old, days, births).values())
    rests_on = (admission_level, *_RATES, _DRIFT, *_grounds_of_levers(context))
    whole = (
        context.series(
            "discharges",
            "discharges a year",
            total - moved,
            "overnight admissions to the county's facilities: age-sex schedule x residents x level fitted to activity",
            rests_on=rests_on,
        ),
        context.series(
            "moved_to_day_surgery",
            "cases a year",
            moved,
            "admissions that become day cases against the base year's share of day surgery",
            rests_on=(_ELECTIVE, *_grounds_of_levers(context)),
            after=("discharges",),
        ),
        context.series(
            "bed_days",
            "bed-days a year",
            sum(nights.values()),
            "admissions x stay by age x stay level and lever, less nights saved by day surgery; without long-term nursing",
            rests_on=(stay_level, _STAY),
            after=("discharges",),
        ),
        context.series(
            "bed_days_65_and_over",
            "bed-days a year",
            old_days,
            "bed-days of residents of 65 and over, before day surgery; without long-term nursing",
            rests_on=(stay_level, _STAY),
            after=("discharges",),
        ),
    )
    by_age = {f"discharges_{name}": _by_age(people, admissions, name, cases[name]) for name in TREATMENT}
    by_age |= {f"bed_days_{name}": _by_age(people, days, name, nights[name]) for name in TREATMENT}
    nursing, nursing_by_age = _long_term_nursing(context, ages, people)
    return Part(activity=(*whole, *_classes(context, cases, nights), *nursing), by_age={**by_age, **nursing_by_age})


def _of_level_one(context: Context, ages: NDArray[np.float64], longer: NDArray[np.float64]) -> NDArray[np.float64]:
    """Overnight discharges of a level of 1 without drift, ``[draw, year]``: the level parts them, it does not add any."""
    level = context.uncertain(key_in(context.region, ADMISSIONS), ADMISSIONS.stream)
    admissions, _ = _per_person(context, ages, level, longer)
    cases = sum(_summed(context.flow_by_group(ages), admissions, _births(context, ages)).values())
    overnight = cases * (1.0 - _moved_to_day_surgery(context))
    return context.lever("admission_rate_factor") * _patient_flow(context) * overnight


def _per_person(
    context: Context, ages: NDArray[np.float64], level: NDArray[np.float64], longer: NDArray[np.float64]
) -> tuple[_Care, _Care]:
    """Admissions and days per person of a level of 1, by class."""
    rates = np.stack([context.schedule(key) / 100.0 for key in _RATES])
    stays = context.schedule(_STAY)
    maternity = rates * maternity_share(ages, rates)
    maternity_days = maternity * np.minimum(context.uncertain(_MATERNITY_STAY)[..., None], stays)
    everywhere = level[..., None]
    special_days, special_cases = {}, {}
    for name, (in_bed, weights, own_stay) in _in_bed(context).items():
        profile = normalised(context.region, ages, context.schedule(weights), 0)
        asked = in_bed[..., None] * _YEAR_DAYS / everywhere * np.broadcast_to(profile, rates.shape)
        special_days[name], special_cases[name] = asked / longer[..., None], asked / context.number(own_stay)
    shares = (context.uncertain(_CHILDREN)[..., None], context.uncertain(_TCM)[..., None], context.number(_LIMIT))
    admissions = _Care(maternity[None], days_by_class(ages, (rates - maternity)[None], special_cases, *shares))
    days = _Care(maternity_days, days_by_class(ages, rates * stays - maternity_days, special_days, *shares))
    return admissions, days


def _in_bed(context: Context) -> dict[str, tuple[NDArray[np.float64], str, str]]:
    """Residents in a bed at any time as a share, with the keys of their age weights and of their stay."""
    ill = context.uncertain(_PREVALENCE) / 1000.0 * context.uncertain(_IN_HOSPITAL)
    return {
        "psychiatric": (ill, *_PSYCHIATRIC[2:]),
        "rehabilitation": (context.uncertain(_REHABILITATION[0]) / 1000.0, *_REHABILITATION[1:]),
    }


def _births(context: Context, ages: NDArray[np.float64]) -> NDArray[np.float64]:
    """Births per woman, each age counted by its maternity admissions, relative to the first projected year."""
    rates = np.stack([context.schedule(key) / 100.0 for key in _RATES])
    weights = rates * maternity_share(ages, rates)
    return context.births_per_head(np.stack([by_single_age(ages, weight) for weight in weights]))


def _summed(people: NDArray[np.float64], care: _Care, births: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Care summed over people, by class, ``[draw, year]``, before the level."""
    flat = people.reshape(*people.shape[:2], -1)

    def over_people(values: NDArray[np.float64]) -> NDArray[np.float64]:
        full = np.broadcast_to(values, (flat.shape[0], *people.shape[2:])).reshape(flat.shape[0], -1)
        return np.einsum("dyk,dk->dy", flat, full)

    summed = {name: over_people(care.by_class[name]) for name in TREATMENT if name != "obstetrics"}
    summed["obstetrics"] = over_people(care.maternity) * births
    return {name: summed[name] for name in TREATMENT}


def _by_age(
    people: NDArray[np.float64], care: _Care, name: str, whole: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The central ``whole`` of a class by sex and age group, ``[year, sex, group]``; day surgery takes from all ages alike."""
    cells = people[0] * (care.maternity[0] if name == "obstetrics" else care.by_class[name][0])
    total = cells.sum(axis=(1, 2))
    factor = np.divide(whole[0], total, out=np.zeros(total.shape), where=total > 0.0)
    return cells * factor[:, None, None]


def _classes(
    context: Context, cases: dict[str, NDArray[np.float64]], nights: dict[str, NDArray[np.float64]]
) -> list[Series]:
    found = []
    for name in TREATMENT:
        for key, unit, values, after in (
            (f"discharges_{name}", "discharges a year", cases[name], "discharges"),
            (f"bed_days_{name}", "bed-days a year", nights[name], "bed_days"),
        ):
            method = "part of it in this class of beds; the classes add up to the whole"
            found.append(context.series(key, unit, values, method, rests_on=_WHOSE[name], after=(after,)))
    return found


def _long_term_nursing(
    context: Context, ages: NDArray[np.float64], people: NDArray[np.float64]
) -> tuple[tuple[Series, Series], dict[str, NDArray[np.float64]]]:
    share_key = provincial(context.region, _NURSING[0])
    profile = normalised(context.region, ages, context.schedule(_NURSING[1]), _NURSED_FROM)
    share = context.uncertain(share_key) / 100.0
    nursed = np.einsum("dysg,g->dy", people, profile) * share
    days = context.series(
        f"bed_days_{NURSING}",
        "bed-days a year",
        nursed * _YEAR_DAYS,
        "residents of 60 and over x share in a long-term nursing bed of a medical institution, by age",
        rests_on=(share_key, _NURSING[1]),
    )
    cases = context.series(
        f"discharges_{NURSING}",
        "discharges a year",
        days.values / context.number(_NURSING[2]),
        "bed-days of long-term nursing over their stay",
        rests_on=(_NURSING[2],),
        after=(days.key,),
    )
    days_by_age = people[0] * profile * share[0] * _YEAR_DAYS
    stay = context.number(_NURSING[2])
    return (cases, days), {cases.key: days_by_age / stay, days.key: days_by_age}


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
    gives=(
        *("discharges", "moved_to_day_surgery", "bed_days", "bed_days_65_and_over"),
        *(f"{what}_{name}" for name in (*TREATMENT, NURSING) for what in ("discharges", "bed_days")),
    ),
    reads=(),
    parameters=(
        *(ADMISSIONS.prior, STAY.prior, _AGES, *_RATES, _STAY, _DRIFT, _ELSEWHERE, _OUTSIDERS),
        *(_DAY_SHARE, _ELECTIVE, _NIGHTS, _CONVERTED, _MATERNITY_STAY, _CHILDREN, _TCM, _LIMIT),
        *(*_PSYCHIATRIC, *_REHABILITATION, *_NURSING),
    ),
    model=model,
)
