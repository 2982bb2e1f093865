"""The sections with charts: supply, norm and need; emergency response; population."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.comparison import Member
from sim.indicators import Indicator, dictionary
from sim.report.comparison.charts import lines_chart, panels_chart, response_chart
from sim.report.comparison.view import View
from sim.report.model import Block, Cell, Column, Figure, Figures, Paragraph, Section, Table

_ROLES = {"supply": "supply", "norm": "norm", "need": "need_p50"}
_METRICS = (
    "response_mean_min", "response_median_min", "response_p90_min", "response_share_within_12", "turnout_mean_min",
    "queued_share", "utilisation",
)  # fmt: skip
_DIFFERENCE_COLUMNS = ("mean", "difference", "interval", "variance_ratio", "parameter")
_SHARES = ("response_share_within_12", "queued_share", "utilisation")


def charts(view: View) -> Section | None:
    """Supply, norm and need of every count that has at least two of them; those that differ first."""
    found = [figure for entry in view.differing if (figure := _triple(view, entry)) is not None]
    if not found:
        return None
    lead = Paragraph(view.words("compare.charts.lead"))
    return Section("charts", view.words("compare.section.charts"), (lead, Figures(tuple(found))))


def _triple(view: View, entry: Indicator) -> Figure | None:
    words, table = view.words, view.comparison.headline
    rows = table[table["indicator"] == entry.key]
    if entry.kind != "count" or entry.key == "population":
        return None
    long = pd.concat(
        [
            pd.DataFrame({"letter": rows["letter"], "year": rows["year"], "role": role, "value": rows[column]})
            for role, column in _ROLES.items()
        ]
    ).dropna(subset=["value"])
    long = long.astype({"value": float, "year": int})
    if long["role"].nunique() < 2 or long["year"].nunique() < 2:
        return None
    names = {role: words(f"compare.charts.{role}") for role in _ROLES}
    year = view.comparison.years[-1]
    letters_of: dict[tuple[str, ...], list[str]] = {}
    for member in view.comparison.members:
        row = view.row(entry.key, year, member)
        if row is not None:
            figures = tuple(words.of(entry, getattr(row, column)) for column in _ROLES.values())
            letters_of.setdefault(figures, []).append(member.letter)
    parts = [
        words("compare.charts.part", letter=" ".join(letters), supply=supply, norm=norm, need=need)
        for (supply, norm, need), letters in letters_of.items()
    ]
    return Figure(
        key=f"{words.language}-resource-{entry.key}",
        title=view.label(entry),
        description=words("compare.charts.description", year=year, parts=words.list(parts)),
        spec=panels_chart(long, _letters(view), names, words.unit(entry.unit)),
    )


def people(view: View) -> Section | None:
    """Residents of every scenario, with the 80 % band."""
    words, table = view.words, view.comparison.headline
    rows = table[table["indicator"] == "population"]
    if rows["year"].nunique() < 2:
        return None
    frame = pd.DataFrame(
        {
            "letter": rows["letter"],
            "year": rows["year"].astype(int),
            "value": rows["supply"].astype(float),
            "low": rows["supply_p10"].astype(float),
            "high": rows["supply_p90"].astype(float),
        }
    )
    entry, year = dictionary()["population"], view.comparison.years[-1]
    parts = [
        words("compare.people.part", letter=member.letter, value=words.of(entry, row.supply))
        for member in view.comparison.members
        if (row := view.row("population", year, member)) is not None
    ]
    figure = Figure(
        key=f"{words.language}-population",
        title=words("compare.people.title"),
        description=words("compare.people.description", year=year, parts=words.list(parts)),
        spec=lines_chart(frame, _letters(view), words.unit(entry.unit)),
    )
    return Section("people", words("compare.section.people"), (Figures((figure,)),))


def emergency(view: View) -> Section | None:
    """Response by year, and the differences on the same calls."""
    words, table = view.words, view.comparison.emergency
    if table.empty:
        return None
    blocks: list[Block] = [Paragraph(words("compare.emergency.lead")), Figures((_response(view),))]
    rows = [row for metric in _METRICS for row in _metric_rows(view, metric)]
    pairs = int(table["replications"].dropna().min()) if table["replications"].notna().any() else 0
    columns = (
        Column(words("compare.column.year"), strong=True),
        Column(view.base.letter, "right"),
        *(Column(words(f"compare.column.{name}"), "right") for name in _DIFFERENCE_COLUMNS),
    )
    if not rows:
        blocks.append(Paragraph(words("compare.emergency.equal")))
        return Section("emergency", words("compare.section.emergency"), tuple(blocks))
    caption, note = words("compare.emergency.caption", base=view.base.letter), words("compare.emergency.note", n=pairs)
    blocks.append(Table(caption, columns, tuple(rows), note, file="compare_emergency.csv"))
    return Section("emergency", words("compare.section.emergency"), tuple(blocks))


def _response(view: View) -> Figure:
    words, table = view.words, view.comparison.emergency
    rows = table[table["metric"] == "response_mean_min"]
    frame = pd.DataFrame(
        {
            "letter": rows["letter"],
            "year": rows["year"].astype(int),
            "mean": rows["mean"].astype(float),
            "low": rows["parameter_p10"].astype(float),
            "high": rows["parameter_p90"].astype(float),
        }
    )
    year = int(frame["year"].max())
    parts = [
        words("compare.emergency.part", letter=row.letter, value=words.number(row.mean, 1))
        for row in frame[frame["year"] == year].itertuples(index=False)
    ]
    standard = float(view.base.manifest["resolved"]["emergency"]["standard_min"])
    labels = {"minutes": words.unit("min"), "standard": words("compare.emergency.standard", value=f"{standard:g}")}
    return Figure(
        key=f"{words.language}-response",
        title=words("compare.emergency.title"),
        description=words("compare.emergency.description", year=year, parts=words.list(parts)),
        spec=response_chart(frame, _letters(view), standard, labels),
        wide=len(frame) > 24,
    )


def _metric_rows(view: View, metric: str) -> list[tuple[Cell, ...]]:
    words, table = view.words, view.comparison.emergency
    rows = table[table["metric"] == metric]
    found: list[tuple[Cell, ...]] = [(Cell(words(f"compare.metric.{metric}")),)] if len(rows) else []
    for year in sorted(rows["year"].unique()):
        of_year = {row.letter: row for row in rows[rows["year"] == year].itertuples(index=False)}
        base = of_year[view.base.letter]
        others = [(member, of_year[member.letter]) for member in view.comparison.others]
        found += [_metric_row(view, metric, member, base, row) for member, row in others if _differs(row)]
    return found if len(found) > 1 else []


def _differs(row: Any) -> bool:
    """Whether any pair of replications or of parameter draws differs."""
    values = (row.difference, row.ci_low, row.ci_high, row.parameter_difference_p10, row.parameter_difference_p90)
    return any(value is not None and value == value and value != 0 for value in values)


def _metric_row(view: View, metric: str, member: Member, base: Any, row: Any) -> tuple[Cell, ...]:
    words = view.words

    def text(value: float, *, sign: bool = False) -> str:
        if metric in _SHARES:
            return words.points(value) if sign else words.percent(value, 1)
        return words.number(value, 2, sign=sign)

    def interval(low: float, high: float) -> str:
        return words("none") if low is None or math.isnan(low) else words.interval(text(low, sign=True), text(high, sign=True))

    return (
        Cell(f"{int(row.year)} {member.letter}"),
        Cell(text(base.mean)),
        Cell(text(row.mean)),
        Cell(text(row.difference, sign=True)),
        Cell(interval(row.ci_low, row.ci_high)),
        Cell(words.number(row.variance_ratio, 1)),
        Cell(interval(row.parameter_difference_p10, row.parameter_difference_p90)),
    )


def _letters(view: View) -> list[str]:
    return [member.letter for member in view.comparison.members]
