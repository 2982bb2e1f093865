"""Drawing calls: when, where and how urgent they are, and how long their parts take.

One named stream a quantity (``calls.*`` in :mod:`sim.streams`), read in the order of the calls: changing a law moves no
other quantity, and two plans are compared on the same calls. Scenarios with other demand thin one master table
(:func:`thin`), so that common calls stay common.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.emergency import variates
from sim.emergency.call_table import CallTable
from sim.emergency.scratch import Fresh, Scratch
from sim.streams import generator

Floats = NDArray[np.float64]


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

    @property
    def priorities(self) -> int:
        """Number of priorities."""
        return np.shape(self.priority_share)[-1]

    @cached_property
    def zone_search(self) -> tuple[Floats, NDArray[np.int32]]:
        """Cumulative zone shares and where to begin searching in them."""
        cumulative = np.cumsum(self.zone_share)
        return cumulative, variates.guide_table(cumulative, 16 * len(cumulative))


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
        patience_min: as in :class:`CallTable`, the same for every call, where ``patience_mean_min`` is None.
        patience_mean_min: mean patience by priority, shape ``[priority]``, inf = for ever; exponential, as in queues with
            impatient customers (Garnett, Mandelbaum and Reiman 2002).
        second_draws: whether calls get turnout and travel error of a second unit, for centres that redirect; drawn by the same
            laws, independent of the first.
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
    patience_mean_min: Floats | None = None
    second_draws: bool = False

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

    Raises:
        ValueError: shapes that do not fit, negative or all-zero weights.
    """
    by_hour, by_weekday, by_month = (np.asarray(given, dtype=float) for given in (hour_share, weekday_factor, month_factor))
    zones, priorities = np.asarray(zone_share, dtype=float), np.asarray(priority_share, dtype=float)
    for name, weights, size in (
        ("hour_share", by_hour, 24),
        ("weekday_factor", by_weekday, 7),
        ("month_factor", by_month, 12),
        ("zone_share", zones, zones.size),
        ("priority_share", priorities, priorities.size),
    ):
        if weights.size != size or not (weights >= 0).all() or not np.isfinite(weights).all() or not weights.sum() > 0:
            raise ValueError(f"{name} must be {size} weights that are not negative and not all zero")
    days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01"))
    first_weekday = date(year, 1, 1).weekday()
    weekdays = (first_weekday + np.arange(len(days))) % 7
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    rates = np.outer(by_weekday[weekdays] * by_month[months], by_hour).ravel()
    return CallIntensity(
        hourly=rates * (calls_per_year / rates.sum()),
        zone_share=zones / zones.sum(),
        priority_share=priorities / priorities.sum(axis=-1, keepdims=True),
        day_variance=day_variance,
        first_hour=24 * first_weekday,
    )


def draw_calls(
    intensity: CallIntensity,
    service: ServiceLaw,
    seed: int,
    index: Sequence[int] = (),
    scratch: Scratch | None = None,
) -> CallTable:
    """Draw one replication.

    Args:
        intensity: when and where.
        service: how long.
        seed: the run's seed.
        index: which replication, for example ``(year, replication)``; appended to each stream's key.
        scratch: memory to draw into (the table then lasts until the next draw with it); default: new memory.
    """
    memory = scratch or Fresh()
    times = _draw_times(intensity, seed, index, memory)
    count = len(times)

    def uniforms(name: str) -> Floats:
        return generator(f"calls.{name}", seed, *index).random(out=memory.take("uniforms", count))

    zone = memory.take("zone", count, np.int32)
    variates.invert(uniforms("zone"), *intensity.zone_search, zone)
    priority = memory.take("priority", count, np.int8)
    shares = np.cumsum(np.atleast_2d(intensity.priority_share), axis=1)
    variates.choose_by_row(uniforms("priority"), zone, 0, shares, 1, priority)
    return draw_parts(times, zone, priority, service, intensity.first_hour, seed, index, memory)


