"""A pack with a fault: file, line and column, what was expected, everything at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.region import load_region

Pack = Any
"""The fixture ``pack``: a function from a region's key to a copy of its pack."""

# file of the Kunshan pack, text to replace, its replacement, place and beginning of the message
FAULTS = [
    ("towns.csv", "town_id,name_zh", "town,name_zh", "1:1: column 'town_id' is missing"),
    ("towns.csv", "town_id,name_zh", "town_id,name_zh,colour", "1:17: unknown column 'colour'"),
    ("towns.csv", ",615645,", ",-615645,", "2:87: population is -615645; expected a number of at least 0"),
    ("towns.csv", ",615645,", ",615646,", "1:8: population adds up to 2092497.0; expected 2092496, the census total"),
    ("towns.csv", ",615645,modelled", ",615645,guessed", "2:94: population_confidence is 'guessed'; expected one of seed"),
    ("towns.csv", "GEONAMES;TOWN", "GEONAME;TOWN", "2:114: unknown source 'GEONAME'"),
    ("towns.csv", "120.95431,31.37762", "31.37762,120.95431", "2:60: lon is 31.37762; expected a number from 73 to 136"),
    ("zones.csv", "kunshan_t", "kunshan_x", "2:39: unknown town 'kunshan_x11'"),
    ("zones.csv", "\nkunshan_0001,", "\nkunshan_0000,", "3:1: zone_id 'kunshan_0000' stands twice; expected each id once (first"),
    ("census.csv", "2020,male,0,0,", "2020,male,0,0,nan", "40:15: count is 'nan"),
    ("census.csv", "2020,male,5,9,", "2020,male,5,9,1", "40:15: the 2020 rows add up to 2192496 (total); expected 2092496"),
    ("census.csv", "2020,female,85,,", "2020,female,85,89,", "77:16: 2020 female: the last group is not open"),
    ("census.csv", "2020,male,5,9,", "2020,male,6,9,", "42:11: 2020 male: a group begins at 6; expected a group from 5"),
    ("census.csv", "2020,male,5,9,", "2020,male,1,9,", "42:11: 2020 male: age 1 stands twice"),
    ("census.csv", "2020,male,5,9,", "2020,men,5,9,", "42:6: sex is 'men'; expected one of male, female"),
    ("census.csv", "2020,male,0,0,", "2021,male,0,0,", "40:1: year 2021 has no totals in region.yaml"),
    ("stations.csv", "kunshan_02,", "kunshan_01,", "3:1: station_id 'kunshan_01' stands twice"),
    ("stations.csv", "120.95431", "121.95431", "2:24: kunshan_01 lies at 121.954, 31.3776, away from the county"),
    ("stations.csv", "120.95431", "", "2:24: lon is empty; expected a finite number"),
    ("hospitals.csv", ",existing,", ",open,", "2:44: status is 'open'; expected one of existing, opening_in_plan, planned"),
    ("plan.csv", "beds_per_1000,", "bed_per_1000,", "2:1: unknown indicator 'bed_per_1000'"),
    ("plan.csv", "2025,=,5,", "2025,==,5,", "2:20: operator is '=='; expected one of =, <="),
    ("plan.csv", "5,per 1000", "5,per 100", "2:24: the unit of beds_per_1000 is 'per 100'; expected 'per 1000'"),
    ("not_modelled.csv", ",PLAN_KS,seed", ",PLAN_KX,seed", "2:52: unknown source 'PLAN_KX'"),
    ("outline.csv", "lon,lat", "lon,lon", "1:5: column 'lon' stands twice"),
    ("baseline.yaml", "  beds:", "  bedz:", "15:3: unknown indicator 'bedz'"),
    ("baseline.yaml", "value: 8188", "value: -8188", "15:3: beds is -8188; expected no negative number"),
    ("baseline.yaml", "value: 8188", "value: '8188'", "16:12: value is '8188'; expected a finite number"),
    ("baseline.yaml", "value: 8188", "value: [8188]", "16:12: beds is a list; expected one number"),
    ("baseline.yaml", "low: 1078", "low: 1089", "49:3: tcm_physicians is 1088, outside its own range 1089 to 1098"),
    ("demography.yaml", "unit: children per woman", "unit: births", "5:3: the unit of demography.tfr is 'births'"),
    ("demography.yaml", "demography.tfr:", "demography.tfrr:", "5:3: unknown parameter 'demography.tfrr'"),
    ("demography.yaml", "confidence: derived", "confidence: guess", "13:17: unknown confidence 'guess'"),
    ("demography.yaml", "value: 0.93", "value: yes", "6:12: value is 'yes'; expected a finite number"),
    ("demography.yaml", "low: 0.74", "lowest: 0.74", "8:5: unknown key 'lowest'"),
    ("demography.yaml", "schema: 1", "schema: 2", "2:9: schema is 2; expected 'schema: 1'"),
    ("region.yaml", "census_code: '320583'", "census_code: 320583", "5:14: census_code is 320583; expected text"),
    ("region.yaml", "utm_zone: 51", "utm_zone: 99", "9:11: utm_zone is 99; expected a whole number from 1 to 60"),
    ("region.yaml", "value: 0.789564", "value: 78.9564", "24:10: urban_share is 78.9564; expected a share from 0 to 1"),
    ("region.yaml", "base_year:", "basis_year:", "7:1: unknown key 'basis_year'"),
    ("region.yaml", "total: 2092496", "total: 2.1", "18:12: census 2020 total is 2.1; expected a whole number"),
    ("sources.yaml", "text:", "txt:", "4:3: source 'SZ7a' has no text"),
    ("reference/tables.yaml", "kind: int", "kind: integer", "11:9: unknown kind 'integer'"),
    ("reference/mortality.csv", "1950,male,0,", "1950,male,zero,", "2:11: age_from is 'zero'; expected a whole number"),
    ("reference/region_keys.csv", "share,0,", "share,2,", "2:36: required is 2; expected a number from 0 to 1"),
]


