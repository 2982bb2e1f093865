"""Analytic checks beside a run: laws that must hold exactly, and closed forms that must lie near.

* Conservation and Little's law hold exactly in any run.
* Erlang's formulas assume constant rates and units that are alike: the simulated share of calls that wait must lie
  between the delay chance of the larger shift at the year's mean load (way back not counted as busy) and that of the smaller one
  at the busiest hour's load (way back counted), with room for the spread of calls over the year; bounds, not predictions.
* A queue whose load and crews change with the hour is stable when the mean load lies below the mean number of crews.
* The hypercube model (Larson 1974) knows that units differ in place; it is solved exactly for small fleets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.emergency.calls import CallTable
from sim.emergency.coverage import distances_km, speed_needed_kmh
from sim.emergency.hypercube import MAX_UNITS, solve_hypercube
from sim.emergency.location import interchange
from sim.emergency.log import EventLog, Outcome, SentFrom
from sim.emergency.metrics import crews_on_duty
from sim.emergency.scenario_world import ScenarioWorld, Setup
from sim.emergency.statistics import is_overloaded, mser5, replications_needed, t_interval
from sim.emergency.world import HOURS_OF_WEEK
from sim.queueing import erlang_b, erlang_c

COLUMNS = ["name", "what", "expected", "got", "ok", "year"]

_PLACEMENT_ROOM = 1.1
"""Greedy places may be this much worse than the best ones before the rule is called into question."""

Row = tuple[str, str, str, str, bool, int]
"""One check: name, what, expected, got, ok, year."""

_EXACT = 1e-9
_ROOM = 2.0
"""By which factor the Erlang bounds are widened before a simulated share outside them counts as not plausible."""

TARGET_HALF_WIDTH_MIN = 0.1
"""Half width of the interval of a year's mean response that is aimed at where the scenario asks for none: a tenth of a minute."""

_FEWEST_FOR_WARM_UP = 1000
_WARM_UP_PART = 12
"""The warm-up is looked for in the first twelfth of the calls, a month: within it the season moves little."""

_HYPERCUBE_TOLERANCE = 0.10
"""Accepted difference of a unit's workload to the hypercube's, which has constant rates and no way back."""


@dataclass(frozen=True)
class Load:
    """Offered load of a year in crews (Erlang).

    Attributes:
        mean: calls x busy time, over the year.
        mean_with_way_back: the same with the way back counted as busy.
        busiest_hour: with the way back, at the hour of the day and month with most calls.
        fewest, most, average: crews on duty, over the year.
    """

    mean: float
    mean_with_way_back: float
    busiest_hour: float
    fewest: int
    most: int
    average: float

    @property
    def overloaded(self) -> bool:
        """Whether work comes in as fast as the crews can do it over the year: then queues grow without bound."""
        return is_overloaded(self.mean, 1.0, self.average)

    @property
    def state(self) -> str:
        """The load in words."""
        if self.overloaded:
            return "overload: the queue grows, there is no steady state"
        if is_overloaded(self.mean, 1.0, self.fewest):
            return f"queues build up while only {self.fewest} crews are on duty"
        return "below capacity"


def load_of(setup: Setup, busy_min: float, way_back_min: float) -> Load:
    """Offered load from the mean busy time and way back of a call, minutes, and the crews on duty."""
    hourly = setup.intensity.hourly
    per_min = hourly.sum() / setup.intensity.horizon_min
    whole = busy_min + way_back_min
    crews = crews_on_duty(setup.world.units, setup.world.horizon_min)
    return Load(per_min * busy_min, per_min * whole, float(hourly.max()) / 60.0 * whole, *crews)


