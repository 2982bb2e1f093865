"""A region of one's own, made from nothing but what docs/add_a_region.md asks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.region import load_region

OBSERVED = "{{value: {value}, unit: {unit}, source: BUREAU, confidence: sourced}}"
REQUIRED = {
    "demography.tfr": (1.0, "children per woman"),
    "demography.life_expectancy": (79.0, "years"),
    "demography.infant_mortality_per_1000": (3.0, "per 1000 live births"),
    "demography.net_migration_per_year": (-200, "persons per year"),
    "emergency.call_rate_per_1000": (15.0, "dispatches per 1000 residents per year"),
}
FILES = {
    "region.yaml": """\
schema: 1
name_zh: 某县
name_en: Some County
census_code: '340100'
parent: 某市
base_year: 2020
plan_year: 2025
utm_zone: 50
census:
  2020: {total: 1000, male: 480, female: 520, source: CENSUS20, confidence: sourced}
urban_share: {value: 0.6, unit: share, source: CENSUS20, confidence: sourced}
gives: [a census]
gives_not: [anything else]
""",
    "sources.yaml": "schema: 1\nsources:\n  BUREAU: {text: County Bureau of Statistics}\n",
    "baseline.yaml": "schema: 1\nstatement: nothing was observed\nbaseline: {}\n",
    "census.csv": "year,sex,age_from,age_to,count\n2020,male,0,14,100\n2020,male,15,,380\n"
    "2020,female,0,14,120\n2020,female,15,,400\n",
    "outline.csv": "lon,lat,ring\n117.0,31.0,0\n117.2,31.0,0\n117.2,31.2,0\n117.0,31.0,0\n",
    "towns.csv": "town_id,name_zh,name_en,kind,lon,lat,place_confidence,population,population_confidence,population_log_sd,"
    "population_year,area_km2,source,note\n"
    "a,甲镇,A,urban,117.05,31.05,sourced,700,sourced,0.05,2020,,BUREAU,\nb,乙镇,B,rural,117.15,31.1,sourced,300,modelled,0.45,2020,,BUREAU,\n",
    "zones.csv": "zone_id,lon,lat,land_km2,town_id,population\n"
    "z1,117.05,31.05,1,a,400.5\nz2,117.06,31.05,1,a,299.5\nz3,117.15,31.1,1,b,300\n",
    "stations.csv": "station_id,name_zh,lon,lat,place_sd_km,existence_confidence,place_confidence,opened,source,note\n"
    "s1,急救站,117.05,31.05,0,sourced,sourced,,BUREAU,\n",
    "hospitals.csv": "hospital_id,name_zh,level_zh,ownership,status,lon,lat,place_sd_km,place_confidence,has_emergency,beds,"
    "beds_planned,source,note\nh1,县医院,二级,public,existing,117.05,31.05,0,sourced,1,200,,BUREAU,\n",
    "plan.csv": "indicator,year,operator,value,unit,basis,nature,decimals,source,confidence,borrowed_from,quote,note\n",
    "not_modelled.csv": "key,label_zh,year,kind,operator,value,unit,denominator,basis,nature,source,confidence,used_as,"
    "quote,note\n",
    "own.yaml": "schema: 1\nabout: what is required\nparameters:\n"
    + "".join(f"  {key}: {OBSERVED.format(value=value, unit=unit)}\n" for key, (value, unit) in REQUIRED.items()),
}


@pytest.fixture
def calibration(tmp_path: Path, root: Path) -> Path:
    shutil.copytree(root / "calibration" / "reference", tmp_path / "reference")
    (tmp_path / "own").mkdir()
    for name, text in FILES.items():
        (tmp_path / "own" / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_region_of_ones_own_loads(calibration: Path) -> None:
    region = load_region(calibration, "own")
    assert (region.name_zh, region.census_code, region.urban_share) == ("某县", "340100", 0.6)
    assert region.census[2020].counts.tolist() == [[100, 380], [120, 400]]
    assert region.zones.town.tolist() == [0, 0, 1]
    # the central meridian of zone 50 is 117 E: points lie a little east of 500 km
    assert region.zones.x_km == pytest.approx([504.8, 505.7, 514.3], abs=0.1)
    assert region.parameters["demography.net_migration_per_year"].number == -200
    assert region.parameters["care.occupancy_target"].layer == "reference"


def test_its_files_are_those_the_guide_explains(root: Path) -> None:
    guide = (root / "docs" / "add_a_region.md").read_text(encoding="utf-8")
    for name, text in FILES.items():
        if name == "own.yaml":
            continue
        assert f"`{name}`" in guide, name
        if name.endswith(".csv"):
            missing = [column for column in text.splitlines()[0].split(",") if column not in guide]
            assert missing == [], name
    for key in REQUIRED:
        assert f"`{key}`" in guide


def test_a_county_without_an_emergency_department_is_refused(calibration: Path) -> None:
    path = calibration / "own" / "hospitals.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",1,200", ",0,200"), encoding="utf-8")
    with pytest.raises(InputError, match="no existing hospital has an emergency department"):
        load_region(calibration, "own")
