"""One input file of a projection: values by year, sex and age, and whether its rows are all there, each once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column, FieldError, Table, field_reader, read_csv
from sim.errors import Place, Problems, nearest
from sim.population.model import SEXES

Key = tuple[int | str, ...]
_KEY_COLUMNS = {
    "year": Column("year", int, minimum=1000, maximum=9999),
    "sex": Column("sex"),
    "age": Column("age", int, minimum=0, maximum=150),
}


@dataclass
class InputTable:
    """The rows of one file by key.

    Attributes:
        file: name for messages.
        keys: names of the key columns, in order: of ``year, sex, age`` those it has.
        rows: position in ``table`` by key.
        values: numbers by column and key; a value that could not be read is NaN, a blank optional one too.
        table: the file as read.
        keys_sound: False if a row's key could not be read, so that missing rows cannot be told.
    """

    file: str
    keys: tuple[str, ...]
    table: Table
    rows: dict[Key, int] = field(default_factory=dict)
    values: dict[str, dict[Key, float]] = field(default_factory=dict)
    keys_sound: bool = True

    @property
    def years(self) -> list[int]:
        """Years that occur, ascending."""
        return sorted({int(key[0]) for key in self.rows}) if "year" in self.keys else []

    @property
    def ages(self) -> list[int]:
        """Ages that occur, ascending."""
        return sorted({int(key[-1]) for key in self.rows}) if "age" in self.keys else []

    @property
    def last_age(self) -> int | None:
        """The highest age that occurs."""
        return self.ages[-1] if self.ages else None

    def place(self, key: Key, column: str) -> Place:
        """Where a value stands."""
        return self.table.place(self.rows[key], column)

    def place_of_year(self, year: int, *, last: bool) -> Place:
        """The first or last row of a year."""
        rows = [row for key, row in self.rows.items() if key[0] == year]
        return self.table.place(max(rows) if last else min(rows), "year")

    def require_complete(
        self, problems: Problems, *, years: Sequence[int] | None, ages: range, limit: int | None = None
    ) -> None:
        """Report rows that are missing, and rows of ages beyond ``ages`` (or ``limit``), where the keys could be read."""
        if not self.rows or not self.keys_sound:
            return
        highest = ages[-1] if limit is None else limit
        if "age" in self.keys:
            beyond = [key for key in self.rows if int(key[-1]) > highest]
            if beyond:
                first = min(beyond, key=lambda key: self.rows[key])
                more = f" (and {len(beyond) - 1} more rows)" if len(beyond) > 1 else ""
                what = f"age {first[-1]} lies above the open age {highest} of base_population.csv{more}"
                problems.error(self.place(first, "age"), what, f"ages 0 to {highest}, or --split-open-age")
            self._report_missing_ages(problems, years, ages)

    def _report_missing_ages(self, problems: Problems, years: Sequence[int] | None, ages: range) -> None:
        """One finding for each set of missing ages, with how many years and sexes it is missing in."""
        present = set(self.years)
        here = [year for year in years or [] if year in present] if "year" in self.keys else [None]
        sexes = SEXES if "sex" in self.keys else (None,)
        groups = [tuple(part for part in (year, sex) if part is not None) for year in here for sex in sexes]
        missing: dict[tuple[int, ...], list[Key]] = {}
        for group in groups:
            absent = tuple(age for age in ages if (*group, age) not in self.rows)
            if absent:
                missing.setdefault(absent, []).append(group)
        for absent, where in missing.items():
            group = where[0]
            below = [row for key, row in self.rows.items() if key[:-1] == group and int(key[-1]) < absent[0]]
            row = max(below) if below else min(self.rows.values())
            who = " of " + " ".join(str(part) for part in reversed(group)) if group else ""
            more = f" (and of {len(where) - 1} more years or sexes)" if len(where) > 1 else ""
            expected = f"every age {ages[0]} to {ages[-1]} once"
            problems.error(self.table.place(row, "age"), f"age {_ranges(absent)}{who} is missing{more}", expected)

    def grid(self, column: str, shape: tuple[int, ...], years: Sequence[int]) -> NDArray[np.float64]:
        """A column as an array over the key columns in order; NaN where no row is."""
        values = np.full(shape, np.nan)
        first_year = years[0]
        for key, value in self.values[column].items():
            position = tuple(
                int(part) - first_year if name == "year" else SEXES.index(str(part)) if name == "sex" else int(part)
                for name, part in zip(self.keys, key, strict=True)
            )
            values[position] = value
        return values


def read_table(
    path: Path,
    keys: tuple[str, ...],
    numbers: Sequence[Column],
    problems: Problems,
) -> InputTable:
    """Read one file: keys and numbers, duplicates and misnamed sexes; findings go to ``problems``.

    A wrong number does not make its row missing: it is one finding, and its value NaN.

    A file that does not exist is left to the caller, who knows what it stands for.
    """
    if not path.exists():
        return InputTable(str(path), keys, Table(str(path), [], [], [], {}))
    columns = [_KEY_COLUMNS[name] for name in keys]
    columns += [Column(column.name, blank=True, required=column.required) for column in numbers]
    known = len(problems.errors)
    table = read_csv(path, columns, problems)
    result = InputTable(table.file, keys, table, keys_sound=len(problems.errors) == known)
    readers = {column.name: field_reader(column) for column in numbers if column.name in table.header}
    result.values = {name: {} for name in readers}
    misnamed: dict[str, list[int]] = {}
    for position, row in enumerate(table.rows):
        if "sex" in keys and row["sex"] not in SEXES:
            misnamed.setdefault(row["sex"], []).append(position)
            continue
        key = tuple(row[name] for name in keys)
        if key in result.rows:
            shown = ", ".join(f"{name} {part}" for name, part in zip(keys, key, strict=True))
            what = f"the row of {shown} stands twice (first on line {table.lines[result.rows[key]]})"
            problems.error(table.place(position, keys[-1]), what, "each once")
            continue
        result.rows[key] = position
        for name, values in result.values.items():
            values[key] = _number(table, position, name, readers[name], problems)
    for word, positions in misnamed.items():
        result.keys_sound = False
        more = f" (and {len(positions) - 1} more rows)" if len(positions) > 1 else ""
        problems.error(table.place(positions[0], "sex"), f"sex is {word!r}{more}", "male or female", _sex_meant(word))
    if not table.rows and result.keys_sound:
        problems.error(Place(table.file, 1, 1), "there is no row", "at least one")
    return result


def _number(table: Table, position: int, name: str, read: Callable[[str], float | None], problems: Problems) -> float:
    """The value of a field, or NaN where it is blank or, with a finding, where it is wrong."""
    try:
        value = read(table.rows[position][name] or "")
    except FieldError as error:
        what, wanted, meant = error.args
        problems.error(table.place(position, name), f"{name} {what}", wanted, meant)
        return math.nan
    return math.nan if value is None else value


def _sex_meant(word: str) -> str:
    """``male`` or ``female`` for the usual other spellings."""
    known = {"m": "male", "f": "female", "man": "male", "woman": "female", "男": "male", "女": "female"}
    return known.get(word.lower(), "") or nearest(word.lower(), SEXES)


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in words: ``3, 7-9``."""
    parts: list[str] = []
    start = previous = numbers[0]
    for number in [*numbers[1:], None]:
        if number is not None and number == previous + 1:
            previous = number
            continue
        parts.append(str(start) if start == previous else f"{start}-{previous}")
        if number is not None:
            start = previous = number
    return ", ".join(parts)
