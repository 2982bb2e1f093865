"""The engine on cases with a known answer: hand-made ones for each rule, and closed-form queues in degenerate worlds."""

from __future__ import annotations

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from emergency_worlds import one_place

from sim.emergency.call_table import call_table
from sim.emergency.kernel import run_compiled
from sim.emergency.log import NO_CAPABLE_HOSPITAL, Outcome, SentFrom
from sim.emergency.reference import run_reference
from sim.emergency.travel import Metric, TravelLaw
from sim.emergency.world import (
    ReturnDispatch,
    RoadTiming,
    Rules,
    SceneTimes,
    Vehicle,
    always_on,
    places,
    plane_world,
    weekly_units,
    with_windows,
)

both_engines = pytest.mark.parametrize("run", [run_reference, run_compiled], ids=["reference", "compiled"])


def line_world(units, stations=(0.0, 10.0), zones=(0.0, 2.0, 5.0, 10.0), hospitals=(10.0,), horizon=1000.0, **options):
    """Places on a line, 1 km a minute."""

    def on_line(xs):
        return places(xs, np.zeros(len(xs)))

    return plane_world(
        zones=on_line(zones),
        stations=on_line(stations),
        hospitals=on_line(hospitals),
        units=units,
        law=TravelLaw(1.0),
        horizon_min=horizon,
        **options,
    )


@both_engines
def test_times_of_one_call_add_up(run):
    world = line_world(always_on([0]))
    calls = call_table(
        [10.0], zone=1, dispatch_min=1.0, turnout_min=2.0, travel_error=1.5, scene_min=7.0, transported=True,
        transport_error=2.0, handover_min=5.0, return_error=0.5,
    )  # fmt: skip
    log = run(world, calls)
    assert (log.dispatched[0], log.rolling[0], log.arrived[0], log.left_scene[0]) == (11.0, 13.0, 16.0, 23.0)
    assert (log.at_hospital[0], log.free[0], log.back[0]) == (39.0, 44.0, 49.0)
    assert (log.hospital[0], log.unit[0], log.sent_from[0]) == (0, 0, SentFrom.BASE)


@both_engines
def test_nearest_unit_goes_and_the_lowest_number_of_equals(run):
    world = line_world(always_on([1, 0, 0]))
    log = run(world, call_table([0.0, 1.0, 2.0, 300.0], zone=[2, 2, 2, 1], scene_min=500.0))
    assert log.unit.tolist() == [0, 1, 2, 0]  # zone 2 is as far from either station
    assert log.dispatched[3] == 505.0  # unit 0 is the first to become free


@both_engines
def test_unit_on_its_way_back_is_sent_from_where_it_is(run):
    # Busy at zone 3 (km 10) until 15, then 10 min back to km 0: at minute 20 it is at km 5.
    calls = call_table([0.0, 20.0], zone=[3, 2], scene_min=[5.0, 1.0], turnout_min=3.0)
    world = line_world(always_on([0]), stations=(0.0,), rules=Rules(road_turnout_share=0.0))
    log = run(world, calls)
    assert log.free[0] == 18.0
    share = (20.0 - 18.0) / 10.0
    assert log.sent_from[1] == SentFrom.WAY_BACK
    assert log.turnout_min[1] == 0.0
    assert log.travel_min[1] == pytest.approx(abs((1 - share) * 10.0 - 5.0))
    assert log.back[0] == 20.0


@both_engines
@pytest.mark.parametrize("far_unit, expected", [(0, SentFrom.WAY_BACK), (1, SentFrom.BASE)])
def test_of_a_unit_at_its_base_and_one_on_the_road_equally_far_the_lower_number_goes(run, far_unit, expected):
    # The unit of km 6 serves km 10 and is at km 8 at minute 7; the other one stands at km 0; the call is at km 4.
    homes = [1, 0] if far_unit == 0 else [0, 1]
    world = line_world(always_on(homes), stations=(0.0, 6.0), zones=(10.0, 4.0))
    log = run(world, call_table([0.0, 7.0], zone=[0, 1], scene_min=1.0))
    assert log.unit.tolist() == [far_unit, 0]
    assert log.sent_from[1] == expected
    assert log.travel_min[1] == 4.0


@both_engines
def test_a_unit_that_is_back_at_this_moment_starts_from_its_base(run):
    world = line_world(always_on([0]), stations=(6.0,), zones=(10.0, 4.0))
    log = run(world, call_table([0.0, 9.0], zone=[0, 1], scene_min=1.0, turnout_min=[0.0, 2.0]))
    assert log.back[0] == 9.0
    assert log.sent_from[1] == SentFrom.BASE
    assert (log.dispatched[1], log.turnout_min[1], log.travel_min[1]) == (9.0, 2.0, 2.0)


