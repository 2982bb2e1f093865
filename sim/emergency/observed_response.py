"""What was observed of a region's response, and how an observed mean ties the travel multiplier to the places of a draw.

An observed mean response pins the *product* of distance and slowness, not each of them: a draw that puts the stations
elsewhere must drive at another speed to give the same mean. Without that tie every draw that moves stations would contradict
the observation, and always to the same side. The tie needs no simulation:

    multiplier(draw) = fitted(draw) x distance(places of draw 0) / distance(places of the draw)

``distance`` is the mean of km^b to the nearest station and, for the share of calls that another station answers, to the second
nearest, over calls in the observed set-up, with the exponent of the draw. What the observation says of turnout, service times,
exponent and multiplier together is fitted (:mod:`sim.calibration.response`) and reaches the draws as their correlation.
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
    exponents: NDArray[np.float64],
    calls: NDArray[np.float64],
    plan_of: Callable[[int], StationPlan],
) -> NDArray[np.float64]:
    """Factor on the travel multiplier by draw that keeps the observed mean, shape ``[draw]``; 1 for draw 0.

    Args:
        observed: what is kept.
        region: the pack.
        exponents: exponent of the travel law by draw.
        calls: expected calls per zone, for weights.
        plan_of: stations in the places of a draw.
    """
    central = _two_nearest(observed, region, plan_of(0))
    factors = np.ones(len(exponents))
    for draw in range(1, len(exponents)):
        moved = _two_nearest(observed, region, plan_of(draw))
        factors[draw] = _distance(observed, calls, central, exponents[draw]) / _distance(observed, calls, moved, exponents[draw])
    return factors


def _two_nearest(observed: ObservedResponse, region: Region, plan: StationPlan) -> NDArray[np.float64]:
    """Straight km from each zone to the nearest and the second nearest station, shape ``[zone, 2]``."""
    zones, here = region.zones, plan.open_in(observed.year)
    km = np.sort(distances_km(zones.x_km, zones.y_km, plan.x_km[here], plan.y_km[here]), axis=1)
    return km[:, [0, min(1, km.shape[1] - 1)]]


def _distance(
    observed: ObservedResponse, calls: NDArray[np.float64], km: NDArray[np.float64], exponent: float
) -> float:
    share, far = observed.other_station_share, km**exponent
    return float(calls @ ((1.0 - share) * far[:, 0] + share * far[:, 1]) / calls.sum())