def run_checks(year: int, setup: Setup, calls: CallTable, log: EventLog) -> list[Row]:
    """Laws that one replication obeys exactly."""
    counted = [int((log.outcome == outcome).sum()) for outcome in (Outcome.ANSWERED, Outcome.ABANDONED, Outcome.OPEN_AT_END)]
    answered = log.answered
    start, end = log.dispatched[answered], log.free[answered]
    horizon = float(end.max()) if len(end) else 0.0
    # Little's law by two paths: the area under the number of busy units, from their steps, and the sum of busy times.
    moments = np.concatenate([start, end])
    steps = np.concatenate([np.ones(len(start)), -np.ones(len(end))])
    order = np.argsort(moments, kind="stable")
    level = np.cumsum(steps[order])
    area = float(level[:-1] @ np.diff(moments[order])) if len(moments) else 0.0
    by_calls = float((end - start).sum())
    parts = log.queue_min(calls) + calls.dispatch_min + log.turnout_min + log.travel_min
    residual = float(np.abs(log.response_min(calls) - parts)[answered].max(initial=0.0))
    overlaps = _overlaps(log)
    nearest, travelled = _nearest_bound(setup, calls, log)
    return [
        (
            "conservation", "calls = answered + abandoned + still open at the end",
            str(len(calls)), " + ".join(map(str, counted)), sum(counted) == len(calls), year,
        ),
        (
            "little", "mean number of busy units = rate of calls x mean busy time, by two paths",
            f"{by_calls / horizon if horizon else 0.0:.6f}", f"{area / horizon if horizon else 0.0:.6f}",
            abs(area - by_calls) <= _EXACT * max(1.0, by_calls), year,
        ),
        (
            "response_parts", "response = queue + dispatch + turnout + travel, largest difference in minutes",
            "0", f"{residual:.1e}", residual <= 1e-6, year,
        ),
        ("one_call_at_a_time", "calls that a unit was given while it was busy", "0", str(overlaps), overlaps == 0, year),
        (
            "nearest_station_bound", "mean travel from a station is at least that from the nearest station, minutes",
            f">= {nearest:.3f}", f"{travelled:.3f}", travelled >= nearest - 1e-3, year,
        ),
    ]  # fmt: skip


def precision_check(year: int, means: Sequence[float], target_min: float = TARGET_HALF_WIDTH_MIN) -> Row:
    """Whether there were enough replications for the mean response: half width reached, target, and how many would reach it."""
    reached = t_interval(means).half_width
    needed = replications_needed(means, target_min)
    return (
        "replications", "half width of the 95 % interval of the mean response, minutes",
        f"<= {target_min:g} (n = {needed})", f"{reached:.3g} (n = {len(means)})", reached <= target_min, year,
    )  # fmt: skip


