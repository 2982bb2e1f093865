"""The call table: every random quantity of every call of one replication, drawn before it runs.

One named stream a quantity (``calls.*`` in :mod:`sim.streams`), read in the order of the calls: changing a law moves no
other quantity, and two plans are compared on the same calls. Scenarios with other demand thin one master table
(:func:`thin`), so that common calls stay common.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

HOURS_OF_WEEK = 168

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CallTable:
    """Calls in order of time, arrays over ``[call]``; minutes.

    Attributes:
        time_min: the centre answers the call; ascending.
        zone: place of the call (index into :attr:`World.zones`).
        priority: 1 = most urgent.
        need: need class of the patient (column of :attr:`World.capable`).
        dispatch_min: dispatch delay: from the answer until a unit is chosen, if one is free.
        turnout_min: from then until wheels roll, for a unit at its base.
        travel_error: factor on the travel time to the scene.
        scene_min: on scene.
        transported: whether the patient is taken to a hospital.
        hospital: hospital to go to; -1 = the nearest capable one.
        transport_min: travel to the hospital as recorded; NaN = by the world's table x ``transport_error``.
        transport_error: factor on the transport time.
        handover_min: at the hospital.
        return_error: factor on the way back.
        patience_min: how long the call waits for a unit after the dispatch delay before it is given up; inf = for ever.
        thinning: uniform mark in [0, 1) that decides whether a scenario with less demand has this call.
    """

    time_min: Floats
    zone: NDArray[np.int32]
    priority: NDArray[np.int8]
    need: NDArray[np.int8]
    dispatch_min: Floats
    turnout_min: Floats
    travel_error: Floats
    scene_min: Floats
    transported: NDArray[np.bool_]
    hospital: NDArray[np.int32]
    transport_min: Floats
    transport_error: Floats
    handover_min: Floats
    return_error: Floats
    patience_min: Floats
    thinning: Floats

    def __len__(self) -> int:
        return len(self.time_min)

    @property
    def ready_min(self) -> Floats:
        """When a unit can first be chosen: call + dispatch delay."""
        return self.time_min + self.dispatch_min

    def select(self, keep: NDArray[np.bool_]) -> CallTable:
        """The calls of a mask, in order."""
        return CallTable(**{item.name: getattr(self, item.name)[keep] for item in fields(self)})


@dataclass(frozen=True)
class Lognormal:
    """A duration whose logarithm is normal. ``sigma = 0`` makes it constant."""

    median_min: float
    sigma: float = 0.0

    @property
    def mean_min(self) -> float:
        """``median exp(sigma^2 / 2)``."""
        return self.median_min * math.exp(0.5 * self.sigma**2)


@dataclass(frozen=True, eq=False)
class CallIntensity:
    """When, where and how urgent calls are: a Poisson process with a constant rate within each hour.

    Attributes:
        hourly: expected calls in each hour of the period, shape ``[hour]``.
        zone_share: share of calls by zone, shape ``[zone]``, sums to 1.
        priority_share: share by priority, shape ``[priority]`` or by zone ``[zone, priority]``; rows sum to 1.
        day_variance: variance of the gamma factor with mean 1 that multiplies a whole day's rate (overdispersion; 0 = none).
        first_hour: hour of the week at minute 0, Monday 0 h = 0.
    """

    hourly: Floats
    zone_share: Floats
    priority_share: Floats
    day_variance: float = 0.0
    first_hour: int = 0

    @property
    def horizon_min(self) -> float:
        """Length of the period."""
        return 60.0 * len(self.hourly)


@dataclass(frozen=True, eq=False)
class ServiceLaw:
    """How long the parts of a call take.

    Attributes:
        dispatch, scene, handover: durations.
        turnout_median_min: by hour of the week, shape ``[168]``.
        turnout_sigma: its sigma.
        travel_sigma: sigma of the lognormal travel errors (median 1).
        travel_correlation: correlation of the logarithms of transport and return error with the error to the scene, 0..1.
        transport_share: share taken to a hospital by priority, shape ``[priority]``.
        need_share: share of need classes by priority, shape ``[priority, need]``; None = one class.
        patience_min: as in :class:`CallTable`.
    """

    dispatch: Lognormal
    turnout_median_min: Floats
    turnout_sigma: float
    scene: Lognormal
    handover: Lognormal
    transport_share: Floats
    travel_sigma: float = 0.0
    travel_correlation: float = 0.0
    need_share: Floats | None = None
    patience_min: float = math.inf

    @property
    def expected_turnout_min(self) -> Floats:
        """Mean turnout by hour of the week, what the dispatcher reckons with."""
        return self.turnout_median_min * math.exp(0.5 * self.turnout_sigma**2)


def yearly_intensity(
    *,
    calls_per_year: float,
    year: int,
    hour_share: ArrayLike,
    weekday_factor: ArrayLike,
    month_factor: ArrayLike,
    zone_share: ArrayLike,
    priority_share: ArrayLike,
    day_variance: float = 0.0,
) -> CallIntensity:
    """Intensity of a calendar year: rate = hour of day x weekday x month, scaled so that the year expects ``calls_per_year``.

    Args:
        calls_per_year: expected calls.
        year: decides weekdays and length.
        hour_share: shape ``[24]``; weekday_factor: ``[7]`` from Monday; month_factor: ``[12]``; only ratios matter.
        zone_share, priority_share: as in :class:`CallIntensity`, normalised here.
        day_variance: as in :class:`CallIntensity`.
    """
    raise NotImplementedError


def call_table(time_min: ArrayLike, **columns: ArrayLike) -> CallTable:
    """A table from recorded or made-up columns; a single number stands for a whole column; what is not given is neutral.

    Neutral is: zone 0, priority 1, need 0, times 0, errors 1, not transported, hospital and transport time by the world,
    unlimited patience.

    Raises:
        ValueError: an unknown column, a length that differs, or values that :func:`check_calls` refuses.
    """
    raise NotImplementedError


def draw_calls(intensity: CallIntensity, service: ServiceLaw, seed: int, index: Sequence[int] = ()) -> CallTable:
    """Draw one replication.

    Args:
        intensity: when and where.
        service: how long.
        seed: the run's seed.
        index: which replication, for example ``(year, draw, replication)``; appended to each stream's key.
    """
    raise NotImplementedError


def master_intensity(intensities: Sequence[CallIntensity]) -> CallIntensity:
    """A process that is at least as intense as each of several everywhere: draw it once, :func:`thin` it for each.

    Hourly rates, zone weights and priority weights are the largest of the several; periods, first hours and day variances
    must agree.
    """
    raise NotImplementedError


def thin(calls: CallTable, master: CallIntensity, wanted: CallIntensity) -> CallTable:
    """The calls of a less intense process.

    Call i stays where ``thinning[i] < rate_wanted / rate_master`` at its hour, zone and priority.

    Exact: an independently thinned Poisson process is Poisson with the product rate (Lewis and Shedler 1979).

    Raises:
        ValueError: ``wanted`` is more intense than ``master`` somewhere.
    """
    raise NotImplementedError


def check_calls(calls: CallTable, *, zones: int, priorities: int, needs: int, hospitals: int) -> None:
    """Raise ValueError, all findings in one message, if a table does not fit a world."""
    raise NotImplementedError


