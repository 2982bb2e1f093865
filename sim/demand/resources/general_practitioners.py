"""General practitioners: visits in primary care over the national number of such visits per general practitioner in 2019.

The national ratio counts every visit in primary care, also those that another physician sees; held constant, it assumes
that the division of work stays as it was.
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.own_productivity import own_productivity
from sim.demand.resource import Known, Part, Resource

_VISITS, _PRIMARY = "care.visits_per_person_china_2019", "care.visit_share_by_class.primary_care_institutions"
_PER_10K, _LEVEL = "norms.china_2019.general_practitioners_per_10k", "need.general_practitioner.productivity_level"


def model(context: Context, known: Known) -> Part:
    """General practitioners."""
    national = context.number(_VISITS) * context.number(_PRIMARY) / (context.number(_PER_10K) / 10_000.0)
    workload = known["primary_care_visits"].values / context.lever("physician_productivity_factor")
    need = context.series(
        "general_practitioners",
        "persons",
        workload / (national * context.uncertain(_LEVEL)),
        "visits in primary care over the national number of them per general practitioner in 2019, held constant",
        rests_on=(_VISITS, _PRIMARY, _PER_10K, _LEVEL),
        after=("primary_care_visits",),
    )
    return Part(need=(need,), second=own_productivity(context, need.key, workload, after=("primary_care_visits",)))


RESOURCE = Resource(
    gives=("general_practitioners",),
    reads=("primary_care_visits",),
    parameters=(_VISITS, _PRIMARY, _PER_10K, _LEVEL),
    model=model,
)
