"""TCM physicians: physicians needed x TCM institutions' share of visits. TCM beds are a class of beds (``beds.py``)."""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource

_VISITS = "need.tcm.visit_share"


def model(context: Context, known: Known) -> Part:
    """TCM physicians."""
    physicians = context.series(
        "tcm_physicians",
        "persons",
        known["physicians"].values * context.uncertain(_VISITS),
        "physicians needed x share of visits that go to TCM institutions (national)",
        rests_on=(_VISITS,),
        after=("physicians",),
    )
    return Part(need=(physicians,))


RESOURCE = Resource(gives=("tcm_physicians",), reads=("physicians",), parameters=(_VISITS,), model=model)
