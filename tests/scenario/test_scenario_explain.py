"""Explaining: every value with its layer, file and line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gallery import ROOT

from sim.errors import InputError
from sim.region import load_region
from sim.scenario import Scenario, explain
from sim.scenario.explain import leaves
from sim.scenario.region_values import PARAMETERS
from sim.scenario.show import explained, width

Load = Callable[..., Scenario]


def test_every_value_of_the_body_has_an_origin(load: Load) -> None:
    scenario = load("emergency: {new_stations: [{name: North, opens: 2026, lon: 121.0, lat: 31.35}]}\n")
    for address, _, _ in leaves(scenario.body):
        assert address in scenario.origins
    assert scenario.origins["emergency", "new_stations", 0, "lon"].layer == "file"


def test_sections_have_origins_as_well(load: Load) -> None:
    scenario = load("resources: {beds: {per_head: {2025: 4.5}}}\n")
    assert str(scenario.origins["resources", "beds"].place) == "example.yaml:4:19"
    assert scenario.origins["resources", "nurses"].place.file == "plan_2025.yaml"


def test_a_key_narrows_the_explanation_and_shows_what_is_not_set(load: Load) -> None:
    found = explain(load(""), "resources.beds")
    assert [one.key.removeprefix("resources.beds.") for one in found] == ["count", "per_head.2025", "hold", "projects", "flow"]
    assert explain(load(""), "resources.beds.per_head.2025")[0].value == 5.0


def test_values_of_the_region_are_shown_with_their_place_in_the_pack(load: Load) -> None:
    (found,) = explain(load(""), "demand.bed_occupancy")
    assert found.origin.layer == "region"
    assert found.origin.place.file == "calibration/reference/care.yaml"
    assert found.origin.place.line > 1


def test_every_parameter_behind_an_empty_default_exists() -> None:
    region = load_region(ROOT / "calibration", "kunshan")
    assert [name for name in PARAMETERS.values() if name not in region.parameters] == []


def test_an_unknown_key_gets_a_guess(load: Load) -> None:
    with pytest.raises(InputError, match=r"unknown key 'resources.bedz'.*did you mean 'resources.beds'\?"):
        explain(load(""), "resources.bedz")


def test_lines_are_aligned_also_with_chinese_text(load: Load) -> None:
    found = explain(load("notes: 备注与说明\n"))
    before = [line[: line.rindex(f"  {one.origin.layer}")] for line, one in zip(explained(found), found, strict=True)]
    assert len({width(text) for text in before}) == 1