@both_engines
def test_by_table_a_unit_sent_when_it_becomes_free_starts_from_its_very_node(run):
    """Node 0 lies where the scene (node 1) lies; only the time from the scene itself counts."""
    same_place = places([0.0, 0.0], [0.0, 0.0])
    times = SceneTimes(np.array([[5.0]]), np.array([[50.0], [3.0]]))
    world = replace(
        line_world(always_on([0]), stations=(0.0,), zones=(0.0,), hospitals=()), expected=times, actual=times,
        road=RoadTiming.NEAREST_NODE, nodes=same_place, zone_node=np.array([1]), hospital_node=np.zeros(0, dtype=int),
        scene_to_station=np.array([[7.0]]),
    )  # fmt: skip
    log = run(world, call_table([0.0, 1.0], scene_min=4.0))
    assert log.dispatched.tolist() == [0.0, 9.0]
    assert log.travel_min.tolist() == [5.0, 3.0]


@both_engines
def test_dispatch_on_the_way_back_can_be_off_or_for_waiting_calls_only(run):
    calls = call_table([0.0, 20.0, 70.0], zone=[3, 2, 2], scene_min=[5.0, 1.0, 1.0])
    base = line_world(always_on([0]), stations=(0.0,))
    off = run(replace(base, rules=Rules(return_dispatch=ReturnDispatch.OFF)), calls)
    assert off.dispatched.tolist() == [0.0, 25.0, 70.0]
    only = replace(base, rules=Rules(return_dispatch=ReturnDispatch.QUEUE_ONLY))
    waiting = call_table([0.0, 12.0, 18.0], zone=[3, 3, 0], scene_min=[5.0, 1.0, 1.0])
    log = run(only, waiting)
    assert log.dispatched.tolist() == [0.0, 15.0, 26.0]  # at once for the call that waits, at its base for the later one
    assert run(only, calls).dispatched.tolist() == [0.0, 25.0, 70.0]


@both_engines
def test_dispatcher_counts_the_turnout_a_unit_on_the_road_saves(run):
    # Unit 1 (base km 3) is on its way back at km 8, 6 min from the call at km 2; unit 0 (base km 0) is 2 min from it.
    calls = call_table([0.0, 10.0], zone=[0, 1], scene_min=1.0)
    world = line_world(always_on([0, 1]), stations=(0.0, 3.0), zones=(10.0, 2.0))
    assert run(world, calls).unit.tolist() == [1, 0]
    turnout = replace(world, expected_turnout_min=np.full(168, 5.0))
    assert run(turnout, calls).unit.tolist() == [1, 1]
    half = replace(turnout, rules=Rules(road_turnout_share=0.5))
    assert run(half, calls).unit.tolist() == [1, 0]


@both_engines
def test_priority_goes_before_arrival_only_if_asked_for(run):
    calls = call_table([0.0, 1.0, 2.0, 3.0], priority=[2, 2, 1, 1], scene_min=10.0)
    world = one_place(1, horizon=100.0, priorities=2)
    assert run(world, calls).dispatched.tolist() == [0.0, 30.0, 10.0, 20.0]
    fifo = replace(world, rules=Rules(queue_by_priority=False))
    assert run(fifo, calls).dispatched.tolist() == [0.0, 10.0, 20.0, 30.0]


@both_engines
def test_call_waits_until_a_shift_begins_and_no_unit_is_sent_off_shift(run):
    units = with_windows([0], [0], [np.array([[30.0, 60.0], [90.0, 120.0]])])
    calls = call_table([10.0, 58.0, 61.0, 119.0, 120.0], scene_min=[1.0, 20.0, 1.0, 1.0, 1.0])
    log = run(one_place(units, horizon=200.0), calls)
    assert log.dispatched[:4].tolist() == [30.0, 58.0, 90.0, 119.0]
    assert log.free[1] == 78.0  # finishes its call after the shift
    assert log.outcome[4] == Outcome.OPEN_AT_END


@both_engines
def test_shifts_that_leave_nobody_on_duty_leave_every_call_open(run):
    units = weekly_units([0, 0], np.zeros((2, 168), dtype=bool), first_hour=0, horizon_min=500.0)
    log = run(one_place(units, horizon=500.0), call_table([1.0, 2.0], scene_min=1.0))
    assert (log.outcome == Outcome.OPEN_AT_END).all()
    no_units = run(one_place(0, horizon=500.0), call_table([1.0, 2.0], patience_min=[3.0, math.inf]))
    assert no_units.outcome.tolist() == [Outcome.ABANDONED, Outcome.OPEN_AT_END]


