"""Text of the commands ``check`` and ``explain``: lines for a terminal, coloured by the caller's wish."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import Problems
from sim.scenario.explain import ExplainedValue
from sim.scenario.wording import shown


def summary(path: Path, problems: Problems) -> str:
    """One line: how many errors and warnings a check found."""
    counts = [(len(problems.errors), "error"), (len(problems.warnings), "warning")]
    found = [f"{number} {word}{'s' if number > 1 else ''}" for number, word in counts if number]
    return f"{path}: {', '.join(found) if found else 'fine'}"


def explained(values: Sequence[ExplainedValue]) -> list[str]:
    """One line a value: key, value, layer, and file with line and column."""
    rows = [(one.key, value_text(one.value), one.origin.layer, str(one.origin.place)) for one in values]
    widths = [max(width(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join(padded(cell, size) for cell, size in zip(row, (*widths, 0), strict=True)).rstrip() for row in rows
    ]


def value_text(value: Any) -> str:
    """A value as it could stand in a file, ``-`` if nothing is set."""
    if value is None or value in ((), {}, ""):
        return "-"
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:57]}..."
    return shown(value)


def width(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, size: int) -> str:
    """The text with blanks up to ``size`` columns."""
    return text + " " * (size - width(text))
