"""The report of a calibration in both languages: what is in it, and that it says what must not be passed over."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sim.calibration import RegionFit, fit_region, read_specification
from sim.calibration.holdout import HoldoutRow, Kind, Naive
from sim.region import load_region
from sim.report.fit import render_fit
from sim.report.fit.build import build_fit
from sim.report.fit.words import FitWording, fit_catalogue
from sim.report.model import Figures, Report, Table
from sim.report.wording import LANGUAGES

SMALL = {"design": 24, "rounds": 3, "samples": 512, "starts": 4, "replications": 1, "check_replications": 2, "place_draws": 3}
HAN = re.compile(r"[\u4e00-\u9fff]")
ROW = HoldoutRow(
    region="kunshan", subject="population", what="residents", variant="central", year=2020, unit="persons", observed=2_092_496.0,
    model=2_100_000.0, p10=1_950_000.0, p90=2_250_000.0, naives=(Naive("no_change", 1_644_860.0),), kind=Kind.BACK_TEST,
    source="CENSUS20", note="population_from_2010",
)  # fmt: skip


@pytest.fixture(scope="module")
def fit(root: Path) -> RegionFit:
    region = load_region(root / "calibration", "kunshan", fitted=False)
    spec = read_specification(root / "calibration", region)
    return fit_region(region, replace(spec, settings={**spec.settings, **SMALL}, alternatives=(16,)))


@pytest.fixture(scope="module", params=LANGUAGES)
def report(fit: RegionFit, request: pytest.FixtureRequest) -> Report:
    return build_fit(fit, [ROW], request.param)


def tables(report: Report) -> list[Table]:
    return [block for section in report.sections for block in section.blocks if isinstance(block, Table)]


def test_both_catalogues_have_the_same_keys_and_places() -> None:
    zh, en = fit_catalogue("zh"), fit_catalogue("en")
    assert list(zh) == list(en)
    for key, text in en.items():
        if isinstance(text, str):
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", zh[key])), key


def test_the_fit_table_has_every_target_with_observation_model_residual_and_tolerance(fit: RegionFit, report: Report) -> None:
    words = FitWording(report.language)
    table = next(table for table in tables(report) if table.caption == words("fit.targets.caption"))
    assert len(table.rows) == len(fit.targets)
    for one, row in zip(fit.targets, table.rows, strict=True):
        assert row[0].text == words.target(one)
        assert row[2].text == words.figure(one, one.target.observed.number)
        assert row[3].text == words.figure(one, one.model)
        assert row[6].text == words.number(one.tolerances, 1, sign=True)


def test_priors_correlations_crews_anchors_and_holdouts_are_there(fit: RegionFit, report: Report) -> None:
    keys = [section.key.removeprefix(f"{report.language}-") for section in report.sections]
    assert keys == ["outcome", "targets", "parameters", "tell", "crews", "holdouts", "anchors", "reading", "provenance"]
    captions = [table.caption for table in tables(report)]
    words = FitWording(report.language)
    assert words("fit.crews.caption") in captions
    anchors = next(table for table in tables(report) if table.caption == words("fit.anchors.caption"))
    assert len(anchors.rows) == len(fit.anchors) == 22
    blocks = [block for section in report.sections for block in section.blocks if isinstance(block, Figures)]
    drawn = [figure.key.split("-")[1] for block in blocks for figure in block.items]
    assert drawn == ["residuals", "prior", "correlation", "correlation"]


def test_a_parameter_without_an_observation_is_said_to_keep_its_prior(report: Report) -> None:
    words = FitWording(report.language)
    table = next(table for table in tables(report) if table.caption == words("fit.parameters.caption"))
    childcare = next(row for row in table.rows if row[0].text == words.parameter("need.childcare_take_up"))
    assert childcare[4].text == words("fit.parameters.stands")


def test_findings_stand_first_as_warnings(fit: RegionFit) -> None:
    key = "emergency.travel.multiplier"
    stuck = replace(fit.parameters[key], at_bound=True)
    groups = tuple(replace(group, converged=False) if key in group.keys else group for group in fit.groups)
    report = build_fit(replace(fit, parameters={**fit.parameters, key: stuck}, groups=groups), [], "en")
    warnings = [block for block in report.sections[0].blocks if getattr(block, "kind", "") == "warning"]
    assert len(warnings) == 2
    assert "did not converge: do not use it" in warnings[0].text
    assert "ended at its bound" in warnings[1].text
    assert dict(report.facts)["Converged"] == "no"


def test_pages_are_self_contained_and_in_their_language(fit: RegionFit, tmp_path: Path) -> None:
    written = render_fit(fit, [ROW], tmp_path)
    assert [path.name for path in written] == ["fit_report.zh.html", "fit_report.en.html"]
    zh, en = (path.read_text(encoding="utf-8") for path in written)
    for page in (zh, en):
        assert not re.search(r"<script|src=|href=\"http|url\(http|@import", page)
        assert page.count("<svg") == 4
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
    assert "先验与拟合" in zh
    body = re.sub(r"<style>.*?</style>|font-family=\"[^\"]*\"", "", en, flags=re.DOTALL)
    assert not HAN.search(re.sub(r"\([^()]*\)", "", body))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fit_report.en.html", "fit_report.zh.html"]


def test_a_region_where_nothing_was_observed_has_a_report_that_says_so(root: Path) -> None:
    region = load_region(root / "calibration", "wuzhong", fitted=False)
    fit = fit_region(region, read_specification(root / "calibration", region))
    for language, words in (("zh", "没有可供拟合的观测值"), ("en", "every prior stands")):
        report = build_fit(fit, [], language)
        assert words in report.sections[0].blocks[0].text
