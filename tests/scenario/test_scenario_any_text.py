"""Whatever is in the file or on the command line: a scenario or an InputError, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from gallery import ROOT, make_county
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import load_scenario

PLAN = (ROOT / "scenarios/kunshan/plan_2025.yaml").read_text(encoding="utf-8")
ITEMS = (ROOT / "scenarios/taicang/what_if_itemised_beds.yaml").read_text(encoding="utf-8").replace("plan_2020", "plan_2025")
BASE = (ROOT / "scenarios/kunshan/baseline.yaml").read_text(encoding="utf-8")
PIECES = ["{", "}", "[", "]", ":", " ", "\n", "- ", "null", "true", "-1", "1e400", "2025", "2025: 5", "beds:", "hold", "'", '"']
PIECES += ["&a ", "*a", "!!int ", "<<: ", "\t", "昆", "\0", "\ufeff", "%", "|", "9" * 400, "extends: ", "region: "]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_county(tmp_path_factory.mktemp("county")) / "any.yaml"


def must_load_or_say_why(path: Path, overrides: tuple[str, ...] = ()) -> None:
    try:
        load_scenario(path, overrides=overrides)
    except InputError as error:
        assert error.problems
        assert "\n" not in str(error.problems[0])


@QUICK
@given(data=st.binary(max_size=300))
def test_any_bytes(place: Path, data: bytes) -> None:
    place.write_bytes(data)
    must_load_or_say_why(place)


@QUICK
@given(data=st.data())
def test_any_mutation_of_a_shipped_scenario(place: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([PLAN, ITEMS, BASE]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 20))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[start + length :]
    place.write_text(text, encoding="utf-8")
    must_load_or_say_why(place)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(PIECES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(2010, 2060) | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(
    [
        "draws",
        "seed",
        "name",
        "title",
        "horizon.to",
        "resources",
        "resources.beds",
        "resources.beds.count",
        "resources.beds.count.2025",
        "resources.beds.hold",
        "resources.beds.projects",
        "resources.nurses.flow",
        "population.planning_population",
        "population.fertility.tfr.2030",
        "demand.bed_occupancy",
        "emergency.years",
        "emergency.new_stations",
        "emergency.closures",
        "emergency.unplaced_stations.opens",
        "emergency.units_on_duty",
        "emergency.units_on_duty.stations",
        "emergency.travel_table",
        "emergency.speed_factor.2030",
    ]
)


@QUICK
@given(key=keys | st.text(max_size=12), value=values)
def test_any_setting(place: Path, key: str, value: object) -> None:
    place.write_text(PLAN, encoding="utf-8")
    must_load_or_say_why(place, (f"{key}={value!r}".replace("None", "null").replace("True", "true").replace("False", "false"),))
