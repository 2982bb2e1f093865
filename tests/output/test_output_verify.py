"""``verify`` says equal, equal to 1e-9, or names what differs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic_run import make_run

from sim.errors import InputError, Place, Problem, RunFailedError
from sim.output import Outcome, Rerun, doubts, identify, load_run, verify_run, write_run
from sim.report import render
from sim.scorecard.model import Scorecard


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    return make_run(tmp_path_factory.mktemp("inputs"))


@pytest.fixture
def folder(run, tmp_path) -> Path:
    return write_run(replace(run, overrides=("seed=5",)), identify(run.scenario, run.region), tmp_path)


def again(run):
    """A stand-in for the chain: gives ``run`` as what was computed now."""

    def rerun(request: Rerun) -> Path:
        assert request.scenario.is_file() and (request.data_root / "calibration").is_dir() and request.overrides == ("seed=5",)
        return write_run(run, identify(run.scenario, run.region), request.out_dir)

    return rerun


def scaled(run, factor: float):
    rows = tuple(replace(row, supply=row.supply * factor if row.supply else row.supply) for row in run.scorecard.rows)
    return replace(run, scorecard=Scorecard(rows))


def outcome_of(report, name: str) -> Outcome:
    return next(file.outcome for file in report.files if file.name == name)


def test_an_unaltered_run_is_equal(run, folder):
    report = verify_run(folder, again(run))
    assert (report.outcome, report.exit_code, report.notes) == (Outcome.EQUAL, 0, ())
    assert {"scorecard.csv", "draws.npz", "inputs/scenarios/plan_2025.yaml"} <= {file.name for file in report.files}


def test_rounding_in_the_last_bits_is_equal_to_1e_9(run, folder):
    report = verify_run(folder, again(scaled(run, 1 + 1e-12)))
    assert outcome_of(report, "scorecard.csv") is Outcome.CLOSE
    assert (report.outcome, report.exit_code) == (Outcome.CLOSE, 0)


def test_a_difference_is_named_by_line_column_and_values(run, folder):
    report = verify_run(folder, again(scaled(run, 1 + 1e-6)))
    result = next(file for file in report.files if file.name == "scorecard.csv")
    assert result.outcome is Outcome.DIFFERENT
    assert result.detail.startswith("line 2, supply: 800000 -> 800000.79")
    assert report.exit_code == 4


def test_draws_are_compared_too(run, folder):
    moved = replace(run, need=replace(run.need, need={**run.need.need, "beds": replace(
        run.need.need["beds"], values=run.need.need["beds"].values + 1.0)}))  # fmt: skip
    report = verify_run(folder, again(moved))
    result = next(file for file in report.files if file.name == "draws.npz")
    assert (result.outcome, result.detail) == (Outcome.DIFFERENT, "array need/beds")


def test_a_tampered_table_is_named(run, folder):
    path = folder / "scorecard.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("3200", "3300", 1), encoding="utf-8")
    (folder / "coverage.csv").unlink()
    report = verify_run(folder, again(run))
    assert outcome_of(report, "scorecard.csv") is Outcome.ALTERED
    assert outcome_of(report, "coverage.csv") is Outcome.MISSING
    assert outcome_of(report, "need.csv") is Outcome.EQUAL
    assert report.exit_code == 4


def test_a_tampered_manifest_is_named(run, folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, "seed": manifest["seed"] + 1}), encoding="utf-8")
    report = verify_run(folder, again(run))
    (found,) = [file for file in report.files if file.name == "manifest.json"]
    assert (found.outcome, found.detail) == (Outcome.ALTERED, "it does not state what the inputs say: seed")
    assert report.exit_code == 4


def test_a_tampered_input_is_named_and_the_run_not_repeated(run, folder):
    (folder / "inputs/scenarios/plan_2025.yaml").write_text("schema: 1\n", encoding="utf-8")

    def never(_: Rerun) -> Path:
        raise AssertionError("must not run")

    report = verify_run(folder, never)
    assert outcome_of(report, "inputs/scenarios/plan_2025.yaml") is Outcome.ALTERED
    assert report.exit_code == 4 and "not computed again" in report.notes[0]


def test_inputs_that_the_program_no_longer_reads_fail_the_repetition(folder):
    def refuse(_: Rerun) -> Path:
        raise InputError([Problem(Place("plan_2025.yaml", 3, 1), "unknown key 'old'")])

    with pytest.raises(RunFailedError, match=r"could not be repeated.*\n.*unknown key 'old'"):
        verify_run(folder, refuse)


def test_another_version_is_noted(run, folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["versions"]["numpy"] = "1.0.0"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    report = verify_run(folder, again(run))
    assert report.exit_code == 0
    assert any(note.startswith("numpy: 1.0.0 then") for note in report.notes)


@pytest.mark.parametrize("content", [None, "{}", "not json", '{"schema": 2, "outputs": {}}'])
def test_what_is_no_run_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        load_run(tmp_path)


def test_a_file_that_was_added_later_is_noted(run, folder):
    (folder / "more.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "report.en.docx").write_bytes(b"")
    report = verify_run(folder, again(run))
    assert (report.exit_code, report.notes) == (0, ("more.csv: was added later, the run did not write it",))


def test_what_a_reader_must_know_of_a_run(folder):
    assert doubts(load_run(folder)) == ()
    (folder / "coverage.csv").unlink()
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["program"]["sources"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    missing, other = doubts(load_run(folder))
    assert missing == f"{folder / 'coverage.csv'}: is missing"
    assert "with other sources" in other


def test_a_run_of_another_version_that_cannot_be_rendered_says_so(run, folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["program"]["sources"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
    table = folder / "scorecard.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",status_need", ",state_need", 1), encoding="utf-8")
    with pytest.raises(RunFailedError, match="another version of the program"):
        render(folder, languages=("en",))
