"""Contacts of the national basic public-health services: children, mothers, the old, patients under management.

    child visits     = children of 0-6 x visits of their age (national specification)
    maternity visits = children under 1 x visits per birth
    health checks    = residents of 65 and over x share under management
    follow-ups       = residents of 60 and over x managed patients per head x follow-ups a patient
    registered       = residents x severe mental illness per head
"""

from __future__ import annotations

import numpy as np

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource
from sim.population.model import OPEN_AGE

_CHILD, _MATERNITY = "need.contacts.child_health_visits_by_age", "need.contacts.maternity_visits"
_CHECKED = "need.contacts.health_checks_65_plus_share"
_MANAGED, _FOLLOW_UPS = "need.contacts.managed_patients_share_60_plus", "need.contacts.follow_ups_a_patient"
_ILL = "need.class.psychiatric.prevalence_per_1000"


def model(context: Context, known: Known) -> Part:
    """Contacts a year, and registered patients."""
    age = np.arange(OPEN_AGE + 1)
    visits = context.schedule(_CHILD)
    by_age = np.zeros(OPEN_AGE + 1)
    by_age[: len(visits)] = visits
    infants, checked, old = ((age == 0) * 1.0, (age >= 65) * 1.0, (age >= 60) * 1.0)
    of = "contacts a year"
    return Part(
        activity=(
            context.series(
                "child_health_visits",
                of,
                context.flow(by_age),
                "children of 0-6 x health visits of their age (national specification)",
                rests_on=(_CHILD,),
            ),
            context.series(
                "maternity_visits",
                of,
                context.flow(infants) * context.number(_MATERNITY),
                "children under 1 x visits before and after a birth (national specification)",
                rests_on=(_MATERNITY,),
            ),
            context.series(
                "health_checks",
                of,
                context.flow(checked) * context.uncertain(_CHECKED),
                "residents of 65 and over x share with a health check a year",
                rests_on=(_CHECKED,),
            ),
            context.series(
                "follow_ups",
                of,
                context.flow(old) * context.uncertain(_MANAGED) * context.number(_FOLLOW_UPS),
                "residents of 60 and over x managed patients per head x follow-ups a year",
                rests_on=(_MANAGED, _FOLLOW_UPS),
            ),
            context.series(
                "registered_mental_illness",
                "persons",
                context.flow(np.ones(OPEN_AGE + 1)) * context.uncertain(_ILL) / 1000.0,
                "residents x registered severe mental illness per head",
                rests_on=(_ILL,),
            ),
        )
    )


RESOURCE = Resource(
    gives=("child_health_visits", "maternity_visits", "health_checks", "follow_ups", "registered_mental_illness"),
    reads=(),
    parameters=(_CHILD, _MATERNITY, _CHECKED, _MANAGED, _FOLLOW_UPS, _ILL),
    model=model,
)
