"""The base year of every region's baseline scenario against the figures that its document prints, typed here by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.demand.model import Need
from sim.draws import Draws
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.scorecard import ScorecardRow, score
from sim.supply import plan_supply

# Kunshan 2022, main table and text; Haimen 2022, table 1; Qingpu 2021, table 1 and text; Taicang 2017, main indicators and text.
COUNTS = {
    "kunshan": {
        "population": 2_092_496, "beds": 8188, "physicians": 5440, "nurses": 5937, "health_technical_staff": 13_446,
        "emergency_stations": 14, "institutions": 665, "community_health_centres": 15, "fever_clinics": 11,
    },
    "taicang": {
        "beds": 3730, "physicians": 1636, "nurses": 1682, "institutions": 235, "community_health_centres": 18,
        "community_health_stations": 100, "general_hospitals_level3": 1, "general_hospitals_level1": 5, "specialty_hospitals": 2,
        "medical_laboratories": 1, "emergency_stations": 5,
    },
    "qingpu": {
        "population": 1_271_424, "elderly_nursing_beds": 2314, "private_institutions": 158, "community_health_centres": 12,
    },
    "haimen": {"population": 991_782},
    "wuzhong": {},
}  # fmt: skip
RATES = {
    "kunshan": {
        "beds_per_1000": "3.91", "physicians_per_1000": "2.6", "tcm_physicians_per_1000": "0.52", "nurses_per_1000": "2.84",
        "public_health_staff_per_1000": "0.18", "psychiatrists_per_100k": "2.3", "general_practitioners_per_10k": "3.6",
        "ambulances_per_10k": "0.23",
    },
    "taicang": {
        "beds_per_1000": "5.26", "public_hospital_beds_per_1000": "2.10", "private_hospital_beds_per_1000": "1.71",
        "primary_care_beds_per_1000": "1.45", "physicians_per_1000": "2.31", "nurses_per_1000": "2.37",
        "public_health_staff_per_1000": "0.38", "general_practitioners_per_10k": "2.9", "nurses_per_physician": "1.03",
        "nurses_per_bed_level2_and_above": "0.45",
    },
    "qingpu": {
        "beds_per_1000": "3.72", "treatment_beds_per_1000": "1.9", "tcm_institution_beds_per_1000": "0.22",
        "physicians_per_1000": "1.90", "nurses_per_1000": "1.99", "public_health_staff_per_1000": "0.53",
        "general_practitioners_per_10k": "3.5", "response_mean_min": "10.62",
    },
    "haimen": {"beds_per_1000": "4.9", "physicians_per_1000": "2.45", "nurses_per_1000": "2.3"},
    "wuzhong": {},
}  # fmt: skip


@pytest.fixture(scope="module")
def base_years(root: Path) -> dict[str, dict[str, ScorecardRow]]:
    rows = {}
    for key in COUNTS:
        region = load_region(root / "calibration", key)
        scenario = load_scenario(root / "scenarios" / key / "baseline.yaml", overrides=["draws=3"])
        population = project_region(region, scenario, Draws(3, scenario.body.seed))
        supply = plan_supply(region, scenario, population)
        card = score(region, scenario, population, Need(scenario.years, {}, {}, {}, {}), supply, None)
        rows[key] = {row.indicator: row for row in card.rows if row.year == region.base_year}
    return rows


@pytest.mark.parametrize("key", COUNTS)
def test_printed_counts_are_reproduced_exactly(base_years, key):
    assert {name: base_years[key][name].supply for name in COUNTS[key]} == COUNTS[key]


@pytest.mark.parametrize("key", RATES)
def test_printed_ratios_are_reproduced_to_their_printed_decimals(base_years, key):
    found = {
        name: f"{base_years[key][name].supply:.{len(printed.partition('.')[2])}f}" for name, printed in RATES[key].items()
    }
    assert found == RATES[key]


@pytest.mark.parametrize("key", COUNTS)
def test_every_base_year_row_stands_beside_the_documents_own_figure(root, base_years, key):
    baseline = load_region(root / "calibration", key).baseline
    for name, row in base_years[key].items():
        assert row.printed == (baseline[name].number if name in baseline else None)
    supplied = {name for name, row in base_years[key].items() if row.supply is not None}
    assert set(baseline) <= supplied


def test_counts_not_printed_carry_all_that_round_to_the_printed_ratio(base_years):
    row = base_years["taicang"]["public_hospital_beds"]
    assert (row.supply, row.supply_low, row.supply_high) == (1490, 1487, 1493)  # 2.095 and 2.105 times 709.5
    row = base_years["qingpu"]["institutions"]
    assert (row.supply, row.supply_low, row.supply_high) == (405, 405, 405)  # 158 of 405 is 39.01 %, of 404 39.11, of 406 38.92


def test_taicang_shows_its_printed_denominator_and_the_census_series(base_years):
    row = base_years["taicang"]["beds_per_1000"]
    assert row.denominator == 709_500
    people = base_years["taicang"]["population"]
    assert people.printed == 709_500
    assert people.supply == pytest.approx(771_500, rel=0.01)  # half-way between the censuses of 2010 and 2020
    assert row.supply_on_projection == pytest.approx(1000 * 3730 / people.supply)
    assert row.supply_on_projection < 5  # 3,730 beds are not 5.26 per 1,000 of the census series


def test_elsewhere_the_printed_denominator_is_the_projections(base_years):
    for key in ("kunshan", "qingpu", "haimen"):
        rows = base_years[key].values()
        assert all(row.supply_on_projection is None for row in rows)
        assert len({row.denominator for row in rows if row.denominator is not None}) == 1


def test_wuzhong_has_no_printed_level(base_years):
    assert [name for name, row in base_years["wuzhong"].items() if row.supply is not None] == ["population"]
    assert np.isfinite(base_years["wuzhong"]["population"].supply)
