"""Checks whose finer points the gallery does not show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenario import Scenario, load_scenario
from sim.scenario.checks_region import inside

Findings = Callable[..., list[str]]


def test_all_problems_of_all_kinds_come_at_once(findings: Findings) -> None:
    found = findings(
        "draws: '5'\n"
        "demand: {bed_ocupancy: 0.8}\n"
        "population: {fertility: {tfr: 11}}\n"
        "resources: {bed: {hold: true}, nurses: {per_head: {2052: 3.8}}}\n"
        "emergency: {years: [2019], closures: [{station: nowhere, year: 2025}]}\n",
        overrides=["seed=x"],
    )
    lines = [line.split(":")[1] for line in found if "warning" not in line]
    assert lines == ["1", "4", "5", "6", "7", "7", "8", "8"]
    assert found[0].startswith("--set:1:6: ")


def test_a_fault_inherited_from_the_parent_is_shown_in_the_parents_file(county: Path, findings: Findings) -> None:
    (county / "parent.yaml").write_text("extends: plan_2025.yaml\ntitle: {zh: 例, en: E}\ndemand:\n  bed_occupancy: 85\n")
    found = findings("draws: 10\n", head="extends: parent.yaml\ntitle: {zh: 例, en: E}\n")
    assert found == [
        "parent.yaml:4:18: demand.bed_occupancy is 85; expected a number above 0 and up to 1, or such numbers by year; "
        "did you mean 0.85?"
    ]


def test_a_broken_parent_does_not_make_its_keys_missing(county: Path, findings: Findings) -> None:
    (county / "parent.yaml").write_text("region: [kunshan\n")
    found = findings("draws: many\n", head="extends: parent.yaml\ntitle: {zh: 例, en: E}\n")
    assert len(found) == 2
    assert found[0] == "example.yaml:3:8: draws is the text 'many'; expected a whole number"
    assert found[1].startswith("parent.yaml:1:9: not valid YAML: a bracket that is not closed")


def test_a_long_chain_is_refused(county: Path, findings: Findings) -> None:
    (county / "p0.yaml").write_text("extends: plan_2025.yaml\n")
    for number in range(1, 25):
        (county / f"p{number}.yaml").write_text(f"extends: p{number - 1}.yaml\n")
    assert any("more than 20 files extend one another" in line for line in findings("", head="extends: p24.yaml\n"))


def test_a_file_that_extends_itself_through_a_link_is_a_circle(county: Path, findings: Findings) -> None:
    (county / "link.yaml").symlink_to("example.yaml")
    assert any("'extends' runs in a circle" in line for line in findings("", head="extends: link.yaml\n"))


@pytest.mark.parametrize("extends", ["5", "[a.yaml]", "true", '"a\\0b"'])
def test_extends_must_be_a_file_name(findings: Findings, extends: str) -> None:
    assert findings("", head=f"extends: {extends}\n")[0].startswith("example.yaml:1:10: extends is no file name")


@pytest.mark.parametrize(
    ("opens", "sound"),
    [("2024", True), ("2024-02", True), ("2024-02-29", True), ("'2024'", True)]
    + [(text, False) for text in ("2023-02-29", "24", "2024-2", "2024-00", "2024.5", "true", "[2024]", "soon", "0000")],
)
def test_projects_open_on_days_of_the_calendar(findings: Findings, opens: str, sound: bool) -> None:
    found = findings(f"resources: {{beds: {{hold: true, projects: [{{name: a, opens: {opens}, adds: 5}}]}}}}\n")
    assert (found == []) is sound


def test_units_are_compared_with_the_stations_of_every_year(findings: Findings) -> None:
    ok = "emergency: {units_on_duty: {day: {2020: 14, 2025: 19}, night: 14}}\n"
    assert findings(ok) == []
    late = findings("emergency: {units_on_duty: {day: 14, night: 14}}\n")
    assert late[0].split(": ", 1)[1].startswith("14 units on duty by day are fewer than the 15 stations of 2022")


def test_a_complete_travel_table_is_accepted_and_kept_with_the_files(county: Path, load: Callable[..., Scenario]) -> None:
    from sim.region import load_region

    region = load_region(county.parents[1] / "calibration", "kunshan")
    rows = [f"{zone},{station},7.5" for zone in region.zones.ids for station in region.stations.ids]
    (county / "tables").mkdir()
    (county / "tables" / "minutes.csv").write_text("\n".join(["zone,station,minutes", *rows]))
    scenario = load("emergency: {travel_table: tables/minutes.csv}\n")
    assert scenario.travel_table == str(county / "tables" / "minutes.csv")
    assert ("tables/minutes.csv", scenario.travel_table) in scenario.files
    (county / "deep").mkdir()
    (county / "deep" / "child.yaml").write_text("extends: ../example.yaml\nemergency: {travel_table: ../tables/minutes.csv}\n")
    below = load_scenario(county / "deep" / "child.yaml")
    assert below.travel_table == scenario.travel_table
    assert ("tables/minutes.csv", scenario.travel_table) in below.files


def test_a_point_is_inside_a_polygon_or_not() -> None:
    corner = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 1.0], [0.0, 4.0]])
    assert inside(1.0, 1.0, corner)
    assert inside(3.5, 3.0, corner)
    assert not inside(2.0, 3.0, corner)
    assert not inside(5.0, 1.0, corner)
    lake = np.array([[1.0, 0.2], [1.5, 0.2], [1.5, 0.7], [1.0, 0.7]])
    island = np.array([[8.0, 8.0], [9.0, 8.0], [9.0, 9.0]])
    gap = np.full((1, 2), np.nan)
    rings = np.concatenate([corner, gap, lake, gap, island])
    assert not inside(1.2, 0.5, rings)
    assert inside(1.0, 1.0, rings)
    assert inside(8.8, 8.5, rings)


def test_a_data_root_that_is_none_is_an_input_error(county: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data folder"):
        load_scenario(county / "plan_2025.yaml", data_root=tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("resources: {beds: {count: {2025: 9_000}}}", "did you mean 9000?"),
        ("resources: {beds: {count: {2025: ９０００}}}", "did you mean 9000?"),
        ("resources: {beds: {count: {2025: 9000张}}}", "did you mean 9000?"),
        ("resources: {beds: {count: {2025: 9,000}}}", "without thousands separators: 9000, not 9,000"),
        ("demand: {bed_occupancy: 85%}", "did you mean 0.85?"),
        ("draws: 5.0", "draws is 5.0; expected a whole number; did you mean 5?"),
        ("draws: 12:30", "draws is the text '12:30'; expected a whole number"),
        ("resources: {beds: {count: 9000}}", "expected numbers by year, such as {2025: 9000}"),
        ("resources: {床位: {count: {2025: 9000}}}", "did you mean 'beds'?"),
        ("resources: {注册护士: {count: {2025: 9000}}}", "did you mean 'nurses'?"),
        ("emergency: {new_stations: [{name: A, opens: 2024, town: 玉山镇}]}", "did you mean 'kunshan_t01'?"),
        ("resources: {beds: {projects: [{name: a, opens: 2024, adds: -50000}]}}", "take 50,000 away, more than there are"),
        ("population: {planning_population: {2025: 220}}", "did you mean 2200000?"),
        ("resources: {beds: {count: {2025: 5}}}", "warning: beds.count.2025 is 5, but 8188 were observed in 2020"),
        ("resources: {nurses: {per_head: {2025: 38.5}}}", "per_head.2025 is 38.5 per 1000, but 2.84 were observed in 2020"),
        (
            "resources: {beds: {count: {2025: 9000}}, public_hospital_beds: {count: {2025: 8000}}, "
            "primary_care_beds: {count: {2025: 1500}}}",
            "public_hospital_beds + primary_care_beds.count.2025 is 9500, more than the beds it is part of (9000)",
        ),
    ],
)
def test_what_planners_write_is_understood(findings: Findings, line: str, said: str) -> None:
    found = [text for text in findings(line + "\n") if "emergency stations are planned" not in text]
    assert any(said in text for text in found), found


def test_a_region_is_known_by_its_name(findings: Findings) -> None:
    head = "schema: 1\nname: x\ntitle: {zh: 例, en: E}\nhorizon: {from: 2020, to: 2030}\nseed: 1\n"
    assert findings("region: 昆山\n", head=head)[0].endswith("did you mean 'kunshan'?")
