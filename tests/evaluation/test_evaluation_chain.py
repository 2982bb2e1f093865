"""The worked example of docs/evaluation.md from the file to the folder: what is judged, and that nothing moves unasked."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from evaluation_county import QUICK, make_county

from sim.errors import InputError
from sim.evaluate import Evaluated, evaluate
from sim.evaluation import Judgement, evaluate_runs
from sim.output import load_run
from sim.run import run_scenario


def by_key(done: Evaluated) -> dict[tuple[str, int], object]:
    return {(row.indicator, row.year): row for row in done.evaluation.rows}


def test_the_folder_holds_tables_page_and_manifest(done: Evaluated) -> None:
    names = sorted(path.name for path in done.folder.iterdir())
    assert names == ["evaluation.csv", "evaluation.html", "evaluation_paths.csv", "manifest.json"]
    with (done.folder / "evaluation.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(done.evaluation.rows) == 25
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["years"] == [2021, 2022, 2023]
    assert [run["role"] for run in manifest["runs"]] == ["earlier", "now"]


def test_the_runs_are_used_again_and_so_is_the_evaluation(done: Evaluated, county: Path, runs: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in runs.rglob("*")}
    again = evaluate(county, runs=runs, overrides=QUICK)
    assert again.reused and again.folder == done.folder
    assert {path: path.stat().st_mtime_ns for path in runs.rglob("*")} == before


def test_the_run_of_now_passes_through_what_was_observed(done: Evaluated) -> None:
    run = done.evaluation.now
    totals = run.table("population_totals").set_index("year")
    assert totals.loc[[2022, 2023, 2024], "total"].tolist() == pytest.approx([2_111_000, 2_120_000, 2_142_000], rel=1e-12)
    assert totals.loc[[2022, 2023], "births"].tolist() == pytest.approx([12_100, 10_900], rel=1e-9)
    assert totals.loc[2023, "deaths"] == pytest.approx(11_200, rel=1e-9)
    card = run.table("scorecard").set_index(["indicator", "year"])
    for key, year, value in (("beds", 2023, 9100), ("physicians", 2023, 6300), ("emergency_stations", 2023, 16)):
        assert (card.loc[(key, year), "supply"], card.loc[(key, year), "supply_how"]) == (value, "observed")
        assert "observed 2023 EXAMPLE_OBSERVED (sourced)" in card.loc[(key, year), "source"]
    assert card.loc[("population", 2023), "supply_how"] == "observed"
    assert card.loc[("population", 2024), "supply_how"] == "projected"
    listed = run.table("assumptions")
    assert (listed["group"] == "observed").sum() == 18


def test_the_earlier_run_knows_nothing_of_it(done: Evaluated, county: Path, tmp_path: Path, root: Path) -> None:
    """Every table is, byte for byte, that of a pack without the file, but for the setting that turns it off."""
    plain = make_county(root, tmp_path / "plain", "")
    (plain.parents[2] / "calibration" / "kunshan" / "observed.csv").unlink()
    folder = run_scenario(plain, overrides=QUICK, out=tmp_path / "runs", reports=False).folder
    earlier = done.evaluation.earlier.folder
    tables = sorted(path.name for path in folder.glob("*.csv"))
    assert "scorecard.csv" in tables
    for name in tables:
        ours, theirs = (earlier / name).read_bytes(), (folder / name).read_bytes()
        if name == "assumptions.csv":
            kept = [line for line in ours.splitlines() if not line.startswith(b"scenario,horizon.observed_until,")]
            assert kept == theirs.splitlines()
        else:
            assert ours == theirs, name


def test_plan_forecast_and_outcome_stand_side_by_side(done: Evaluated) -> None:
    rows = by_key(done)
    beds = rows["beds", 2023]
    assert (beds.outcome, beds.kind, beds.target_year, beds.base, beds.base_year) == (9100, "planned", 2025, 8188, 2020)
    assert beds.pace_per_year == pytest.approx((9100 - 8188) / 3)
    assert beds.needed_per_year == pytest.approx((beds.target - 9100) / 2)
    assert beds.at_pace == 9100 + 2 * (9100 - 8188) / 3
    assert beds.plan_path > 9100 and beds.outcome_percentile is None and beds.inside_80 is None
    rate = rows["beds_per_1000", 2023]
    assert rate.outcome == pytest.approx(9100 / 2142) and rate.outcome_how == "derived"
    assert (rate.target, rate.verdict) == (5.0, Judgement.BEHIND)
    people = rows["population", 2023]
    draws = done.evaluation.earlier.draws()["population_total"][1:, 3]
    assert (people.kind, people.target) == ("forecast", None)
    assert people.outcome_percentile == pytest.approx(np.mean(draws < 2_142_000))
    assert people.inside_80 == (people.earlier_p10 <= 2_142_000 <= people.earlier_p90)
    births = rows["births", 2022]
    assert births.earlier_p50 == pytest.approx(np.median(done.evaluation.earlier.draws()["births"][1:, 1]))


def test_verdicts_follow_the_pace(done: Evaluated) -> None:
    latest = done.evaluation.latest
    assert latest["nurses"].verdict == Judgement.ON_TRACK and latest["nurses"].chance_at_pace > 0.9
    assert latest["physicians"].verdict == Judgement.BEHIND and latest["physicians"].chance_at_pace < 0.1
    assert latest["physicians"].hires_now > latest["physicians"].hires_before
    assert latest["childcare_places"].base_year == 2022, "not observed in 2020: the pace counts from the first value"
    assert by_key(done)["childcare_places", 2022].verdict == Judgement.CANNOT_BE_SAID
    response = latest["response_mean_min"]
    assert response.needed_per_year == pytest.approx((12.0 - 13.1) / 2) and response.base is None
    assert response.verdict == Judgement.CANNOT_BE_SAID


def test_coverage_counts_forecasts_alone(done: Evaluated) -> None:
    judged = [row for row in done.evaluation.rows if row.inside_80 is not None]
    assert {row.indicator for row in judged} == {
        "population", "births", "deaths", "discharges", "visits", "response_mean_min",
    }  # fmt: skip
    coverage = done.evaluation.coverage
    assert (coverage.outcomes, coverage.series) == (10, 6)
    assert coverage.inside == sum(row.inside_80 for row in judged)


def test_what_was_seen_narrows_what_is_expected(done: Evaluated) -> None:
    for key in ("population", "births", "discharges", "visits"):
        row = done.evaluation.latest[key]
        assert row.now_target_p90 - row.now_target_p10 < row.earlier_target_p90 - row.earlier_target_p10, key


@pytest.fixture(scope="module")
def until_2022(county: Path, runs: Path) -> Path:
    """The run that a first evaluation, a year earlier, would have left."""
    return run_scenario(county, overrides=[*QUICK, "horizon.observed_until=2022"], out=runs, reports=False).folder


def test_a_kept_run_may_be_the_earlier_forecast(
    done: Evaluated, until_2022: Path, county: Path, runs: Path, tmp_path: Path
) -> None:
    """A second evaluation judges only what the first did not know."""
    second = evaluate(county, earlier=until_2022, runs=runs, out=tmp_path / "second", overrides=QUICK, languages=("en",))
    assert second.evaluation.years == (2023,)
    people = second.evaluation.latest["population"]
    assert people.earlier_p90 - people.earlier_p10 < done.evaluation.latest["population"].earlier_p90 - people.earlier_p10
    assert second.evaluation.now.name == done.evaluation.now.name


def test_a_scenario_may_stop_short_of_the_last_value(
    done: Evaluated, until_2022: Path, county: Path, runs: Path, tmp_path: Path
) -> None:
    found = evaluate(county, runs=runs, out=tmp_path / "short", overrides=[*QUICK, "horizon.observed_until=2022"])
    assert found.evaluation.years == (2021, 2022)
    assert found.evaluation.now.folder == until_2022 and found.evaluation.earlier.name == done.evaluation.earlier.name


def refused(path: Path, **given: object) -> str:
    with pytest.raises(InputError) as caught:
        evaluate(path, **given)  # type: ignore[arg-type]
    return str(caught.value)


def test_without_observed_values_there_is_nothing_to_evaluate(root: Path, tmp_path: Path, county: Path) -> None:
    said = refused(root / "scenarios" / "haimen" / "plan_2025.yaml", runs=tmp_path)
    assert said.startswith("calibration/haimen/observed.csv: nothing was observed after 2020")
    said = refused(county, runs=tmp_path, overrides=["horizon.observed_until=2020"])
    assert "uses none of the observed values" in said
    assert not list(tmp_path.iterdir())


def test_an_earlier_run_must_fit(done: Evaluated, county: Path, runs: Path, tmp_path: Path) -> None:
    said = refused(county, earlier=done.evaluation.now.folder, runs=runs, overrides=QUICK)
    assert "stands on all the observed values itself" in said
    assert "there is no such folder" in refused(county, earlier=tmp_path / "none", runs=runs, overrides=QUICK)
    altered = tmp_path / "altered"
    shutil.copytree(done.evaluation.earlier.folder, altered)
    (altered / "scorecard.csv").write_text("altered\n", encoding="utf-8")
    assert "was altered" in refused(county, earlier=altered, runs=runs, overrides=QUICK)
    manifest = altered / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    shutil.copyfile(done.evaluation.earlier.folder / "scorecard.csv", altered / "scorecard.csv")
    manifest.write_text(json.dumps({**content, "region": "haimen"}), encoding="utf-8")
    assert "is of region haimen, the scenario of kunshan" in refused(county, earlier=altered, runs=runs, overrides=QUICK)


def test_paths_hold_what_the_charts_show(done: Evaluated) -> None:
    paths = done.evaluation.paths
    beds = paths[paths["indicator"] == "beds"]
    assert set(beds["role"]) == {"plan", "now", "outcome", "target", "at_pace"}
    assert set(paths[paths["indicator"] == "population"]["role"]) == {"earlier", "now", "outcome"}
    read = pd.read_csv(done.folder / "evaluation_paths.csv")
    assert len(read) == len(paths)


def test_an_outcome_of_a_year_that_was_not_simulated_is_said(done: Evaluated, tmp_path: Path) -> None:
    without = tmp_path / "without"
    shutil.copytree(done.evaluation.earlier.folder, without)
    card = without / "scorecard.csv"
    lines = card.read_text(encoding="utf-8").splitlines(keepends=True)
    card.write_text("".join(line for line in lines if ",response_mean_min," not in line), encoding="utf-8")
    found = evaluate_runs(load_run(without), done.evaluation.now)
    row = found.latest["response_mean_min"]
    assert (row.earlier_p50, row.inside_80, found.coverage.outcomes) == (None, None, 9)
    assert found.notices == (("not_foreseen", {"indicators": "response_mean_min"}),)