def draw_parts(
    times: Floats,
    zone: NDArray[np.int32],
    priority: NDArray[np.int8],
    service: ServiceLaw,
    first_hour: int,
    seed: int,
    index: Sequence[int] = (),
    scratch: Scratch | None = None,
) -> CallTable:
    """How long the parts of known calls take: the rest of a call table.

    Args:
        times, zone, priority: the calls, shape ``[call]``, times ascending.
        service: how long.
        first_hour: hour of the week at minute 0.
        seed, index, scratch: as in :func:`draw_calls`.
    """
    memory = scratch or Fresh()
    count = len(times)

    def stream(name: str) -> np.random.Generator:
        return generator(f"calls.{name}", seed, *index)

    def uniforms(name: str, held: str = "uniforms") -> Floats:
        return stream(name).random(out=memory.take(held, count))

    def constant(name: str, value: float, kind: type = np.float64) -> NDArray[Any]:
        column = memory.take(name, count, kind)
        column.fill(value)
        return column

    def durations(name: str, law: Lognormal) -> Floats:
        if law.sigma == 0.0 or law.median_min == 0.0:
            return constant(name, law.median_min)
        column = memory.take(name, count)
        variates.lognormal(stream(name), law.median_min, law.sigma, column)
        return column

    need = constant("need", 0, np.int8)
    if service.need_share is not None:
        classes = np.cumsum(service.need_share, axis=1)
        variates.choose_by_row(uniforms("hospital"), priority, 1, classes, 0, need)
    transported = memory.take("transported", count, np.bool_)
    variates.happens(uniforms("transported"), priority, np.asarray(service.transport_share, dtype=float), transported)
    turnout = memory.take("turnout", count)
    medians = np.asarray(service.turnout_median_min, dtype=float)
    variates.lognormal_by_hour(stream("turnout"), times, first_hour, medians, service.turnout_sigma, turnout)
    legs = ("travel_error", "transport_error", "return_error")
    if service.travel_sigma == 0.0:
        errors = [constant(name, 1.0) for name in legs]
    else:
        errors = [memory.take(name, count) for name in legs]
        sources = tuple(stream(name) for name in legs)
        variates.lognormal_correlated(sources, service.travel_correlation, service.travel_sigma, *errors)
    patience = constant("patience", service.patience_min)
    if service.patience_mean_min is not None:
        means = np.asarray(service.patience_mean_min, dtype=float)[priority - 1]
        patience[:] = np.where(np.isfinite(means), stream("patience").standard_exponential(count) * means, math.inf)
    turnout_again = error_again = None
    if service.second_draws:
        turnout_again, error_again = memory.take("turnout_again", count), memory.take("travel_error_again", count)
        source = stream("turnout_again")
        variates.lognormal_by_hour(source, times, first_hour, medians, service.turnout_sigma, turnout_again)
        variates.lognormal(stream("travel_error_again"), 1.0, service.travel_sigma, error_again)
    return CallTable(
        time_min=times,
        zone=zone,
        priority=priority,
        need=need,
        dispatch_min=durations("dispatch", service.dispatch),
        turnout_min=turnout,
        travel_error=errors[0],
        scene_min=durations("scene", service.scene),
        transported=transported,
        hospital=constant("hospital_of", -1, np.int32),
        transport_min=constant("transport_min", math.nan),
        transport_error=errors[1],
        handover_min=durations("handover", service.handover),
        return_error=errors[2],
        patience_min=patience,
        thinning=uniforms("thinning", "thinning"),
        turnout_again_min=turnout_again,
        travel_error_again=error_again,
    )


def hourly_rates(intensity: CallIntensity, seed: int, index: Sequence[int]) -> Floats:
    """Expected calls in each hour of one replication, after the factors of its days, shape ``[hour]``."""
    hourly = np.asarray(intensity.hourly, dtype=float)
    if intensity.day_variance <= 0:
        return hourly
    shape = 1.0 / intensity.day_variance
    days = -(-len(hourly) // 24)
    factors = generator("calls.overdispersion", seed, *index).standard_gamma(shape, days) / shape
    return hourly * np.repeat(factors, 24)[: len(hourly)]


def _draw_times(intensity: CallIntensity, seed: int, index: Sequence[int], memory: Scratch) -> Floats:
    """Call times of one replication, ascending."""
    hourly = hourly_rates(intensity, seed, index)
    cumulative = np.cumsum(hourly)
    total = float(cumulative[-1])
    source = generator("calls.time", seed, *index)
    size = int(total + 5.0 * math.sqrt(total) + 50.0)
    times = memory.take("time", size)
    count, reached = variates.arrival_times(source, 0, 0.0, cumulative, hourly, times)
    while reached < total:
        times = np.concatenate([times[:count], np.empty(size)])
        count, reached = variates.arrival_times(source, count, reached, cumulative, hourly, times)
    return times[:count]


def master_intensity(intensities: Sequence[CallIntensity]) -> CallIntensity:
    """A process that is at least as intense as each of several everywhere: draw it once, :func:`thin` it for each.

    The rate of zone z and priority p in hour h is ``hourly[h] zone_share[z] priority_share[p]``; the master has the largest
    hourly rates, zone shares and priority shares of the several, normalised again.

    Raises:
        ValueError: periods, first hours, zones, priorities or day variances differ.
    """
    first = intensities[0]
    for other in intensities[1:]:
        if (
            other.hourly.shape != first.hourly.shape
            or other.zone_share.shape != first.zone_share.shape
            or np.shape(other.priority_share) != np.shape(first.priority_share)
            or (other.first_hour, other.day_variance) != (first.first_hour, first.day_variance)
        ):
            raise ValueError("the processes have different periods, zones, priorities or day variances")
    hourly = np.max([item.hourly for item in intensities], axis=0)
    zones = np.max([item.zone_share for item in intensities], axis=0)
    priorities = np.max([item.priority_share for item in intensities], axis=0)
    by_zone = priorities.sum(axis=-1)
    # A larger total weight of zones and priorities becomes a larger rate; with shares by zone it becomes a larger zone.
    zone_weight = zones * by_zone
    return CallIntensity(
        hourly=hourly * zone_weight.sum(),
        zone_share=zone_weight / zone_weight.sum(),
        priority_share=priorities / np.expand_dims(by_zone, -1),
        day_variance=first.day_variance,
        first_hour=first.first_hour,
    )


def thin(calls: CallTable, master: CallIntensity, wanted: CallIntensity) -> CallTable:
    """The calls of a less intense process.

    Call i stays where ``thinning[i] < rate_wanted / rate_master`` at its hour, zone and priority. Exact: an independently
    thinned Poisson process is Poisson with the product rate (Lewis and Shedler 1979).

    Raises:
        ValueError: ``wanted`` is more intense than ``master`` at one of the calls.
    """
    hour = (calls.time_min // 60.0).astype(np.int64)
    column = calls.priority.astype(np.int64) - 1

    def rate(process: CallIntensity) -> Floats:
        shares = np.atleast_2d(process.priority_share)
        return process.hourly[hour] * process.zone_share[calls.zone] * shares[calls.zone % len(shares), column]

    wanted_rate, master_rate = rate(wanted), rate(master)
    if (wanted_rate > master_rate * (1.0 + 1e-9)).any():
        raise ValueError("a process that is more intense than the master cannot be thinned from it")
    return calls.select(calls.thinning * master_rate < wanted_rate)
