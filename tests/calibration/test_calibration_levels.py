"""Levels of use are fitted to activity alone, in closed form, and written by the program."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calibration import ParameterFit, RegionFit, TargetFit, fit_region, read_specification
from sim.calibration.exposure import residents_of_years
from sim.calibration.groups import Group, fit_cheap, fit_exact
from sim.calibration.lognormal import update
from sim.calibration.use import units_of
from sim.demand import model_need
from sim.demand.exposure import residents
from sim.draws import Draws
from sim.errors import InputError
from sim.population import project_region
from sim.priors import Z90
from sim.region import Region, load_region
from sim.scenario.model import Scenario, ScenarioBody

REGIONS = ("haimen", "kunshan", "qingpu", "taicang", "wuzhong")
ADMISSIONS, VISITS, STAY = "care.admission_level", "care.visit_level", "care.stay_level"
RESPONSE = ("response", "response_of_study", "response_own_station", "response_other_station", "own_station")
positive = st.floats(0.01, 100.0)
spread = st.floats(0.01, 2.0)


@pytest.fixture(scope="module")
def calibration(root: Path) -> Path:
    return root / "calibration"


@pytest.fixture(scope="module")
def packs(calibration: Path) -> Iterator[dict[str, Region]]:
    yield {key: load_region(calibration, key, fitted=False) for key in REGIONS}


@pytest.fixture(scope="module")
def fits(packs: dict[str, Region], calibration: Path) -> dict[str, RegionFit]:
    """All that needs no simulation."""
    return {key: fitted(pack, calibration) for key, pack in packs.items()}


def fitted(pack: Region, calibration: Path) -> RegionFit:
    spec = read_specification(calibration, pack)
    cheap = tuple(target for target in spec.targets if target.name not in RESPONSE)
    return fit_region(pack, replace(spec, targets=cheap, alternatives=()))


def target_of(fit: RegionFit, name: str) -> TargetFit:
    return next(one for one in fit.targets if one.target.name == name)


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


@pytest.mark.parametrize(
    ("key", "parameter"), [("taicang", ADMISSIONS), ("taicang", STAY), ("kunshan", ADMISSIONS), ("haimen", STAY)]
)
def test_the_closed_form_is_a_special_case_of_the_general_fit(
    packs: dict[str, Region], calibration: Path, key: str, parameter: str
) -> None:
    """One level, figures proportional to it: search and sampling give what the formula gives."""
    spec = read_specification(calibration, packs[key])
    targets = tuple(t for t in spec.targets if t.quantity.parameters == (parameter,) and t.fitted)
    group, units = Group((spec.parameters[parameter],), targets), units_of(packs[key], spec.targets)
    exact = fit_exact(group, units).parameters[parameter]
    general = fit_cheap(group, units, spec.settings, 0).parameters[parameter]
    close = 0.004 if key == "kunshan" else 0.001  # the peak's likelihood is not quite normal
    assert general.value == pytest.approx(exact.value, rel=close)
    assert (general.low, general.high) == pytest.approx((exact.low, exact.high), rel=0.006)


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


# --- the fit ---


def test_kunshans_peaks_are_the_highest_of_five_years(fits: dict[str, RegionFit]) -> None:
    """The normal-year level lies below what the peak implies, and the base year's people do not exceed the record."""
    for key, name, peak in ((ADMISSIONS, "discharges", 230_000), (VISITS, "visits", 17_450_000)):
        level, target = fits["kunshan"].parameters[key], target_of(fits["kunshan"], name)
        assert (target.target.observed.number, target.years) == (peak, (2016, 2017, 2018, 2019, 2020))
        assert not target.target.year_known
        assert target.model < peak
        assert level.high / level.low > 1.1
    assert not fits["kunshan"].parameters[STAY].informed


