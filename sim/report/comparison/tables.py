"""The tables of a comparison: headline figures, inputs that differ, how to read, what was compared."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from sim.comparison import Member
from sim.indicators import Indicator
from sim.report.comparison.view import View
from sim.report.model import Block, Cell, Column, Definitions, Paragraph, Section, Table

_FEW_ROWS = 60
_LATIN_WORD = re.compile(r"\b[a-z]{4,}\b")
_MOVED = ("supply", "need", "gap_to_need")


def headline(view: View) -> Section:
    """Every indicator in the years shown: those that differ for all scenarios, the others once."""
    words = view.words
    blocks: list[Block] = [Paragraph(words("compare.headline.lead", base=view.base.letter))]
    if view.differing:
        rows = [row for entry in view.differing for row in _differing_rows(view, entry)]
        caption = words("compare.headline.differing")
        blocks.append(Table(caption, _columns(view, True), tuple(rows), words("compare.headline.note"), file="compare.csv"))
    else:
        blocks.append(Paragraph(words("compare.headline.none_differ")))
    first = _first_shortfalls(view)
    if first is not None:
        blocks.append(first)
    equal = [entry for entry in view.indicators if entry not in view.differing]
    if equal:
        rows = [row for entry in equal for row in _equal_rows(view, entry)]
        caption, note = words("compare.headline.equal", n=len(equal)), words("compare.headline.equal_note", base=view.base.letter)
        blocks.append(Table(caption, _columns(view, False), tuple(rows), note, True, _FEW_ROWS, "compare.csv"))
    return Section("headline", words("compare.section.headline"), tuple(blocks))


def _columns(view: View, differences: bool) -> tuple[Column, ...]:
    words = view.words
    first = Column(words("compare.column.year"), strong=True)
    figures = ("supply", "norm", "need", "gap_to_norm", "gap_to_need")
    moved = [f"difference_{measure}" for measure in _MOVED] if differences else []
    return (
        first,
        *(Column(words(f"column.{name}"), "right") for name in figures),
        Column(words("compare.column.verdict")),
        *(Column(words(f"compare.column.{name}"), "right") for name in moved),
    )


def _differing_rows(view: View, entry: Indicator) -> list[tuple[Cell, ...]]:
    """A line a year for the base and all that equal it, and one for every scenario that does not."""
    rows: list[tuple[Cell, ...]] = [(Cell(view.label(entry)),)]
    for year in view.shown_years:
        others = [member for member in view.comparison.others if view.member_differs(entry.key, year, member)]
        alike = [member.letter for member in view.comparison.members if member not in others]
        base = view.row(entry.key, year, view.base)
        rows.append((Cell(f"{year} {' '.join(alike)}"), *_figures(view, entry, base), *(Cell("") for _ in _MOVED)))
        for member in others:
            row = view.row(entry.key, year, member)
            differences = (Cell(view.difference(entry, row, measure)) for measure in _MOVED)
            rows.append((Cell(f"{year} {member.letter}"), *_figures(view, entry, row), *differences))
    return rows


def _equal_rows(view: View, entry: Indicator) -> list[tuple[Cell, ...]]:
    found = [(year, row) for year in view.shown_years if (row := view.row(entry.key, year, view.base)) is not None]
    if not found:
        return []
    return [(Cell(view.label(entry)),), *((Cell(str(year)), *_figures(view, entry, row)) for year, row in found)]


def _figures(view: View, entry: Indicator, row: Any | None) -> list[Cell]:
    """Supply, norm, need, gaps and verdict as the member's own scorecard has them."""
    words = view.words
    if row is None:
        return [Cell(words("none")) for _ in range(6)]
    need = words.of(entry, row.need_p50)
    if row.need_p50 == row.need_p50:
        need = words.with_interval(need, words.of(entry, row.need_p10), words.of(entry, row.need_p90))
    return [
        Cell(words.of(entry, row.supply)),
        Cell(words.of(entry, row.norm) + ("*" if str(row.norm_basis).startswith("borrowed") else "")),
        Cell(need),
        Cell(words.of(entry, row.gap_to_norm, sign=True)),
        Cell(words.of(entry, row.gap_to_need, sign=True)),
        view.status(str(row.status)),
    ]


def _first_shortfalls(view: View) -> Table | None:
    """First year in which supply is below need (below the norm where no need is modelled), a column a scenario."""
    words, members = view.words, view.comparison.members
    found: dict[str, tuple[str, ...]] = {}
    for entry in view.indicators:
        years = tuple(_first_shortfall(view, entry, member) for member in members)
        follows = found.get(entry.count) == years if entry.kind == "rate" else False
        if any(years) and not follows:
            found[entry.key] = years
    if not found:
        return None
    rows = tuple(
        (Cell(view.label(entry)), *(Cell(year or words("none")) for year in found[entry.key]))
        for entry in view.indicators
        if entry.key in found
    )
    columns = (Column(words("column.indicator"), strong=True), *(Column(member.letter, "right") for member in members))
    return Table(words("compare.headline.first_caption"), columns, rows, words("compare.headline.first_note"))


