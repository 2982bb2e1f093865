"""``healthsim compare`` as its users meet it: a table, a folder, and clear refusals that write nothing."""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim_cli

QUICK = [
    "--draws", "12", "--replications", "2", "--set", "emergency.years=[2020, 2025]", "--set", "emergency.parameter_draws=2",
]  # fmt: skip


def compare(*arguments: object) -> int:
    return sim_cli.run_cli(["compare", *map(str, arguments)])


@pytest.fixture(scope="module")
def done(plan, what_if, tmp_path_factory) -> tuple[object, ...]:
    """Arguments of a comparison that is there already: asked for again, it is found."""
    arguments = (plan.folder, what_if.folder, "--out", tmp_path_factory.mktemp("done") / "c")
    assert compare(*arguments) == 0
    return arguments


def test_two_runs_are_compared(plan, what_if, tmp_path, capsys):
    assert compare(plan.folder, what_if.folder, "--out", tmp_path / "c", "--format", "html", "--lang", "en") == 0
    printed = capsys.readouterr().out
    assert "Samplia: differences to A" in printed
    assert "Hospital and clinic beds" in printed
    assert "was there already" not in printed
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == [
        "compare.csv", "compare.html", "compare_emergency.csv", "inputs_diff.csv", "manifest.json",
    ]  # fmt: skip


def test_the_terminal_is_aligned_in_chinese(done, capsys):
    from rich.cells import cell_len

    assert compare(*done) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " 2025 " in line or " 2035 " in line]
    assert len(lines) > 10
    places = {cell_len(line[: line.index(" 20")]) for line in lines}
    assert len(places) == 1


