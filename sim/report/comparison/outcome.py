"""What differs, in sentences: the first thing a committee reads."""

from __future__ import annotations

import math

from sim.comparison import Member
from sim.indicators import Indicator
from sim.report.comparison.view import View
from sim.report.model import Block, Bullets, Cell, Column, Paragraph, Section, Table


def outcome(view: View) -> Section:
    """The scenarios, what must be known before trusting a difference, the main differences, and the verdicts that change."""
    words = view.words
    blocks: list[Block] = [
        Table(
            words("compare.outcome.members_caption"),
            (Column(words("compare.column.scenario"), strong=True), Column(words("compare.column.title"))),
            tuple((Cell(member.letter), Cell(_title(view, member))) for member in view.comparison.members),
        )
    ]
    for notice in view.comparison.notices:
        blocks.append(Paragraph(words(f"compare.notice.{notice.key}", **notice.values), "warning"))
    for member in view.comparison.others:
        blocks += _differences(view, member)
    blocks.append(_verdicts(view))
    return Section("outcome", words("compare.section.outcome"), tuple(blocks))


def _title(view: View, member: Member) -> str:
    title = view.words.pick(member.manifest["title"])
    overrides = view.words.list([str(text) for text in member.manifest["overrides"]])
    mark = f" ({view.words('compare.base_mark')})" if member is view.base else ""
    return f"{title}{mark}" + (f" · {overrides}" if overrides and _titles_repeat(view) else "")


def _titles_repeat(view: View) -> bool:
    titles = [member.manifest["title"]["zh"] for member in view.comparison.members]
    return len(set(titles)) < len(titles)


def _differences(view: View, member: Member) -> list[Block]:
    """Sentences of one scenario, for the target year and the last year."""
    words = view.words
    years = list(dict.fromkeys([view.target_year, view.comparison.years[-1]]))
    blocks: list[Block] = []
    for year in years:
        sentences = _sentences(view, member, year)
        if sentences:
            lead = words("compare.outcome.lead", letter=view.title(member), base=view.base.letter, year=year)
            blocks += [Paragraph(lead, "lead"), Bullets(tuple(sentences))]
    if not blocks:
        return [Paragraph(words("compare.outcome.same", letter=view.title(member), base=view.base.letter), "lead")]
    return blocks


def _sentences(view: View, member: Member, year: int) -> list[str]:
    words = view.words
    found = []
    for entry in view.differing:
        row = view.row(entry.key, year, member)
        if entry.key == "population" and view.moved(row, "supply"):
            found.append(words("compare.outcome.population", difference=view.difference(entry, row, "supply")))
        elif entry.kind == "count" and row is not None:
            found += _resource(view, entry, row)
    found += _response(view, member, year)
    return found


def _resource(view: View, entry: Indicator, row: object) -> list[str]:
    """Need and gap of a resource where they move, else its supply."""
    words, label = view.words, entry.label(view.words.language)
    moved = [measure for measure in ("need", "gap_to_need") if view.moved(row, measure)]
    if not moved and view.moved(row, "supply"):
        moved = ["supply"]
    keys = {"need": "need", "gap_to_need": "gap", "supply": "supply"}
    return [
        words(f"compare.outcome.{keys[measure]}", label=label, difference=view.difference(entry, row, measure))
        for measure in moved
    ]


def _response(view: View, member: Member, year: int) -> list[str]:
    table = view.comparison.emergency
    rows = table[(table["year"] == year) & (table["metric"] == "response_mean_min") & (table["letter"] == member.letter)]
    for row in rows.itertuples(index=False):
        if row.difference is not None and not math.isnan(row.difference) and row.difference != 0:
            texts = {
                name: view.words.number(getattr(row, column), 2, sign=True)
                for name, column in (("difference", "difference"), ("low", "ci_low"), ("high", "ci_high"))
            }
            return [view.words("compare.outcome.response", **texts)]
    return []


def _verdicts(view: View) -> Block:
    """Rows whose verdict is not the same in all scenarios, in the years shown."""
    words, members = view.words, view.comparison.members
    rows = []
    for entry in view.indicators:
        for year in view.shown_years:
            found = [view.row(entry.key, year, member) for member in members]
            statuses = ["" if row is None else str(row.status) for row in found]
            if len(set(statuses)) > 1:
                label = Cell(entry.label(words.language))
                rows.append((label, Cell(str(year)), *(view.status(status) for status in statuses)))
    if not rows:
        return Paragraph(words("compare.outcome.verdicts_none"), "note")
    columns = (
        Column(words("column.indicator"), strong=True),
        Column(words("compare.column.year"), "right"),
        *(Column(member.letter) for member in members),
    )
    return Table(words("compare.outcome.verdicts_caption"), columns, tuple(rows), words("compare.outcome.verdicts_note"))