def _first_shortfall(view: View, entry: Indicator, member: Member) -> str:
    rows = [row for year in view.comparison.years if (row := view.row(entry.key, year, member)) is not None]
    if not rows:
        return ""
    modelled = any(row.need_p50 == row.need_p50 for row in rows)
    first = rows[0].first_shortfall_need if modelled else rows[0].first_shortfall_norm
    return "" if first is None or first != first else str(int(first))


def inputs(view: View) -> Section:
    """What was put in otherwise than in the base, one table a scenario; region packs folded."""
    words = view.words
    blocks: list[Block] = [Paragraph(words("compare.inputs.lead", base=view.base.letter))]
    for member in view.comparison.others:
        table = view.comparison.inputs
        own = table[table["letter"] == member.letter]
        settings = own[own["group"] == "scenario"]
        if settings.empty:
            blocks.append(Paragraph(words("compare.inputs.none", letter=view.title(member), base=view.base.letter)))
        for key, part, folded in (
            ("caption", settings, False),
            ("derived_caption", own[own["group"] == "projection"], False),
            ("pack_caption", own[~own["group"].isin(["scenario", "projection"])], True),
        ):
            if len(part):
                blocks.append(_inputs_table(view, member, key, part, folded))
    return Section("inputs", words("compare.section.inputs"), tuple(blocks))


def _inputs_table(view: View, member: Member, key: str, part: pd.DataFrame, folded: bool) -> Table:
    words = view.words
    caption = words(f"compare.inputs.{key}", letter=view.title(member), base=view.base.letter, n=len(part))
    rows = tuple(
        tuple(map(Cell, (_input_name(view, row), _value(view, row, "base_value"), _value(view, row, "value"), _places(row))))
        for row in part.itertuples(index=False)
    )
    columns = (
        Column(words("compare.column.setting"), strong=True),
        Column(words("compare.column.before", letter=view.base.letter)),
        Column(words("compare.column.after", letter=member.letter)),
        Column(words("compare.column.where")),
    )
    return Table(caption, columns, rows, words("compare.inputs.note"), folded, _FEW_ROWS, "inputs_diff.csv")


def _input_name(view: View, row: Any) -> str:
    words = view.words
    if row.group == "scenario":
        return words.setting(row.key)
    if row.group in ("baseline", "target"):
        return words(f"assumptions.{row.group}", label=_indicator_label(view, row.key), year=row.year)
    if row.group == "observed":
        return words("assumptions.observed", label=words.measure(row.key), year=row.year)
    return words.parameter(row.key) if row.group == "parameter" else _said(view, row.key)


def _said(view: View, text: str) -> str:
    """A sentence of a model in the report's language where all of it is known, else as the model says it."""
    said = view.words.said(text)
    return text if _LATIN_WORD.search(said) else said


def _indicator_label(view: View, key: str) -> str:
    found = next((entry for entry in view.indicators if entry.key == key), None)
    return found.label(view.words.language) if found is not None else key


def _value(view: View, row: Any, column: str) -> str:
    """A value in words; a long schedule is cut (the file has all of it)."""
    text = getattr(row, column)
    if row.group == "projection":
        return _said(view, text)
    parts = text.split("; ")
    return view.words.value(text) if len(parts) <= 6 else "; ".join(parts[:5]) + f"; \N{HORIZONTAL ELLIPSIS} ({len(parts)})"


def _places(row: Any) -> str:
    """Where both values were set: ``before -> after``; one of them where the other is not set."""
    places = [place for place in (row.base_place, row.place) if place]
    return " → ".join(dict.fromkeys(places)) or row.source or row.base_source


def reading(view: View) -> Section:
    """What a difference in pairs is."""
    words = view.words
    values = {"base": view.base.letter, "pairs": words.number(view.comparison.pairs)}
    keys = ("pair", "shown", "letters", "calls", "rest")
    items = tuple((words(f"compare.reading.{key}.term"), words(f"compare.reading.{key}.text", **values)) for key in keys)
    return Section("reading", words("compare.section.reading"), (Definitions(items),))


def provenance(view: View) -> Section:
    """The runs with what is needed to get them again."""
    words = view.words
    names = ("scenario", "title", "run", "seed", "draws", "replications", "program", "overrides")
    rows = []
    for member in view.comparison.members:
        manifest = member.manifest
        rows.append(
            tuple(
                map(
                    Cell,
                    (
                        member.letter,
                        words.pick(manifest["title"]),
                        member.run.name,
                        str(manifest["seed"]),
                        words.number(manifest["draws"]),
                        words.number(manifest["replications"]),
                        f"{manifest['program']['version']} ({manifest['program']['sources'][:10]})",
                        words.list([str(text) for text in manifest["overrides"]]) or words("none"),
                    ),
                )
            )
        )
    columns = tuple(Column(words(f"compare.column.{name}"), strong=name == "scenario") for name in names)
    table = Table(words("compare.provenance.caption"), columns, tuple(rows), words("compare.provenance.note"))
    return Section("provenance", words("compare.section.provenance"), (table,))
