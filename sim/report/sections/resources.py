"""Supply, norm and need of each resource over the years; the hires that a staff target implies; second estimates."""

from __future__ import annotations

import pandas as pd

from sim.indicators import dictionary
from sim.report.charts.resources import triple_chart
from sim.report.context import Context, present
from sim.report.model import Block, Cell, Column, Figure, Figures, Paragraph, Section, Table


def build(context: Context) -> Section:
    """The section."""
    words = context.words
    figures = [figure for key in dictionary() if (figure := _figure(context, key)) is not None]
    blocks: list[Block] = [Paragraph(words("resources.lead")), Figures(tuple(figures))]
    blocks += [table for table in (_reasons(context), _hires(context), _second(context)) if table is not None]
    return Section("resources", words("section.resources"), tuple(blocks))


def _figure(context: Context, key: str) -> Figure | None:
    """The chart of a count that has at least two of supply, norm and need."""
    words, entry = context.words, dictionary()[key]
    rows = context.scorecard[context.scorecard["indicator"] == key]
    shown = sum(rows[name].notna().any() for name in ("supply", "norm", "need_p50"))
    if entry.kind != "count" or shown < 2 or len(rows) < 2:
        return None
    names = {role: words(f"column.{role}") for role in ("supply", "norm")} | {"need": words("chart.need")}
    last = rows.iloc[-1]
    described = [
        words(f"resources.describe.{role}", value=words.of(entry, last[column]))
        for role, column in (("supply", "supply"), ("norm", "norm"), ("need", "need_p50"))
        if present(last[column])
    ]
    return Figure(
        key=f"resource-{key}",
        title=context.label(key),
        description=words("resources.describe.all", year=int(last["year"]), parts=words.list(described)),
        spec=triple_chart(rows, names, words.unit(entry.unit)),
    )


def _reasons(context: Context) -> Table | None:
    """Why need changes from the base year to the horizon: the exact parts of each factor, central."""
    words = context.words
    table = context.table("attribution")
    if table.empty:
        return None
    table = table[table["to_year"] == table["to_year"].max()]
    factors = list(dict.fromkeys(table["factor"]))
    rows = []
    for key, part in table.groupby("indicator", sort=False):
        entry, first = context.indicator(str(key)), part.iloc[0]
        parts = part.set_index("factor")["part"]
        rows.append(
            (
                Cell(context.label(str(key))),
                Cell(words.of(entry, first["need_from"])),
                *(Cell(words.of(entry, parts[factor], sign=True)) for factor in factors),
                Cell(words.of(entry, first["need_to"])),
            )
        )
    start, end = int(table["from_year"].iloc[0]), int(table["to_year"].iloc[0])
    columns = (
        Column(words("column.indicator"), strong=True),
        Column(words("resources.need_in", year=start), "right"),
        *(Column(words(f"factor.{factor}"), "right") for factor in factors),
        Column(words("resources.need_in", year=end), "right"),
    )
    caption = words("resources.reasons_caption", start=start, end=end)
    return Table(caption, columns, tuple(rows), words("resources.reasons_note"), file="attribution.csv")


def _hires(context: Context) -> Table | None:
    """Recruits a year that the staff paths imply, in the shown years."""
    words = context.words
    table = context.table("supply")
    staff = table[table["hires"].notna()]
    if staff.empty:
        return None
    years = [year for year in context.years if context.base_year < year <= context.target_year] or context.years
    rows = [
        (Cell(context.indicator(key).label(words.language)), *(Cell(words.number(_at(part, year))) for year in years))
        for key, part in staff.groupby("indicator", sort=False)
    ]
    columns = (Column(words("column.indicator"), strong=True), *(Column(str(year), "right") for year in years))
    return Table(words("resources.hires_caption"), columns, tuple(rows), words("resources.hires_note"), file="supply.csv")


def _at(rows: pd.DataFrame, year: int) -> float | None:
    found = rows.loc[rows["year"] == year, "hires"]
    return float(found.iloc[0]) if len(found) else None


def _second(context: Context) -> Table | None:
    """Second, labelled estimates beside the main one, at the target year and the horizon."""
    words = context.words
    table = context.table("need")
    others = table[table["estimate"] != "main"]
    if others.empty:
        return None
    years = list(dict.fromkeys([context.target_year, context.horizon]))
    rows = []
    for key, estimates in others.groupby("indicator", sort=False)["estimate"].unique().items():
        entry = context.indicator(str(key))
        for name in ("main", *estimates):
            part = table[(table["indicator"] == key) & (table["estimate"] == name)].set_index("year")
            if part.empty:
                continue
            values = [
                words("none")
                if at is None
                else context.with_interval(entry, at.p50 if present(at.p50) else at.central, at.p10, at.p90)
                for at in (part.loc[year] if year in part.index else None for year in years)
            ]
            label = words.known(f"estimate.{name}", str(name))
            shown = words.said(str(part["method"].iloc[0]))
            rows.append((Cell(context.label(str(key))), Cell(label), *map(Cell, values), Cell(shown)))
    columns = (
        Column(words("column.indicator"), strong=True),
        Column(words("column.estimate")),
        *(Column(str(year), "right") for year in years),
        Column(words("column.method")),
    )
    return Table(words("resources.second_caption"), columns, tuple(rows), words("interval_note"), file="need.csv")