def test_json_is_one_object_with_every_figure(done, capsys):
    assert compare(*done, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["base"] == "A"
    beds = [row for row in found["compare"] if row["indicator"] == "beds" and row["year"] == 2035]
    assert [row["letter"] for row in beds] == ["A", "B"]
    assert beds[1]["need_difference"] > 0 and beds[0]["need_difference"] is None


def test_a_base_may_be_named_and_the_folder_names_itself(plan, what_if, tmp_path, capsys):
    arguments = (plan.folder, what_if.folder, "--runs", tmp_path, "--lang", "en", "--base", "what_if", "--format", "xlsx")
    assert compare(*arguments) == 0
    assert "differences to B" in capsys.readouterr().out
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("samplia-compare-")
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["base"] == "B"


def test_an_identical_comparison_is_found_again(done, capsys):
    stamp = (done[-1] / "manifest.json").stat().st_mtime_ns
    assert compare(*done) == 0
    assert "已有完全相同的比较结果" in capsys.readouterr().out
    assert (done[-1] / "manifest.json").stat().st_mtime_ns == stamp


def test_the_csv_reads_back_what_was_computed(done, plan, what_if):
    from sim.comparison import compare_runs

    expected = compare_runs([plan, what_if]).headline
    with (done[-1] / "compare.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(expected)
    for row, value in zip(rows, expected["need_difference_p90"], strict=True):
        assert (row["need_difference_p90"] == "") if value is None or math.isnan(value) else (
            float(row["need_difference_p90"]) == value
        )


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def check(*arguments: object, words: tuple[str, ...]) -> None:
        before = sorted(tmp_path.rglob("*"))
        assert compare(*arguments) == 2
        message = capsys.readouterr().err
        for word in words:
            assert word in message
        assert "Traceback" not in message
        assert sorted(tmp_path.rglob("*")) == before

    return check


def test_one_alone_is_refused(refused, plan):
    refused(plan.folder, words=("alone", "two to 10"))


def test_none_is_refused(refused):
    refused(words=("RUN_OR_SCENARIO",))


def test_more_than_ten_are_refused(refused, plan):
    refused(*[plan.folder] * 11, words=("11 runs", "two to 10"))


def test_the_same_run_twice_is_refused(refused, plan):
    refused(plan.folder, plan.folder, words=("is the same run as", "each run once"))


def test_a_copy_of_a_run_is_the_same_run(refused, plan, tmp_path):
    shutil.copytree(plan.folder, tmp_path / "copy")
    refused(plan.folder, "copy", words=("copy: is the same run",))


def test_a_missing_run_is_refused(refused, plan):
    refused(plan.folder, f"{plan.folder}x", words=("no such run folder or scenario", "did you mean", plan.folder.name))


def test_an_unfinished_run_is_refused(refused, plan, what_if, tmp_path):
    shutil.copytree(what_if.folder, tmp_path / "unfinished")
    (tmp_path / "unfinished" / "manifest.json").unlink()
    refused(plan.folder, "unfinished", words=("unfinished: holds no manifest.json", "not finished"))


def test_an_altered_run_is_refused(refused, plan, what_if, tmp_path):
    shutil.copytree(what_if.folder, tmp_path / "altered")
    with (tmp_path / "altered" / "scorecard.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    (tmp_path / "altered" / "draws.npz").unlink()
    refused(plan.folder, "altered", words=("scorecard.csv: was altered", "draws.npz: is missing"))


def test_a_comparison_is_no_run(refused, plan, done, tmp_path):
    shutil.copytree(done[-1], tmp_path / "c")
    refused(plan.folder, "c", words=("c: is a comparison, not a run",))


def test_an_unknown_base_is_refused(refused, plan, what_if):
    refused(plan.folder, what_if.folder, "--base", "what_of", words=("what_of", "did you mean 'what_if'"))
    refused(plan.folder, what_if.folder, "--base", "3", words=("no number 3", "1 to 2"))


def test_settings_without_a_scenario_are_refused(refused, plan, what_if):
    refused(plan.folder, what_if.folder, "--draws", "5", words=("--set", "no scenario"))


def test_another_format_is_refused(refused, plan, what_if):
    refused(plan.folder, what_if.folder, "--format", "pdf", words=("pdf",))


def test_runs_that_cannot_be_paired_are_refused(refused, make, plan):
    refused(plan.folder, make("third_seed", seed=9).folder, words=("seed 9", "--seed 5"))


def test_a_foreign_folder_is_not_overwritten(refused, plan, what_if, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", encoding="utf-8")
    refused(plan.folder, what_if.folder, "--out", "mine", words=("mine: already exists", "nothing is overwritten"))


def test_faults_of_a_scenario_come_before_anything_is_run(refused, root):
    scenario = root / "scenarios" / "kunshan" / "plan_2025.yaml"
    refused(scenario, root / "scenarios" / "kunshan" / "plan_2026.yaml", "--set", "resources.bed.hold=true",
            words=("unknown resource 'bed'", "plan_2026.yaml", "no such"))  # fmt: skip


def test_scenarios_of_two_regions_are_refused_before_anything_is_run(refused, root):
    paths = (root / "scenarios" / region / "plan_2025.yaml" for region in ("kunshan", "haimen"))
    refused(*paths, words=("of region haimen", "runs of one region"))


@pytest.mark.slow
def test_two_scenarios_are_run_and_compared(root, tmp_path):
    """The whole command on Kunshan: the plan and its what-if differ in stations alone, and so do the figures."""
    shutil.copytree(root / "scenarios", tmp_path / "scenarios")
    shutil.copytree(root / "calibration", tmp_path / "calibration")
    files = [tmp_path / "scenarios" / "kunshan" / f"{name}.yaml" for name in ("plan_2025", "what_if_no_new_stations")]
    done = subprocess.run(
        [sys.executable, str(root / "sim_cli.py"), "compare", *map(str, files), *QUICK, "--out", "c", "--lang", "en", "--json"],
        cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(tmp_path / "c" / "compare.html").is_file()
    rows = {(row["indicator"], row["year"], row["letter"]): row for row in found["compare"]}
    assert rows["beds", 2025, "B"]["need_difference_p90"] == 0
    assert rows["emergency_stations", 2025, "B"]["supply_difference"] == -5
    assert rows["response_mean_min", 2025, "B"]["supply_difference"] > 1
    response = next(
        row for row in found["emergency"]
        if (row["metric"], row["year"], row["letter"]) == ("response_mean_min", 2025, "B")
    )  # fmt: skip
    assert response["ci_low"] > 1 and response["replications"] == 2
    changed = {row["key"] for row in found["inputs"]}
    assert changed >= {"emergency.unplaced_stations.opens.2025", "resources.emergency_stations.hold"}
    assert all(row["group"] == "scenario" for row in found["inputs"])
