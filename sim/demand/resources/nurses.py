"""Registered nurses.

Default as for physicians: visits and bed-days weighed jointly (a bed-day takes a nurse far longer than a visit) over the
national workload per nurse of 2019, held constant. Second estimates: the county's own productivity; nurses per bed and
nurses per physician as the Taicang plan sets them.
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.own_productivity import own_productivity
from sim.demand.resource import Known, Part, Resource
from sim.demand.workload import NATIONAL_USE, national_productivity

_PER_1000 = "norms.china_2019.nurses_per_1000"
_WEIGHT, _LEVEL = "need.nurse.bed_day_visits", "need.nurse.productivity_level"
_PER_BED, _PER_PHYSICIAN = "norms.nurses_per_bed.level3B", "norms.nurses_per_physician"


def model(context: Context, known: Known) -> Part:
    """Nurses by national productivity; by bed, by physician and by own productivity as second estimates."""
    joint = national_productivity(context, _PER_1000, context.uncertain(_WEIGHT))
    workload = joint.staff(known["visits"].values, known["bed_days"].values) / context.lever("nurse_productivity_factor")
    need = context.series(
        "nurses",
        "persons",
        workload / context.uncertain(_LEVEL),
        "visits and bed-days, weighed jointly, over the national workload per nurse of 2019, held constant",
        rests_on=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL),
        after=("visits", "bed_days"),
    )
    per_bed = context.series(
        "nurses",
        "persons",
        known["treatment_beds"].values * context.number(_PER_BED),
        "treatment beds needed x ward nurses per bed (norm of hospitals of level 3B; visits not counted)",
        rests_on=(_PER_BED,),
        after=("treatment_beds",),
        name="nurses_per_bed",
    )
    per_physician = context.series(
        "nurses",
        "persons",
        known["physicians"].values * context.number(_PER_PHYSICIAN),
        "physicians needed x nurses per physician (norm)",
        rests_on=(_PER_PHYSICIAN,),
        after=("physicians",),
        name="nurses_per_physician",
    )
    own = own_productivity(context, "nurses", workload, rests_on=(*NATIONAL_USE, _WEIGHT), after=("visits", "bed_days"))
    return Part(need=(need,), second={("nurses", "per_bed"): per_bed, ("nurses", "per_physician"): per_physician} | own)


RESOURCE = Resource(
    gives=("nurses",),
    reads=("visits", "bed_days", "treatment_beds", "physicians"),
    parameters=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL, _PER_BED, _PER_PHYSICIAN),
    model=model,
)
