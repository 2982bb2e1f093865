"""Traditional Chinese medicine: its share of the care, hence of beds and physicians.

    TCM beds       = beds needed x TCM institutions' share of admissions
    TCM physicians = physicians needed x TCM institutions' share of visits
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource

_ADMISSIONS, _VISITS = "need.tcm.admission_share", "need.tcm.visit_share"


def model(context: Context, known: Known) -> Part:
    """TCM beds and TCM physicians."""
    beds = context.series(
        "tcm_beds",
        "beds",
        known["beds"].values * context.uncertain(_ADMISSIONS),
        "beds needed x share of admissions that go to TCM institutions (national)",
        rests_on=(_ADMISSIONS,),
        after=("beds",),
    )
    physicians = context.series(
        "tcm_physicians",
        "persons",
        known["physicians"].values * context.uncertain(_VISITS),
        "physicians needed x share of visits that go to TCM institutions (national)",
        rests_on=(_VISITS,),
        after=("physicians",),
    )
    return Part(need=(beds, physicians))


RESOURCE = Resource(
    gives=("tcm_beds", "tcm_physicians"),
    reads=("beds", "physicians"),
    parameters=(_ADMISSIONS, _VISITS),
    model=model,
)
