"""Who will live there."""

from __future__ import annotations

import pandas as pd

from sim.report.charts.population import flows_chart, path_chart, pyramid_chart
from sim.report.context import Context
from sim.report.model import Block, Cell, Column, Figure, Figures, Paragraph, Section, Table


def build(context: Context) -> Section:
    """The section."""
    words = context.words
    totals = context.table("population_totals")
    # 1 January of a year is 31 December of the year before: the scorecard's clock.
    ends = totals.assign(year=totals["year"] - 1)
    ends = ends[ends["year"].between(context.base_year, context.horizon)]
    first, last = ends.iloc[0], ends.iloc[-1]
    lead = words(
        "people.lead",
        first_year=int(first.year),
        first=words.number(first.total),
        last_year=int(last.year),
        last=words.number(last.total),
        interval=words.interval(words.number(last.p10), words.number(last.p90)),
    )
    blocks: list[Block] = [Paragraph(lead), Figures((_path(context, ends), _pyramid(context), _flows(context, totals)))]
    blocks += [_groups(context), _towns(context), *_town_needs(context)]
    return Section("people", words("section.people"), tuple(blocks))


def _path(context: Context, ends: pd.DataFrame) -> Figure:
    words = context.words
    scale = float(words("people.scale"))
    table = ends[["year", "total", "p10", "p90"]].assign(**{name: ends[name] / scale for name in ("total", "p10", "p90")})
    last = ends.iloc[-1]
    return Figure(
        key="population-path",
        title=words("people.path_title"),
        description=words(
            "people.path_description",
            year=int(last.year),
            total=words.number(last.total),
            interval=words.interval(words.number(last.p10), words.number(last.p90)),
        ),
        spec=path_chart(table, words("people.scaled_people"), words("chart.central"), words("chart.band")),
    )


def _pyramid(context: Context) -> Figure:
    words = context.words
    table = context.table("population")
    people = table.assign(year=table["year"] - 1)
    people = people[people["year"].isin([context.base_year, context.horizon])]
    keys = ("male", "female", "age", "people")
    return Figure(
        key="population-pyramid",
        title=words("people.pyramid_title", base=context.base_year, last=context.horizon),
        description=words("people.pyramid_description", base=context.base_year, last=context.horizon),
        spec=pyramid_chart(people, context.base_year, context.horizon, {key: words(f"people.{key}") for key in keys}),
        caption=words("people.pyramid_caption", base=context.base_year, last=context.horizon),
    )


def _flows(context: Context, totals: pd.DataFrame) -> Figure:
    words = context.words
    flows = totals[["year", "births", "deaths", "net_migration"]].dropna()
    last = flows.iloc[-1]
    names = ("births", "deaths", "net_migration", "people")
    return Figure(
        key="population-flows",
        title=words("people.flows_title"),
        description=words(
            "people.flows_description",
            year=int(last.year),
            births=words.number(last.births),
            deaths=words.number(last.deaths),
            migration=words.number(last.net_migration, sign=True),
        ),
        spec=flows_chart(flows, {name: words(f"people.{name}") for name in names}),
    )


def _groups(context: Context) -> Table:
    words = context.words
    table = context.table("population_groups")
    table = table.assign(year=table["year"] - 1).set_index(["group", "year"])
    rows = []
    for group in dict.fromkeys(table.index.get_level_values("group")):
        cells = [Cell(words(f"group.{group}"))]
        for year in context.shown_years:
            at = table.loc[(group, year)]
            count = words.with_interval(words.number(at.central), words.number(at.p10), words.number(at.p90))
            cells += [Cell(count), Cell(words.percent(at.share_central, 1))]
        rows.append(tuple(cells))
    columns = [Column(words("column.age_group"), strong=True)]
    for year in context.shown_years:
        columns += [Column(words("people.residents_at", year=year), "right"), Column(words("column.share"), "right")]
    note = words("people.groups_note")
    return Table(words("people.groups_caption"), tuple(columns), tuple(rows), note, file="population_groups.csv")


def _towns(context: Context) -> Table:
    words = context.words
    table = context.table("towns")
    residents = table[table["measure"] == "residents"]
    name = "name_zh" if words.language == "zh" else "name_en"
    indexed = residents.set_index(["town", "year"])
    rows = []
    for town, label in dict(zip(residents["town"], residents[name], strict=True)).items():
        cells = [Cell(str(label))]
        for year in context.shown_years:
            at = indexed.loc[(town, year)]
            cells.append(Cell(words.with_interval(words.number(at.central), words.number(at.p10), words.number(at.p90))))
        rows.append(tuple(cells))
    columns = (Column(words("column.town"), strong=True), *(Column(str(year), "right") for year in context.shown_years))
    return Table(words("people.towns_caption"), columns, tuple(rows), words("people.towns_note"), folded=True, file="towns.csv")


def _town_needs(context: Context) -> list[Block]:
    """What demand gives by town (children, places needed) at the target year and the horizon."""
    words = context.words
    table = context.table("towns")
    others = table[~table["measure"].str.startswith("residents")]
    if others.empty:
        return []
    name = "name_zh" if words.language == "zh" else "name_en"
    measures = list(dict.fromkeys(others["measure"]))
    years = list(dict.fromkeys([context.target_year, context.horizon]))
    indexed = others.set_index(["measure", "town", "year"])
    rows = []
    for town, label in dict(zip(others["town"], others[name], strict=True)).items():
        cells = [Cell(str(label))]
        for measure in measures:
            for year in years:
                at = indexed.loc[(measure, town, year)]
                cells.append(Cell(words.with_interval(words.number(at.central), words.number(at.p10), words.number(at.p90))))
        rows.append(tuple(cells))
    headings = [
        words("people.measure_at", measure=words.known(f"measure.{measure}", measure), year=year)
        for measure in measures
        for year in years
    ]
    columns = (Column(words("column.town"), strong=True), *(Column(heading, "right") for heading in headings))
    note = words("people.towns_note")
    return [Table(words("people.town_needs_caption"), columns, tuple(rows), note, folded=True, file="towns.csv")]
