"""Beds by owner: public hospitals, private hospitals, primary care, as the Taicang plan parts them.

The beds needed are parted by shares; who should own a bed is a decision of policy, not of demand. Where the base year's beds
of all three kinds were observed, their shares are held (only the shares: how many beds there are does not enter). Elsewhere
the nation's shares of bed-days stand, and beside the county's own they are the second estimate:

    primary care       = beds needed x its share of bed-days
    public hospitals   = the others x public hospitals' share of hospital bed-days
    private hospitals  = what remains
"""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.model import Series
from sim.demand.resource import Known, Part, Resource

OWNERS = ("public_hospital_beds", "private_hospital_beds", "primary_care_beds")
_PRIMARY, _PUBLIC = "need.owner.primary_care_bed_day_share", "need.owner.public_hospital_share"
_NATIONAL = "national_shares"


def model(context: Context, known: Known) -> Part:
    """Beds of the three kinds of owner, which add up to all beds."""
    own = _by_own_shares(context, known["beds"])
    national = _by_national_shares(context, known["beds"], f"_{_NATIONAL}" if own else "")
    if not own:
        return Part(need=national)
    return Part(need=own, second={(series.key, _NATIONAL): series for series in national})


def _by_national_shares(context: Context, beds: Series, suffix: str) -> tuple[Series, ...]:
    primary, public = context.uncertain(_PRIMARY), context.uncertain(_PUBLIC)
    shares = ((1.0 - primary) * public, (1.0 - primary) * (1.0 - public), primary)
    return tuple(
        context.series(
            key,
            "beds",
            beds.values * share,
            "beds needed x national share of this kind of owner in bed-days",
            rests_on=(_PRIMARY,) if key == "primary_care_beds" else (_PRIMARY, _PUBLIC),
            after=("beds",),
            name=f"{key}{suffix}",
        )
        for key, share in zip(OWNERS, shares, strict=True)
    )


def _by_own_shares(context: Context, beds: Series) -> tuple[Series, ...]:
    observed = [context.region.baseline[key].number for key in OWNERS if key in context.region.baseline]
    if len(observed) < len(OWNERS):
        return ()
    return tuple(
        context.series(
            key,
            "beds",
            beds.values * (count / sum(observed)),
            "beds needed x share of this kind of owner in the county's beds of the base year",
            after=("beds",),
        )
        for key, count in zip(OWNERS, observed, strict=True)
    )


RESOURCE = Resource(gives=OWNERS, reads=("beds",), parameters=(_PRIMARY, _PUBLIC), model=model)
