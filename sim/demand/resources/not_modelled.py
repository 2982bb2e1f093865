"""Resources whose need no data supports: they are named with the reason, never filled with an invented number."""

from __future__ import annotations

from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource

_REASONS = {
    "psychiatrists": ("persons", "not modelled: neither contacts nor caseloads of psychiatry were observed"),
    "public_health_staff": ("persons", "not modelled: no workload of public-health staff was observed; the norm stands alone"),
    "monitoring_ambulances": ("vehicles", "not modelled: no demand by severity was observed; the norm stands alone"),
    "emergency_stations": ("stations", "not modelled as a number: stations are judged by response time and coverage"),
}


def model(context: Context, known: Known) -> Part:
    """Needs that are NaN."""
    return Part(need=tuple(context.not_modelled(key, unit, reason) for key, (unit, reason) in _REASONS.items()))


RESOURCE = Resource(gives=tuple(_REASONS), reads=(), parameters=(), model=model)
