"""The census tables of a pack: rows by sex and age group that must add up to the published totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, Table, read_csv
from sim.errors import Place, Problems
from sim.region.checks import has_fault
from sim.region.head import CensusTotals
from sim.region.model import CensusTable

SEXES = ("male", "female")
_COLUMNS = (
    Column("year", int, minimum=1900, maximum=2100),
    Column("sex", choices=SEXES),
    Column("age_from", int, minimum=0, maximum=120),
    Column("age_to", int, blank=True, minimum=0, maximum=120),
    Column("count", float, minimum=0),
)


def read_census(path: Path, totals: Mapping[int, CensusTotals], problems: Problems) -> dict[int, CensusTable]:
    """Read ``census.csv`` (year,sex,age_from,age_to,count; an empty ``age_to`` is the open group).

    Args:
        path: the file.
        totals: the published totals by census year, that the rows must add up to.
        problems: where findings go; a file with a faulty row is not checked further.
    """
    table = read_csv(path, _COLUMNS, problems)
    result: dict[int, CensusTable] = {}
    if has_fault(table.file, problems) or not totals:
        return result
    years = table.values("year")
    for year in sorted(set(years) - set(totals)):
        problems.error(table.place(years.index(year)), f"year {year} has no totals in region.yaml", "a census year")
    for year in sorted(totals):
        rows = [index for index, found in enumerate(years) if found == year]
        if not rows:
            problems.error(Place(table.file, 1, 1), f"there are no rows of {year}", "rows of every census in region.yaml")
            continue
        males, females = (_groups(table, rows, year, sex, problems) for sex in SEXES)
        if has_fault(table.file, problems):
            continue
        if [table.rows[row]["age_from"] for row in males] != [table.rows[row]["age_from"] for row in females]:
            problems.error(table.place(rows[0]), f"{year}: men and women have different age groups", "the same groups")
            continue
        counts = np.array([[table.rows[row]["count"] for row in group] for group in (males, females)], dtype=float)
        _check_totals(table, rows, year, counts, totals[year], problems)
        result[year] = CensusTable(
            year=year,
            age_from=np.array([table.rows[row]["age_from"] for row in males], dtype=np.int64),
            counts=counts,
            source=totals[year].source,
            confidence=totals[year].confidence,
        )
    return result


def _groups(table: Table, rows: Sequence[int], year: int, sex: str, problems: Problems) -> list[int]:
    """Rows of one sex by age; groups must follow one another from 0 without gap, the last one open."""
    ordered = sorted((row for row in rows if table.rows[row]["sex"] == sex), key=lambda row: table.rows[row]["age_from"])
    expected = 0
    for position, row in enumerate(ordered):
        age, last = table.rows[row]["age_from"], table.rows[row]["age_to"]
        if age < expected and position:
            problems.error(table.place(row, "age_from"), f"{year} {sex}: age {age} stands twice", "each age in one group")
        elif age != expected:
            problems.error(table.place(row, "age_from"), f"{year} {sex}: a group begins at {age}", f"a group from {expected}")
        is_last = position == len(ordered) - 1
        if last is None and not is_last:
            problems.error(table.place(row, "age_to"), f"{year} {sex}: age_to is empty", "only in the last (open) group")
        elif last is not None and is_last:
            problems.error(table.place(row, "age_to"), f"{year} {sex}: the last group is not open", "an empty age_to")
        elif last is not None and last < age:
            problems.error(table.place(row, "age_to"), f"{year} {sex}: age_to is {last}", f"at least {age}")
        expected = age + 1 if last is None else last + 1
    return ordered


def _check_totals(
    table: Table, rows: Sequence[int], year: int, counts: NDArray[np.float64], totals: CensusTotals, problems: Problems
) -> None:
    found = {"total": counts.sum(), "male": counts[0].sum(), "female": counts[1].sum()}
    published = {"total": totals.total, "male": totals.male, "female": totals.female}
    for name, value in published.items():
        if abs(found[name] - value) > 0.5:
            what = f"the {year} rows add up to {found[name]:.0f} ({name})"
            problems.error(table.place(rows[0], "count"), what, f"{value}, the published total in region.yaml")
