"""The report as data: sections of blocks, in one language, for any format.

A section builder says what is shown; HTML, Word and Excel each say how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SYMBOLS = {
    "met": "✓",
    "met_centrally": "≈",
    "missed_centrally": "~",
    "missed": "✗",
    "not_observed": "?",
    "not_judged": "·",
    "context": "i",
}
"""A sign for each status, so that no verdict hangs on colour alone."""


@dataclass(frozen=True)
class Paragraph:
    """Running text. ``kind``: ``body``, ``lead`` (large), ``note`` (small) or ``warning``."""

    text: str
    kind: str = "body"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Definitions:
    """Terms and what they mean; a term that is a status carries its ``mark``."""

    items: tuple[tuple[str, str], ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """One judged statement: a status word with its mark, what is judged, and one plain sentence."""

    status: str
    mark: str
    label: str
    figures: str
    sentence: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdicts:
    """A set of judged statements under a heading."""

    title: str
    items: tuple[Verdict, ...]


@dataclass(frozen=True)
class Column:
    """A column: heading and ``align`` (``left`` or ``right``); ``strong`` marks the row's name."""

    label: str
    align: str = "left"
    strong: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: the text shown, and the mark of a status if it is one."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table. A row of one cell is a group heading.

    ``folded`` tables are closed in HTML until asked for; ``rows_in_word`` limits a long one in Word (the rest stands in the
    CSV named by ``file``).
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    folded: bool = False
    rows_in_word: int | None = None
    file: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart: a Vega-Lite specification with a title and a description in words."""

    key: str
    title: str
    description: str
    spec: Mapping[str, Any]
    caption: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Figures:
    """Charts that stand side by side where there is room."""

    items: tuple[Figure, ...]


Block = Paragraph | Bullets | Definitions | Verdicts | Table | Figures


@dataclass(frozen=True)
class Section:
    """A titled part of the report."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report in one language.

    Attributes:
        language: ``zh`` or ``en``.
        title, subtitle: the scenario, and the region with its years.
        facts: short facts under the title: (what, value).
        sections: in reading order, the committee's first.
        attribution: sources and licences, at the foot.
        name: name of the run.
    """

    language: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    attribution: tuple[str, ...]
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
