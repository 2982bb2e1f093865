"""Resources are found, ordered and checked by themselves; one more is one more file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from demand_world import census_population, population_of, region_of, scenario_of

from sim.demand import compose, model_need, resources
from sim.draws import Draws
from sim.errors import InputError
from sim.indicators import dictionary
from sim.region.model import Confidence, Observation

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def extra_resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files count as resources during a test."""
    monkeypatch.setattr(resources, "__path__", [*resources.__path__, str(tmp_path)])
    compose.ordered_resources.cache_clear()
    yield tmp_path
    compose.ordered_resources.cache_clear()


def test_the_resource_of_the_guide_works_as_printed(extra_resources: Path) -> None:
    """The Python block of docs/add_a_resource.md, run as it stands."""
    guide = (ROOT / "docs/add_a_resource.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", guide, re.DOTALL)
    assert code is not None
    (extra_resources / "dialysis_of_the_guide.py").write_text(code.group(1), encoding="utf-8")
    region = region_of(need__dialysis__patients_per_million=640.0, need__dialysis__patients_a_chair=5.0)
    people = population_of({(0, 60): 600_000.0, (1, 60): 400_000.0}, 2020, 2021)
    need = model_need(region, scenario_of(end=2021), people, Draws(0, 1))
    assert need.activity["dialysis_patients"].values[0, 0] == pytest.approx(640.0)
    assert need.need["dialysis_chairs"].values[0, 0] == pytest.approx(128.0)
    assert need.need["dialysis_chairs"].source.startswith("assumption: dialysis patients")


def test_a_resource_that_reads_what_nobody_gives_is_a_programming_error(extra_resources: Path) -> None:
    (extra_resources / "wishful_resource.py").write_text(
        "from sim.demand.resource import Part, Resource\n"
        "RESOURCE = Resource(('x',), ('unheard_of',), (), lambda context, known: Part())\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="unheard_of"):
        compose.ordered_resources()


def test_two_resources_that_give_the_same_are_a_programming_error(extra_resources: Path) -> None:
    (extra_resources / "second_beds_resource.py").write_text(
        "from sim.demand.resource import Part, Resource\n"
        "RESOURCE = Resource(('beds',), (), (), lambda context, known: Part())\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="'beds' is given by"):
        compose.ordered_resources()


def test_every_resource_gives_what_it_declares_and_comes_after_what_it_reads() -> None:
    given: set[str] = set()
    for resource in compose.ordered_resources():
        assert set(resource.reads) <= given
        given |= set(resource.gives)
    need = model_need(region_of(), scenario_of(end=2021), census_population(region_of(), end=2021), Draws(0, 1))
    assert set(need.need) | set(need.activity) == given


def test_needs_are_resources_of_the_dictionary_in_its_units() -> None:
    need = model_need(region_of(), scenario_of(end=2021), census_population(region_of(), end=2021), Draws(0, 1))
    for key, series in need.need.items():
        assert dictionary()[key].resource
        assert series.unit == dictionary()[key].unit
    for key, _ in need.second:
        assert key in need.need
    missing = {key for key, entry in dictionary().items() if entry.resource} - set(need.need)
    assert not missing


def test_missing_parameters_are_reported_all_at_once_before_anything_is_computed() -> None:
    region = region_of()
    gone = ("need.class.obstetrics.ward_beds", "care.length_of_stay_schedule_days")
    poor = replace(region, parameters={key: value for key, value in region.parameters.items() if key not in gone})
    with pytest.raises(InputError) as caught:
        model_need(poor, scenario_of(), census_population(region), Draws(0, 1))
    assert all(key in str(caught.value) for key in gone)
    assert len(caught.value.problems) == 2


def test_the_declared_parameters_are_enough() -> None:
    """Nothing but what the resources declare, the fitted levels and the provincial priors is ever read."""
    region = region_of("wuzhong")
    kept = {*compose.required_parameters(), "care.admission_level", "care.visit_level", "care.stay_level"}
    lean = replace(region, parameters={key: value for key, value in region.parameters.items() if key in kept})
    levers = {"day_surgery_share": 0.2, "treated_elsewhere_share": 0.1}
    model_need(lean, scenario_of("wuzhong", **levers), census_population(region, draws=2), Draws(2, 1))


def test_without_a_fit_the_priors_stand() -> None:
    region = region_of("kunshan")
    fitted = ("care.admission_level", "care.visit_level", "care.stay_level")
    bare = replace(region, parameters={key: value for key, value in region.parameters.items() if key not in fitted})
    people = census_population(region)
    prior, after = (model_need(pack, scenario_of(), people, Draws(0, 1)).activity for pack in (bare, region))
    pairs = {"discharges": ("need.prior.admission_level", fitted[0]), "visits": ("need.prior.visit_level.province_32", fitted[1])}
    for name, (base, level) in pairs.items():
        ratio = region.parameters[base].number / region.parameters[level].number
        np.testing.assert_allclose(prior[name].values, ratio * after[name].values, rtol=1e-12)


def test_the_source_names_the_worst_grade_and_what_has_it() -> None:
    region = region_of()
    sure = {key: replace(value, confidence=Confidence.SOURCED) for key, value in region.parameters.items()}
    sure["care.occupancy_target"] = replace(sure["care.occupancy_target"], confidence=Confidence.RECALLED)
    pack = replace(region, parameters=sure)
    people = census_population(region)
    need = model_need(pack, scenario_of(), people, Draws(0, 1))
    assert need.need["beds"].source == "recalled: occupancy target"
    assert need.activity["discharges"].source == "modelled: population projection"
    set_by_planner = model_need(pack, scenario_of(bed_occupancy=0.9), people, Draws(0, 1))
    assert set_by_planner.need["beds"].source == "modelled: population projection"


def test_a_range_that_makes_no_sense_is_the_users_error() -> None:
    region = region_of()
    broken = Observation(0.5, "share", "ASSUMED", Confidence.ASSUMPTION, low=0.1, high=1.2)
    pack = replace(region, parameters={**region.parameters, "need.childcare_take_up": broken})
    with pytest.raises(InputError, match=r"the range 0\.1 to 1\.2"):
        model_need(pack, scenario_of(draws=2), census_population(region, draws=2), Draws(2, 1))
