"""The replay command: its worked example, its files, its refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim_cli import cli, run_cli

EXAMPLE = Path(__file__).resolve().parents[1] / "data" / "replay"


def read(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def example_options(out, **changes):
    options = {"out": out, **{name: EXAMPLE / f"{name}.csv" for name in ("calls", "fleet", "travel", "hospitals", "nodes")}}
    options.update(changes)
    return [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value)) if value is not None]


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_worked_example_of_the_documentation(tmp_path, engine):
    done = CliRunner().invoke(cli, ["replay", *example_options(tmp_path / "out", engine=engine)])
    assert done.exit_code == 0, done.output
    assert "5 answered" in done.output
    lines = {row["call_id"]: row for row in read(tmp_path / "out" / "calls.csv")}
    expected = {
        "c1": ("A1", "base", "General", 1, 9, 29, 29),
        "c2": ("B1", "base", "", 6, 12, 20, 20),
        "c3": ("B1", "way_back", "General", 20, 27.5, 46.5, 50.5),
        "c4": ("A1", "way_back", "", 29, 36, 46, 46),
        "c5": ("A1", "way_back", "", 46, 52, 61, 66),
    }
    for call, (unit, place, hospital, dispatched, arrived, free, back) in expected.items():
        row = lines[call]
        assert (row["unit_id"], row["sent_from"], row["hospital"]) == (unit, place, hospital)
        times = [float(row[name]) for name in ("dispatched_min", "arrived_min", "free_min", "back_min")]
        assert times == [dispatched, arrived, free, back]
    summary = {(row["metric"], row["segment"]): row["value"] for row in read(tmp_path / "out" / "summary.csv")}
    assert summary["response_mean_min", "all"] == "12.3"
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["calls"] == {"answered": 5, "abandoned": 0, "open_at_end": 0}
    assert set(manifest["inputs"]) == {"calls", "fleet", "travel", "hospitals", "nodes"}


def test_documentation_shows_this_example(root):
    page = (root / "docs" / "replay.md").read_text(encoding="utf-8")
    for name in ("calls", "fleet", "hospitals", "nodes"):
        assert (EXAMPLE / f"{name}.csv").read_text().strip() in page


def test_floats_read_back_exactly(tmp_path):
    time = 0.1 + 0.2
    calls = tmp_path / "calls.csv"
    calls.write_text(f"call_id,time_min,node,scene_min\na,{time!r},Mill,1e-7\n")
    run_cli(["replay", *example_options(tmp_path / "out", calls=calls)])
    assert float(read(tmp_path / "out" / "calls.csv")[0]["time_min"]) == time


def test_times_to_each_scene_may_differ_for_dispatcher_and_road(tmp_path):
    calls, fleet = tmp_path / "calls.csv", tmp_path / "fleet.csv"
    calls.write_text("call_id,time_min,node\na,0,P\n")
    fleet.write_text("unit_id,node\nu,A\nv,B\n")
    actual, expected = tmp_path / "actual.csv", tmp_path / "expected.csv"
    actual.write_text("from,to,minutes\nA,P,3\nB,P,9\nP,A,5\nP,B,6\n")
    expected.write_text("from,to,minutes\nA,P,8\nB,P,7\n")
    code = run_cli(
        ["replay", "--calls", str(calls), "--fleet", str(fleet), "--travel", str(actual), "--travel-expected", str(expected),
         "--out", str(tmp_path / "out")]
    )  # fmt: skip
    assert code == 0
    row = read(tmp_path / "out" / "calls.csv")[0]
    assert (row["unit_id"], float(row["travel_time_min"]), float(row["back_min"])) == ("v", 9.0, 15.0)


CALLS = "call_id,time_min,node,scene_min,transported\n"

FAULTS = {
    "negative time": ("calls", CALLS + "a,-1,Mill,1,0\n", "calls.csv:2:3: time_min is -1"),
    "not a number": ("calls", CALLS + "a,nan,Mill,1,0\n", "calls.csv:2:3: time_min is 'nan'"),
    "endless time": ("calls", CALLS + "a,1e300,Mill,1,0\n", "calls.csv:2:3: time_min is 1e300"),
    "negative scene": ("calls", CALLS + "a,1,Mill,-2,0\n", "calls.csv:2:10: scene_min is -2"),
    "duplicate call": ("calls", CALLS + "a,1,Mill,1,0\na,2,Mill,1,0\n", "calls.csv:3:1: call_id 'a' stands twice"),
    "out of order": ("calls", CALLS + "a,5,Mill,1,0\nb,2,Mill,1,0\n", "calls.csv:3:3: calls are out of order"),
    "unknown node": ("calls", CALLS + "a,5,Mil,1,0\n", "did you mean 'Mill'?"),
    "unknown column": ("calls", "call_id,time_mins,node\na,5,Mill\n", "did you mean 'time_min'?"),
    "unknown hospital": ("calls", CALLS.replace("transported", "hospital") + "a,5,Mill,1,Genral\n", "did you mean 'General'?"),
    "no coordinates": ("nodes", "node,x_km,y_km\nDepot,0,0\n", "node 'Mill' has no coordinates"),
    "hole in the table": ("travel", "from,to,minutes\nDepot,Mill,3\nGate,Mill,4\n", "no time from"),
    "negative travel": ("travel", "from,to,minutes\nDepot,Mill,-3\n", "travel.csv:2:12: minutes is -3"),
    "pair twice": ("travel", "from,to,minutes\nDepot,Mill,3\nDepot,Mill,4\n", "stands twice"),
    "no units": ("fleet", "unit_id,node\n", "the fleet has no unit"),
    "backward shift": ("fleet", "unit_id,node,on_min,off_min\nA1,Depot,40,30\n", "the shift ends at 30"),
    "overlapping shifts": ("fleet", "unit_id,node,on_min,off_min\nA1,Depot,0,30\nA1,Depot,20,50\n", "overlap"),
    "two bases": ("fleet", "unit_id,node\nA1,Depot\nA1,Gate\n", "another base"),
    "unknown type": ("fleet", "unit_id,node,type\nA1,Depot,big\n", "fleet.csv:2:10: type is 'big'"),
    "no hospital": ("hospitals", "hospital,node\n", "no hospital to go to"),
    "missing file": ("fleet", None, "the file does not exist"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_are_named_with_their_place_and_nothing_is_written(tmp_path, capsys, case):
    name, text, message = FAULTS[case]
    path = tmp_path / f"{name}.csv"
    if text is not None:
        path.write_text(text)
    assert run_cli(["replay", *example_options(tmp_path / "out", **{name: path})]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"travel": None, "nodes": None}, "neither --travel nor --metric"),
        ({"metric": "euclidean", "speed_kmh": 60}, "both --travel and --metric"),
        ({"nodes": None, "road": "nearest-node"}, "without --nodes"),
        ({"road": "law"}, "does not fit"),
        ({"speed_kmh": 60}, "go together"),
        ({"horizon": "nan"}, "horizon_min is nan"),
    ],
)
def test_options_that_do_not_go_together(tmp_path, capsys, options, message):
    assert run_cli(["replay", *example_options(tmp_path / "out", **options)]) == 2
    assert message in capsys.readouterr().err


def test_nothing_is_overwritten(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").write_text("x")
    assert run_cli(["replay", *example_options(tmp_path / "out")]) == 2
    assert "already exists" in capsys.readouterr().err


def test_call_nobody_is_on_duty_for_stays_open_and_is_counted(tmp_path, capsys):
    fleet = tmp_path / "fleet.csv"
    fleet.write_text("unit_id,node,on_min,off_min\nA1,Depot,0,0.5\n")
    assert run_cli(["replay", *example_options(tmp_path / "out", fleet=fleet)]) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["calls"] == {"answered": 0, "abandoned": 0, "open_at_end": 5}
    assert {row["outcome"] for row in read(tmp_path / "out" / "calls.csv")} == {"open_at_end"}
    assert "5 open at end; no call was answered" in capsys.readouterr().out


def test_calls_wait_until_a_shift_begins(tmp_path):
    """All five calls before the only shift: by priority, then arrival; the first leaves the moment it begins."""
    fleet = tmp_path / "fleet.csv"
    fleet.write_text("unit_id,node,on_min,off_min\nA1,Depot,100,1000\n")
    assert run_cli(["replay", *example_options(tmp_path / "out", fleet=fleet)]) == 0
    rows = {row["call_id"]: row for row in read(tmp_path / "out" / "calls.csv")}
    assert float(rows["c3"]["dispatched_min"]) == 100.0
    assert sorted(rows, key=lambda name: float(rows[name]["dispatched_min"])) == ["c3", "c1", "c2", "c4", "c5"]


def test_no_calls_at_all_are_a_result_of_nothing(tmp_path, capsys):
    calls = tmp_path / "calls.csv"
    calls.write_text("call_id,time_min,node\n")
    assert run_cli(["replay", *example_options(tmp_path / "out", calls=calls)]) == 0
    assert "0 answered, 0 abandoned, 0 open at end; no call was answered" in capsys.readouterr().out


def test_monitoring_vehicles_for_priority_one(tmp_path):
    assert run_cli(["replay", *example_options(tmp_path / "out", monitoring_for=1)]) == 0
    rows = {row["call_id"]: row["unit_id"] for row in read(tmp_path / "out" / "calls.csv")}
    assert rows["c3"] == "A1"
