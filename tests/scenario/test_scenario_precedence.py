"""Which value counts: command line > file > parent > region > default, and how layers are laid over each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import Scenario, explain, load_scenario

Load = Callable[..., Scenario]


def origin(scenario: Scenario, key: str) -> tuple[object, str, str]:
    (found,) = [value for value in explain(scenario) if value.key == key]
    return found.value, found.origin.layer, str(found.origin.place)


def test_the_command_line_beats_the_file_beats_the_parent_beats_the_region_beats_the_default(county: Path) -> None:
    key = "demand.bed_occupancy"
    (county / "grand.yaml").write_text("extends: baseline.yaml\ndemand: {bed_occupancy: 0.81}\n")
    (county / "parent.yaml").write_text("extends: grand.yaml\ndemand: {bed_occupancy: 0.82}\n")
    (county / "file.yaml").write_text("extends: parent.yaml\ndemand: {bed_occupancy: 0.83}\n")
    (county / "empty.yaml").write_text("extends: parent.yaml\n")
    assert origin(load_scenario(county / "file.yaml", overrides=[f"{key}=0.84"]), key) == (0.84, "command line", "--set:1:22")
    assert origin(load_scenario(county / "file.yaml"), key) == (0.83, "file", "file.yaml:2:25")
    assert origin(load_scenario(county / "empty.yaml"), key) == (0.82, "parent", "parent.yaml:2:25")
    assert origin(load_scenario(county / "parent.yaml"), key) == (0.82, "file", "parent.yaml:2:25")
    value, layer, place = origin(load_scenario(county / "baseline.yaml"), key)
    assert layer == "region"
    assert 0 < float(str(value)) < 1
    assert place.startswith("calibration/reference/care.yaml:")
    assert origin(load_scenario(county / "baseline.yaml"), "demand.visit_rate_factor") == (1.0, "default", "")


def test_mappings_are_merged_key_by_key_and_lists_replace(county: Path, load: Load) -> None:
    (county / "parent.yaml").write_text(
        "extends: plan_2025.yaml\n"
        "demand: {bed_occupancy: 0.8, day_surgery_share: 0.2}\n"
        "emergency: {years: [2020, 2025, 2030], replications: 5}\n"
    )
    scenario = load(
        "demand: {day_surgery_share: 0.3}\nemergency: {years: [2035]}\n", head="extends: parent.yaml\ntitle: {zh: 例, en: E}\n"
    )
    assert scenario.body.demand.bed_occupancy.at(2030) == 0.8
    assert scenario.body.demand.day_surgery_share.at(2030) == 0.3
    assert scenario.body.emergency.years == (2035,)
    assert scenario.body.emergency.replications == 5


def test_a_path_by_year_is_one_value_and_replaces_the_parents_whole_path(county: Path, load: Load) -> None:
    (county / "parent.yaml").write_text("extends: plan_2025.yaml\npopulation: {fertility: {tfr: {2020: 1.0, 2035: 0.8}}}\n")
    head = "extends: parent.yaml\ntitle: {zh: 例, en: E}\n"
    scenario = load("population: {fertility: {tfr: {2020: 1.0, 2030: 0.7}}}\n", head=head)
    assert scenario.body.population.fertility.tfr.points == ((2020, 1.0), (2030, 0.7))
    one = load("", overrides=["population.fertility.tfr.2035=0.9"], head=head)
    assert one.body.population.fertility.tfr.points == ((2020, 1.0), (2035, 0.9))


@pytest.mark.parametrize(
    ("text", "overrides", "expected"),
    [
        ("beds: {count: {2030: 9000}}", (), (False, {2030: 9000}, None)),
        ("beds: {hold: true}", (), (True, None, None)),
        ("beds: {per_head: {2030: 6.0}}", (), (False, None, {2030: 6.0})),
        ("beds: {projects: [{name: a, opens: 2024, adds: 10}]}", (), (False, None, {2025: 5.0})),
        ("", ("resources.beds.hold=true",), (True, None, None)),
        ("", ("resources.beds.count.2030=9000",), (False, {2030: 9000}, {2025: 5.0})),
        ("", ("resources.beds.count.2025=9000",), (False, {2025: 9000}, None)),
        ("", ("resources.beds.count={2030: 9000}",), (False, {2030: 9000}, None)),
        ("beds: {hold: true}", ("resources.beds.per_head.2025=4.8",), (False, None, {2025: 4.8})),
        ("", ("resources.beds={count: {2030: 9000}}",), (False, {2030: 9000}, None)),
        ("beds: {count: {2024: 9000, 2025: 9100}}", ("resources.beds.per_head.2025=4.8",), (False, {2024: 9000}, {2025: 4.8})),
    ],
)
def test_the_planned_level_of_a_resource_is_one_statement(
    load: Load, text: str, overrides: tuple[str, ...], expected: tuple[bool, object, object]
) -> None:
    beds = load(f"resources:\n  {text}\n" if text else "", overrides=overrides).body.resources["beds"]
    assert (beds.hold, beds.count, beds.per_head) == expected


def test_an_empty_value_takes_back_what_the_parent_set(load: Load) -> None:
    emergency = "emergency: {unplaced_stations: null, radius_urban_km: }\n"
    scenario = load(emergency + "resources: {emergency_stations: {hold: true}, beds: }\n")
    assert scenario.body.emergency.unplaced_stations is None
    assert scenario.body.emergency.radius_urban_km == 5.0
    assert scenario.origins["emergency", "radius_urban_km"].layer == "default"
    assert "beds" not in scenario.body.resources
    assert load("", overrides=["emergency.unplaced_stations="]).body.emergency.unplaced_stations is None


def test_an_item_of_a_list_can_be_set_by_its_position(load: Load) -> None:
    text = "resources: {beds: {hold: true, projects: [{name: a, opens: 2024, adds: 10}, {name: b, opens: 2025, adds: 20}]}}\n"
    projects = load(text, overrides=["resources.beds.projects.1.adds=30"]).body.resources["beds"].projects
    assert [project.adds for project in projects] == [10, 30]
    with pytest.raises(InputError, match=r"--set:1:1: .*is a list; expected a position from 0 to 1"):
        load(text, overrides=["resources.beds.projects.2.adds=30"])


def test_the_same_setting_twice_is_no_contradiction(load: Load) -> None:
    assert load("", overrides=["draws=10", "draws=10"]).body.draws == 10


def test_a_name_is_not_inherited(county: Path, load: Load) -> None:
    assert load("").body.name == "example"
    (county / "My Plan-2.yaml").write_text("extends: plan_2025.yaml\ntitle: {zh: 例, en: E}\n")
    assert load_scenario(county / "My Plan-2.yaml").body.name == "my_plan_2"
    assert load("name: other\n").body.name == "other"


def test_a_parent_is_found_from_the_folder_of_its_child(county: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (county / "deep").mkdir()
    (county / "deep" / "child.yaml").write_text("extends: ../plan_2025.yaml\ntitle: {zh: 例, en: E}\n")
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario(county / "deep" / "child.yaml")
    assert [name for name, _ in scenario.files] == ["baseline.yaml", "plan_2025.yaml", "deep/child.yaml"]
    assert scenario.origins["seed",].place.file == "baseline.yaml"


def test_files_copied_under_their_names_load_again(county: Path, load: Load, tmp_path: Path) -> None:
    scenario = load("")
    for name, path in scenario.files:
        copy = tmp_path / "copy" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(Path(path).read_bytes())
    again = load_scenario(tmp_path / "copy" / "example.yaml", data_root=tmp_path)
    assert again.body == scenario.body
    assert again.origins == scenario.origins