@pytest.mark.parametrize(("file", "old", "new", "start"), FAULTS)
def test_a_fault_is_named_with_its_place(pack: Pack, file: str, old: str, new: str, start: str) -> None:
    findings = pack("kunshan").edit(file, old, new).findings()
    shown = file if "/" in file else f"kunshan/{file}"
    assert any(finding.startswith(f"{shown}:{start}") for finding in findings), "\n".join(findings)


def test_all_faults_of_all_files_come_at_once(pack: Pack) -> None:
    copy = pack("kunshan")
    copy.edit("towns.csv", "GEONAMES;TOWN", "GEONAME;TOWN").edit("census.csv", "2020,male,0,0,", "2020,male,0,0,x")
    copy.edit("stations.csv", "kunshan_02,", "kunshan_01,").edit("plan.csv", "2025,=,5,", "2025,==,5,")
    copy.edit("care.yaml", "confidence: seed", "confidence: sead").edit("region.yaml", "utm_zone: 51", "utm_zone: 99")
    files = [finding.split(":")[0] for finding in copy.findings()]
    names = ("care.yaml", "census.csv", "plan.csv", "region.yaml", "stations.csv", "towns.csv")
    assert files == [f"kunshan/{name}" for name in names]


def test_a_broken_file_does_not_make_what_refers_to_it_unknown(pack: Pack) -> None:
    findings = pack("kunshan").edit("sources.yaml", "text:", "txt:").edit("towns.csv", ",615645,", ",many,").findings()
    assert [finding.split(":")[0] for finding in findings] == ["kunshan/sources.yaml", "kunshan/towns.csv"]


def test_a_yaml_file_that_cannot_be_parsed_gives_one_message_each(pack: Pack) -> None:
    copy = pack("kunshan")
    names = ("baseline.yaml", "care.yaml", "region.yaml", "sources.yaml")
    for name in names:
        copy.edit(name, "schema: 1", "schema: [1")
    findings = copy.findings()
    assert [finding.split(":")[0] for finding in findings] == [f"kunshan/{name}" for name in names]
    assert all("not valid YAML" in finding for finding in findings)


def test_a_yaml_file_that_holds_nothing_is_refused(pack: Pack) -> None:
    copy = pack("kunshan")
    (copy.root / "kunshan" / "region.yaml").write_text("null\n", encoding="utf-8")
    assert copy.findings() == ["kunshan/region.yaml:1:1: the file holds nothing; expected keys and values"]


def test_a_missing_file_is_named(pack: Pack) -> None:
    copy = pack("taicang")
    (copy.root / "taicang" / "zones.csv").unlink()
    (copy.root / "taicang" / "sources.yaml").unlink()
    assert copy.findings() == [
        "taicang/sources.yaml: the file does not exist",
        "taicang/zones.csv: the file does not exist",
    ]


def test_a_required_parameter_must_be_given(pack: Pack) -> None:
    copy = pack("haimen")
    (copy.root / "haimen" / "emergency.yaml").unlink()
    (finding,) = copy.findings()
    assert "parameter 'emergency.call_rate_per_1000' is missing; expected a value in dispatches per 1000" in finding


def test_a_parameter_may_not_stand_in_two_files_of_a_pack(pack: Pack) -> None:
    copy = pack("wuzhong")
    text = (copy.root / "wuzhong" / "emergency.yaml").read_text(encoding="utf-8")
    (copy.root / "wuzhong" / "more.yaml").write_text(text, encoding="utf-8")
    assert copy.findings()[0].startswith("wuzhong/more.yaml:5:3: parameter 'emergency.call_rate_per_1000' stands twice")


def test_fitted_values_override_and_are_known(pack: Pack) -> None:
    copy = pack("qingpu")
    fitted = (
        "schema: 1\nabout: a fit\nparameters:\n  emergency.travel.multiplier:\n    value: 1.47\n    unit: factor\n"
        "    source: FITTED\n    confidence: modelled\n"
    )
    (copy.root / "qingpu" / "fitted.yaml").write_text(fitted, encoding="utf-8")
    region = load_region(copy.root, "qingpu")
    assert region.fitted_keys == ("emergency.travel.multiplier",)
    assert region.parameters["emergency.travel.multiplier"].number == 1.47
    assert region.parameters["demography.sex_ratio_at_birth"].layer == "region"
    assert region.parameters["emergency.travel.b"].layer == "reference"


def test_an_unknown_region_is_refused_with_the_nearest_one(root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown region 'kunsan'.*did you mean 'kunshan'"):
        load_region(root / "calibration", "kunsan")
    with pytest.raises(InputError, match="there is none"):
        load_region(tmp_path, "kunshan")
    with pytest.raises(InputError, match="unknown region"):
        load_region(root / "calibration", "../calibration/kunshan")
