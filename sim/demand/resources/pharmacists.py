"""Pharmacists: visits and bed-days weighed jointly over the national workload per pharmacist of 2019, held constant."""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.own_productivity import own_productivity
from sim.demand.resource import Known, Part, Resource
from sim.demand.workload import NATIONAL_USE, national_productivity

_PER_1000 = "norms.china_2019.pharmacists_per_1000"
_WEIGHT, _LEVEL = "need.pharmacist.bed_day_visits", "need.pharmacist.productivity_level"


def model(context: Context, known: Known) -> Part:
    """Pharmacists by national productivity; by the county's own as the second estimate."""
    joint = national_productivity(context, _PER_1000, context.uncertain(_WEIGHT))
    workload = joint.staff(known["visits"].values, known["bed_days"].values)
    need = context.series(
        "pharmacists",
        "persons",
        workload / context.uncertain(_LEVEL),
        "visits and bed-days, weighed jointly, over the national workload per pharmacist of 2019, held constant",
        rests_on=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL),
        after=("visits", "bed_days"),
    )
    own = own_productivity(context, "pharmacists", workload, rests_on=(*NATIONAL_USE, _WEIGHT), after=("visits", "bed_days"))
    return Part(need=(need,), second=own)


RESOURCE = Resource(
    gives=("pharmacists",),
    reads=("visits", "bed_days"),
    parameters=(*NATIONAL_USE, _PER_1000, _WEIGHT, _LEVEL),
    model=model,
)
