"""WISN of every category: by hand, its laws, joint times, and the table beside norm and supply."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from demand_world import census_population, pack_of, population_of, region_of, scenario_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.demand import Need, model_need
from sim.demand.resources.staff_wisn import CATEGORIES
from sim.draws import Draws
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.scorecard import wisn_rows
from sim.supply import plan_supply

HOURS = 8 * (52 * 5 - 11 - 10 - 3 - 5)
"""A person's available hours a year: 231 days of 8 hours."""

people = st.dictionaries(st.tuples(st.integers(0, 1), st.integers(0, 100)), st.floats(1.0, 1e5), min_size=1, max_size=8)


def staff_of(need: Need, category: str) -> np.ndarray:
    return need.second[category, "wisn"].values


def test_requirements_by_hand() -> None:
    """Kunshan in 2021, central values: hours of the activities over 1,848 hours, with the category allowance."""
    region = region_of()
    need = model_need(region, scenario_of(), census_population(region), Draws(0, 1))
    amount = {key: series.values[0, 1] for key, series in need.activity.items()}
    hours = {
        "physicians": (amount["visits"] * 15 + amount["bed_days"] * 45) / 60 / (1 - 0.25),
        "general_practitioners": (amount["primary_care_visits"] * 0.5 * 10 + amount["follow_ups"] * 15) / 60 / (1 - 0.25),
        "psychiatrists": (amount["bed_days_psychiatric"] * 20 + amount["registered_mental_illness"] * 6 * 20) / 60 / (1 - 0.3),
        "nurses": (amount["visits"] * 6 + amount["bed_days"] * 140 + amount["bed_days_nursing"] * 45) / 60 / (1 - 0.15),
    }
    for category, worked in hours.items():
        assert staff_of(need, category)[0, 1] == pytest.approx(worked / HOURS, rel=1e-12)


def test_contacts_of_a_child_a_mother_and_the_old() -> None:
    """An infant: 5 health visits and 7 around its birth; a child of 1: 2; a woman of 70: 0.72 checks, 0.55 x 4 follow-ups."""
    three = population_of({(0, 0): 1.0, (0, 1): 1.0, (1, 70): 1.0})
    need = model_need(pack_of("kunshan"), scenario_of(), three, Draws(0, 1))
    wanted = {"child_health_visits": 7.0, "maternity_visits": 7.0, "health_checks": 0.72, "follow_ups": 2.2}
    assert {key: need.activity[key].values[0, 0] for key in wanted} == pytest.approx(wanted, rel=1e-12)


def test_joint_times_are_added_as_time_of_one_staff() -> None:
    """Visits alone and bed-days alone sum to the requirement of both: no time is counted twice."""
    region = region_of()
    parts = []
    for visits, bed_days in ((15.0, 45.0), (15.0, 1e-12), (1e-12, 45.0)):
        changed = region_of(need__physician__wisn_visit_minutes=visits, need__physician__wisn_bed_day_minutes=bed_days)
        parts.append(staff_of(model_need(changed, scenario_of(), census_population(region), Draws(0, 1)), "physicians")[0])
    np.testing.assert_allclose(parts[0], parts[1] + parts[2], rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(people, st.integers(0, 1), st.integers(0, 100), st.floats(0.0, 1e5))
def test_more_people_never_require_fewer_of_any_category(ages: dict, sex: int, age: int, more: float) -> None:
    grown = {**ages, (sex, age): ages.get((sex, age), 0.0) + more}
    before, after = (
        model_need(pack_of("kunshan"), scenario_of(end=2022, draws=3), population_of(some, end=2022, draws=3), Draws(3, 3))
        for some in (ages, grown)
    )
    for category in CATEGORIES:
        assert (staff_of(after, category) >= staff_of(before, category) * (1 - 1e-9)).all(), category


def test_the_table_sets_requirement_against_supply_and_norm(root: Path) -> None:
    scenario = load_scenario(root / "scenarios/kunshan/plan_2025.yaml", overrides=["draws=10"], data_root=root)
    region, draws = load_region(root / "calibration", "kunshan"), Draws(10, scenario.body.seed)
    population = project_region(region, scenario, draws)
    need = model_need(region, scenario, population, draws)
    rows = wisn_rows(region, population, need, plan_supply(region, scenario, population))
    by_key = {(row.category, row.year): row for row in rows}
    assert {row.category for row in rows} == set(CATEGORIES)
    physicians = by_key["physicians", 2020]
    assert physicians.available == 5440
    assert physicians.difference == pytest.approx(5440 - physicians.required)
    assert physicians.ratio == pytest.approx(5440 / physicians.required)
    assert physicians.norm is None
    assert by_key["physicians", 2025].norm == by_key["physicians", 2025].available
    assert by_key["pharmacists", 2025].available is by_key["pharmacists", 2025].ratio is None
    assert by_key["psychiatrists", 2025].need is None
    assert physicians.required_p10 < physicians.required_p50 < physicians.required_p90


def test_establishment_norms_lie_within_the_printed_ranges() -> None:
    """Staff per hospital bed between 1.3 (level 1, low) and 1.7 (level 3, high)."""
    region = region_of()
    need = model_need(region, scenario_of(), census_population(region), Draws(0, 1))
    beds = need.need["public_hospital_beds"].values[0] + need.need["private_hospital_beds"].values[0]
    ratio = need.activity["hospital_staff_by_establishment"].values[0] / beds
    mix = (0.3814 * 1.65 + 0.3246 * 1.55 + (0.0421 + 0.047) * 1.35) / (0.3814 + 0.3246 + 0.0421 + 0.047)
    np.testing.assert_allclose(ratio, mix, rtol=1e-12)
    nurses, physicians = need.second["nurses", "per_bed"].values, need.second["physicians", "per_bed"].values
    np.testing.assert_allclose(nurses / physicians, 1.25, rtol=1e-12)
