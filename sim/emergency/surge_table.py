"""What an event costs: the scenario's year against the same year without it, run by run on the same calls.

Differences of responses are taken call by call over the year's own calls (those of events stand only on one side), then
averaged within a run; intervals are Student's t over runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.emergency.calls import CallTable, draw_calls
from sim.emergency.log import EventLog, Outcome
from sim.emergency.parameters import Parameters
from sim.emergency.runs import Engine
from sim.emergency.scenario_world import Setup
from sim.emergency.statistics import t_interval
from sim.emergency.surge import Happening, overlaid
from sim.scenario.emergency_policies import MassCasualty

Floats = NDArray[np.float64]

METRICS = {
    "calls_added": "calls",
    "response_mean_min": "min",
    "response_mean_without_min": "min",
    "response_p90_min": "min",
    "response_p90_without_min": "min",
    "extra_min": "min",
    "calls_beyond_standard": "calls",
    "calls_given_up": "calls",
    "recovery_hours": "hours",
    "event_response_mean_min": "min",
    "event_last_reached_min": "min",
}
"""Metric -> unit. ``response_*`` are of all answered calls during the event, with it and without it; ``extra_min`` is the mean
difference over the year's own calls during it; ``calls_beyond_standard`` how many more calls during it were answered later than
the standard or not at all, its own among them; ``calls_given_up`` how many more were given up until the end of the time in which
recovery is looked for; ``recovery_hours`` from the end of the event (a mass casualty: from its moment) until the mean extra
time of a window of calls is back within the bound; ``event_*`` are of the event's own calls: mean response, last one reached."""

COLUMNS = ["year", "event", "kind", "from_min", "to_min", "metric", "unit", "mean", "ci_low", "ci_high", "replications"]


Row = tuple[object, ...]
"""One row of the table: :data:`COLUMNS`."""


@dataclass(frozen=True)
class Judgement:
    """How a surge is judged.

    Attributes:
        standard_min: response that counts as in time.
        bound_min: extra time up to which the service counts as recovered.
        window_hours: over how many hours of calls the extra time is averaged.
        longest_hours: how long after the event recovery is looked for; an event that lasts longer in its effects has this.
    """

    standard_min: float
    bound_min: float
    window_hours: float
    longest_hours: float


def judgement(parameters: Parameters, standard_min: float) -> Judgement:
    """The bounds of the packs."""
    get = parameters.number
    return Judgement(
        standard_min, get("policy.recovery_bound_min"), get("policy.recovery_window_hours"), get("policy.recovery_longest_hours")
    )


@dataclass(frozen=True)
class Run:
    """One finished run with events: its calls, whose they are (:func:`~sim.emergency.surge.overlaid`), and its log."""

    calls: CallTable
    owner: NDArray[np.int64]
    from_base: NDArray[np.int64]
    log: EventLog

    def by_base_row(self, size: int) -> Floats:
        """Response of the year's own calls by their row, shape ``[row]``; NaN where thinned or not answered."""
        response = np.full(size, np.nan)
        own = self.from_base >= 0
        response[self.from_base[own]] = self.log.response_min(self.calls)[own]
        return response


def compare_events(
    setup: Setup, others: Mapping[str, Setup], seed: int, index: Sequence[int], engine: Engine, rule: Judgement
) -> dict[str, dict[str, float]]:
    """One replication: metrics by event.

    Args:
        setup: the year with all its events.
        others: the year without the event of that name.
        seed, index: as in :func:`~sim.emergency.calls.draw_calls`.
        engine: which engine runs.
        rule: see :class:`Judgement`.
    """
    base = draw_calls(setup.intensity, setup.service, seed, index)

    def run(one: Setup) -> Run:
        calls, owner, rows = overlaid(base, one.intensity, one.service, one.happenings, seed, index)
        return Run(calls, owner, rows, engine(one.world, calls))

    whole = run(setup)
    return {
        one.event.name: _compare(base, one, number, whole, run(others[one.event.name]), rule)
        for number, one in enumerate(setup.happenings)
    }