@pytest.mark.parametrize(("key", "discharges", "tolerance"), [("kunshan", 230_000, None), ("taicang", 121_300, 0.01)])
def test_a_run_gives_in_the_base_year_what_was_fitted(
    fits: dict[str, RegionFit], calibration: Path, key: str, discharges: float, tolerance: float | None
) -> None:
    """Kunshan's central discharges stay below its record of five years; Taicang's meet those of its year."""
    pack = load_region(calibration, key)
    horizon = {"from": pack.base_year, "to": pack.base_year + 1}
    head = {"schema": 1, "name": "test", "title": {"zh": "测试", "en": "Test"}, "draws": 0, "seed": 1}
    body = {**head, "region": key, "horizon": horizon}
    scenario = Scenario(ScenarioBody.model_validate(body), {}, (), "test.yaml")
    need = model_need(pack, scenario, project_region(pack, scenario, Draws(0, 1)), Draws(0, 1))
    found = need.activity["discharges"].values[0, 0]
    assert found == pytest.approx(target_of(fits[key], "discharges").model, rel=1e-5)
    assert found < discharges if tolerance is None else found == pytest.approx(discharges, rel=tolerance)


def test_taicangs_year_is_known_and_its_figures_are_met_within_their_tolerance(fits: dict[str, RegionFit]) -> None:
    """121,300 discharges, 5.2968 million visits and 9.67 days in 2015; the occupancy behind the stay agrees unfitted."""
    for name, figure in (("discharges", 121_300), ("visits", 5_296_800), ("stay", 9.67)):
        target = target_of(fits["taicang"], name)
        assert (target.target.observed.number, target.years, target.target.year_known) == (figure, (2015,), True)
        assert abs(target.tolerances) < 1.0
    occupancy = target_of(fits["taicang"], "occupancy")
    assert not occupancy.target.fitted
    assert occupancy.model == pytest.approx(0.862, abs=0.01)


def test_haimens_stay_of_level_2_hospitals_informs_with_a_wider_tolerance(fits: dict[str, RegionFit]) -> None:
    target = target_of(fits["haimen"], "stay_level2plus")
    assert (target.target.observed.number, target.target.tolerance) == (8.8, 0.08)
    assert ("discharges", "activity.discharges_per_year") in fits["haimen"].not_observed


@pytest.mark.parametrize("key", ["qingpu", "wuzhong"])
def test_where_nothing_was_observed_the_prior_stands_as_it_is(fits: dict[str, RegionFit], key: str) -> None:
    for parameter in (ADMISSIONS, VISITS, STAY, "need.childcare_take_up", "workforce.attrition.nurses"):
        level: ParameterFit = fits[key].parameters[parameter]
        prior = level.parameter.prior
        assert not level.informed
        assert (level.low, level.value, level.high, level.width) == (prior.low, prior.number, prior.high, 1.0)


def test_the_visit_prior_is_the_provinces(packs: dict[str, Region], fits: dict[str, RegionFit], calibration: Path) -> None:
    assert fits["qingpu"].parameters[VISITS].parameter.prior_key == "need.prior.visit_level.province_31"
    assert fits["wuzhong"].parameters[VISITS].parameter.prior_key == "need.prior.visit_level.province_32"
    elsewhere = replace(packs["wuzhong"], census_code="510100")
    assert read_specification(calibration, elsewhere).parameters[VISITS].prior_key == "need.prior.visit_level"


@pytest.mark.parametrize("key", ["kunshan", "haimen"])
def test_supply_is_no_target(packs: dict[str, Region], fits: dict[str, RegionFit], calibration: Path, key: str) -> None:
    poor = fitted(replace(packs[key], baseline={}), calibration)
    assert {name: fit.value for name, fit in poor.parameters.items()} == {
        name: fit.value for name, fit in fits[key].parameters.items()
    }


def test_a_figure_with_hardly_any_tolerance_is_met_exactly(packs: dict[str, Region], calibration: Path) -> None:
    pack = packs["taicang"]
    sharp = replace(pack.parameters["need.fit.annual_tolerance"], value=1e-6)
    fit = fitted(replace(pack, parameters={**pack.parameters, "need.fit.annual_tolerance": sharp}), calibration)
    assert target_of(fit, "discharges").model == pytest.approx(121_300, rel=1e-6)