def test_weekly_pattern_is_written_out_from_the_first_hour_of_the_week():
    day = np.tile((np.arange(24) >= 8) & (np.arange(24) < 20), 7)
    units = weekly_units([0, 0], [day, np.ones(168, dtype=bool)], first_hour=10, horizon_min=2880.0)
    assert units.window_first.tolist() == [0, 3, 4]
    assert units.window_start[:3].tolist() == [0.0, 1320.0, 2760.0]
    assert units.window_end[:3].tolist() == [600.0, 2040.0, 2880.0]


@both_engines
def test_vehicle_types_fit_calls(run):
    suitable = np.ones((2, 2), dtype=bool)
    suitable[0, Vehicle.BASIC] = False
    world = replace(one_place(always_on([0, 0], [Vehicle.BASIC, Vehicle.MONITORING]), horizon=100.0), suitable=suitable)
    calls = call_table([0.0, 1.0, 2.0, 3.0], priority=[1, 1, 2, 2], scene_min=[10.0, 5.0, 4.0, 1.0])
    log = run(world, calls)
    assert log.unit.tolist() == [1, 1, 0, 0]
    assert log.dispatched.tolist() == [0.0, 10.0, 2.0, 6.0]


@both_engines
def test_hospital_is_the_nearest_capable_one_or_the_recorded_one(run):
    world = line_world(always_on([0] * 4), hospitals=(0.0, 4.0, 9.0), capable=[[True, True], [False, True], [True, False]])
    calls = call_table([0.0] * 4, zone=[2, 2, 2, 1], need=[0, 1, 0, 0], transported=True, hospital=[-1, -1, 0, -1])
    assert run(world, calls).hospital.tolist() == [2, 1, 0, 0]
    closed = replace(world, capable=np.zeros((3, 2), dtype=bool))
    log = run(closed, call_table([0.0], zone=2, transported=True, handover_min=9.0, scene_min=3.0))
    assert log.hospital[0] == NO_CAPABLE_HOSPITAL
    assert log.free[0] == log.left_scene[0]


@both_engines
def test_patience_ends_after_units_of_that_moment_and_before_the_horizon(run):
    calls = call_table([0.0, 1.0, 2.0, 3.0], scene_min=[10.0, 5.0, 5.0, 5.0], patience_min=[math.inf, 9.0, 7.0, 1000.0])
    log = run(one_place(1, horizon=14.0), calls)
    assert log.outcome.tolist() == [Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ABANDONED, Outcome.OPEN_AT_END]
    assert log.dispatched[1] == 10.0


@both_engines
def test_travel_factor_is_that_of_the_hour_in_which_the_leg_begins(run):
    factor = np.ones(168)
    factor[1] = 2.0
    world = line_world(always_on([0]), stations=(0.0,), travel_factor=factor)
    log = run(world, call_table([58.0], zone=2, turnout_min=3.0, scene_min=60.0))
    assert log.travel_min[0] == 10.0  # rolls at 61, in the slow hour
    assert log.back[0] == 61.0 + 10.0 + 60.0 + 5.0  # starts back at 131, in the next one


def test_world_that_contradicts_itself_is_refused():
    with pytest.raises(ValueError, match="unknown station"):
        line_world(always_on([5]))
    with pytest.raises(ValueError, match="overlap"):
        line_world(with_windows([0], [0], [np.array([[0.0, 20.0], [10.0, 30.0]])]))
    with pytest.raises(ValueError, match="horizon"):
        line_world(always_on([0]), horizon=math.nan)
    with pytest.raises(ValueError, match="out of order"):
        run_compiled(line_world(always_on([0])), call_table([2.0, 1.0]))


# -- closed forms, tested with 99.9 % intervals over replications


