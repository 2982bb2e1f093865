"""What was observed of a region's response, and how an observed mean ties the travel multiplier to what a draw assumes.

An observed mean response pins the *product* of distance and slowness, not each of them: a draw that puts the stations
elsewhere, or the turnout higher, must drive at another speed to give the same mean. Without that tie every draw that moves
stations would contradict the observation, and always to the same side. The tie needs no simulation:

    multiplier(draw) = multiplier x (left(draw) / left(0)) x (distance(0) / distance(draw)) x rest(draw)

``left`` is the observed mean less call handling and turnout; ``distance`` the mean of km^b to the nearest station and, for
the share of calls that another station answers, to the second nearest, over calls in the observed set-up; ``rest`` the
spread that remains (``low`` and ``high`` of ``emergency.travel.multiplier``: fitted, see :mod:`sim.emergency.fit_travel`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.emergency.coverage import distances_km
from sim.emergency.parameters import Parameters
from sim.emergency.stations import StationPlan
from sim.region.model import Region


@dataclass(frozen=True)
class ObservedResponse:
    """An observed mean response.

    Attributes:
        year: the year, or the middle of the years, it holds for; the stations open then answered the calls.
        mean_min: mean response of all calls.
        calls: calls a year.
        other_station_share: share of the calls that another than the nearest station answered.
    """

    year: int
    mean_min: float
    calls: float
    other_station_share: float


def observed_response(region: Region, parameters: Parameters, calls_in_base_year: float) -> ObservedResponse | None:
    """The region's observation: of the study in its pack, or of its baseline; None where no response was observed."""
    study = region.parameters.get("activity.response_mean_min")
    mean = study or region.baseline.get("response_mean_min")
    if mean is None or mean.year is None:
        return None
    calls = region.parameters.get("activity.emergency_calls_per_year") if study else None
    own = region.parameters.get("activity.same_zone_share") if study else None
    return ObservedResponse(
        mean.year,
        mean.number,
        calls.number if calls else calls_in_base_year,
        1.0 - own.number if own else parameters.number("other_station_share"),
    )


def tied_factors(
    observed: ObservedResponse,
    region: Region,
    parameters: Parameters,
    calls: NDArray[np.float64],
    plan_of: Callable[[int], StationPlan],
) -> NDArray[np.float64]:
    """Factor on the travel multiplier by draw that keeps the observed mean, shape ``[draw]``; 1 for draw 0.

    Args:
        observed: what is kept.
        region, parameters: the pack.
        calls: expected calls per zone, for weights.
        plan_of: stations in the places of a draw.
    """
    turnout = _mean_turnout(parameters) * parameters.drawn("turnout_factor")
    handling = _mean(parameters.number("call_handling.median_min"), parameters.number("call_handling.sigma"))
    left = observed.mean_min - handling - turnout
    distance = np.array([_distance(observed, region, parameters, calls, plan_of(draw)) for draw in range(parameters.draws.size)])
    return (left / left[0]) * (distance[0] / distance)


def _distance(
    observed: ObservedResponse, region: Region, parameters: Parameters, calls: NDArray[np.float64], plan: StationPlan
) -> float:
    zones = region.zones
    here = plan.open_in(observed.year)
    km = np.sort(distances_km(zones.x_km, zones.y_km, plan.x_km[here], plan.y_km[here]), axis=1) ** parameters.number("travel.b")
    second = km[:, min(1, km.shape[1] - 1)]
    share = observed.other_station_share
    return float(calls @ ((1.0 - share) * km[:, 0] + share * second) / calls.sum())


def _mean_turnout(parameters: Parameters) -> float:
    """Mean turnout over the day's calls in the observed years: the pack's, not the scenario's."""
    profile = parameters.schedule("hourly_profile")
    night = np.isin(np.arange(24), parameters.schedule("night_hours"))
    factor = np.where(night, parameters.number("night_turnout_factor"), 1.0)
    by_day = _mean(parameters.number("turnout.median_min"), parameters.number("turnout.sigma"))
    return by_day * float(profile @ factor / profile.sum())


def _mean(median: float, sigma: float) -> float:
    return float(median * np.exp(0.5 * sigma**2))
