"""Staff of hospitals as the establishment norms of the Taicang plan set them: staff per bed, by level of the hospital.

    staff = hospital beds needed x sum over levels of (level's share of hospital discharges x staff per bed)

All staff, not physicians alone. Hospitals without a grade count as level 1. An activity, not a need: no plan sets this number.
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource

_SHARE = "care.discharge_share_by_class"
_LEVELS = {
    "norms.staff_per_bed_general.level3": (f"{_SHARE}.tertiary",),
    "norms.staff_per_bed_general.level2": (f"{_SHARE}.secondary",),
    "norms.staff_per_bed_general.level1": (f"{_SHARE}.primary_hospital", f"{_SHARE}.ungraded_hospital"),
}
_PARAMETERS = (*_LEVELS, *(key for keys in _LEVELS.values() for key in keys))


def model(context: Context, known: Known) -> Part:
    """Staff of all hospitals by establishment norms."""
    shares = {norm: sum(context.number(key) for key in keys) for norm, keys in _LEVELS.items()}
    per_bed = sum(share * context.uncertain(norm) for norm, share in shares.items()) / sum(shares.values())
    beds = known["public_hospital_beds"].values + known["private_hospital_beds"].values
    staff = context.series(
        "hospital_staff_by_establishment",
        "persons",
        beds * per_bed,
        "hospital beds needed x staff per bed by level of the hospital (norms of the Taicang plan)",
        rests_on=_PARAMETERS,
        after=("public_hospital_beds", "private_hospital_beds"),
    )
    return Part(activity=(staff,))


RESOURCE = Resource(
    gives=("hospital_staff_by_establishment",),
    reads=("public_hospital_beds", "private_hospital_beds"),
    parameters=_PARAMETERS,
    model=model,
)
