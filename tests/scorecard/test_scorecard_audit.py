"""The audit of the five plans against figures worked out by hand, and against a list of checks made apart from it."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sim.draws import Draws
from sim.population import project_region
from sim.region import load_region
from sim.scenario import load_scenario
from sim.scorecard import Finding, Severity, audit_plan

REGIONS = ("kunshan", "taicang", "haimen", "qingpu", "wuzhong")
FOUND = (Severity.CONTRADICTION, Severity.SLACK)


@pytest.fixture(scope="module")
def projected(root: Path):
    result = {}
    for key in REGIONS:
        region = load_region(root / "calibration", key)
        scenario = load_scenario(root / "scenarios" / key / "baseline.yaml", overrides=["draws=4"])
        result[key] = (region, project_region(region, scenario, Draws(4, scenario.body.seed)))
    return result


@pytest.fixture(scope="module")
def audits(projected) -> dict[str, tuple[Finding, ...]]:
    return {key: audit_plan(*both) for key, both in projected.items()}


def one(audits, region: str, rule: str, key: str, year: int | None = None) -> Finding:
    (found,) = [
        item for item in audits[region] if (item.rule, item.key) == (rule, key) and year in (None, item.year)
    ]
    return found


# region, rule, key, calculated, expected: the documents' own figures
CONTRADICTIONS = [
    ("taicang", "parts_and_whole", "institutions", 234, 235),
    ("taicang", "itemised_against_rate", "public_hospital_beds_per_1000", 1180 + 520 + 300, 2.10 * 709.5),
    ("taicang", "at_least_each", "specialty_hospitals_new", 5 * 200, 250),
    ("haimen", "less_than_one_death", "maternal_mortality", None, 5),
    ("qingpu", "growth_and_level", "physicians_added_13fyp", 358 / 0.301 + 358, 2416),
    ("qingpu", "growth_in_all_and_per_head", "beds_growth_13fyp", 1.389 / 1.304 - 1, 1.301 / 1.300 - 1),
    ("qingpu", "unit_in_the_wording", "infant_mortality_text", 31.2, 3.12),
    ("wuzhong", "unit_in_the_wording", "smi_reported_prevalence", 45, 4.5),
]  # fmt: skip


@pytest.mark.parametrize(("region", "rule", "key", "calculated", "expected"), CONTRADICTIONS)
def test_contradictions_are_found_by_arithmetic(audits, region, rule, key, calculated, expected):
    found = [item for item in audits[region] if (item.rule, item.key) == (rule, key) and item.severity is Severity.CONTRADICTION]
    assert len(found) == 1
    assert found[0].expected == pytest.approx(expected)
    if calculated is not None:
        assert found[0].calculated == pytest.approx(calculated)


def test_there_are_no_other_contradictions(audits):
    found = {(key, item.rule, item.key) for key in REGIONS for item in audits[key] if item.severity is Severity.CONTRADICTION}
    assert found == {(region, rule, key) for region, rule, key, *_ in CONTRADICTIONS}


def test_targets_looser_than_the_base_year(audits):
    looser = {key: {item.key for item in audits[key] if item.rule == "looser_than_baseline"} for key in REGIONS}
    assert {"life_expectancy", "response_mean_min", "infant_mortality"} <= looser["qingpu"]
    assert {"infant_mortality", "under5_mortality"} <= looser["haimen"]
    assert looser["kunshan"] == looser["taicang"] == looser["wuzhong"] == set()


def test_taicangs_plan_had_fewer_people_in_mind_than_there_are(audits):
    found = one(audits, "taicang", "itemised_imply_population", "public_hospital_beds_per_1000")
    assert found.calculated == pytest.approx(2180 / 2.70 * 1000)
    assert found.expected == pytest.approx(831_113, rel=1e-4)  # census of 2020
    norm = one(audits, "taicang", "norm_on_projection", "beds_per_1000")
    assert (norm.calculated, norm.expected) == (4987, 4845)  # 6.00 per 1,000 on 831,113 and on 807,407


def test_the_hospital_tables_add_more_beds_than_the_target_asks_for(audits):
    found = one(audits, "taicang", "projects_against_target", "beds_per_1000")
    assert found.calculated == 3730 + 1680
    assert found.expected == pytest.approx(6.0 * 831.113, rel=1e-4)


def test_haimens_beds_depend_on_a_denominator_that_is_not_printed(audits):
    found = one(audits, "haimen", "denominator_not_printed", "beds_per_1000")
    assert (round(found.calculated), round(found.expected)) == (4860, 4433)


def test_kunshans_two_ambulance_targets_fit_each_other(audits):
    found = one(audits, "kunshan", "part_and_whole_targets", "monitoring_ambulances_per_50k")
    assert (round(found.calculated, 1), round(found.expected, 1)) == (41.8, 52.3)
    assert found.severity is Severity.CONSISTENT


def test_every_finding_quotes_the_document_and_shows_its_arithmetic(audits, projected):
    for key in REGIONS:
        region = projected[key][0]
        wordings = [item.quote for item in (*region.baseline.values(), *region.plan, *region.not_modelled)]
        wordings += [item.quote for item in region.parameters.values()]
        for item in audits[key]:
            assert item.arithmetic, item
            assert item.quote_zh, item
            assert all(quote in wordings for quote in item.quote_zh.split("／")), item


def test_the_gravest_come_first(audits):
    order = list(Severity)
    for found in audits.values():
        ranks = [order.index(item.severity) for item in found]
        assert ranks == sorted(ranks)


def test_a_pack_without_figures_has_no_findings(projected):
    region, population = projected["wuzhong"]
    assert audit_plan(replace(region, baseline={}, plan=(), not_modelled=()), population) == ()


def test_a_changed_figure_changes_the_verdict(projected):
    region, population = projected["qingpu"]
    mended = tuple(
        replace(item, value=558.0) if item.key == "physicians_added_13fyp" else item for item in region.not_modelled
    )
    found = [item for item in audit_plan(replace(region, not_modelled=mended), population) if item.rule == "growth_and_level"]
    assert [item.severity for item in found] == [Severity.CONSISTENT, Severity.CONSISTENT]  # 558 fits: 2,412 physicians


_GRAVE = ("MISMATCH", "CONTRADICTION", "INCONSISTENT", "IMPOSSIBLE", "TYPO", "TARGET", "LOW")
_WITHOUT_A_FIGURE_IN_THE_PACK = ("bulletin", "life expectancy 83.46")


def test_every_check_of_the_independent_list_is_found(shared, audits):
    with (shared / "plans" / "consistency_checks.csv").open(encoding="utf-8", newline="") as file:
        checks = list(csv.DictReader(file))
    assert len(checks) == 37
    missing = []
    for check in checks:
        if any(words in check["check"] for words in _WITHOUT_A_FIGURE_IN_THE_PACK):
            assert check["verdict"].startswith("OK")
            continue
        found = audits[check["region"]]
        if "TARGET LOOSER" in check["verdict"]:
            kept = [item for item in found if item.rule == "looser_than_baseline"]
        elif check["verdict"] == "TYPO":
            kept = [item for item in found if item.rule == "unit_in_the_wording"]
        else:
            number = _number(check["calculated"])
            near = 0.02 if check["verdict"].startswith("OK") or check["verdict"] == "LOW" else 0.005
            kept = [item for item in found if item.calculated is not None and _near(item.calculated, number, near)]
            if check["verdict"].startswith("IMPOSSIBLE"):
                kept = [item for item in found if item.rule == "less_than_one_death"]
        grave = check["verdict"].split(" ")[0] in _GRAVE
        if not kept or (grave and not any(item.severity in FOUND for item in kept)):
            missing.append(check)
    assert missing == []


def _number(text: str) -> float:
    number = float(re.findall(r"\d+\.?\d*", text.rpartition("=")[2].replace(",", ""))[0])
    return number / 100 if text.endswith("%") else number


def _near(value: float, number: float, share: float) -> bool:
    return abs(value - number) <= share * abs(number)