def warm_up_check(year: int, response_min: NDArray[np.float64], overloaded: bool = False) -> list[Row]:
    """What the empty start does to the year's mean: MSER-5 finds the calls to drop, and the mean without them.

    Args:
        year: calendar year.
        response_min: responses of the answered calls in the order of the calls.
        overloaded: no steady state, so that there is nothing to warm up to: said instead of a figure.
    """
    if len(response_min) < _FEWEST_FOR_WARM_UP:
        return []
    what = "change of the mean response without the warm-up that MSER-5 finds, minutes"
    if overloaded:
        return [("warm_up", what, f"+- {TARGET_HALF_WIDTH_MIN:g}", "none: overload has no steady state", False, year)]
    first = response_min[: len(response_min) // _WARM_UP_PART]
    drop = mser5(first)
    effect = float(response_min[drop:].mean() - response_min.mean())
    return [
        (
            "warm_up", what, f"+- {TARGET_HALF_WIDTH_MIN:g}", f"{effect:+.4f} (n = {drop})",
            abs(effect) <= TARGET_HALF_WIDTH_MIN, year,
        )
    ]  # fmt: skip


def load_checks(year: int, load: Load, queued_share: float) -> list[Row]:
    """Closed forms at the run's load beside the simulated share of calls that found no unit free."""
    low = float(erlang_c(load.most, load.mean)) / _ROOM
    high = min(1.0, float(erlang_c(load.fewest, load.busiest_hour)) * _ROOM)
    loss = float(erlang_b(load.fewest, load.mean_with_way_back))
    return [
        (
            "load", "offered load in crews against crews on duty",
            f"< {load.average:.4g}", f"{load.mean:.2f} ({load.state})", not load.overloaded, year,
        ),
        (
            "erlang_delay", "share of calls that wait, bounds by Erlang C at mean and busiest-hour load (ballpark)",
            f"{low:.4f} to {high:.4f}", f"{queued_share:.4f}", low <= queued_share + 1e-4 and queued_share <= high + 1e-4, year,
        ),
        (
            "erlang_loss", "chance that all crews are busy by Erlang B, way back counted (ballpark, not a test)",
            f"{loss:.4f}", f"{queued_share:.4f}", True, year,
        ),
    ]  # fmt: skip


def hypercube_checks(year: int, setup: Setup, busy_min: float, workload: NDArray[np.float64]) -> list[Row]:
    """Simulated workloads beside the exact hypercube's, for fleets of up to ten crews that are on duty day and night.

    Args:
        year: calendar year.
        setup: the year.
        busy_min: mean busy time of a call.
        workload: simulated share of time busy per unit.
    """
    units = setup.world.units
    count = len(units)
    if not 1 <= count <= MAX_UNITS or not np.isinf(units.window_end).all():
        return []
    order = np.argsort(setup.world.expected.station[units.station], axis=0, kind="stable").T
    groups, member = np.unique(order, axis=0, return_inverse=True)
    rate = setup.intensity.hourly.sum() / setup.intensity.horizon_min
    rates = np.bincount(member.ravel(), setup.intensity.zone_share, minlength=len(groups)) * rate
    if rates.sum() * busy_min >= count:
        return []
    model = solve_hypercube(rates, groups, np.full(count, 1.0 / busy_min))
    furthest = float(np.abs(model.workloads - workload).max())
    return [
        (
            "hypercube", f"largest difference of a crew's workload to the exact hypercube of {count} crews",
            f"<= {_HYPERCUBE_TOLERANCE}", f"{furthest:.3f}", furthest <= _HYPERCUBE_TOLERANCE, year,
        )
    ]  # fmt: skip


def placement_check(world: ScenarioWorld) -> list[Row]:
    """How far stations put one by one are from the best places for all of them at once (p-median by interchange).

    The stations that are there already stay: a resident's distance to a new set is at most the distance to them.
    """
    ruled = [index for index, place in enumerate(world.plan.place) if place == "rule:mean_distance"]
    if not ruled:
        return []
    year, zones = int(world.plan.opens[ruled].max()), world.region.zones
    people = world.demand.people(year)
    others = np.setdiff1d(world.plan.open_in(year), ruled)
    there = distances_km(zones.x_km, zones.y_km, world.plan.x_km[others], world.plan.y_km[others]).min(axis=1, initial=np.inf)
    greedy = float(people @ world.plan.nearest_km(year, zones.x_km, zones.y_km) / people.sum())
    best = interchange(people, np.minimum(there[:, None], world.between_km), len(ruled)).objective / people.sum()
    return [
        (
            "placement", f"mean straight distance, km: {len(ruled)} stations put one by one, against all at once by interchange",
            f"<= {_PLACEMENT_ROOM} x {best:.3f}", f"{greedy:.3f}", greedy <= _PLACEMENT_ROOM * best, year,
        )
    ]  # fmt: skip


def radius_checks(year: int, radii_km: list[float], standard_min: float, overhead_min: float, detour: float) -> list[Row]:
    """The plain arithmetic of a radius and a time standard: the road speed that would be needed, door to door."""
    return [
        (
            f"speed_{radius:g}_km", f"road speed needed for {radius:g} km (straight line) within {standard_min:g} min",
            "as it comes", f"{speed_needed_kmh(radius, standard_min, overhead_min, detour):.0f} km/h", True, year,
        )
        for radius in radii_km
    ]  # fmt: skip


def as_table(rows: list[Row]) -> pd.DataFrame:
    """The rows as the table ``checks``."""
    return pd.DataFrame(rows, columns=COLUMNS)


def _nearest_bound(setup: Setup, calls: CallTable, log: EventLog) -> tuple[float, float]:
    """Mean travel of the calls answered from a station, had it been the nearest one, and as it was."""
    world = setup.world
    sent = np.flatnonzero(log.answered & (log.sent_from == SentFrom.BASE))
    if not len(sent):
        return 0.0, 0.0
    hour = (world.first_hour + (log.rolling[sent] // 60.0).astype(np.int64)) % HOURS_OF_WEEK
    least = world.actual.station.min(axis=0)[calls.zone[sent]] * world.travel_factor[hour] * calls.travel_error[sent]
    return float(least.mean()), float(log.travel_min[sent].mean())


def _overlaps(log: EventLog) -> int:
    """How many calls a unit was given before it was free of the one before."""
    answered = np.flatnonzero(log.answered)
    order = answered[np.lexsort((log.dispatched[answered], log.unit[answered]))]
    same = log.unit[order][1:] == log.unit[order][:-1]
    return int((same & (log.dispatched[order][1:] < log.free[order][:-1])).sum())
