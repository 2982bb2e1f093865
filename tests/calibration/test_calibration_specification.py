"""What a user writes into ``calibration.yaml``, and what is said when it is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sim.calibration import Specification, read_specification
from sim.errors import InputError
from sim.region import Region, load_region


@pytest.fixture
def packs(root: Path, tmp_path: Path) -> Path:
    """Copies of two packs and the reference."""
    for folder in ("reference", "kunshan", "qingpu"):
        shutil.copytree(root / "calibration" / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".calibration"))
    return tmp_path


@pytest.fixture(scope="module")
def qingpu(root: Path) -> Region:
    return load_region(root / "calibration", "qingpu", fitted=False)


def asked(packs: Path, region: Region, text: str) -> Specification:
    (packs / region.key / "calibration.yaml").write_text("schema: 1\n" + text, encoding="utf-8")
    return read_specification(packs, region)


def told(packs: Path, region: Region, text: str) -> str:
    with pytest.raises(InputError) as caught:
        asked(packs, region, text)
    return str(caught.value)


UNSOURCED = "quantity: response_mean, value: 10.62, unit: min, year: 2020, confidence: seed"
WRITTEN = "quantity: response_mean, value: 10.62, unit: min, year: 2020, source: PLAN_QP, confidence: seed"


def test_a_region_changes_single_fields_and_takes_targets_away(packs: Path, qingpu: Region) -> None:
    before = read_specification(packs, qingpu)
    changed = asked(
        packs,
        qingpu,
        "parameters:\n  emergency.turnout_factor: {bounds: [0.8, 1.3]}\n"
        "targets:\n  response: {tolerance: 0.25}\n  coverage_3_5km_people: null\nsettings: {starts: 4}\n",
    )
    assert changed.parameters["emergency.turnout_factor"].bounds == (0.8, 1.3)
    assert changed.parameters["emergency.turnout_factor"].prior == before.parameters["emergency.turnout_factor"].prior
    assert [target.name for target in before.targets] == ["response", "coverage_3_5km_area", "coverage_3_5km_people"]
    assert [target.name for target in changed.targets] == ["response", "coverage_3_5km_area"]
    assert (before.targets[0].tolerance, changed.targets[0].tolerance) == (0.1, 0.25)
    assert (before.settings["starts"], changed.settings["starts"]) == (16, 4)


def test_a_target_may_be_written_out(packs: Path, qingpu: Region) -> None:
    spec = asked(packs, qingpu, f"targets:\n  response: null\n  mine: {{{WRITTEN}, tolerance: 0.3, scale: absolute}}\n")
    mine = next(target for target in spec.targets if target.name == "mine")
    assert (mine.observed.number, mine.observed.year, mine.log) == (10.62, 2020, False)
    assert mine.distance(10.02) == pytest.approx(2.0)


def test_a_target_that_a_region_does_not_have_is_passed_over_and_told(root: Path, qingpu: Region) -> None:
    spec = read_specification(root / "calibration", qingpu)
    assert ("discharges", "activity.discharges_per_year") in spec.not_observed


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (f"targets:\n  mine: {{{WRITTEN}}}\n", ":3:3", "target mine has no tolerance"),
        (f"targets:\n  mine: {{{UNSOURCED}, tolerance: 1}}\n", ":3:3", "target mine has no source"),
        (f"targets:\n  mine: {{{WRITTEN}, tolerance: 0}}\n", ":3:", "tolerance of mine is 0"),
        (f"targets:\n  mine: {{{WRITTEN}, tolerance: need.fit.anual_tolerance}}\n", ":3:", "mean 'need.fit.annual_tolerance'"),
        (f"targets:\n  mine: {{{WRITTEN.replace('PLAN_QP', 'PLAN_QQ')}, tolerance: 1}}\n", ":3:", "unknown source 'PLAN_QQ'"),
        ("targets:\n  response: {quantity: response_maen}\n", ":3:", "the model does not produce 'response_maen'"),
        ("targets:\n  response: {quantity: response_maen}\n", ":3:", "did you mean 'response_mean'"),
        ("targets:\n  response: {tolerence: 0.3}\n", ":3:", "did you mean 'tolerance'"),
        ("targets:\n  response: {role: fitted}\n", ":3:", "unknown role 'fitted'"),
        ("targets:\n  response: {observed: baseline.response_maen_min}\n", ":3:", "did you mean 'baseline.response_mean_min'"),
        ("targets:\n  visits: {observed: activity.visits_per_year}\n", ":3:", "was not observed in qingpu"),
        ("targets:\n  coverage_3_5km_area: {role: fit}\n", ":3:", "no fitted parameter moves the target"),
        ("targets:\n  respnse: null\n", ":3:3", "did you mean 'response'"),
        ("parameters:\n  emergency.travel.detour: {bounds: null}\n", ":3:3", "parameter emergency.travel.detour has no bounds"),
        ("parameters:\n  workforce.attrition.nurse: {bounds: [0.1, 1]}\n", ":3:3", "did you mean 'workforce.attrition.nurses'"),
        ("parameters:\n  emergency.travel.detour: {bounds: [3, 1]}\n", ":3:", "two numbers, 0 < lowest < highest"),
        ("parameters:\n  emergency.travel.detour: {bounds: [1.4, 2]}\n", ":3:", "lies outside its bounds"),
        ("parameters:\n  emergency.travel.a_min: {bounds: [1, 4]}\n", "", "the prior of emergency.travel.a_min has no range"),
        ("parameters:\n  emergency.travel.b: {prior: {value: 0.7, low: 0.5}}\n", ":3:", "high of a prior is None"),
        ("settings: {strats: 4}\n", ":2:", "did you mean 'starts'"),
        ("settings: {starts: yes}\n", ":2:", "starts is 'yes'"),
        ("stated: {emergency.vehicle_reserve: {alternatives: [1]}}\n", ":2:", "not a stated input"),
        ("target: {}\n", ":2:", "did you mean 'targets'"),
    ],
)
def test_each_fault_is_told_with_its_place_and_what_was_meant(
    packs: Path, qingpu: Region, text: str, place: str, words: str
) -> None:
    message = told(packs, qingpu, text)
    assert words in message
    assert f"calibration.yaml{place}" in message or not place


def test_contradictory_targets_are_refused(packs: Path, qingpu: Region) -> None:
    """10.62 minutes within 0.1 and 12.4 within 0.5 of the same year cannot both be."""
    other = WRITTEN.replace("10.62", "12.4")
    message = told(packs, qingpu, f"targets:\n  other: {{{other}, tolerance: 0.5, scale: absolute}}\n")
    assert "targets response (10.62) and other (12.4) contradict each other: both are response_mean of 2020" in message
    assert "qingpu/calibration.yaml:3:3" in message
    near = WRITTEN.replace("10.62", "11.0")
    assert asked(packs, qingpu, f"targets:\n  other: {{{near}, tolerance: 0.5, scale: absolute}}\n")
    visits = "quantity: visits, value: 9e6, unit: visits per year, year: 2019, source: PLAN_QP, tolerance: 0.03"
    both = f"targets:\n  a: {{{visits}}}\n  b: {{{visits.replace('9e6', '7e6')}}}\n"
    assert "a (9e+06) and b (7e+06) contradict each other" in told(packs, qingpu, both)
    assert asked(packs, qingpu, both.replace("2019", "2018", 1))


def test_a_response_is_produced_for_the_year_of_the_packs_mean_alone(packs: Path, qingpu: Region, root: Path) -> None:
    other = f"targets:\n  other: {{{WRITTEN.replace('2020', '2018')}, tolerance: 0.5, scale: absolute}}\n"
    assert "the model produces the response of 2020 alone" in told(packs, qingpu, other)
    haimen = load_region(root / "calibration", "haimen", fitted=False)
    shutil.copytree(root / "calibration" / "haimen", packs / "haimen", ignore=shutil.ignore_patterns(".calibration"))
    text = f"targets:\n  mine: {{{WRITTEN.replace('PLAN_QP', 'PLAN_HM')}, tolerance: 0.5, scale: absolute}}\n"
    assert "target mine needs the set-up in which it was observed" in told(packs, haimen, text)


def test_a_check_contradicts_nothing(packs: Path, qingpu: Region) -> None:
    other = WRITTEN.replace("10.62", "12.4")
    assert asked(packs, qingpu, f"targets:\n  other: {{{other}, tolerance: 0.1, scale: absolute, role: check}}\n")


def test_all_faults_are_told_at_once(packs: Path, qingpu: Region) -> None:
    targets = f"targets:\n  a: {{{WRITTEN}}}\n  b: {{quantity: nothing}}\n"
    message = told(packs, qingpu, "parameters:\n  emergency.travel.b: {bounds: null}\n" + targets)
    assert len(message.splitlines()) >= 4


def test_a_target_in_another_unit_is_refused(packs: Path, qingpu: Region) -> None:
    wrong = WRITTEN.replace("unit: min", "unit: s")
    assert "the unit of target mine is 's'" in told(packs, qingpu, f"targets:\n  mine: {{{wrong}, tolerance: 1}}\n")


def test_a_figure_without_a_year_needs_the_years_of_which_it_is_the_highest(packs: Path, qingpu: Region) -> None:
    written = WRITTEN.replace(", year: 2020", "")
    assert "target mine has no year" in told(packs, qingpu, f"targets:\n  mine: {{{written}, tolerance: 1}}\n")


def test_without_its_reference_file_nothing_can_be_read(packs: Path, qingpu: Region) -> None:
    (packs / "reference" / "calibration.yaml").unlink()
    with pytest.raises(InputError, match=r"calibration\.yaml"):
        read_specification(packs, qingpu)


def test_kunshans_mean_is_not_counted_beside_the_figures_it_is_made_of(root: Path) -> None:
    spec = read_specification(root / "calibration", load_region(root / "calibration", "kunshan", fitted=False))
    roles = {target.name: target.fitted for target in spec.targets}
    assert roles["response_of_study"] is False
    assert roles["response_own_station"] and roles["response_other_station"] and roles["own_station"]
    assert spec.alternatives == (15, 16, 18)


def test_what_was_fitted_is_no_prior(root: Path) -> None:
    """A pack that was calibrated is fitted anew from the same priors."""
    fitted, plain = (load_region(root / "calibration", "kunshan", fitted=flag) for flag in (True, False))
    assert fitted.parameters["emergency.call_growth_per_year"].layer == "fitted"
    assert plain.parameters["emergency.call_growth_per_year"].layer == "reference"
    assert plain.joint == ()
    assert not plain.fitted_keys
    replaced = replace(plain, joint=fitted.joint)
    assert replaced.joint == fitted.joint
