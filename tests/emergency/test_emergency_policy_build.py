"""From a scenario's words to the policies of a year: every word arrives where the engines read it."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import numpy as np
import pytest

from sim.draws import Draws
from sim.emergency.coverage_model import compliance_table, greedy_sequence
from sim.emergency.policies import NEVER, UNLIMITED, Coverage, HospitalChoice, MoveUpMethod
from sim.emergency.scenario_world import ScenarioWorld, Setup, scenario_world
from sim.emergency.simulation import duties_of
from sim.emergency.world import Vehicle
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def county(region: str):
    """Region and central population of the plan."""
    pack = load_region(ROOT / "calibration", region)
    scenario = load_scenario(ROOT / f"scenarios/{region}/plan_2025.yaml", data_root=ROOT)
    return pack, project_region(pack, scenario, Draws(0, 11))


def build(name: str, *overrides: str, region: str = "kunshan", without: str | None = None) -> tuple[ScenarioWorld, Setup]:
    pack, population = county(region)
    scenario = load_scenario(ROOT / f"scenarios/{region}/{name}.yaml", overrides=overrides, data_root=ROOT)
    world = scenario_world(pack, scenario, population, Draws(0, 11))
    duties, _ = duties_of(world, [2025])
    return world, world.setup(2025, 0, duties[2025], without=without)


def test_a_scenario_without_policies_has_a_world_without_them():
    _, setup = build("plan_2025")
    assert setup.world.policies is None
    assert setup.happenings == ()


def test_dispatch_rules_are_those_of_the_scenario():
    _, setup = build("what_if_reserve_redirect")
    rules = setup.world.policies.dispatch
    assert rules.penalty_min[0].tolist() == [2.0, 0.0]
    assert not rules.penalty_min[1:].any()
    assert rules.reserve.tolist() == [0, 0, 6, 9]
    assert (rules.redirect_to_priority, rules.redirect_from_priority, rules.redirect_gain_min) == (1, 3, 3.0)
    assert rules.cover_from_priority == 4
    assert int((setup.world.units.vehicle == Vehicle.MONITORING).sum()) == 4
    assert setup.service.patience_mean_min.tolist() == [np.inf, np.inf, np.inf, 120.0]


def test_a_priority_that_is_not_named_holds_back_as_many_as_the_next_more_urgent_one():
    _, setup = build("plan_2025", "emergency.dispatch={reserve: {2: 3}}")
    assert setup.world.policies.dispatch.reserve.tolist() == [0, 3, 3, 3]
    assert setup.world.policies.dispatch.redirect_to_priority == NEVER


def test_the_gain_that_redirecting_needs_comes_from_the_packs_where_it_is_left_open():
    world, setup = build("plan_2025", "emergency.dispatch={redirect: {to_priority: 1, from_priority: 2}}")
    assert setup.world.policies.dispatch.redirect_gain_min == world.parameters.number("policy.redirect_gain_min")


def test_a_zones_own_preference_list_goes_before_that_of_its_town():
    pack, _ = county("kunshan")
    zone = int(np.flatnonzero(pack.zones.town == 0)[0])
    lists = f"{{{pack.zones.ids[zone]}: [kunshan_03], kunshan_t01: [kunshan_01, kunshan_02]}}"
    _, setup = build("plan_2025", f"emergency.dispatch={{preference: {lists}}}")
    ranks = setup.world.policies.dispatch.preference
    town = np.flatnonzero(pack.zones.town == 0)[1]
    assert ranks[town, :4].tolist() == [0, 1, 2, 2]
    assert ranks[zone, :4].tolist() == [1, 1, 0, 1]
    assert not ranks[pack.zones.town != 0].any()


def test_a_compliance_table_is_computed_and_nested():
    _, setup = build("plan_2025", "emergency.move_up={method: table}")
    moves = setup.world.policies.move_up
    assert moves.method is MoveUpMethod.TABLE
    for shorter, longer in itertools.pairwise(moves.table):
        held = shorter[shorter >= 0]
        assert longer[: len(held)].tolist() == held.tolist()
    assert len(moves.table) == len(setup.world.units)
    assert 0.1 < setup.world.policies.coverage.busy < 0.5


def test_a_given_compliance_table_names_stations_and_skips_those_not_open_yet():
    rows = "{method: table, table: [[kunshan_03], [kunshan_03, 新站]]}"
    new = "emergency.new_stations=[{name: 新站, opens: 2030, town: kunshan_t01}]"
    _, setup = build("plan_2025", f"emergency.move_up={rows}", new)
    assert setup.world.policies.move_up.table.tolist() == [[2], [2]]


def test_hospitals_under_pressure():
    _, setup = build("what_if_hospital_pressure")
    rules = setup.world.policies.hospitals
    assert rules.choice is HospitalChoice.LEAST_LOADED
    assert (rules.bays > 0).all()
    assert rules.divert_at[:3].tolist() == [2, 2, 2]
    assert (rules.divert_at[3:] == UNLIMITED).all()
    july = (181 * 1440.0, 212 * 1440.0)
    assert (rules.closed_start.tolist(), rules.closed_end.tolist()) == ([july[0]], [july[1]])
    assert rules.closed_first.tolist() == [0] + [1] * len(rules.bays)


def test_closures_that_touch_are_one():
    spells = ("2025-03-01, to: 2025-03-05", "2025-03-06, to: 2025-03-07")
    closures = ", ".join(f"{{hospital: kunshan_h03, from: {spell}}}" for spell in spells)
    _, setup = build("plan_2025", f"emergency.hospitals={{closures: [{closures}]}}")
    assert (setup.world.policies.hospitals.closed_end - setup.world.policies.hospitals.closed_start).tolist() == [7 * 1440.0]


def test_a_closed_road_parts_towns_stations_and_hospitals():
    pack, _ = county("kunshan")
    world, setup = build("what_if_surge")
    roads = setup.world.policies.closures
    cut = np.isin(pack.zones.town, [pack.towns.ids.index(town) for town in ("kunshan_t10", "kunshan_t11")])
    np.testing.assert_array_equal(roads.zone_side[0], cut)
    here = [world.plan.ids[station] for station in setup.stations]
    assert {here[station] for station in np.flatnonzero(roads.station_side[0])} >= {"kunshan_13", "kunshan_14"}
    assert roads.extra_min.tolist() == [12.0]


def test_a_lost_station_moves_its_crews_and_leaves_the_other_units_numbers():
    _, whole = build("what_if_surge")
    _, without = build("what_if_surge", without="中心站停用")
    units, before = whole.world.units, without.world.units
    assert len(units) == len(before) + 1
    np.testing.assert_array_equal(units.station[:-1], before.station)
    assert units.station[-1] == 2
    assert (units.window_end[-1] - units.window_start[-1]) == 10 * 1440.0
    assert [one.event.name for one in without.happenings] == [
        one.event.name for one in whole.happenings if one.event.name != "中心站停用"
    ]


def test_shifts_make_units_with_breaks_and_peak_crews():
    world, setup = build("what_if_shifts")
    units, rules = setup.world.units, setup.world.policies.shifts
    # 19 stations with a day and a night crew, two of them with a peak crew as well.
    assert len(units) == 2 * 19 + 2
    assert rules.break_first[-1] == len(rules.break_due) > 0
    windows = np.repeat(np.arange(len(units.window_start)), np.diff(rules.break_first))
    assert (rules.break_due >= units.window_start[windows]).all()
    assert (rules.break_latest + rules.break_min <= units.window_end[windows]).all()
    duties, _ = duties_of(world, [2025])
    assert duties[2025].day[:2].tolist() == [2, 2]
    assert duties[2025].night[:2].tolist() == [1, 1]


def random_coverage(seed: int, stations: int = 5, zones: int = 12) -> Coverage:
    rng = np.random.default_rng(seed)
    weight = rng.random(zones)
    return Coverage(rng.random((stations, zones)) < 0.4, weight / weight.sum(), 0.3)


def expected_coverage(coverage: Coverage, held: np.ndarray) -> float:
    """Daskin's objective: sum of weights x (1 - q^k)."""
    count = coverage.covers[held].sum(axis=0)
    return float(coverage.weight @ (1.0 - coverage.busy**count))


