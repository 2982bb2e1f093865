"""Ambulances: the load check beside the simulation.

The need itself is the smallest duty fleet that meets the time standard in simulation, times the reserve; it is merged into
the scorecard from there. Here stand the calls, and the fleet that the load alone would ask for: crews such that a call of
the busiest hour finds none free with at most an accepted chance (Erlang loss, all crews of the county as one pool), times
the reserve. It knows no distances, so it is a lower bound.
"""

from __future__ import annotations

from sim.demand.calls import PARAMETERS, expected_calls
from sim.demand.context import Context
from sim.demand.resource import Known, Part, Resource
from sim.queueing import servers_for_blocking

_PROFILE, _CYCLE = "emergency.hourly_profile", "emergency.total_cycle_min"
_NONE_FREE, _RESERVE = "need.ambulance.no_unit_probability", "emergency.vehicle_reserve"
_DAYS = 365.25


def model(context: Context, known: Known) -> Part:
    """Calls; ambulances left to the simulation; the Erlang check as the second estimate."""
    calls = context.series(
        "calls",
        "calls a year",
        expected_calls(context),
        "rate of the base year x total growth; draws move with their people by age",
        rests_on=PARAMETERS,
    )
    none_free = context.number(_NONE_FREE)
    busiest_hour = calls.values / _DAYS * context.schedule(_PROFILE).max()
    crews = servers_for_blocking(busiest_hour * context.number(_CYCLE) / 60.0, none_free)
    vehicles = context.series(
        "ambulances",
        "vehicles",
        crews * context.uncertain(_RESERVE),
        f"Erlang: crews so that a call of the busiest hour finds none free with at most 1 in {1 / none_free:.0f}, times reserve",
        rests_on=(_PROFILE, _CYCLE, _NONE_FREE, _RESERVE),
        after=("calls",),
        name="ambulances_erlang",
    )
    need = context.not_modelled("ambulances", "vehicles", "simulation: smallest duty fleet that meets the standard x reserve")
    return Part(need=(need,), activity=(calls,), second={("ambulances", "erlang"): vehicles})


RESOURCE = Resource(
    gives=("calls", "ambulances"),
    reads=(),
    parameters=(*PARAMETERS, _PROFILE, _CYCLE, _NONE_FREE, _RESERVE),
    model=model,
)
