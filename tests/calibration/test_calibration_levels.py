"""Levels of use are fitted to activity alone, in closed form, and written by the program."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calibration import calibrate_region, fit_levels
from sim.calibration.exposure import residents_of_years
from sim.calibration.lognormal import update
from sim.demand import model_need
from sim.demand.exposure import residents
from sim.draws import Draws
from sim.errors import InputError, RunFailedError
from sim.population import project_region
from sim.priors import Z90
from sim.region import Region, load_region
from sim.scenario.model import Scenario, ScenarioBody

REGIONS = ("haimen", "kunshan", "qingpu", "taicang", "wuzhong")
ADMISSIONS, VISITS, STAY = 0, 1, 2
positive = st.floats(0.01, 100.0)
spread = st.floats(0.01, 2.0)


@pytest.fixture(scope="module")
def calibration(root: Path) -> Path:
    return root / "calibration"


@pytest.fixture(scope="module")
def packs(calibration: Path) -> Iterator[dict[str, Region]]:
    yield {key: load_region(calibration, key) for key in REGIONS}


# --- the closed form ---


def test_equal_precisions_meet_at_the_geometric_mean_with_half_the_variance() -> None:
    median, sd = update(1.0, 0.2, [(4.0, 0.2)])
    assert median == pytest.approx(2.0, rel=1e-14)
    assert sd == pytest.approx(0.2 / math.sqrt(2.0), rel=1e-14)


def test_without_observations_the_prior_stands() -> None:
    assert update(3.0, 0.4, []) == pytest.approx((3.0, 0.4), rel=1e-14)


@given(positive, spread, positive, spread)
def test_the_posterior_lies_between_and_is_narrower(prior: float, wide: float, seen: float, tolerance: float) -> None:
    median, sd = update(prior, wide, [(seen, tolerance)])
    assert min(prior, seen) * (1 - 1e-12) <= median <= max(prior, seen) * (1 + 1e-12)
    assert sd < min(wide, tolerance)


@given(positive, spread, st.lists(st.tuples(positive, spread), min_size=1, max_size=4))
def test_the_order_of_observations_does_not_matter(prior: float, wide: float, seen: list[tuple[float, float]]) -> None:
    one_by_one = (prior, wide)
    for observation in reversed(seen):
        one_by_one = update(*one_by_one, [observation])
    assert one_by_one == pytest.approx(update(prior, wide, seen), rel=1e-9)


def test_a_true_level_lies_in_the_80_percent_interval_in_80_percent_of_worlds() -> None:
    random = np.random.Generator(np.random.PCG64(4))
    held = 0
    for _ in range(4000):
        truth = math.exp(random.normal(0.3, 0.25))
        median, sd = update(math.exp(0.3), 0.25, [(truth * math.exp(random.normal(0.0, 0.12)), 0.12)])
        held += abs(math.log(truth / median)) <= Z90 * sd
    assert held / 4000 == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("observation", [(0.0, 0.1), (1.0, 0.0)])
def test_impossible_observations_are_refused(observation: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        update(1.0, 0.1, [observation])


# --- the residents of a year ---


def test_residents_between_censuses_follow_a_straight_line(packs: dict[str, Region]) -> None:
    """Taicang: 711,854 in 2010 and 831,113 in 2020, each standing for the next 1 January."""
    pack = packs["taicang"]
    ages = pack.parameters["care.age_groups_from"].schedule
    assert residents(pack, 2015, ages).sum() == pytest.approx(711_854 + 0.45 * (831_113 - 711_854), rel=1e-12)
    assert residents(pack, 2005, ages).sum() == 711_854
    assert residents(pack, 2025, ages).sum() == 831_113


def test_census_groups_add_up_in_the_groups_of_the_schedules(packs: dict[str, Region]) -> None:
    pack = packs["kunshan"]
    people = residents(pack, 2021, pack.parameters["care.age_groups_from"].schedule)
    census = pack.census[2020]
    assert people.shape == (2, 17)
    assert people[0, 0] == census.counts[0, :2].sum()
    assert people[:, 16].sum() == census.counts[:, census.age_from >= 80].sum()


# --- the fit ---


def test_kunshans_peaks_are_the_highest_of_five_years(packs: dict[str, Region]) -> None:
    """The normal-year level lies below what the peak implies, and the base year's people do not exceed the record."""
    fitted = fit_levels(packs["kunshan"])
    for index, peak in ((ADMISSIONS, 230_000), (VISITS, 17_450_000)):
        level = fitted.levels[index]
        (target,) = level.targets
        assert (target.observed, target.years, target.year_known) == (peak, (2016, 2017, 2018, 2019, 2020), False)
        assert level.median < target.implied
        assert level.median * target.unit_level < peak
        assert level.high / level.low > 1.1
    assert not fitted.levels[STAY].targets