def test_calls_of_2017_tell_a_combination_of_level_and_growth(fits: dict[str, RegionFit]) -> None:
    """30,847 cases in 2017: rate of 2020 = level x (1 + growth)^3 of theirs; the two cannot be told apart."""
    fit = fits["kunshan"]
    level, growth = fit.parameters["emergency.call_level_factor"], fit.parameters["emergency.call_growth_per_year"]
    assert target_of(fit, "calls").model == pytest.approx(30_847, rel=0.005)
    assert level.width < 0.5 < growth.width
    group = next(group for group in fit.groups if "emergency.call_level_factor" in group.keys)
    assert group.correlation[0, 1] > 0.8
    assert len(group.undetermined) == 1
    assert {(swap.first, swap.second) for swap in group.swaps} == {(level.key, growth.key)}


def test_attrition_and_childcare_are_fitted_where_they_are_observed(packs: dict[str, Region], calibration: Path) -> None:
    pack = packs["wuzhong"]
    seen = replace(pack.parameters["workforce.attrition.nurses"], value=0.04, low=None, high=None, year=2020)
    taken = replace(pack.parameters["need.childcare_take_up"], value=0.2, low=None, high=None, year=2020)
    more = {"activity.nurses_leaving_share": seen, "activity.children_in_care_share": taken}
    fit = fitted(replace(pack, parameters={**pack.parameters, **more}), calibration)
    nurses, children = fit.parameters["workforce.attrition.nurses"], fit.parameters["need.childcare_take_up"]
    assert 0.03 < nurses.low < nurses.value < nurses.high < 0.05
    assert children.value == pytest.approx(0.2, rel=0.03)
    assert max(nurses.width, children.width) < 0.5


# --- recovery ---


def test_levels_behind_synthetic_figures_are_found_again_and_held_at_the_stated_rate(
    packs: dict[str, Region], calibration: Path
) -> None:
    """Taicang's three figures drawn from known levels: 80 % intervals hold 80 % of the truths."""
    pack, random, held, worlds = packs["taicang"], np.random.Generator(np.random.PCG64(11)), 0, 100
    spec = read_specification(calibration, pack)
    targets = {t.quantity.parameters[0]: t for t in spec.targets if t.name in ("discharges", "visits", "stay")}
    units = units_of(pack, spec.targets)
    for _ in range(worlds):
        for key, target in targets.items():
            prior = spec.parameters[key].prior
            sd = math.log(prior.high / prior.low) / (2 * Z90)
            truth = prior.number * math.exp(sd * random.standard_normal())
            seen = truth * units.by_target[target.name][0] * math.exp(target.tolerance * random.standard_normal())
            drawn = replace(target, observed=replace(target.observed, value=seen))
            found = fit_exact(Group((spec.parameters[key],), (drawn,)), units).parameters[key]
            held += found.low <= truth <= found.high
    assert held / (3 * worlds) == pytest.approx(0.8, abs=0.07)


# --- wrong packs ---


@pytest.mark.parametrize("missing", ["need.prior.stay_level", "need.fit.annual_tolerance"])
def test_a_missing_prior_or_tolerance_is_the_users_error(packs: dict[str, Region], calibration: Path, missing: str) -> None:
    pack = packs["kunshan"]
    poor = {key: value for key, value in pack.parameters.items() if key != missing}
    with pytest.raises(InputError, match=missing.replace(".", r"\.")):
        read_specification(calibration, replace(pack, parameters=poor))


def test_a_prior_without_range_is_the_users_error(packs: dict[str, Region], calibration: Path) -> None:
    pack = packs["kunshan"]
    bare = replace(pack.parameters["need.prior.stay_level"], low=None)
    with pytest.raises(InputError, match="has no range"):
        read_specification(calibration, replace(pack, parameters={**pack.parameters, "need.prior.stay_level": bare}))


def test_a_missing_schedule_is_the_users_error(packs: dict[str, Region], calibration: Path) -> None:
    pack = packs["kunshan"]
    poor = {key: value for key, value in pack.parameters.items() if key != "care.visit_rate_schedule"}
    with pytest.raises(InputError, match=r"care\.visit_rate_schedule"):
        functools.partial(fitted, replace(pack, parameters=poor), calibration)()
