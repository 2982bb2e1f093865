"""What went in: the scenario's changes, what the model leaves out, every input with its grade; how to read; provenance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.context import Context, present
from sim.report.model import Block, Bullets, Cell, Column, Definitions, Paragraph, Section, Table

_GRADES = ("assumption", "recalled", "modelled", "derived", "sourced_secondary", "sourced", "seed")
"""Confidence grades, weakest first."""

_OWN_LAYERS = ("command line", "file")


def changes(context: Context) -> Section | None:
    """What the scenario itself sets, beside what it inherits."""
    words = context.words
    table = context.table("assumptions")
    own = table[(table["group"] == "scenario") & table["layer"].isin(_OWN_LAYERS)]
    own = own[~own["key"].isin(["seed", "draws", "schema"])]
    if own.empty:
        return None
    rows = tuple(
        (Cell(row.key), Cell(_value(row.value)), Cell(words(f"layer.{row.layer.replace(' ', '_')}")), Cell(str(row.place)))
        for row in own.itertuples()
    )
    columns = (
        Column(words("column.setting"), strong=True),
        *(Column(words(f"column.{name}")) for name in ("value", "layer", "place")),
    )
    block = Table(words("changes.caption"), columns, rows, words("changes.note"), rows_in_word=60, file="assumptions.csv")
    return Section("changes", words("section.changes"), (Paragraph(words("changes.lead")), block))


def outside_the_model(context: Context) -> Section:
    """Statements of the plan that are carried along, and the model's own limits."""
    words = context.words
    blocks: list[Block] = [Bullets(tuple(words(f"limits.{number}") for number in range(1, 8)))]
    table = context.table("not_modelled")
    targets = table[table["kind"].isin(["target", "project"])] if len(table) else table
    if len(targets):
        rows = tuple(
            (
                Cell(row.label_zh),
                Cell(str(row.year)),
                Cell(_printed(row)),
                Cell(str(row.nature)),
                Cell(str(row.used_as or words("none"))),
            )
            for row in targets.itertuples()
        )
        names = ("statement", "year", "value", "nature", "used_as")
        columns = tuple(Column(words(f"column.{name}"), strong=name == "statement") for name in names)
        blocks.append(
            Table(words("outside.caption", n=len(targets)), columns, rows, words("outside.note"), True, 40, "not_modelled.csv")
        )
    for key in ("gives_not",):
        if context.manifest[key]:
            blocks.append(Paragraph(words(f"outside.{key}")))
            blocks.append(Bullets(tuple(words.said(text) for text in context.manifest[key])))
    return Section("outside", words("section.outside"), tuple(blocks))


def assumptions(context: Context) -> Section:
    """Every input with value, unit, source and grade, the weakest first."""
    words = context.words
    table = context.table("assumptions")
    graded = table[table["confidence"].isin(_GRADES) & (table["used"] != "false")]
    counts = graded["confidence"].value_counts()
    summary = Table(
        caption=words("assumptions.summary_caption"),
        columns=(
            Column(words("column.confidence"), strong=True),
            Column(words("column.number"), "right"),
            Column(words("column.meaning")),
        ),
        rows=tuple(
            (Cell(words(f"grade.{grade}")), Cell(words.number(int(counts[grade]))), Cell(words(f"grade_definition.{grade}")))
            for grade in _GRADES
            if grade in counts
        ),
    )
    blocks: list[Block] = [Paragraph(words("assumptions.lead")), summary]
    for grade in _GRADES:
        part = graded[graded["confidence"] == grade]
        if len(part):
            blocks.append(_graded(context, grade, part))
    return Section("assumptions", words("section.assumptions"), tuple(blocks))


def _graded(context: Context, grade: str, part: pd.DataFrame) -> Table:
    words = context.words
    rows = tuple(
        (
            Cell(_input_name(context, row)),
            Cell(_value(row.value)),
            Cell(words.unit(str(row.unit))),
            Cell(_range(context, row)),
            Cell(str(row.basis) if present(row.basis) else ""),
            Cell(str(row.source)),
        )
        for row in part.itertuples()
    )
    names = ("input", "value", "unit", "range", "basis", "source")
    columns = tuple(Column(words(f"column.{name}"), strong=name == "input") for name in names)
    caption = words("assumptions.caption", grade=words(f"grade.{grade}"), n=len(part))
    weak = grade in ("assumption", "recalled", "modelled")
    return Table(caption, columns, rows, folded=True, rows_in_word=None if weak else 40, file="assumptions.csv")


def _input_name(context: Context, row: Any) -> str:
    """An indicator's label for an observed value or a target (with its year), else the parameter's key."""
    words = context.words
    if row.group in ("baseline", "observed", "target"):
        year = int(float(row.year)) if present(row.year) else ""
        return words(f"assumptions.{row.group}", label=words.measure(str(row.key)), year=year)
    return words.parameter(str(row.key)) if row.group == "parameter" else words.said(str(row.key))


def _range(context: Context, row: Any) -> str:
    if not (present(row.low) and present(row.high)):
        return ""
    return context.words.interval(_value(row.low), _value(row.high))


def _value(value: Any) -> str:
    """A value as it stands in the file; a long schedule is cut (the file has all of it)."""
    text = str(value)
    parts = text.split("; ")
    return text if len(parts) <= 6 else "; ".join(parts[:5]) + f"; \N{HORIZONTAL ELLIPSIS} ({len(parts)})"


def _printed(row: Any) -> str:
    if not present(row.value):
        return str(row.quote)
    return f"{row.operator} {row.value} {row.unit}".strip()


def how_to_read(context: Context) -> Section:
    """What the words and the intervals mean."""
    words = context.words
    keys = (
        "supply",
        "norm",
        "need",
        "gap",
        "draws",
        "interval",
        "chance",
        "clock",
        "response",
        "coverage",
        "basis",
        "nature",
        "borrowed",
    )
    draws = words.number(context.manifest["draws"])
    return Section(
        "reading",
        words("section.reading"),
        (Definitions(tuple((words(f"reading.{key}.term"), words(f"reading.{key}.text", draws=draws)) for key in keys)),),
    )


def provenance(context: Context) -> Section:
    """What is needed to get the same figures again."""
    words, manifest = context.words, context.manifest
    versions = words.list([f"{name} {version}" for name, version in manifest["versions"].items()])
    facts = [
        ("run", context.run.name),
        ("hash", manifest["content_hash"]),
        ("scenario_file", manifest["scenario_file"]),
        ("overrides", words.list(manifest["overrides"]) or words("none")),
        ("seed", str(manifest["seed"])),
        ("draws", words.number(manifest["draws"])),
        ("replications", words.number(manifest["replications"])),
        ("engine", words(f"engine.{manifest['engine']}")),
        ("program", manifest["program"]["version"]),
        ("versions", versions),
        ("computed", str(manifest["started"] or words("none"))),
        (
            "timings",
            words.list(
                [f"{words.known(f'step.{name}', name)} {seconds:.1f} s" for name, seconds in manifest["timings_s"].items()]
            ),
        ),
    ]
    table = Table(
        caption=words("provenance.caption"),
        columns=(Column(words("column.what"), strong=True), Column(words("column.value"))),
        rows=tuple((Cell(words(f"provenance.{key}")), Cell(value)) for key, value in facts),
        note=words("provenance.verify", run=context.run.name),
    )
    return Section("provenance", words("section.provenance"), (table,))