def test_figures_are_set_against_the_people_of_the_model(packs: dict[str, Region]) -> None:
    """The census year stands with its census; years between with their cohorts; earlier ones with the first census."""
    ages = packs["kunshan"].parameters["care.age_groups_from"].schedule
    people = residents_of_years(packs["kunshan"], (2005, 2019, 2020), ages)
    census = packs["kunshan"].census
    assert people[2020].sum() == pytest.approx(2_092_496, rel=1e-9)
    assert people[2005].sum() == pytest.approx(census[2010].counts.sum(), rel=1e-9)
    assert people[2005].sum() < people[2019].sum() < people[2020].sum()


def test_a_pack_with_one_census_sets_earlier_years_against_it(packs: dict[str, Region]) -> None:
    pack = packs["kunshan"]
    ages = pack.parameters["care.age_groups_from"].schedule
    people = residents_of_years(replace(pack, census={2020: pack.census[2020]}), (2016, 2020), ages)
    np.testing.assert_allclose(people[2016], people[2020])


@pytest.mark.parametrize(("key", "discharges", "tolerance"), [("kunshan", 230_000, None), ("taicang", 121_300, 0.01)])
def test_a_run_gives_in_the_base_year_what_was_fitted(
    packs: dict[str, Region], key: str, discharges: float, tolerance: float | None
) -> None:
    """Kunshan's central discharges stay below its record of five years; Taicang's meet those of its year."""
    pack = packs[key]
    horizon = {"from": pack.base_year, "to": pack.base_year + 1}
    head = {"schema": 1, "name": "test", "title": {"zh": "测试", "en": "Test"}, "draws": 0, "seed": 1}
    body = {**head, "region": key, "horizon": horizon}
    scenario = Scenario(ScenarioBody.model_validate(body), {}, (), "test.yaml")
    need = model_need(pack, scenario, project_region(pack, scenario, Draws(0, 1)), Draws(0, 1))
    found = need.activity["discharges"].values[0, 0]
    level = fit_levels(pack).levels[ADMISSIONS]
    assert found == pytest.approx(level.median * level.targets[0].unit_level, rel=1e-5)
    assert found < discharges if tolerance is None else found == pytest.approx(discharges, rel=tolerance)


def test_taicangs_year_is_known_and_its_figures_are_met_within_their_tolerance(packs: dict[str, Region]) -> None:
    """121,300 discharges, 5.2968 million visits and 9.67 days in 2015."""
    levels = fit_levels(packs["taicang"]).levels
    observed = {ADMISSIONS: 121_300, VISITS: 5_296_800, STAY: 9.67}
    for index, figure in observed.items():
        (target,) = levels[index].targets
        assert (target.observed, target.years, target.year_known) == (figure, (2015,), True)
        assert abs(math.log(levels[index].median * target.unit_level / figure)) < 0.03


def test_haimens_stay_of_level_2_hospitals_informs_with_a_wider_tolerance(packs: dict[str, Region]) -> None:
    fitted = fit_levels(packs["haimen"])
    (target,) = fitted.levels[STAY].targets
    assert (target.observed, target.tolerance) == (8.8, 0.08)
    assert "activity.discharges_per_year" in fitted.not_observed


