"""Reading a CSV file that a user wrote: typed columns, and every fault with file, line and column.

UTF-8 (a byte-order mark is accepted), comma, one header line, any of the three line ends. Fields may be quoted; a field
does not run over a line end. All faults of a file are collected before :class:`~sim.errors.InputError` is raised.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError, Place, Problems
from sim.textfile import read_text


@dataclass(frozen=True)
class Column:
    """One expected column.

    Attributes:
        name: header.
        kind: ``int``, ``float`` or ``str``. Numbers are strict: ``nan``, ``inf`` and blanks are refused.
        required: whether the header must be there.
        blank: whether an empty field is allowed (read as ``None``).
        minimum, maximum: closed bounds for numbers.
        choices: allowed words for text.
    """

    name: str
    kind: type = str
    required: bool = True
    blank: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The rows of a file. ``rows[i][name]`` is a value, :meth:`place` says where it stands."""

    file: str
    rows: list[dict[str, Any]]
    lines: list[int]
    columns: list[dict[str, int]]
    header: dict[str, int]

    def place(self, row: int, name: str = "") -> Place:
        """The place of a field, or of a whole row."""
        return Place(self.file, self.lines[row], self.columns[row].get(name, 1))

    def values(self, name: str) -> list[Any]:
        """One column as a list."""
        return [row.get(name) for row in self.rows]


def read_csv(
    path: Path, columns: Sequence[Column], problems: Problems, *, extra: bool = False, shown_as: str | None = None
) -> Table:
    """Read ``path``; findings go to ``problems`` (the caller raises). Rows with a fault are left out of the result.

    Args:
        path: the file.
        columns: what is expected.
        problems: where findings are collected.
        extra: whether unknown columns are allowed (they are read as text).
        shown_as: how the file is named in messages (default: the path as given).
    """
    name = shown_as or str(path)
    empty = Table(name, [], [], [], {})
    try:
        text = read_text(path, name)
    except InputError as error:
        problems.found.extend(error.problems)
        return empty
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[0].strip():
        problems.error(Place(name, 1, 1), "the file is empty", "a header line: " + ",".join(c.name for c in columns))
        return empty
    separator = next((mark for mark in ";\t|" if mark in lines[0] and "," not in lines[0]), None)
    if separator and len(columns) > 1:
        problems.error(Place(name, 1, lines[0].index(separator) + 1), f"the fields are parted by {separator!r}", "commas")
        return empty
    known = {column.name: column for column in columns}
    header: dict[str, int] = {}
    for index, (field, start) in enumerate(split_line(lines[0])):
        field = field.strip()
        if field in header:
            problems.error(Place(name, 1, start), f"column {field!r} stands twice", "each column once")
        elif field not in known and not extra:
            problems.unknown(Place(name, 1, start), "unknown column", field, known)
        header.setdefault(field, index)
    for column in columns:
        if column.required and column.name not in header:
            problems.error(Place(name, 1, 1), f"column {column.name!r} is missing", f"{','.join(known)}")
    if problems.errors and any(p.place.file == name and p.place.line == 1 for p in problems.errors):
        return Table(name, [], [], [], header)
    readers = {field: field_reader(known.get(field) or Column(field, blank=True)) for field in header}
    rows, numbers, starts = [], [], []
    width = len(split_line(lines[0]))
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        fields = split_line(line)
        if '"' in line and _open_quote(line):
            problems.error(Place(name, number, line.rfind('"') + 1), "a quoted field is not closed", "a second quote on the line")
            continue
        if len(fields) != width:
            problems.error(Place(name, number, 1), f"{len(fields)} fields", f"{width} fields as in the header")
            continue
        row: dict[str, Any] = {}
        start_of: dict[str, int] = {}
        sound = True
        for field, index in header.items():
            value, start = fields[index]
            start_of[field] = start
            try:
                row[field] = readers[field](value.strip())
            except FieldError as error:
                sound = False
                what, wanted, meant = error.args
                problems.error(Place(name, number, start), f"{field} {what}", wanted, meant)
        if sound:
            rows.append(row)
            numbers.append(number)
            starts.append(start_of)
    return Table(name, rows, numbers, starts, header)


def split_line(line: str) -> list[tuple[str, int]]:
    """The fields of one CSV line with the column (from 1) where each starts; doubled quotes inside quotes are one."""
    if '"' not in line:
        fields, start = [], 1
        for field in line.split(","):
            fields.append((field, start))
            start += len(field) + 1
        return fields
    fields, position, size = [], 0, len(line)
    while True:
        start = position
        if position < size and line[position] == '"':
            position += 1
            value = ""
            while position < size:
                if line[position] == '"':
                    if line[position + 1 : position + 2] == '"':
                        position += 1
                    else:
                        break
                value += line[position]
                position += 1
            position += 1
            end = line.find(",", position)
            end = size if end < 0 else end
            value += line[position:end]
        else:
            end = line.find(",", position)
            end = size if end < 0 else end
            value = line[position:end]
        fields.append((value, start + 1))
        if end >= size:
            return fields
        position = end + 1


def _open_quote(line: str) -> bool:
    """Whether a quoted field runs over the line's end: quotes stand in pairs unless one is lacking."""
    return line.count('"') % 2 == 1


class FieldError(ValueError):
    """A field that does not fit its column: what, expected, meant."""

    def __init__(self, what: str, wanted: str, meant: str = "") -> None:
        super().__init__(what, wanted, meant)


def field_reader(column: Column) -> Callable[[str], Any]:
    """A function that turns the text of a field into its value (``None`` for a blank) or raises :class:`FieldError`."""

    def bounded(value: float, text: str) -> Any:
        low, high = column.minimum, column.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise FieldError(f"is {text}", _bounds(low, high))
        return value

    def read(text: str) -> Any:
        if text == "":
            if column.blank:
                return None
            raise FieldError("is empty", _wanted(column))
        if column.kind is str:
            if column.choices and text not in column.choices:
                raise FieldError(f"is {text!r}", "one of " + ", ".join(column.choices))
            return text
        try:
            value = column.kind(text)
        except ValueError:
            meant = _whole_number_meant(text) if column.kind is int else ""
            raise FieldError(f"is {text[:40]!r}", _wanted(column), meant) from None
        if not math.isfinite(value) or "_" in text or not text.isascii():
            raise FieldError(f"is {text!r}", _wanted(column))
        return bounded(value, text)

    return read


def _whole_number_meant(text: str) -> str:
    """The whole number in what spreadsheets and published tables write for one: ``1985.0``, ``100+``."""
    number, mark, rest = text.partition("+" if text.endswith("+") else ".")
    return number if mark and number.isascii() and number.isdigit() and not rest.strip("0") else ""


def _wanted(column: Column) -> str:
    if column.kind is int:
        return "a whole number"
    if column.kind is float:
        return "a finite number"
    return "a word" if not column.choices else "one of " + ", ".join(column.choices)


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"a number from {low:g} to {high:g}"
    return f"a number of at least {low:g}" if low is not None else f"a number of at most {high:g}"
