"""The shipped packs against published figures."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.indicators import dictionary
from sim.region import Confidence, Region, available_regions, load_region

REGIONS = ("haimen", "kunshan", "qingpu", "taicang", "wuzhong")

# 2020 census bulletins: Taicang (30 May 2021), Qingpu no. 1 (9 August 2021), Haimen no. 1 (28 May 2021) print total, men, women,
# 0-14, 15-59, 60+ and 65+; Kunshan's bulletin prints total and shares, no Wuzhong bulletin was available.
BULLETINS = {
    "taicang": (831_113, 437_875, 393_238, 101_068, 555_287, 174_758, 133_549),
    "qingpu": (1_271_424, 694_529, 576_895, 112_701, 947_150, 211_573, 146_966),
    "haimen": (991_782, 484_870, 506_912, 108_184, 578_518, 305_080, 228_627),
}


@pytest.fixture(scope="module")
def regions(root: Path) -> dict[str, Region]:
    return {key: load_region(root / "calibration", key) for key in REGIONS}


def test_the_five_regions_are_there(root: Path) -> None:
    assert available_regions(root / "calibration") == REGIONS


@pytest.mark.parametrize("key", sorted(BULLETINS))
def test_census_agrees_with_the_bulletin(regions: dict[str, Region], key: str) -> None:
    table = regions[key].census[2020]
    age, both = table.age_from, table.counts.sum(axis=0)
    broad = (both[age < 15].sum(), both[(age >= 15) & (age < 60)].sum(), both[age >= 60].sum(), both[age >= 65].sum())
    assert (both.sum(), *table.counts.sum(axis=1), *broad) == BULLETINS[key]


def test_kunshan_census_agrees_with_the_shares_of_its_bulletin(regions: dict[str, Region]) -> None:
    table = regions["kunshan"].census[2020]
    both = table.counts.sum(axis=0)
    share = [100 * both[mask].sum() / both.sum() for mask in (table.age_from < 15, table.age_from >= 60)]
    assert both.sum() == 2_092_496
    assert [round(value, 2) for value in share] == [15.29, 12.30]
    assert both[0] == 17_859


def test_2010_totals(regions: dict[str, Region]) -> None:
    totals = {key: region.census[2010].counts.sum() for key, region in regions.items()}
    assert totals == {"haimen": 907_598, "kunshan": 1_644_860, "qingpu": 1_081_022, "taicang": 711_854, "wuzhong": 1_157_120}


def test_kunshan_baseline_is_what_the_plan_prints(regions: dict[str, Region]) -> None:
    baseline = regions["kunshan"].baseline
    printed = {"beds": 8188, "physicians": 5440, "nurses": 5937, "emergency_stations": 14}
    rates = {"beds_per_1000": 3.91, "physicians_per_1000": 2.60, "nurses_per_1000": 2.84, "ambulances_per_10k": 0.23}
    assert {key: baseline[key].number for key in (*printed, *rates)} == printed | rates
    assert all(baseline[key].confidence is Confidence.SEED and baseline[key].quote for key in (*printed, *rates))


@pytest.mark.parametrize("key", REGIONS)
def test_counts_and_rates_of_the_baseline_agree_to_the_printed_digit(regions: dict[str, Region], key: str) -> None:
    baseline = regions[key].baseline
    for rate in (entry for entry in dictionary().values() if entry.kind == "rate" and entry.key in baseline):
        observed = baseline[rate.key]
        population = baseline["population"].number
        assert round(baseline[rate.count].number / population * rate.per, observed.decimals) == observed.number, rate.key


@pytest.mark.parametrize("key", REGIONS)
def test_a_count_behind_a_printed_rate_is_derived_and_carries_exactly_the_counts_that_round_to_it(
    regions: dict[str, Region], key: str
) -> None:
    region = regions[key]
    for rate in (entry for entry in dictionary().values() if entry.kind == "rate" and entry.key in region.baseline):
        count, printed = region.baseline[rate.count], region.baseline[rate.key]
        if count.confidence is not Confidence.DERIVED or count.low is None:
            continue
        unit = 10.0**-printed.decimals
        per_head = rate.per / region.baseline["population"].number
        for value, inside in ((count.low, True), (count.high, True), (count.low - 1, False), (count.high + 1, False)):
            # half a unit up rounds up: [printed - unit/2, printed + unit/2)
            assert (printed.number - unit / 2 <= value * per_head < printed.number + unit / 2) is inside, (rate.key, value)


def test_kunshan_has_48_or_49_ambulances_and_does_not_claim_to_have_counted_them(regions: dict[str, Region]) -> None:
    ambulances = regions["kunshan"].baseline["ambulances"]
    assert (ambulances.number, ambulances.low, ambulances.high, ambulances.confidence) == (48, 48, 49, Confidence.DERIVED)


def test_what_was_not_observed_is_missing_not_zero(regions: dict[str, Region]) -> None:
    assert not {"childcare_places", "monitoring_ambulances"} & set(regions["kunshan"].baseline)
    assert len(regions["wuzhong"].baseline) == 0
    assert "emergency_stations" not in regions["qingpu"].baseline


def test_kunshan_peaks_have_no_year(regions: dict[str, Region]) -> None:
    parameters = regions["kunshan"].parameters
    for key, value in (("visits", 17_450_000), ("discharges", 230_000), ("facility_live_births", 20_000)):
        observed = parameters[f"activity.{key}_per_year"]
        assert (observed.number, observed.year, observed.basis) == (value, None, "facilities in Kunshan")


def test_registered_life_expectancy_stays_apart_from_the_residents(regions: dict[str, Region]) -> None:
    for key in ("kunshan", "qingpu", "haimen", "taicang"):
        parameters = regions[key].parameters
        assert parameters["demography.life_expectancy"].basis == "resident"
        assert parameters["demography.life_expectancy_registered"].basis == "registered"
        assert parameters["demography.life_expectancy"].number < parameters["demography.life_expectancy_registered"].number


def test_taicang_keeps_both_population_series(regions: dict[str, Region]) -> None:
    taicang = regions["taicang"]
    assert taicang.base_year == 2015
    assert taicang.baseline["population"].number == 709_500
    census = {year: table.counts.sum() for year, table in taicang.census.items()}
    # the censuses stand for 1 January of the following year; the end of 2015 lies half-way
    assert taicang.parameters["demography.population_census_series_2015"].number == pytest.approx(
        (census[2010] + census[2020]) / 2, abs=1000
    )


@pytest.mark.parametrize("key", REGIONS)
def test_the_12_minute_target_is_borrowed_everywhere_but_in_qingpu(regions: dict[str, Region], key: str) -> None:
    (target,) = [item for item in regions[key].plan if item.indicator == "response_mean_min"]
    assert (target.value, target.operator, target.year) == (12, "<=", 2025)
    assert target.borrowed_from == ("" if key == "qingpu" else "qingpu")


def test_targets_keep_their_nature(regions: dict[str, Region]) -> None:
    natures = {target.indicator: target.nature for target in regions["kunshan"].plan}
    assert natures["general_practitioners_per_10k"] == "binding"
    assert natures["beds_per_1000"] == "expected"
    assert {target.nature for target in regions["taicang"].plan if target.indicator == "beds_per_1000"} == {"guiding"}


def test_qingpu_general_practitioners_are_converted_from_per_1000(regions: dict[str, Region]) -> None:
    (target,) = [item for item in regions["qingpu"].plan if item.indicator == "general_practitioners_per_10k"]
    assert (target.value, target.decimals) == (4, 0)
    assert regions["qingpu"].baseline["general_practitioners_per_10k"].number == 3.5


def test_stations_of_kunshan_that_the_response_study_did_not_have(regions: dict[str, Region]) -> None:
    stations = regions["kunshan"].stations
    assert len(stations.ids) == 14
    late = {name for name, year in zip(stations.names_zh, stations.opened, strict=True) if year == 2020}
    assert late == {"淀山湖站", "周庄站"}
    assert set(stations.place_confidence) == {Confidence.ASSUMPTION}


def test_wuzhong_has_no_zones_across_the_lake(regions: dict[str, Region]) -> None:
    zones = regions["wuzhong"].zones
    assert len(zones.ids) == 840
    assert zones.lon.min() > 120.1
    assert zones.population.sum() == pytest.approx(1_388_972, abs=5)


def test_land_areas_come_near_the_official_ones(regions: dict[str, Region]) -> None:
    # Suzhou Statistical Yearbook: Kunshan 931.51 km2 with water; Taicang bulletin 2021: land 665.96 km2
    assert regions["kunshan"].zones.land_km2.sum() == pytest.approx(931.51, rel=0.03)
    assert regions["taicang"].zones.land_km2.sum() == pytest.approx(665.96, rel=0.03)


@pytest.mark.parametrize("key", REGIONS)
def test_every_statement_of_a_plan_that_is_used_names_what_uses_it(regions: dict[str, Region], key: str) -> None:
    region = regions[key]
    names = set(region.parameters) | set(region.baseline) | {target.indicator for target in region.plan}
    assert {item.used_as for item in region.not_modelled if item.used_as} <= names


@pytest.mark.parametrize("key", REGIONS)
def test_every_number_has_a_known_source(regions: dict[str, Region], key: str) -> None:
    region = regions[key]
    for item in (*region.parameters.values(), *region.baseline.values(), *region.plan, *region.not_modelled):
        assert all(name in region.sources for name in item.source.split(";")), item


def test_shares_add_up(regions: dict[str, Region]) -> None:
    parameters = regions["kunshan"].parameters
    for prefix in ("emergency.priority_share.", "emergency.cause_share.", "care.visit_share_by_class."):
        assert math.fsum(item.number for key, item in parameters.items() if key.startswith(prefix)) == pytest.approx(1, abs=2e-4)
    assert parameters["emergency.hourly_profile"].schedule.sum() == pytest.approx(1, abs=1e-3)
    pattern = regions["kunshan"].tables["fertility_pattern"]
    for period in np.unique(pattern["period_from"]):
        assert pattern["share"][pattern["period_from"] == period].sum() == pytest.approx(1, abs=1e-5)


def test_reference_tables_reproduce_published_figures(regions: dict[str, Region]) -> None:
    tables = regions["kunshan"].tables
    years = tables["life_expectancy"]
    both_2023 = years["e0"][(years["year"] == 2023) & (years["sex"] == "both")]
    assert both_2023 == pytest.approx(77.95, abs=0.05)  # UN WPP 2024, China, both sexes
    tfr = dict(zip(tables["total_fertility"]["year"].tolist(), tables["total_fertility"]["tfr"].tolist(), strict=True))
    assert (round(tfr[2020], 2), round(tfr[2023], 2)) == (1.24, 1.00)  # UN WPP 2024, China
    fertility = tables["fertility_2020"]
    # China Census Yearbook 2020: TFR 1.301; Fuzhou Census Yearbook 2020: 1.214
    for area, published in (("china", 1.301), ("fuzhou", 1.214)):
        assert 5 * fertility["asfr_per_1000"][fertility["area"] == area].sum() / 1000 == pytest.approx(published, abs=6e-4)
    census = tables["census_2020_areas"]
    # census bulletin: 1,411,778,724 with 2,000,000 servicemen, who are not in the county tables
    assert census["count"][census["area"] == "china"].sum() == 1_411_778_724 - 2_000_000


def test_an_unknown_parameter_names_the_nearest_one(regions: dict[str, Region]) -> None:
    with pytest.raises(InputError, match=r"parameter 'demography.tfrr' is missing.*did you mean 'demography.tfr'"):
        regions["kunshan"].parameters["demography.tfrr"]
    assert regions["kunshan"].parameters.get("demography.tfrr") is None


def test_a_region_can_be_sent_to_another_process(regions: dict[str, Region]) -> None:
    copy = pickle.loads(pickle.dumps(regions["kunshan"]))
    assert dict(copy.parameters) == dict(regions["kunshan"].parameters)


def test_files_read_are_listed_once(regions: dict[str, Region]) -> None:
    names = [name for name, _ in regions["kunshan"].files]
    assert len(names) == len(set(names))
    assert {"kunshan/zones.csv", "kunshan/baseline.yaml", "reference/mortality.csv", "reference/sources.yaml"} <= set(names)
    assert all(Path(path).is_file() for _, path in regions["kunshan"].files)
