"""Hold-outs and back-tests as tables, one a subject."""

from __future__ import annotations

from collections.abc import Sequence

from sim.calibration.holdout import HoldoutRow
from sim.report.fit.words import FitWording
from sim.report.holdout_words import HoldoutWords
from sim.report.model import Block, Bullets, Cell, Column, Paragraph, Section, Table

_LABELS = ("what", "variant", "year", "observed", "model", "interval", "error", "inside", "naive", "kind")
_TEXT = ("what", "variant", "naive", "kind")


def holdouts(rows: Sequence[HoldoutRow], words: FitWording) -> Section:
    """All rows by subject, with the remarks that must stand beside them."""
    title = words("fit.section.holdouts")
    if not rows:
        return Section("holdouts", title, (Paragraph(words("fit.holdouts.none")),))
    own = HoldoutWords(words)
    columns = tuple(
        Column(words(f"fit.holdouts.{label}"), "left" if label in _TEXT else "right", label == "what") for label in _LABELS
    )
    blocks: list[Block] = [Paragraph(words("fit.holdouts.lead"))]
    for subject in dict.fromkeys(row.subject for row in rows):
        part = [row for row in rows if row.subject == subject]
        blocks.append(Table(own.name("subject", subject), columns, tuple(_row(row, own, words) for row in part)))
        blocks.append(Bullets(tuple(own.name("note", note) for note in dict.fromkeys(row.note for row in part))))
    return Section("holdouts", title, tuple(blocks))


def _row(row: HoldoutRow, own: HoldoutWords, words: FitWording) -> tuple[Cell, ...]:
    none = words("none")
    inside = Cell(none)
    if row.inside is not None:
        inside = Cell(words("fit.yes" if row.inside else "fit.no"), "met" if row.inside else "missed")
    interval = none
    if row.p10 is not None and row.p90 is not None:
        interval = words.interval(own.value(row.p10, row.unit), own.value(row.p90, row.unit))
    error = none
    if row.error is not None:
        error = words.points(row.error) if row.unit == "share" else _signed(row.error, row.unit, own)
    naives = [
        words("fit.holdouts.naive_item", value=own.value(naive.value, row.unit), name=own.name("naive", naive.key))
        for naive in row.naives
    ]
    return (
        Cell(own.what(row.what)),
        Cell(own.name("variant", row.variant)),
        Cell(str(row.year)),
        Cell(own.value(row.observed, row.unit)),
        Cell(own.value(row.model, row.unit)),
        Cell(interval),
        Cell(error),
        inside,
        Cell(words.list(naives) if naives else none),
        Cell(own.name("kind", row.kind)),
    )


def _signed(value: float, unit: str, own: HoldoutWords) -> str:
    text = own.value(value, unit)
    return f"+{text}" if value > 0 and text.strip("0.,") else text
