"""The plan itself: what arithmetic on its own figures finds, and its targets by town."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.indicators import dictionary
from sim.report.context import Context
from sim.report.model import Block, Cell, Column, Paragraph, Section, Table

_OPEN = ("contradiction", "slack")
_FOLDED = ("note", "consistent")


def audit(context: Context) -> Section | None:
    """Contradictions and slack first; what to know and what agrees folded away."""
    words, table = context.words, context.table("audit")
    if table.empty:
        return None
    blocks: list[Block] = [Paragraph(words("audit.lead"))]
    for severity in (*_OPEN, *_FOLDED):
        part = table[table["severity"] == severity]
        if len(part):
            blocks.append(_findings(context, severity, part))
    return Section("audit", words("section.audit"), tuple(blocks))


def _findings(context: Context, severity: str, part: pd.DataFrame) -> Table:
    words = context.words
    rows = tuple(
        (
            Cell(_label(context, row)),
            Cell(str(row.year)),
            Cell(words(f"audit.rule.{row.rule}")),
            Cell(row.arithmetic),
            Cell(row.quote_zh),
        )
        for row in part.itertuples()
    )
    names = ("indicator", "year", "check", "arithmetic", "quote")
    columns = tuple(Column(words(f"column.{name}"), strong=name == "indicator") for name in names)
    caption = words(f"audit.severity.{severity}", n=len(part))
    return Table(caption, columns, rows, folded=severity in _FOLDED, rows_in_word=40, file="audit.csv")


def _label(context: Context, row: Any) -> str:
    entry = dictionary().get(row.key)
    if entry is not None:
        return entry.label(context.words.language)
    return context.words.parameter(row.key) if row.key == row.label_zh else str(row.label_zh)


def towns(context: Context) -> Section | None:
    """Planned levels of the last planned year by town; every year stands in the file."""
    words, table = context.words, context.table("town_targets")
    if table.empty:
        return None
    last = table[table["year"] == table.groupby("indicator")["year"].transform("max")]
    names = last.drop_duplicates("town_id")
    place = "name_zh" if words.language == "zh" else "name_en"
    columns = (
        Column(words("column.indicator"), strong=True),
        Column(words("column.year"), "right"),
        *(Column(str(name), "right") for name in names[place]),
        Column(words("towns.total"), "right"),
    )
    rows = []
    for key, part in last.groupby("indicator", sort=False):
        entry = context.indicator(str(key))
        of_town = part.set_index("town_id")["target"]
        rows.append(
            (
                Cell(context.label(str(key))),
                Cell(str(int(part["year"].iloc[0]))),
                *(Cell(words.of(entry, of_town[town])) for town in names["town_id"]),
                Cell(words.of(entry, part["region_total"].iloc[0])),
            )
        )
    block = Table(words("towns.caption"), columns, tuple(rows), words("towns.note"), file="town_targets.csv")
    return Section("towns", words("section.towns"), (Paragraph(words("towns.lead")), block))
