"""The page and the command: both languages, one file, every figure a reader needs, and refusals that write nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from evaluation_county import QUICK

import sim_cli
from sim.evaluate import Evaluated
from sim.evaluation import Judgement
from sim.report.evaluation.build import build_evaluation
from sim.report.evaluation.words import MARKS, EvaluationWording, evaluation_catalogue
from sim.report.model import SYMBOLS, Report, Table, Verdicts


@pytest.fixture(scope="module")
def page(done: Evaluated) -> str:
    return (done.folder / "evaluation.html").read_text(encoding="utf-8")


def table(report: Report, caption: str) -> Table:
    return next(block for section in report.sections for block in section.blocks
                if isinstance(block, Table) and caption in block.caption)  # fmt: skip


def test_the_page_is_one_file_in_two_languages(page: str) -> None:
    assert 'lang="zh-CN"' in page and 'lang="en"' in page
    assert "规划中期评估" in page and "Mid-term evaluation" in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page), "nothing is loaded from elsewhere"
    assert "<script" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_both_catalogues_have_the_same_keys() -> None:
    zh, en = evaluation_catalogue("zh"), evaluation_catalogue("en")
    assert zh.keys() == en.keys()
    for key in en:
        assert sorted(re.findall(r"{(\w+)}", zh[key])) == sorted(re.findall(r"{(\w+)}", en[key])), key
    names = re.compile(r"{\w+}|[\w.]+\.csv|emergency\.years")
    assert not [key for key, text in zh.items() if re.search(r"\b[a-z]{4,}\b", names.sub("", text))]


def test_every_verdict_has_a_word_and_a_mark() -> None:
    for language in ("zh", "en"):
        words = EvaluationWording(language)
        for one in Judgement:
            assert words.verdict(one)
            assert MARKS[one] in SYMBOLS


def test_the_verdicts_say_what_is_needed(done: Evaluated) -> None:
    report = build_evaluation(done.evaluation, "en", "name")
    verdicts = next(block for block in report.sections[0].blocks if isinstance(block, Verdicts))
    beds = next(item for item in verdicts.items if item.label.startswith("Beds"))
    assert beds.status == "behind"
    assert beds.figures.startswith("2023: 4.25; the plan's path: 4.")
    row = done.evaluation.latest["beds"]
    assert f"+{row.needed_per_year:,.0f} beds a year; so far only +304 beds a year since 2020" in beds.sentence
    order = [item.status for item in verdicts.items]
    assert order == sorted(order, key=["missed", "behind", "cannot be said", "on track", "met"].index)


def test_plan_forecast_and_outcome_stand_in_one_row(done: Evaluated) -> None:
    report = build_evaluation(done.evaluation, "en", "name")
    foreseen = table(report, "What the model foresaw")
    rows = [[cell.text for cell in row] for row in foreseen.rows]
    assert rows[0][0] == "Residents (persons)" and rows[1][0] == ""
    row = next(one for one in done.evaluation.rows if (one.indicator, one.year) == ("population", 2023))
    assert rows[2][1:4] == [
        "2023", f"{row.earlier_p50:,.0f} ({row.earlier_p10:,.0f} to {row.earlier_p90:,.0f})", "2,142,000",
    ]  # fmt: skip
    observed = table(report, "Observed values (18)")
    assert any("invented figures" in cell.text for row in observed.rows for cell in row)


def test_the_charts_describe_themselves(page: str, done: Evaluated) -> None:
    assert page.count("<svg") == 2 * 12, "one an indicator and language, a rate with its count"
    assert "2023: earlier" in page and "2023年：当初" in page


def test_the_command_prints_one_object(county: Path, runs: Path, done: Evaluated, capsys: pytest.CaptureFixture[str]) -> None:
    settings = [part for one in QUICK for part in ("--set", one)]
    assert sim_cli.run_cli(["evaluate", str(county), "--runs", str(runs), "--json", *settings]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reused"] is True and found["evaluation"] == str(done.folder)
    assert found["coverage"]["outcomes"] == 10
    assert {row["indicator"] for row in found["rows"]} >= {"beds", "beds_per_1000", "births"}


def test_the_command_prints_a_table(county: Path, runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = [part for one in QUICK for part in ("--set", one)]
    arguments = ["evaluate", str(county), "--runs", str(runs), "--out", str(tmp_path / "new"), "--lang", "en", *settings]
    assert sim_cli.run_cli(arguments) == 0
    out = capsys.readouterr().out
    assert "Kunshan: plan, earlier forecast and outcome" in out and "behind" in out
    assert "outcomes of 6 indicators lie inside its 80 % interval" in out
    assert (tmp_path / "new" / "evaluation.html").is_file()
    assert sim_cli.run_cli([*arguments[:-len(settings)], *settings]) == 0
    assert "was there already" in capsys.readouterr().out


def test_a_wrong_file_is_refused_before_anything_is_computed(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from evaluation_county import make_county

    text = "indicator,year,value,unit,source,confidence\nbed,2021,1,beds,PLAN_KS,sourced\nbeds,2019,1,beds,PLAN_KS,sourced\n"
    plan = make_county(root, tmp_path, text)
    assert sim_cli.run_cli(["evaluate", str(plan), "--runs", str(tmp_path / "runs")]) == 2
    said = capsys.readouterr().err
    assert "observed.csv:2:1: unknown indicator 'bed'" in said and "observed.csv:3:6: beds of 2019 is not after" in said
    assert not (tmp_path / "runs").exists()