@pytest.mark.parametrize("key", ["qingpu", "wuzhong"])
def test_where_nothing_was_observed_the_prior_stands_as_it_is(packs: dict[str, Region], key: str) -> None:
    for level in fit_levels(packs[key]).levels:
        assert not level.targets
        assert (level.low, level.median, level.high) == (level.prior.low, level.prior.number, level.prior.high)


def test_the_visit_prior_is_the_provinces(packs: dict[str, Region]) -> None:
    assert fit_levels(packs["qingpu"]).levels[VISITS].prior_key == "need.prior.visit_level.province_31"
    assert fit_levels(packs["wuzhong"]).levels[VISITS].prior_key == "need.prior.visit_level.province_32"
    elsewhere = replace(packs["wuzhong"], census_code="510100")
    assert fit_levels(elsewhere).levels[VISITS].prior_key == "need.prior.visit_level"


@pytest.mark.parametrize("key", REGIONS)
def test_supply_is_no_target(packs: dict[str, Region], key: str) -> None:
    pack = packs[key]
    assert fit_levels(replace(pack, baseline={})) == fit_levels(pack)


def test_a_figure_with_hardly_any_tolerance_is_met_exactly(packs: dict[str, Region]) -> None:
    pack = packs["taicang"]
    sharp = replace(pack.parameters["need.fit.annual_tolerance"], value=1e-6)
    level = fit_levels(replace(pack, parameters={**pack.parameters, "need.fit.annual_tolerance": sharp})).levels[ADMISSIONS]
    assert level.median * level.targets[0].unit_level == pytest.approx(121_300, rel=1e-6)


def test_a_missing_prior_is_the_users_error(packs: dict[str, Region]) -> None:
    pack = packs["kunshan"]
    poor = {key: value for key, value in pack.parameters.items() if key != "need.prior.stay_level"}
    with pytest.raises(InputError, match=r"need\.prior\.stay_level"):
        fit_levels(replace(pack, parameters=poor))


def test_a_prior_without_range_is_the_users_error(packs: dict[str, Region]) -> None:
    pack = packs["kunshan"]
    bare = replace(pack.parameters["need.prior.stay_level"], low=None)
    with pytest.raises(InputError, match="has no range"):
        fit_levels(replace(pack, parameters={**pack.parameters, "need.prior.stay_level": bare}))


# --- what is written ---


@pytest.mark.parametrize("key", REGIONS)
def test_the_shipped_files_are_what_the_program_writes(calibration: Path, key: str, tmp_path: Path) -> None:
    written = calibrate_region(calibration, key, tmp_path / "out")
    assert written.fitted.read_bytes() == (calibration / key / "fitted.yaml").read_bytes()
    assert written.report.read_bytes() == (calibration / key / "fit_report.md").read_bytes()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["fit_report.md", "fitted.yaml"]


def test_the_loader_reads_back_what_was_fitted_and_a_second_fit_changes_nothing(calibration: Path, tmp_path: Path) -> None:
    for folder in ("reference", "kunshan"):
        shutil.copytree(calibration / folder, tmp_path / folder)
    (tmp_path / "kunshan" / "fitted.yaml").unlink()
    first = calibrate_region(tmp_path, "kunshan")
    pack = load_region(tmp_path, "kunshan")
    for level in first.levels.levels:
        read = pack.parameters[level.level.key]
        assert (read.low, read.number, read.high) == pytest.approx((level.low, level.median, level.high), rel=1e-5)
        assert read.layer == "fitted"
        assert read.confidence == ("modelled" if level.targets else "assumption")
    before = first.fitted.read_bytes()
    assert calibrate_region(tmp_path, "kunshan").fitted.read_bytes() == before


def test_a_folder_that_cannot_be_written_fails_with_its_name(calibration: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(RunFailedError, match="taken"):
        calibrate_region(calibration, "kunshan", tmp_path / "taken")


def test_nothing_is_written_when_the_pack_is_wrong(calibration: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown region"):
        calibrate_region(calibration, "kunshaan", tmp_path / "out")
    assert not (tmp_path / "out").exists()
