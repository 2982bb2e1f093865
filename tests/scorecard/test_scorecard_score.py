"""The verdict table on the Kunshan pack with a population and a need that are known exactly."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.demand.model import Need, Series
from sim.population.model import Population
from sim.region import load_region
from sim.scenario import load_scenario
from sim.scorecard import score
from sim.supply import plan_supply

CENSUS = 2_092_496
YEARS = np.arange(2020, 2036)


def known_population(draws: int) -> Population:
    """Residents stay at the census in draw 0; draw k > 0 has k - draws/2 per mille more from 2021 on."""
    times = np.arange(2021, 2037)
    counts = np.zeros((draws + 1, len(times), 2, 101))
    counts[:, :, 1, 40] = CENSUS
    spread = np.array([0.0, *(np.arange(1, draws + 1) - (draws + 1) / 2)]) / 1000
    counts[:, 1:, 1, 40] *= 1 + spread[:, None]
    empty = np.zeros((draws + 1, 15))
    return Population(
        times, counts, np.zeros((draws + 1, 15, 2)), empty, empty, empty, ("t",), np.ones((draws + 1, 16, 1, 1)), np.array([0])
    )


@pytest.fixture(scope="module")
def card(root):
    region = load_region(root / "calibration", "kunshan")
    scenario = load_scenario(root / "scenarios" / "kunshan" / "plan_2025.yaml")
    population = known_population(10)
    beds = np.tile(np.linspace(7000.5, 13000.5, 16), (11, 1)) + 10.0 * np.arange(11)[:, None]
    need = Need(YEARS, {"beds": Series("beds", "beds", beds, "m", "s")}, {}, {}, {})
    supply = plan_supply(region, scenario, population)
    rows = score(region, scenario, population, need, supply, None).rows
    return {(row.indicator, row.year): row for row in rows}, beds


def test_the_2020_rows_reproduce_the_print(card):
    rows, _ = card
    for key, printed in {"population": CENSUS, "beds": 8188, "physicians": 5440, "nurses": 5937}.items():
        assert rows[key, 2020].supply == printed
    for key, printed in {"beds_per_1000": "3.91", "physicians_per_1000": "2.60", "nurses_per_1000": "2.84"}.items():
        assert f"{rows[key, 2020].supply:.2f}" == printed


def test_a_derived_count_carries_all_counts_that_round_to_the_print(card):
    row = card[0]["ambulances", 2020]
    assert (row.supply, row.supply_low, row.supply_high) == (48, 48, 49)
    assert row.confidence == "derived"


def test_the_norm_is_the_target_times_each_draws_population(card):
    rows, _ = card
    row = rows["beds", 2025]
    assert row.norm == math.ceil(5 * CENSUS / 1000)
    assert row.supply == row.norm
    assert row.norm_basis == "target"
    # ten draws from -4.5 to +4.5 per mille: the five smaller populations meet it, the five larger do not
    assert row.p_norm_met == pytest.approx(0.5)
    assert row.status_norm == "met_centrally"
    assert rows["beds_per_1000", 2025].p_norm_met == pytest.approx(0.5)
    assert rows["beds_per_1000", 2025].norm == 5


def test_norms_between_and_after_the_target_are_marked(card):
    rows, _ = card
    assert rows["beds", 2020].norm is None
    assert rows["beds_per_1000", 2021].norm == pytest.approx(3.91 + (5 - 3.91) / 5)
    assert rows["beds_per_1000", 2021].norm_basis == "interpolated"
    assert rows["beds_per_1000", 2030].norm_basis == "carried_forward"
    assert rows["childcare_places_per_1000", 2025].norm == 4.5
    assert ("childcare_places_per_1000", 2024) not in rows


def test_need_is_rounded_up_and_judged_over_draws(card):
    rows, beds = card
    row = rows["beds", 2025]
    sample = np.ceil(beds[1:, 5])
    assert row.need_p50 == math.ceil(np.quantile(sample, 0.5))
    assert row.gap_to_need == row.supply - row.need_p50
    assert row.p_need_met == np.mean(row.supply >= sample)


def test_a_gap_is_negative_exactly_when_short(card):
    rows, _ = card
    for row in rows.values():
        if row.gap_to_norm is not None:
            short = row.supply < row.norm
            assert (row.gap_to_norm < 0) == (short if row.indicator != "response_mean_min" else row.supply > row.norm)


def test_first_shortfall_is_the_first_year_short(card):
    rows, _ = card
    years = [row.year for row in rows.values() if row.indicator == "beds" and row.gap_to_need is not None and row.gap_to_need < 0]
    assert rows["beds", 2035].first_shortfall_need == min(years)


def test_binding_and_expected_targets_stay_apart(card):
    rows, _ = card
    assert rows["general_practitioners_per_10k", 2025].nature == "binding"
    assert rows["beds_per_1000", 2025].nature == "expected"


def test_a_need_known_under_the_central_assumption_alone_has_no_spread_and_no_chance(root):
    region = load_region(root / "calibration", "kunshan")
    scenario = load_scenario(root / "scenarios" / "kunshan" / "plan_2025.yaml")
    population = known_population(10)
    vehicles = np.full((11, 16), np.nan)
    vehicles[0, [0, 5]] = 60.0, 30.0
    need = Need(YEARS, {"ambulances": Series("ambulances", "vehicles", vehicles, "m", "assumption: travel")}, {}, {}, {})
    rows = {
        (row.indicator, row.year): row
        for row in score(region, scenario, population, need, plan_supply(region, scenario, population), None).rows
    }
    base, target = rows["ambulances", 2020], rows["ambulances", 2025]
    assert (base.need_p10, base.need_p50, base.need_p90, base.p_need_met) == (None, 60, None, None)
    assert (base.gap_to_need, base.status, base.status_need) == (48 - 60, "missed", "missed")
    assert target.status_need == "met"
    assert rows["ambulances", 2021].need_p50 is None


def test_a_need_known_in_some_draws_has_its_spread_and_chance_over_them(root):
    """Ambulances of the first four of ten draws: in one of them no fleet meets the standard."""
    region = load_region(root / "calibration", "kunshan")
    scenario = load_scenario(root / "scenarios" / "kunshan" / "plan_2025.yaml")
    population = known_population(10)
    vehicles = np.full((11, len(YEARS)), np.nan)
    at = list(map(int, YEARS)).index(2025)
    vehicles[:5, at] = [60.0, 30.0, 40.0, 500.0, np.inf]
    need = Need(YEARS, {"ambulances": Series("ambulances", "vehicles", vehicles, "m", "assumption: travel")}, {}, {}, {})
    supply = plan_supply(region, scenario, population)
    row = next(
        row
        for row in score(region, scenario, population, need, supply, None).rows
        if (row.indicator, row.year) == ("ambulances", 2025)
    )
    assert (row.need_p10, row.need_p50, row.need_p90, row.p_need_met) == (33.0, 270.0, None, 0.5)
    vehicles[3, at] = np.inf
    hopeless = next(
        row
        for row in score(region, scenario, population, need, supply, None).rows
        if (row.indicator, row.year) == ("ambulances", 2025)
    )
    assert (hopeless.need_p50, hopeless.gap_to_need, hopeless.p_need_met) == (None, None, 0.5)
    assert hopeless.status_need == "missed_centrally"


def test_the_grade_of_a_verdict_is_that_of_what_it_rests_on(root, card):
    rows, _ = card
    assert rows["beds", 2025].confidence == "seed"  # supply and norm are printed
    assert rows["beds", 2020].confidence == "modelled"  # judged by the need alone


@pytest.mark.parametrize(("share", "status"), [(1.0, "met_centrally"), (1 - 1e-13, "met_centrally"), (0.969, "missed")])
def test_a_radius_of_the_plan_asks_that_everyone_lives_within_it(root, share, status):
    region = load_region(root / "calibration", "kunshan")
    scenario = load_scenario(root / "scenarios" / "kunshan" / "plan_2025.yaml")
    population = known_population(10)
    nothing = pd.DataFrame(columns=["year", "segment", "metric", "draw"])
    rows_of_coverage = [(5.0, "straight", "urban", share), (5.0, "road", "urban", 0.5), (10.0, "straight", "rural", 1.0)]
    coverage = pd.DataFrame(rows_of_coverage, columns=["radius_km", "metric", "segment", "population_share"]).assign(year=2025)
    drawn = [(draw, share if draw < 7 else 0.9, 1.0) for draw in range(11)]  # 6 of 10 random draws are as the central one
    by_draw = pd.DataFrame(drawn, columns=["draw", "coverage_urban_people", "coverage_rural_people"]).assign(year=2025)
    emergency = SimpleNamespace(metrics=nothing, replications=nothing, coverage=coverage, by_draw=by_draw, engine="x")
    need = Need(YEARS, {}, {}, {}, {})
    supply = plan_supply(region, scenario, population)
    rows = {(row.indicator, row.year): row for row in score(region, scenario, population, need, supply, emergency).rows}
    urban = rows["coverage_urban_people", 2025]
    assert (urban.supply, urban.norm, urban.norm_basis, urban.status) == (share, 1.0, "target", status)
    assert urban.p_norm_met == (0.6 if share > 0.99 else 0.0)
    assert rows["coverage_rural_people", 2025].status == "met"
    assert ("coverage_urban_people", 2026) not in rows  # a norm is carried forward, but nothing was computed for that year
