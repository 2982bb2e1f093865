"""Every line of the five planning documents has a treatment, and none is missing."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from sim.indicators import dictionary
from sim.region import Region
from sim.region.plan_rows import CARRIED, LEVER, MODELLED, PlanRow, all_regions, page, plan_rows, statement_uses
from sim.scenario.fields import field_at

Line = tuple[str, int, str, float | None]
_PER = {"per 1000": 1000, "per 10,000": 10_000, "per 50,000": 50_000, "per 100,000": 100_000}


@pytest.fixture(scope="module")
def regions(root: Path) -> dict[str, Region]:
    return all_regions(root / "calibration")


def test_the_page_is_up_to_date(root: Path, regions: dict[str, Region]) -> None:
    text = (root / "docs" / "plan_table.md").read_text(encoding="utf-8")
    assert page(regions, text) == text, "run: python -m sim.region.plan_rows docs/plan_table.md"


def test_none_of_the_555_lines_is_missing_and_none_stands_twice(shared: Path, regions: dict[str, Region]) -> None:
    with (shared / "plans" / "indicators.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == 555
    for key, region in regions.items():
        lines = [row for row in read if row["region"] == key]
        statements = Counter((item.key, item.year, item.kind, item.value) for item in region.not_modelled)
        rest = []
        for row in lines:
            line = (row["indicator_key"], int(row["year"]), row["kind"], float(row["value"]) if row["value"] else None)
            if statements[line]:
                statements[line] -= 1
            else:
                rest.append(line)
        assert not +statements
        of_indicators = [row for row in plan_rows(region) if row.subject == "indicator"]
        for row in of_indicators:
            (found,) = [line for line in rest if _same(row, line, region)]
            rest.remove(found)
        assert rest == []
        assert len(plan_rows(region)) == len(lines)


def _same(row: PlanRow, line: Line, region: Region) -> bool:
    """Whether a line of the extract is an indicator's line, its value in the document's unit."""
    indicator = dictionary()[row.key]
    key, year, kind, value = line
    if key not in indicator.plan_keys or year != row.year or (kind == "target") != (row.kind == "target"):
        return False
    printed = float(row.printed.split(" ")[0 if row.kind == "baseline" else 1])
    unit = key.rpartition("_per_")[2].removesuffix("_min").removesuffix("_max")
    per = {"1000": 1000, "10k": 10_000, "50k": 50_000, "100k": 100_000}.get(unit)
    if indicator.kind == "rate" and per is not None:
        return printed / _PER[indicator.unit] == pytest.approx(value / per)
    return printed == pytest.approx(value / 100 if indicator.kind == "share" else value)


def test_what_is_modelled_or_a_lever_names_what_takes_it(regions: dict[str, Region]) -> None:
    parameters = {key for region in regions.values() for key in region.parameters}
    for region in regions.values():
        for row in plan_rows(region):
            if row.treatment == LEVER:
                assert field_at(tuple(row.model_key.split("."))) is not None, row
            elif row.treatment == MODELLED:
                known = row.model_key in dictionary() or any(name.startswith(row.model_key) for name in parameters)
                assert known, row
            else:
                assert (row.treatment, row.model_key) == (CARRIED, "")


def test_no_statement_is_left_unlisted_and_no_listing_is_idle(regions: dict[str, Region]) -> None:
    keys = {item.key for region in regions.values() for item in region.not_modelled}
    assert keys == set(statement_uses())


def test_every_resource_with_a_number_is_modelled(regions: dict[str, Region]) -> None:
    for region in regions.values():
        for row in plan_rows(region):
            if "_per_1000" in row.key and row.has_number and row.treatment == CARRIED:
                assert row.subject in ("national_norm", "past_period", "people_served_not_given", "behaviour"), row
