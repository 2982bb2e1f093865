"""Licensed (assistant) physicians.

Default: productivity around 2020 held constant, visits and bed-days weighed jointly (see :mod:`sim.demand.workload`). The
yardstick is the national workload per physician in 2019, the last year before the epidemic. The county's own ratio of
workload to staff is *not* the default: it would make need equal supply in the base year by construction. It stands beside
it as ``own_productivity``, with the physicians that the norms of the Taicang plan give for the treatment beds needed, and
WISN (``staff_wisn.py``).
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.own_productivity import own_productivity
from sim.demand.resource import Known, Part, Resource
from sim.demand.workload import NATIONAL_USE, national_productivity

_PER_1000 = "norms.china_2019.physicians_per_1000"
_WEIGHT, _LEVEL = "need.physician.bed_day_visits", "need.physician.productivity_level"
_NURSES_PER_BED, _PER_PHYSICIAN = "norms.nurses_per_bed.level3B", "norms.nurses_per_physician"


def model(context: Context, known: Known) -> Part:
    """Physicians by national productivity; by the county's own and by norms of beds as second estimates."""
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
    per_bed = context.series(
        "physicians",
        "persons",
        known["treatment_beds"].values * (context.number(_NURSES_PER_BED) / context.number(_PER_PHYSICIAN)),
        "treatment beds needed x ward nurses per bed (norm of hospitals of level 3B) / nurses per physician (norm)",
        rests_on=(_NURSES_PER_BED, _PER_PHYSICIAN),
        after=("treatment_beds",),
        name="physicians_per_bed",
    )
    own = own_productivity(context, "physicians", workload, rests_on=(*NATIONAL_USE, _WEIGHT), after=("visits", "bed_days"))
    return Part(need=(need,), second={("physicians", "per_bed"): per_bed} | own)


RESOURCE = Resource(
    gives=("physicians",),
    reads=("visits", "bed_days", "treatment_beds"),
    parameters=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL, _NURSES_PER_BED, _PER_PHYSICIAN),
    model=model,
)
