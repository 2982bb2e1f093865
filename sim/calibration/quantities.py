"""What the model produces that may have been observed: the quantities that a target can name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Which part of the model gives a quantity."""

    USE = "use"
    """Level of use x age schedule x residents: proportional to its level."""

    CALLS = "calls"
    """Expected emergency calls of a year."""

    SHARE = "share"
    """A share that the model takes as it is: what was observed is the parameter itself."""

    RESPONSE = "response"
    """The simulated emergency service in the set-up of the observation."""

    PLACE = "place"
    """Geometry of beds and stations that stands in the pack: no parameter moves it."""


@dataclass(frozen=True)
class Quantity:
    """One quantity.

    Attributes:
        key: name in ``calibration.yaml``.
        family: which part of the model gives it.
        unit: unit of the observation.
        parameters: keys of the parameters that move it.
    """

    key: str
    family: Family
    unit: str
    parameters: tuple[str, ...]


ADMISSIONS, VISITS, STAY = "care.admission_level", "care.visit_level", "care.stay_level"
CALL_LEVEL, CALL_GROWTH = "emergency.call_level_factor", "emergency.call_growth_per_year"

RESPONSE_PARAMETERS = (
    "emergency.turnout_factor",
    "emergency.service_time_factor",
    "emergency.travel.b",
    "emergency.travel.multiplier",
)
"""What the response is made of, in the order in which draws are made of them: the last takes up what the others leave."""

QUANTITIES: dict[str, Quantity] = {
    quantity.key: quantity
    for quantity in (
        Quantity("discharges", Family.USE, "discharges per year", (ADMISSIONS,)),
        Quantity("visits", Family.USE, "visits per year", (VISITS,)),
        Quantity("mean_stay", Family.USE, "days", (STAY,)),
        Quantity("bed_occupancy", Family.USE, "share", (ADMISSIONS, STAY)),
        Quantity("children_in_care", Family.SHARE, "share", ("need.childcare_take_up",)),
        Quantity("physicians_leaving", Family.SHARE, "share per year", ("workforce.attrition.physicians",)),
        Quantity("nurses_leaving", Family.SHARE, "share per year", ("workforce.attrition.nurses",)),
        Quantity("emergency_calls", Family.CALLS, "cases per year", (CALL_LEVEL, CALL_GROWTH)),
        Quantity("response_mean", Family.RESPONSE, "min", RESPONSE_PARAMETERS),
        Quantity("response_own_station", Family.RESPONSE, "min", RESPONSE_PARAMETERS),
        Quantity("response_other_station", Family.RESPONSE, "min", RESPONSE_PARAMETERS),
        Quantity("own_station_share", Family.RESPONSE, "share", RESPONSE_PARAMETERS),
        Quantity("area_within_3_5km", Family.PLACE, "share", ()),
        Quantity("people_within_3_5km", Family.PLACE, "share", ()),
    )
}
"""All quantities by key."""
