"""Laws that hold whatever the parameters, and directions that hold in expectation (with common random numbers)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from emergency_worlds import runs
from hypothesis import given, settings

from sim.emergency.calls import CallIntensity, Lognormal, ServiceLaw, draw_calls, master_intensity, thin
from sim.emergency.kernel import run_compiled
from sim.emergency.log import Outcome, check_accounts
from sim.emergency.metrics import busy_minutes
from sim.emergency.statistics import paired_difference
from sim.emergency.travel import TravelLaw
from sim.emergency.world import ReturnDispatch, Rules, always_on, places, plane_world


def busy_end(world, log):
    """When the unit of each call can take another one."""
    return log.back if world.rules.return_dispatch == ReturnDispatch.OFF else log.free


@given(runs())
@settings(max_examples=60, deadline=None)
def test_laws_of_one_run(run):
    world, calls = run
    log = run_compiled(world, calls)
    got = log.answered
    assert sum(check_accounts(log).values()) == len(calls)
    steps = [calls.time_min, log.dispatched, log.rolling, log.arrived, log.left_scene, log.free, log.back]
    for earlier, later in itertools.pairwise(steps):
        assert (earlier[got] <= later[got]).all()
    parts = log.queue_min(calls) + calls.dispatch_min + log.turnout_min + log.travel_min
    np.testing.assert_allclose(log.response_min(calls)[got], parts[got], rtol=0, atol=1e-9)
    assert (log.dispatched[got] < world.horizon_min).all()
    end = busy_end(world, log)
    for unit in range(len(world.units)):
        mine = np.flatnonzero(log.unit == unit)
        mine = mine[np.lexsort((end[mine], log.dispatched[mine]))]
        assert (end[mine][:-1] <= log.dispatched[mine][1:]).all(), "a unit serves two calls at once"
        shifts = slice(world.units.window_first[unit], world.units.window_first[unit + 1])
        starts, ends = world.units.window_start[shifts], world.units.window_end[shifts]
        for moment in log.dispatched[mine]:
            assert ((starts <= moment) & (moment < ends)).any(), "a unit is sent off shift"
    suited = world.suitable[calls.priority[got] - 1, world.units.vehicle[log.unit[got]]]
    assert suited.all()


@given(runs())
@settings(max_examples=60, deadline=None)
def test_no_able_unit_is_idle_while_a_call_waits(run):
    world, calls = run
    log = run_compiled(world, calls)
    ready = calls.ready_min
    waits_until = np.where(log.answered, log.dispatched, np.minimum(ready + calls.patience_min, world.horizon_min))
    end = busy_end(world, log)
    for call in np.flatnonzero(waits_until > ready):
        for unit in range(len(world.units)):
            if not world.suitable[calls.priority[call] - 1, world.units.vehicle[unit]]:
                continue
            for moment in _moments_on_duty(world, unit, ready[call], waits_until[call]):
                mine = log.unit == unit
                taken = mine & (log.dispatched <= moment) & (moment < end)
                if world.rules.return_dispatch == ReturnDispatch.QUEUE_ONLY:
                    taken |= mine & (log.dispatched <= moment) & (moment < log.back)
                assert taken.any(), f"unit {unit} idles at {moment} while call {call} waits"


def _moments_on_duty(world, unit, first, last):
    """Some moments strictly inside a wait at which the unit is on duty."""
    shifts = slice(world.units.window_first[unit], world.units.window_first[unit + 1])
    for start, end in zip(world.units.window_start[shifts], world.units.window_end[shifts], strict=True):
        low, high = max(start, first), min(end, last, world.horizon_min)
        if low < high:
            yield low + 0.5 * (high - low)
            yield low + 0.999 * (high - low)


@given(runs())
@settings(max_examples=30, deadline=None)
def test_littles_law_and_time_average_of_busy_units(run):
    """Exact within one run: the area under the number of calls in service is the sum of their service times."""
    world, calls = run
    log = run_compiled(world, calls)
    got = log.answered
    if not got.any():
        return
    start, end = log.dispatched[got], log.free[got]
    edges = np.unique(np.concatenate([start, end]))
    middle = 0.5 * (edges[1:] + edges[:-1])
    number = ((start[:, None] <= middle) & (middle < end[:, None])).sum(axis=0)
    area = float((number * np.diff(edges)).sum())
    assert area == pytest.approx(float((end - start).sum()), abs=1e-7)
    assert busy_minutes(log.dispatched, log.free, 0.0, np.inf) == pytest.approx(area, abs=1e-7)


def town(units: int, stations: int = 6, **options):
    rng = np.random.default_rng(8)
    spots = places(20 * rng.random(12), 20 * rng.random(12))
    return plane_world(
        zones=places(20 * rng.random(80), 20 * rng.random(80)),
        stations=places(spots.x_km[:stations], spots.y_km[:stations]),
        hospitals=places([5.0, 15.0], [5.0, 15.0]),
        units=always_on(np.arange(units) % stations),
        law=options.pop("law", TravelLaw(3.2, 0.73)),
        horizon_min=14 * 1440.0,
        rules=Rules(road_turnout_share=0.0),
        **options,
    )


def law(**changes) -> ServiceLaw:
    given = {
        "dispatch": Lognormal(1.2, 0.5),
        "turnout_median_min": np.full(168, 2.4),
        "turnout_sigma": 0.5,
        "scene": Lognormal(11.0, 0.5),
        "handover": Lognormal(14.0, 0.5),
        "transport_share": np.full(2, 0.8),
        "travel_sigma": 0.2,
    }
    return ServiceLaw(**{**given, **changes})


def intensity(calls_per_hour: float) -> CallIntensity:
    return CallIntensity(np.full(14 * 24, calls_per_hour), np.full(80, 1 / 80), np.array([0.3, 0.7]))


def mean_responses(world, service, rate=4.0, replications=20):
    for number in range(replications):
        calls = draw_calls(intensity(rate), service, 5, (number,))
        yield np.nanmean(run_compiled(world, calls).response_min(calls))


@pytest.mark.parametrize(
    "better, service",
    [
        (town(10), law()),
        (town(8, law=TravelLaw(2.8, 0.73)), law()),
        (town(8), law(handover=Lognormal(7.0, 0.5))),
        (town(8), law(turnout_median_min=np.full(168, 1.5))),
        (town(8, travel_factor=0.9), law()),
    ],
    ids=["more units", "faster law", "shorter handover", "shorter turnout", "lighter traffic"],
)
def test_better_means_never_worsen_the_mean(better, service):
    before, after = list(mean_responses(town(8), law())), list(mean_responses(better, service))
    gain = paired_difference(after, before)
    assert gain.difference.high < 0.0
    assert gain.variance_ratio > 2.0


def test_fewer_calls_of_one_master_table_never_worsen_the_mean():
    few, many = intensity(3.0), intensity(4.5)
    master = master_intensity([few, many])
    world, means = town(8), []
    for number in range(20):
        drawn = draw_calls(master, law(), 6, (number,))
        pair = [thin(drawn, master, wanted) for wanted in (few, many)]
        means.append([np.nanmean(run_compiled(world, calls).response_min(calls)) for calls in pair])
    fewer, more = np.array(means).T
    assert paired_difference(fewer, more).difference.high < 0.0


def test_a_station_at_an_uncovered_demand_peak_lifts_the_share_within_12_min():
    world = town(8)
    far = world.expected.station.min(axis=0).argmax()
    stations = places(
        [*world.stations.x_km, world.zones.x_km[far]], [*world.stations.y_km, world.zones.y_km[far]]
    )
    more = plane_world(
        zones=world.zones, stations=stations, hospitals=world.hospitals, units=always_on([*world.units.station, 6]),
        law=world.law, horizon_min=world.horizon_min, rules=world.rules,
    )  # fmt: skip
    shares = []
    for number in range(20):
        calls = draw_calls(intensity(4.0), law(), 7, (number,))
        shares.append([(run_compiled(w, calls).response_min(calls) <= 12.0).mean() for w in (world, more)])
    before, after = np.array(shares).T
    assert paired_difference(after, before).difference.low > 0.0


def test_replications_do_not_depend_on_order_or_threads():
    from concurrent.futures import ThreadPoolExecutor

    world = town(6)

    def run(number):
        calls = draw_calls(intensity(4.0), law(), 9, (number,))
        return run_compiled(world, calls).arrived.tobytes()

    forward = [run(number) for number in range(8)]
    with ThreadPoolExecutor(2) as pool:
        threaded = list(pool.map(run, range(7, -1, -1)))
    assert forward == threaded[::-1]


def test_overload_ends_and_says_so():
    calls = draw_calls(intensity(60.0), law(), 1)
    log = run_compiled(town(4), calls)
    assert (log.outcome == Outcome.OPEN_AT_END).mean() > 0.5
    assert (log.dispatched[log.answered] < 14 * 1440.0).all()
    late = replace(town(4), units=always_on(np.zeros(0, dtype=int)))
    assert (run_compiled(late, calls).outcome == Outcome.OPEN_AT_END).all()