def _compare(base: CallTable, one: Happening, number: int, whole: Run, without: Run, rule: Judgement) -> dict[str, float]:
    extra = whole.by_base_row(len(base)) - without.by_base_row(len(base))
    until = one.spell.last + 60.0 * rule.longest_hours
    with_it, without_it = (_during(run, one) for run in (whole, without))
    values = {
        "calls_added": float(len(whole.calls) - len(without.calls)),
        "response_mean_min": _mean(with_it),
        "response_mean_without_min": _mean(without_it),
        "response_p90_min": _p90(with_it),
        "response_p90_without_min": _p90(without_it),
        "extra_min": _mean(extra[one.spell.holds(base.time_min)]),
        "calls_beyond_standard": float(_late(with_it, rule) - _late(without_it, rule)),
        "calls_given_up": float(_given_up(whole, one.spell.first, until) - _given_up(without, one.spell.first, until)),
        "recovery_hours": recovery_hours(base.time_min, extra, _counted_from(one), rule),
    }
    own = whole.owner == number
    if own.any():
        values["event_response_mean_min"] = _mean(whole.log.response_min(whole.calls)[own])
        if isinstance(one.event, MassCasualty):
            arrived = whole.log.arrived[own & whole.log.answered]
            values["event_last_reached_min"] = float(arrived.max() - one.spell.first) if len(arrived) else np.nan
    return values


def recovery_hours(time_min: Floats, extra_min: Floats, first_min: float, rule: Judgement) -> float:
    """Whole hours from a moment until the mean extra time of a window of calls is within the bound.

    Args:
        time_min: times of the year's own calls, ascending.
        extra_min: extra response of each, NaN where it has none.
        first_min: moment from which is counted.
        rule: bound, window and how long is looked for; an empty window counts as recovered.
    """
    known = np.isfinite(extra_min)
    times, values = time_min[known], extra_min[known]
    total = np.concatenate([[0.0], np.cumsum(values)])
    for hour in range(int(rule.longest_hours)):
        start = first_min + 60.0 * hour
        first, last = np.searchsorted(times, (start, start + 60.0 * rule.window_hours))
        if total[last] - total[first] <= rule.bound_min * (last - first):
            return float(hour)
    return float(rule.longest_hours)


def _counted_from(one: Happening) -> float:
    return one.spell.first if isinstance(one.event, MassCasualty) else one.spell.last


def _during(run: Run, one: Happening) -> Floats:
    """Responses of all calls during an event, NaN where not answered."""
    return run.log.response_min(run.calls)[one.spell.holds(run.calls.time_min)]


def _late(response: Floats, rule: Judgement) -> int:
    return int((~(response <= rule.standard_min)).sum())


def _given_up(run: Run, first: float, last: float) -> int:
    inside = (run.calls.time_min >= first) & (run.calls.time_min < last)
    return int((run.log.outcome[inside] == Outcome.ABANDONED).sum())


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan


def _p90(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, 0.9)) if len(known) else np.nan


def rows(year: int, setup: Setup, runs: Sequence[Mapping[str, Mapping[str, float]]]) -> list[Row]:
    """Rows of ``emergency_surge.csv``: one per event and metric, over the runs of a year."""
    found = []
    for one in setup.happenings:
        name = one.event.name
        for metric, unit in METRICS.items():
            values = [run[name].get(metric, np.nan) for run in runs]
            interval = t_interval(values)
            if interval.n:
                head = (year, name, one.kind, one.spell.first, one.spell.last, metric, unit)
                found.append((*head, interval.mean, interval.low, interval.high, interval.n))
    return found


def as_table(found: Sequence[Row]) -> pd.DataFrame:
    """``emergency_surge.csv``."""
    return pd.DataFrame(found, columns=COLUMNS)
