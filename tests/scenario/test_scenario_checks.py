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
        "did you mean '0.85'?"
    ]


def test_a_broken_parent_does_not_make_its_keys_missing(county: Path, findings: Findings) -> None:
    (county / "parent.yaml").write_text("region: [kunshan\n")
    found = findings("draws: many\n", head="extends: parent.yaml\ntitle: {zh: 例, en: E}\n")
    assert len(found) == 2
    assert found[0] == "example.yaml:3:8: draws is the text 'many'; expected a whole number"
    assert found[1].startswith("parent.yaml:2:1: not valid YAML")


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
