"""The census tables of a pack: rows by sex and age group that must add up to the published totals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.csvfile import Column, Table, read_csv
from sim.errors import Place, Problems
from sim.region.model import CensusTable, Confidence

SEXES = ("male", "female")
_COLUMNS = (
    Column("year", int, minimum=1900, maximum=2100),
    Column("sex", choices=SEXES),
    Column("age_from", int, minimum=0, maximum=120),
    Column("age_to", int, blank=True, minimum=0, maximum=120),
    Column("count", float, minimum=0),
)


def read_census(
    path: Path, totals: Mapping[int, Mapping[str, Any]], problems: Problems, *, shown_as: str
) -> dict[int, CensusTable]:
    """Read ``census.csv`` (year,sex,age_from,age_to,count; an empty ``age_to`` is the open group).

    Args:
        path: the file.
        totals: by census year, ``{total, male, female, source, confidence}`` of ``region.yaml``: the published totals
            that the rows must add up to.
        problems: where findings go.
        shown_as: the file's name in messages.
    """
    table = read_csv(path, _COLUMNS, problems, shown_as=shown_as)
    result = {}
    if problems.errors and not table.rows:
        return result
    for year in sorted({row["year"] for row in table.rows} - set(totals)):
        problems.error(table.place(_first(table, year)), f"year {year} has no totals in region.yaml", "a census year")
    for year in sorted(totals):
        rows = [index for index, row in enumerate(table.rows) if row["year"] == year]
        if not rows:
            problems.error(table.place(0) if table.rows else _head(table), f"there are no rows of {year}", "every census year")
            continue
        before = len(problems.errors)
        ages, counts = _groups(table, rows, year, problems)
        if len(problems.errors) > before:
            continue
        _check_totals(table, rows, year, counts, totals[year], problems)
        result[year] = CensusTable(
            year=year,
            age_from=np.array(ages, dtype=np.int64),
            counts=counts,
            source=totals[year]["source"],
            confidence=Confidence(totals[year]["confidence"]),
        )
    return result


def _groups(table: Table, rows: list[int], year: int, problems: Problems) -> tuple[list[int], np.ndarray]:
    """Ages and counts ``[sex, group]`` of one year; the groups of both sexes must be the same, without gaps."""
    by_sex: dict[str, dict[int, int]] = {sex: {} for sex in SEXES}
    for index in rows:
        row = table.rows[index]
        seen = by_sex[row["sex"]]
        if row["age_from"] in seen:
            problems.error(
                table.place(index, "age_from"), f"{year} {row['sex']} age {row['age_from']} stands twice", "each group once"
            )
        seen[row["age_from"]] = index
    for sex, seen in by_sex.items():
        expected = 0
        for age in sorted(seen):
            row = table.rows[seen[age]]
            if age != expected:
                problems.error(
                    table.place(seen[age], "age_from"), f"{year} {sex}: a group begins at {age}", f"a group from {expected}"
                )
            if row["age_to"] is None and age != max(seen):
                problems.error(table.place(seen[age], "age_to"), "age_to is empty", "only in the last (open) group")
            if row["age_to"] is not None and row["age_to"] < age:
                problems.error(table.place(seen[age], "age_to"), f"age_to is {row['age_to']}", f"at least {age}")
            expected = age + 1 if row["age_to"] is None else row["age_to"] + 1
        if seen and table.rows[seen[max(seen)]]["age_to"] is not None:
            problems.error(table.place(seen[max(seen)], "age_to"), f"{year} {sex}: the last group is not open", "an empty age_to")
    ages = sorted(by_sex["male"])
    if ages != sorted(by_sex["female"]):
        problems.error(table.place(rows[0]), f"{year}: men and women have different age groups", "the same groups")
        return ages, np.zeros((2, 0))
    counts = [[table.rows[by_sex[sex][age]]["count"] for age in ages] for sex in SEXES]
    return ages, np.array(counts, dtype=float)


def _check_totals(
    table: Table, rows: list[int], year: int, counts: np.ndarray, totals: Mapping[str, Any], problems: Problems
) -> None:
    sums = {"total": counts.sum(), "male": counts[0].sum(), "female": counts[1].sum()}
    for name, found in sums.items():
        published = totals.get(name)
        if published is not None and abs(found - published) > 0.5:
            problems.error(
                table.place(rows[0], "count"),
                f"the {year} rows add up to {found:.0f} ({name})",
                f"{published:.0f}, the published total in region.yaml",
            )


def _first(table: Table, year: int) -> int:
    return next(index for index, row in enumerate(table.rows) if row["year"] == year)


def _head(table: Table) -> Place:
    return Place(table.file, 1, 1)
