"""``observed.csv``: what was observed after the base year, and every fault in it at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError, Problems
from sim.indicators import dictionary
from sim.region import load_region, measures
from sim.region.observed import read_observed

Pack = Any
"""The fixture ``pack``: a function from a region's key to a copy of its pack."""

HEADER = "indicator,year,value,unit,basis,tolerance,source,confidence,note\n"
GOOD = HEADER + (
    "population,2021,2110000,persons,resident,,PLAN_KS,sourced,a note\n"
    "population,2023,2140000,persons,resident,0.01,PLAN_KS;CENSUS20,derived,\n"
    "births,2023,11000,births a year,resident,,PLAN_KS,sourced,\n"
    "beds,2022,8600,beds,,,PLAN_KS,sourced,\n"
    "visits,2022,17000000,visits a year,,,PLAN_KS,sourced,\n"
    "response_share_within_12,2022,0.7,share,,,PLAN_KS,sourced,\n"
)

# the row in place of the second one, and what is said of it
FAULTS = [
    ("populaton,2021,1,persons,resident,,PLAN_KS,sourced,", "2:1: unknown indicator 'populaton'", "did you mean 'population'?"),
    ("population_resident,2021,1,persons,resident,,PLAN_KS,sourced,", "2:1: unknown indicator", "did you mean 'population'?"),
    ("医疗机构床位,2021,1,beds,,,PLAN_KS,sourced,", "2:1: unknown indicator", "did you mean 'beds'?"),
    ("beds,2020,8188,beds,,,PLAN_KS,sourced,", "2:6: beds of 2020 is not after the base year", "a year after 2020"),
    ("beds,21,8188,beds,,,PLAN_KS,sourced,", "2:6: year is 21", "1990 to 2100"),
    ("beds,2021,-5,beds,,,PLAN_KS,sourced,", "2:11: value is -5", "at least 0"),
    ("beds,2021,8200.5,beds,,,PLAN_KS,sourced,", "2:11: beds is 8200.5", "a whole number"),
    ("beds,2021,8200,persons,,,PLAN_KS,sourced,", "2:16: the unit of beds is 'persons'", "'beds'"),
    ("population,2021,0,persons,resident,,PLAN_KS,sourced,", "2:17: population is 0", "leave out what was not observed"),
    ("population,2021,1,persons,registered,,PLAN_KS,sourced,", "2:27: population is counted of registered", "resident"),
    ("births,2021,1,births a year,,,PLAN_KS,sourced,", "2:29: births has no basis", "resident"),
    ("population,2021,1,persons,hukou,,PLAN_KS,sourced,", "2:27: basis is 'hukou'", "one of resident, registered"),
    ("beds,2021,8200,beds,,2,PLAN_KS,sourced,", "2:22: tolerance is 2", "0 to 0.5"),
    ("beds,2021,8200,beds,,,PLAN_K,sourced,", "2:23: unknown source 'PLAN_K'", "'PLAN_KS'"),
    ("beds,2021,8200,beds,,,PLAN_KS,assumption,", "2:31: confidence is 'assumption'", "one of seed, sourced"),
    ("response_share_within_12,2021,70,share,,,PLAN_KS,sourced,", "2:31: response_share_within_12 is 70", "did you mean 0.7?"),
]


def test_a_pack_without_the_file_has_no_observed_values(root: Path) -> None:
    region = load_region(root / "calibration", "kunshan")
    assert region.observed == {}
    assert not any(name.endswith("observed.csv") for name, _ in region.files)


def test_the_values_stand_by_measure_and_year_in_the_order_of_the_dictionary(pack: Pack) -> None:
    copy = pack("kunshan")
    (copy.root / "kunshan" / "observed.csv").write_text(GOOD, encoding="utf-8")
    region = load_region(copy.root, "kunshan")
    assert list(region.observed) == ["population", "beds", "response_share_within_12", "births", "visits"]
    first, second = region.observed["population"].values()
    assert (first.number, first.year, first.low, first.high) == (2_110_000, 2021, 2_110_000 * 0.995, 2_110_000 * 1.005)
    assert (second.low, second.source, second.confidence) == (2_140_000 * 0.99, "PLAN_KS;CENSUS20", "derived")
    assert region.observed["beds"][2022].low is None
    assert region.observed["visits"][2022].low is None
    assert "kunshan/observed.csv" in dict(region.files)


@pytest.mark.parametrize(("row", "said", "hint"), FAULTS)
def test_a_fault_is_told_with_its_place_and_what_was_meant(pack: Pack, row: str, said: str, hint: str) -> None:
    copy = pack("kunshan")
    (copy.root / "kunshan" / "observed.csv").write_text(f"{HEADER}{row}\n", encoding="utf-8")
    (found,) = copy.findings()
    assert found.startswith(f"kunshan/observed.csv:{said}")
    assert hint in found


def test_a_value_stands_once(pack: Pack) -> None:
    copy = pack("kunshan")
    row = "beds,2021,8200,beds,,,PLAN_KS,sourced,\n"
    (copy.root / "kunshan" / "observed.csv").write_text(HEADER + row + row, encoding="utf-8")
    assert copy.findings() == [
        "kunshan/observed.csv:3:1: beds 2021 stands twice; expected each value once (first at line 2)"
    ]


def test_all_faults_come_at_once(pack: Pack) -> None:
    copy = pack("kunshan")
    text = HEADER + "".join(f"{row}\n" for row, _, _ in FAULTS)
    (copy.root / "kunshan" / "observed.csv").write_text(text, encoding="utf-8")
    assert len(copy.findings()) == len(FAULTS)


def test_a_header_alone_is_refused(pack: Pack) -> None:
    copy = pack("kunshan")
    (copy.root / "kunshan" / "observed.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(InputError, match="there are no rows; expected at least one observed value"):
        load_region(copy.root, "kunshan")


def test_optional_columns_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "observed.csv"
    path.write_text("indicator,year,value,unit,source,confidence\nbeds,2021,8200,beds,S,sourced\n", encoding="utf-8")
    problems = Problems()
    found = read_observed(path, 2020, {"S": None}, problems)  # type: ignore[dict-item]
    assert not problems.found
    assert found["beds"][2021].number == 8200


def test_every_indicator_and_flow_may_be_observed() -> None:
    known = measures()
    assert list(known)[: len(dictionary())] == list(dictionary())
    assert [known[key].unit for key in ("births", "deaths", "discharges", "visits")] == [
        "births a year", "deaths a year", "discharges a year", "visits a year",
    ]  # fmt: skip
    assert known["population"].tolerance == 0.005
    assert known["beds"].tolerance is None
