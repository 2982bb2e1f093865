"""Every sentence that the demand models put beside a figure has a Chinese rendering."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from demand_world import census_population

from sim.demand import Need, model_need
from sim.demand.compose import required_parameters
from sim.demand.model import Series
from sim.draws import Draws
from sim.region import load_region
from sim.report.wording import LANGUAGES, Wording
from sim.scenario import load_scenario
from sim.yamlfile import load_yaml

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*/*.yaml"))
KEPT = {"WISN", "TCM", "Erlang"}
"""Latin words that stand in Chinese sentences too."""


def series_of(need: Need) -> list[Series]:
    return [item for part in (need.need, need.second, need.activity) for item in part.values()]


def untranslated(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", Wording("zh").said(text))) - KEPT


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_method_and_source_of_a_shipped_scenario_is_said_in_chinese(path: Path) -> None:
    scenario = load_scenario(path, overrides=["draws=0"], data_root=ROOT)
    region = load_region(ROOT / "calibration", scenario.body.region)
    start, end = int(scenario.years[0]), int(scenario.years[-1])
    people = census_population(region, start=start, end=end)
    need = model_need(region, scenario, people, Draws(0, 1))
    found = {text for item in series_of(need) for text in (item.method, item.source)}
    assert found
    for language in LANGUAGES:
        assert all(Wording(language).known(f"estimate.{method}", "") for _, method in need.second)
    assert {text: words for text in sorted(found) if (words := untranslated(text))} == {}


def test_every_parameter_of_the_demand_models_has_a_name() -> None:
    names = load_yaml(ROOT / "sim/report/catalogue/parameters.yaml").data
    fitted = ("care.admission_level", "care.visit_level", "care.stay_level")
    assert sorted(key for key in (*required_parameters(), *fitted) if key not in names) == []


def test_the_grounds_of_a_figure_name_grade_and_inputs() -> None:
    said = Wording("zh").said("assumption: occupancy target, stay level and 3 more")
    assert said == "假设：床位使用率目标；住院日水平（相对曲线）等（另3项）"
