"""Every shipped scenario loads without a warning, and its numbers are those of the plan's extract."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from gallery import ROOT

from sim.indicators import dictionary, rate_of
from sim.scenario import load_scenario

SHIPPED = sorted((ROOT / "scenarios").glob("*/*.yaml"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_every_shipped_scenario_loads_without_a_warning(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.warnings == ()
    assert scenario.body.region == path.parent.name
    assert scenario.body.name == path.stem
    assert scenario.body.draws >= 500


def test_titles_are_different_in_both_languages() -> None:
    titles = [load_scenario(path).body.title for path in SHIPPED]
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == len(SHIPPED)


def test_kunshans_baseline_holds_all_that_was_observed_and_nothing_else() -> None:
    from sim.region import load_region

    held = load_scenario(ROOT / "scenarios/kunshan/baseline.yaml").body.resources
    observed = load_region(ROOT / "calibration", "kunshan").baseline
    resources = {key for key, indicator in dictionary().items() if indicator.resource}
    assert all(section.hold for section in held.values())
    assert set(held) == resources & set(observed)


def test_kunshans_plan_is_the_printed_one() -> None:
    plan = load_scenario(ROOT / "scenarios/kunshan/plan_2025.yaml").body
    printed = {
        "beds": 5.0,
        "physicians": 3.5,
        "tcm_physicians": 0.57,
        "nurses": 3.8,
        "psychiatrists": 3.8,
        "general_practitioners": 4.0,
        "ambulances": 0.25,
        "childcare_places": 4.5,
        "tcm_beds": 1.1,
        "monitoring_ambulances": 1.0,
    }
    assert {key: section.per_head for key, section in plan.resources.items() if section.per_head} == {
        key: {2025: value} for key, value in printed.items()
    }
    assert plan.resources["emergency_stations"].count[2025] == 14 + 5
    assert sum(plan.emergency.unplaced_stations.opens.values()) == 5
    assert list(plan.horizon.years[[0, -1]]) == [2020, 2035]


def test_the_what_ifs_change_what_their_titles_say_and_nothing_else() -> None:
    folder = ROOT / "scenarios/kunshan"
    plan = load_scenario(folder / "plan_2025.yaml").body
    stations = load_scenario(folder / "what_if_no_new_stations.yaml").body
    assert stations.emergency.unplaced_stations is None
    assert stations.resources["emergency_stations"].hold
    assert stations.resources["beds"] == plan.resources["beds"]
    ageing = load_scenario(folder / "what_if_ageing.yaml").body
    assert (ageing.population.fertility.variant, ageing.population.migration.variant) == ("low", "low")
    assert (ageing.resources, ageing.emergency, ageing.demand) == (plan.resources, plan.emergency, plan.demand)
    hiring = load_scenario(folder / "what_if_half_recruitment.yaml").body
    staff = [key for key, section in plan.resources.items() if dictionary()[key].family == "staff" and section.per_head]
    assert len(staff) == 5
    assert all(hiring.resources[key].flow.recruitment_factor.at(2025) == 0.5 for key in staff)
    assert all(hiring.resources[key].per_head == plan.resources[key].per_head for key in staff)
    assert hiring.resources["beds"] == plan.resources["beds"]


def test_taicangs_itemised_beds_add_up_to_the_growth_of_the_plans_tables() -> None:
    projects = load_scenario(ROOT / "scenarios/taicang/what_if_itemised_beds.yaml").body.resources["beds"].projects
    resources = load_scenario(ROOT / "scenarios/taicang/what_if_itemised_beds.yaml").body.resources
    by_owner = [resources[f"{owner}_beds"].projects for owner in ("public_hospital", "private_hospital", "primary_care")]
    assert sum(project.adds for part in by_owner for project in part) == sum(project.adds for project in projects)
    assert {project.name for part in by_owner for project in part} == {project.name for project in projects}
    planned = 1180 + 300 + 300 + 300 + 200 + 500 + 700 + 300 + 200 + 250
    current = 1180 + 100 + 90 + 77 + 83 + 0 + 520 + 300 + 200 + 0
    assert sum(project.adds for project in projects) == planned - current == 1680


_PER_OF_UNIT = {"per_1000": 1000, "per_10k": 10_000, "per_50k": 50_000, "per_100k": 100_000}


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.stem.startswith("plan_")], ids=name_of)
def test_every_target_of_a_plan_stands_in_the_extract_of_the_document(path: Path, shared: Path) -> None:
    with (shared / "plans" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        targets = [row for row in csv.DictReader(file) if row["kind"] == "target" and row["value"]]
    printed = set()
    for row in targets:
        if row["region"] != path.parent.name:
            continue
        stem, _, unit = row["indicator_key"].removesuffix("_min").rpartition("_per_")
        if f"per_{unit}" in _PER_OF_UNIT:
            printed.add((stem, int(row["year"]), round(float(row["value"]) / _PER_OF_UNIT[f"per_{unit}"], 9)))
    for key, section in load_scenario(path).body.resources.items():
        for year, value in (section.per_head or {}).items():
            rate = rate_of(key)
            stems = {name.removesuffix("_min").rpartition("_per_")[0] for name in rate.plan_keys}
            assert any((stem, year, round(value / rate.per, 9)) in printed for stem in stems), key