def rows(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def inside_999(values, expected):
    """Whether the 99.9 % t interval over independent replications holds the expected value."""
    from sim.emergency.statistics import t_interval

    interval = t_interval(values, 0.999)
    assert interval.low <= expected <= interval.high, (interval, expected)


def queue_runs(servers, rate, service, size, replications, seed, warmup, **columns):
    """M/M/c runs: gives (calls, log) of each replication."""
    for number in range(replications):
        rng = np.random.default_rng([seed, number])
        times = np.cumsum(rng.exponential(1.0 / rate, size))
        calls = call_table(times, scene_min=rng.exponential(service, size), **{k: v(rng) for k, v in columns.items()})
        world = one_place(servers, horizon=float(times[-1]) + 1.0, priorities=3)
        yield calls, run_compiled(world, calls), times > warmup


@pytest.mark.parametrize("servers, load", [(1, 0.3), (2, 0.7), (5, 0.8), (14, 0.5)])
def test_mmc_waits(shared, servers, load):
    table = rows(shared / "validation" / "emergency" / "queues" / "mmc.csv")
    near = [row for row in table if int(row["servers"]) == servers and float(row["mean_service"]) == 1.0]
    row = min(near or [r for r in table if float(r["mean_service"]) == 1.0], key=lambda r: abs(float(r["rho"]) - load))
    waits, delayed = [], []
    for calls, log, kept in queue_runs(int(row["servers"]), float(row["arrival_rate"]), 1.0, 12_000, 25, 1, 200.0):
        queue = log.queue_min(calls)[kept & log.answered]
        waits.append(queue.mean())
        delayed.append((queue > 0).mean())
    inside_999(waits, float(row["mean_wait"]))
    inside_999(delayed, float(row["p_wait_erlang_c"]))


def test_erlang_b_with_no_patience(shared):
    for row in rows(shared / "validation" / "emergency" / "queues" / "erlang_b.csv")[:6]:
        lost = [
            (log.outcome[kept] == Outcome.ABANDONED).mean()
            for _, log, kept in queue_runs(
                int(row["servers"]), float(row["offered_load_erlang"]), 1.0, 6000, 25, 2, 50.0, patience_min=lambda rng: 0.0
            )
        ]
        inside_999(lost, float(row["blocking_probability"]))


def test_nonpreemptive_priorities(shared):
    table = rows(shared / "validation" / "emergency" / "queues" / "mmc_nonpreemptive_priority.csv")
    cases = {}
    for row in table:
        cases.setdefault((row["servers"], row["mean_service"], row["total_rho"]), []).append(row)
    tested = 0
    for (servers, service, rho), classes in cases.items():
        if float(rho) > 0.85 or float(service) != 1.0:
            continue
        rates = np.array([float(row["class_arrival_rate"]) for row in classes])
        waits = {row["class"]: [] for row in classes}
        shares = rates / rates.sum()
        for calls, log, kept in queue_runs(
            int(servers), rates.sum(), 1.0, 12_000, 25, 3, 300.0,
            priority=lambda rng, p=shares: 1 + rng.choice(len(p), 12_000, p=p),
        ):  # fmt: skip
            queue = log.queue_min(calls)
            for name, waited in waits.items():
                waited.append(queue[kept & log.answered & (calls.priority == int(name))].mean())
        for row in classes:
            inside_999(waits[row["class"]], float(row["mean_wait"]))
            tested += 1
    assert tested >= 2


def test_time_varying_load_with_very_many_units(shared):
    table = rows(shared / "validation" / "emergency" / "queues" / "mt_g_inf_sinusoidal.csv")
    mean, amplitude, service = (float(table[0][name]) for name in ("mean_rate_per_min", "amplitude_per_min", "mean_service_min"))
    days = 4
    busy = {row["t_min"]: [] for row in table[::4]}
    for number in range(200):
        rng = np.random.default_rng([4, number])
        times = np.cumsum(rng.exponential(1.0 / (mean + amplitude), int(2.2 * (mean + amplitude) * days * 1440)))
        times = times[times < days * 1440.0]
        rate = mean + amplitude * np.sin(2.0 * np.pi * times / 1440.0)
        times = times[rng.random(len(times)) * (mean + amplitude) < rate]
        calls = call_table(times, scene_min=rng.exponential(service, len(times)))
        log = run_compiled(one_place(60, horizon=days * 1440.0), calls)
        for moment, counts in busy.items():
            at = 1440.0 * (days - 1) + float(moment) % 1440.0
            counts.append(((log.dispatched <= at) & (log.free > at)).sum())
    for row in table[::4]:
        inside_999(busy[row["t_min"]], float(row["mean_busy_units"]))


@pytest.mark.parametrize("corner", [False, True])
@pytest.mark.parametrize("metric", list(Metric))
def test_mean_distance_in_a_unit_square(shared, metric, corner):
    table = rows(shared / "validation" / "emergency" / "queues" / "mean_travel_distance.csv")
    word, short = ("corner" if corner else "centre"), ("L1" if metric is Metric.MANHATTAN else "L2")
    expected = next(float(row["value"]) for row in table if word in row["geometry"] and row["metric"] == short)
    rng = np.random.default_rng(5)
    count = 40_000
    world = plane_world(
        zones=places(rng.random(count), rng.random(count)),
        stations=places([0.0] if corner else [0.5], [0.0] if corner else [0.5]),
        hospitals=places([], []),
        units=always_on(np.zeros(300, dtype=int)),
        law=TravelLaw(2.0, 1.0, metric),
        horizon_min=1e6,
        rules=Rules(return_dispatch=False),
    )
    log = run_compiled(world, call_table(np.arange(count) * 1.0, zone=np.arange(count), turnout_min=1.5))
    response = log.arrived - log.dispatched
    inside_999(response.reshape(100, -1).mean(axis=1), 1.5 + 2.0 * expected)
