"""What differs, in sentences: the first thing a committee reads."""

from __future__ import annotations

import math

from sim.comparison import Member
from sim.indicators import Indicator, dictionary
from sim.report.comparison.view import View
from sim.report.model import Block, Bullets, Cell, Column, Definitions, Paragraph, Section, Table

_MEASURES = ("supply", "need", "gap_to_need")
_RANKS = {"met": 0, "met_centrally": 1, "missed_centrally": 2, "missed": 3}
"""Verdicts from best to worst; the others cannot get better or worse."""


def outcome(view: View) -> Section:
    """The scenarios, what must be known before trusting a difference, the main differences, and the verdicts that change."""
    words = view.words
    blocks: list[Block] = [
        Definitions(tuple((member.letter, _title(view, member)) for member in view.comparison.members))
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
    """One scenario against the base: verdicts and response in sentences, then the differences of what moves."""
    words = view.words
    years = list(dict.fromkeys([view.target_year, view.comparison.years[-1]]))
    counts = [entry for entry in view.differing if entry.kind == "count" and entry.key != "population"]
    moved = [entry for entry in counts if _moves(view, entry, member, years)]
    sentences = [sentence for year in years if (sentence := _sentence(view, member, year))]
    if not moved and not sentences:
        return [Paragraph(words("compare.outcome.same", letter=view.title(member), base=view.base.letter), "lead")]
    lead = words("compare.outcome.lead", letter=view.title(member), base=view.base.letter)
    blocks: list[Block] = [Paragraph(lead, "lead"), Bullets(tuple(sentences))] if sentences else [Paragraph(lead, "lead")]
    if moved:
        blocks.append(_moved_table(view, member, moved, years))
    return blocks


def _moves(view: View, entry: Indicator, member: Member, years: list[int]) -> bool:
    return any(view.moved(view.row(entry.key, year, member), measure) for year in years for measure in _MEASURES)


def _sentence(view: View, member: Member, year: int) -> str:
    """Residents, verdicts that get better and worse, and the mean response, in one year."""
    words = view.words
    better, worse = _changed_verdicts(view, member, year)
    parts = []
    residents = view.row("population", year, member)
    if view.moved(residents, "supply"):
        difference = view.difference(dictionary()["population"], residents, "supply")
        parts.append(words("compare.outcome.population", difference=difference))
    if better or worse:
        parts.append(words("compare.outcome.verdicts", better=better, worse=worse))
    parts += _response(view, member, year)
    return words("compare.outcome.year", year=year, parts=words.list(parts)) if parts else ""


def _changed_verdicts(view: View, member: Member, year: int) -> tuple[int, int]:
    """How many indicators get a better verdict than in the base, and a worse one; a count and its rate are one."""
    better = worse = 0
    for entry in view.indicators:
        ranks = []
        for one in (view.base, member):
            row = view.row(entry.key, year, one)
            ranks.append(_RANKS.get(str(row.status)) if row is not None else None)
        before, after = ranks
        if before is None or after is None or view.said_by_rate(entry, year):
            continue
        better, worse = better + (after < before), worse + (after > before)
    return better, worse


def _moved_table(view: View, member: Member, moved: list[Indicator], years: list[int]) -> Table:
    words = view.words
    columns = (
        Column(words("column.indicator"), strong=True),
        *(
            Column(words(f"compare.outcome.column.{measure}", year=year), "right")
            for year in years
            for measure in _MEASURES
        ),
    )
    rows = tuple(
        (
            Cell(view.label(entry)),
            *(
                Cell(view.difference(entry, view.row(entry.key, year, member), measure))
                for year in years
                for measure in _MEASURES
            ),
        )
        for entry in moved
    )
    caption = words("compare.outcome.moved_caption", letter=member.letter, base=view.base.letter)
    return Table(caption, columns, rows, words("compare.outcome.moved_note"), file="compare.csv")


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
            if len(set(statuses)) > 1 and not view.said_by_rate(entry, year):
                rows.append((Cell(view.label(entry)), Cell(str(year)), *(view.status(status) for status in statuses)))
    if not rows:
        return Paragraph(words("compare.outcome.verdicts_none"), "note")
    columns = (
        Column(words("column.indicator"), strong=True),
        Column(words("compare.column.year"), "right"),
        *(Column(member.letter) for member in members),
    )
    return Table(words("compare.outcome.verdicts_caption"), columns, tuple(rows), words("compare.outcome.verdicts_note"))
