"""`benchmarks/backtests.py` and the page that shows what it prints."""

from __future__ import annotations

import importlib.util
import json

import pytest

from sim.calibration.holdout import holdout_rows
from sim.calibration.holdout.population_midway import midway_rows
from sim.calibration.holdout.resources import plan_rows, resource_rows
from sim.draws import Draws
from sim.region import available_regions, load_region


@pytest.fixture(scope="module")
def command(root):
    place = importlib.util.spec_from_file_location("backtests", root / "benchmarks" / "backtests.py")
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(root):
    regions = [load_region(root / "calibration", key) for key in ("qingpu", "taicang")]
    return [row for region in regions for row in holdout_rows(region, Draws(2, 1))]


def test_a_row_is_one_object(rows, command):
    found = {object_["name"]: object_ for object_ in map(command.as_json, rows)}
    assert len(found) == len(rows)
    beds = found["taicang_resources_beds_plan_2020"]
    assert beds["ratio"] is None and beds["detail"]["observed"] is None and beds["detail"]["kind"] == "implied by the plan"
    response = found["qingpu_emergency_response_mean_crew_a_station_2015"]
    assert response["ratio"] == pytest.approx(response["detail"]["model"] / 17.06)


def test_tables_hold_every_row(rows, command):
    lines = [line for line in command.as_tables(rows) if line.startswith(("| qingpu", "| taicang"))]
    assert len(lines) == len(rows)
    assert all(line.count("|") == len(command.COLUMNS) + 1 for line in lines)


def test_the_summary_counts_judged_rows_alone(rows, command):
    judged = [row for row in rows if row.inside is not None]
    summary = command.inside(rows)
    assert sum(counted["of"] for counted in summary["detail"].values()) == len(judged) < len(rows)
    assert summary["ratio"] == pytest.approx(sum(row.inside for row in judged) / len(judged))
    assert "resources, back-test" not in summary["detail"]


@pytest.mark.slow
def test_the_command_prints_one_object_a_line(root, command, capsys):
    command.main(root / "calibration", tables=False, stations=True, draws=Draws(2, 1))
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {object_["name"].partition("_")[0] for object_ in objects} == {*available_regions(root / "calibration"), "holdouts"}
    without = objects[-1]["detail"]
    assert without["without_0"]["highest"] < without["without_1"]["lowest"] < without["without_2"]["highest"]


def test_the_page_shows_the_central_values_of_people_beds_and_staff(root):
    page = (root / "docs" / "backtests.md").read_text(encoding="utf-8")
    draws = Draws(0, 1)
    taicang, qingpu = (load_region(root / "calibration", key) for key in ("taicang", "qingpu"))
    midway = midway_rows(taicang, draws)
    for row in (*midway, *plan_rows(taicang, midway)):
        assert f"| {row.model:,.0f} |" in page, row.what
    for row in resource_rows(qingpu, draws):
        if row.unit == "share":
            assert f"| {100 * row.model:.1f} % " in page, row.what
