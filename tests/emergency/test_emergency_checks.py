"""The analytic checks must notice what is wrong, not only pass what is right."""

from __future__ import annotations

import numpy as np
import pytest

from sim.draws import Draws
from sim.emergency import checks, simulate
from sim.emergency.runs import calls_of, engine_named
from sim.emergency.scenario_world import scenario_world
from sim.emergency.simulation import duties_of
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.streams import generator
from sim.supply import plan_supply

SETTINGS = ["emergency.replications=3", "emergency.parameter_draws=0", "emergency.years=[2020]"]


@pytest.fixture(scope="module")
def taicang(root):
    region = load_region(root / "calibration", "taicang")
    scenario = load_scenario(root / "scenarios/taicang/baseline.yaml", overrides=SETTINGS, data_root=root)
    draws = Draws(0, 5)
    return region, scenario, project_region(region, scenario, draws), draws


@pytest.fixture
def run(taicang):
    region, scenario, population, draws = taicang
    world = scenario_world(region, scenario, population, draws)
    setup = world.setup(2020, 0, duties_of(world, [2020])[0][2020])
    calls = calls_of(setup, draws.seed, 2020, 0)
    return setup, calls, engine_named("compiled")(setup.world, calls)


def by_name(rows):
    return {row[0]: row for row in rows}


def test_five_crews_agree_with_the_exact_hypercube(taicang):
    """Larson's model knows places and preferences, not hours and ways back: workloads of Taicang's five crews within 0.05."""
    region, scenario, population, draws = taicang
    table = simulate(region, scenario, population, plan_supply(region, scenario, population), draws).checks
    row = table[table.name == "hypercube"].iloc[0]
    assert row.ok and float(row.got) < 0.05


def test_sound_log_passes(run):
    setup, calls, log = run
    assert all(row[4] for row in checks.run_checks(2020, setup, calls, log))


def test_a_unit_given_two_calls_at_once_is_noticed(run):
    setup, calls, log = run
    log.unit[:] = 0
    assert not by_name(checks.run_checks(2020, setup, calls, log))["one_call_at_a_time"][4]


def test_a_response_that_is_not_its_parts_is_noticed(run):
    setup, calls, log = run
    log.travel_min[7] += 1.0
    assert not by_name(checks.run_checks(2020, setup, calls, log))["response_parts"][4]


def test_travel_below_the_nearest_station_is_noticed(run):
    setup, calls, log = run
    log.travel_min[:] = 0.5 * log.travel_min
    assert not by_name(checks.run_checks(2020, setup, calls, log))["nearest_station_bound"][4]


def test_a_lost_call_is_noticed(run):
    setup, calls, log = run
    log.outcome[3] = 9
    assert not by_name(checks.run_checks(2020, setup, calls, log))["conservation"][4]


def test_queues_outside_the_erlang_bounds_are_noticed():
    load = checks.Load(mean=5.0, mean_with_way_back=6.0, busiest_hour=8.0, fewest=10, most=10, average=10.0)
    assert by_name(checks.load_checks(2025, load, 0.1))["erlang_delay"][4]
    assert not by_name(checks.load_checks(2025, load, 0.9))["erlang_delay"][4]
    assert by_name(checks.load_checks(2025, load, 0.1))["load"][4]
    assert not by_name(checks.load_checks(2025, checks.Load(10.0, 12.0, 15.0, 10, 10, 10.0), 0.9))["load"][4]


def test_a_small_night_shift_is_no_overload_while_the_day_catches_up():
    rows = by_name(checks.load_checks(2025, checks.Load(10.0, 12.0, 15.0, 8, 20, 14.0), 0.4))
    assert rows["load"][2:5] == ("< 14", "10.00 (queues build up while only 8 crews are on duty)", True)
    assert rows["erlang_delay"][4]
    assert not by_name(checks.load_checks(2025, checks.Load(14.0, 16.0, 19.0, 8, 20, 14.0), 0.9))["load"][4]


def test_too_few_replications_say_how_many_are_needed():
    name, _, expected, got, ok, _ = checks.precision_check(2025, [10.0, 11.0, 12.0])
    assert name == "replications" and not ok
    # s = 1, target 0.1: n = (1.96 x 1 / 0.1)^2 = 384, two or three more by Student's t.
    assert expected in ("<= 0.1 (n = 386)", "<= 0.1 (n = 387)")
    assert got == "2.48 (n = 3)"
    assert checks.precision_check(2025, [10.0, 11.0, 12.0], 3.0)[2:5] == ("<= 3 (n = 3)", "2.48 (n = 3)", True)


def test_a_warm_up_is_noticed():
    noise = generator("calls.scene", 1).normal(10.0, 1.0, 24_000)
    quiet = checks.warm_up_check(2025, noise)[0]
    assert quiet[4]
    slow = noise.copy()
    slow[:600] += np.linspace(60.0, 0.0, 600)
    assert not checks.warm_up_check(2025, slow)[0][4]
    # An overloaded year has no steady state: nothing is claimed.
    assert checks.warm_up_check(2025, noise, overloaded=True)[0][3:5] == ("none: overload has no steady state", False)