@pytest.mark.parametrize("seed", range(6))
def test_the_greedy_sequence_is_near_the_best_of_all_placements(seed):
    coverage = random_coverage(seed)
    for units in (1, 2, 3):
        got = expected_coverage(coverage, greedy_sequence(coverage, units))
        every = itertools.combinations_with_replacement(range(len(coverage.covers)), units)
        best = max(expected_coverage(coverage, np.array(held)) for held in every)
        # Expected coverage is submodular: greedy reaches at least 1 - 1/e of the best (Nemhauser, Wolsey and Fisher 1978).
        assert (1 - np.exp(-1)) * best <= got <= best + 1e-12
        assert units > 1 or got == pytest.approx(best)


def test_two_units_stand_where_they_add_most():
    # Station 0 covers 0.5, station 1 covers 0.3; q = 0.2: a second unit at 0 adds 0.5 x 0.8 x 0.2 = 0.08, at 1 0.3 x 0.8 = 0.24.
    coverage = Coverage(np.array([[True, False, False], [False, True, False]]), np.array([0.5, 0.3, 0.2]), 0.2)
    assert compliance_table(coverage, 3).tolist() == [[0, -1, -1], [0, 1, -1], [0, 1, 0]]


def test_more_monitoring_vehicles_than_crews_are_pointed_out():
    pack, population = county("kunshan")
    settings = ("emergency.units_on_duty.monitoring={kunshan_01: 5}",)
    scenario = load_scenario(ROOT / "scenarios/kunshan/plan_2025.yaml", overrides=settings, data_root=ROOT)
    world = scenario_world(pack, scenario, population, Draws(0, 11))
    _, warnings = duties_of(world, [2025])
    assert [str(found) for found in warnings] == [
        "--set:1:49: warning: 2025: station kunshan_01 has 1 crews at a time, fewer than 5 monitoring vehicles"
    ]
