"""Does help arrive in time: response times with both kinds of uncertainty, maps, coverage, and what a radius demands."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sim.report.charts.emergency import distribution_chart, response_chart, warm_up_chart
from sim.report.context import Context
from sim.report.model import Block, Bullets, Cell, Column, Figure, Figures, Paragraph, Section, Table
from sim.report.sections.emergency_policies import policy_blocks
from sim.report.sections.maps import maps

_METRICS = (
    "response_mean_min", "response_median_min", "response_p90_min", "response_share_within_12", "dispatch_mean_min",
    "turnout_mean_min", "turnout_share_within_3", "travel_mean_min", "queue_mean_min", "queued_share", "own_station_share",
    "utilisation", "utilisation_with_way_back",
)  # fmt: skip
_METRICS_BY_PLACE = _METRICS[:4]
_SEGMENTS = ("all", "urban", "rural")


def build(context: Context) -> Section | None:
    """The section; None when nothing was simulated."""
    words = context.words
    metrics = context.table("emergency")
    if metrics.empty:
        return None
    standard = float(context.manifest["resolved"]["emergency"]["standard_min"])
    engine = words(f"engine.{context.manifest['engine']}")
    blocks: list[Block] = [
        Paragraph(words("emergency.lead", engine=engine, standard=words.number(standard))),
        Bullets(tuple(words.said(text) for text in context.manifest["notices"])),
        Figures((_response(context, metrics, standard), _distribution(context, standard))),
        _metrics(context, metrics),
        *policy_blocks(context, metrics, _shown_years(context, metrics)),
        Figures(maps(context)),
        Paragraph(words("emergency.map_note"), "note"),
        _coverage(context),
        *_arithmetic(context, metrics, standard),
        *_duty(context),
        *_checks(context),
        *_warm_up(context),
    ]
    return Section("emergency", words("section.emergency"), tuple(blocks))


def _shown_years(context: Context, table: pd.DataFrame) -> list[int]:
    """The report's years as far as they were simulated; all simulated ones if none of them was."""
    years = [int(year) for year in sorted(table["year"].unique())]
    return [year for year in years if year in context.shown_years] or years


def _response(context: Context, metrics: pd.DataFrame, standard: float) -> Figure:
    words = context.words
    means = metrics[(metrics["metric"] == "response_mean_min") & (metrics["segment"] == "all")]
    shown = _shown_years(context, means)
    rows = context.scorecard[context.scorecard["indicator"] == "response_mean_min"]
    borrowed = rows["norm_basis"].astype(str).str.startswith("borrowed").any()
    key = "emergency.standard_borrowed" if borrowed else "emergency.standard"
    parts = [
        words("emergency.response_part", year=int(row.year), mean=words.number(row.mean, 1))
        for row in means.itertuples()
        if row.year in shown
    ]
    return Figure(
        key="emergency-response",
        title=words("emergency.response_title"),
        description=words("emergency.response_description", parts=words.list(parts), standard=words.number(standard)),
        spec=response_chart(
            means,
            standard,
            shown,
            {
                "minutes": words("unit.min"),
                "standard": words(key, standard=words.number(standard)),
                "replications": words("emergency.replication_interval"),
                "parameters": words("emergency.parameter_interval"),
            },
        ),
        caption=words("emergency.response_caption"),
    )


def _distribution(context: Context, standard: float) -> Figure:
    words = context.words
    table = context.table("emergency_distribution")
    table = table[table["segment"] == "all"]
    shown = _shown_years(context, table)
    table = table[table["year"].isin(shown)]
    frame = table.assign(minutes=table["bin_to_min"], share=table.groupby("year")["share"].cumsum())
    start = pd.DataFrame({"year": shown, "minutes": 0.0, "share": 0.0})
    return Figure(
        key="emergency-distribution",
        title=words("emergency.distribution_title"),
        description=words("emergency.distribution_description", years=words.list([str(year) for year in shown])),
        spec=distribution_chart(
            pd.concat([start, frame[["year", "minutes", "share"]]]),
            standard,
            {
                "minutes": words("emergency.response_minutes"),
                "share": words("emergency.cumulative_share"),
                "standard": words("emergency.minutes", minutes=words.number(standard)),
            },
        ),
        caption=words("emergency.distribution_caption"),
    )


def _metrics(context: Context, metrics: pd.DataFrame) -> Table:
    words = context.words
    years = _shown_years(context, metrics)
    rows: list[tuple[Cell, ...]] = []
    indexed = metrics.set_index(["metric", "segment", "year"])
    for segment in _SEGMENTS:
        if (metrics["segment"] == segment).any():
            rows.append((Cell(words(f"segment.{segment}")),))
        for metric in _METRICS if segment == "all" else _METRICS_BY_PLACE:
            if (metric, segment, years[0]) in indexed.index:
                cells = [Cell(_with_intervals(context, indexed.loc[(metric, segment, year)])) for year in years]
                rows.append((Cell(words(f"metric.{metric}")), *cells))
    columns = (Column(words("column.metric"), strong=True), *(Column(str(year), "right") for year in years))
    first = metrics.iloc[0]
    note = words("emergency.metrics_note", replications=int(first.replications), draws=int(first.draws))
    return Table(words("emergency.metrics_caption"), columns, tuple(rows), note, file="emergency.csv")


def _with_intervals(context: Context, row: pd.Series) -> str:
    words = context.words

    def shown(value: float) -> str:
        return words.percent(value, 1) if row["unit"] == "share" else words.number(value, 2)

    noise = max(row["ci_high"] - row["mean"], row["mean"] - row["ci_low"])
    interval = words.interval(shown(row["param_p10"]), shown(row["param_p90"]))
    return words("emergency.with_intervals", mean=shown(row["mean"]), noise=shown(noise), interval=interval)


def _coverage(context: Context) -> Table:
    words = context.words
    table = context.table("coverage")
    table = table[table["segment"].isin(_SEGMENTS)]
    years = _shown_years(context, table)
    widest = float(context.manifest["resolved"]["emergency"]["radius_rural_km"])
    rows: list[tuple[Cell, ...]] = []
    indexed = table.set_index(["radius_km", "metric", "segment", "year"]).sort_index()
    for radius in sorted(table.loc[table["radius_km"] <= widest, "radius_km"].unique()):
        rows.append((Cell(words("emergency.within", radius=words.number(radius))),))
        for segment in _SEGMENTS:
            for metric in ("straight", "road"):
                if (radius, metric, segment, years[0]) not in indexed.index:
                    continue
                cells = []
                for year in years:
                    at = indexed.loc[(radius, metric, segment, year)]
                    people = _with_spread(context, at, "population_share", "population_p10", "population_p90")
                    cells += [Cell(people), Cell(words.percent(at["area_share"], 1))]
                label = words("emergency.coverage_row", segment=words(f"segment.{segment}"), how=words(f"distance.{metric}"))
                rows.append((Cell(label), *cells))
    columns = [Column(words("column.coverage"), strong=True)]
    for year in years:
        columns.append(Column(words("emergency.people_in", year=year), "right"))
        columns.append(Column(words("emergency.land_in", year=year), "right"))
    note = words("emergency.coverage_note")
    return Table(words("emergency.coverage_caption"), tuple(columns), tuple(rows), note, file="coverage.csv")


def _with_spread(context: Context, row: pd.Series, value: str, low: str, high: str) -> str:
    """A share with its interval over the parameter draws, where there were some."""
    words = context.words
    return words.with_interval(*(words.percent(row.get(name, math.nan), 1) for name in (value, low, high)))


def _arithmetic(context: Context, metrics: pd.DataFrame, standard: float) -> list[Block]:
    """What speed each radius demands: ``60 x radius x detour / (standard - overhead)``, overhead = dispatch + turnout."""
    words = context.words
    resolved = context.manifest["resolved"]["emergency"]
    years = [int(year) for year in metrics["year"].unique()]
    year = context.target_year if context.target_year in years else min(years)
    overhead = _overhead(metrics, year)
    detour = _detour(context)
    if overhead is None or detour is None or overhead >= standard:
        return []
    rows = []
    for name in ("radius_urban_km", "radius_rural_km"):
        radius = float(resolved[name])
        speed = 60.0 * radius * detour / (standard - overhead)
        rows.append(
            (
                Cell(words(f"emergency.{name}", radius=words.number(radius))),
                Cell(words.number(radius * detour, 1)),
                Cell(words.number(standard - overhead, 1)),
                Cell(words.number(speed)),
            )
        )
    columns = _columns(context, "radius", "road_km", "minutes_left", "speed")
    figures = {"standard": words.number(standard), "overhead": words.number(overhead, 1), "detour": words.number(detour, 2)}
    note = words("emergency.arithmetic_note", year=year, **figures)
    return [Table(words("emergency.arithmetic_caption", standard=words.number(standard)), columns, tuple(rows), note)]


def _overhead(metrics: pd.DataFrame, year: int) -> float | None:
    """Mean minutes from the call to rolling wheels."""
    means = metrics[(metrics["segment"] == "all") & (metrics["year"] == year)].set_index("metric")["mean"]
    parts = ("dispatch_mean_min", "turnout_mean_min")
    return float(sum(means[part] for part in parts)) if all(part in means.index for part in parts) else None


def _detour(context: Context) -> float | None:
    given = context.manifest["resolved"]["emergency"]["detour"]
    if given is not None:
        return float(given)
    table = context.table("assumptions")
    found = table[(table["group"] == "parameter") & (table["key"] == "emergency.travel.detour")]
    return float(found["value"].iloc[0]) if len(found) else None


def _duty(context: Context) -> list[Block]:
    words = context.words
    table = context.table("emergency_duty_needed")
    if table.empty:
        return []
    table = table[table["year"].isin(_shown_years(context, table))]
    rows = tuple(
        (
            Cell(str(int(row.year))),
            Cell(words.number(row.units_planned)),
            Cell(_with_bounds(context, row, "units")),
            Cell(_with_bounds(context, row, "vehicles")),
            Cell(_yes_or_no(context, row.met)),
        )
        for row in table.itertuples()
    )
    columns = _columns(context, "year", "units_planned", "units_needed", "vehicles_needed", "standard_met")
    note = words("emergency.duty_note")
    return [Table(words("emergency.duty_caption"), columns, rows, note, file="emergency_duty_needed.csv")]


def _with_bounds(context: Context, row: Any, name: str) -> str:
    """A number of the smallest fleet with its interval; a bound that no number reaches is called that."""
    words = context.words
    value, *bounds = (getattr(row, column, math.nan) for column in (name, f"{name}_p10", f"{name}_p90"))
    shown = words.number(value)
    if not getattr(row, "draws", 0) > 0:
        return shown
    none = words("emergency.no_number")
    low, high = (none if math.isnan(bound) else words.number(bound) for bound in bounds)
    return words.with_interval(shown, low, high)


def _warm_up(context: Context) -> list[Block]:
    """How the empty start of a year wears off: Welch's plot of its first calls."""
    words = context.words
    if "emergency_warm_up.csv" not in context.manifest["outputs"]:
        return []
    table = context.table("emergency_warm_up")
    if table.empty:
        return []
    last = table.groupby("year").last()
    parts = [
        words(
            "emergency.warm_up_part",
            year=int(year),
            calls=words.number(row.dropped_calls),
            settled=words.number(row.welch_min, 1),
        )
        for year, row in last.iterrows()
    ]
    chart = warm_up_chart(table, {"calls": words("emergency.warm_up_calls"), "minutes": words("unit.min")})
    figure = Figure(
        key="emergency-warm-up",
        title=words("emergency.warm_up_title"),
        description=words("emergency.warm_up_description", parts=words.list(parts)),
        spec=chart,
        caption=words("emergency.warm_up_caption", replications=int(table["replications"].iloc[0])),
    )
    return [Figures((figure,))]


def _checks(context: Context) -> list[Block]:
    """The checks of the first simulated year, and of other years those that do not agree."""
    words = context.words
    table = context.table("emergency_checks")
    if table.empty:
        return []
    shown = table[(table["year"] == table["year"].min()) | (table["ok"] != "true")]
    rows = tuple(
        (
            Cell(words.said(str(row.what))),
            Cell(str(int(row.year))),
            Cell(words.said(str(row.expected))),
            Cell(words.said(str(row.got))),
            Cell(_yes_or_no(context, row.ok)),
        )
        for row in shown.itertuples(index=False)
    )
    note = words("emergency.checks_note")
    columns = _columns(context, "check", "year", "expected", "got", "agrees")
    return [Table(words("emergency.checks_caption"), columns, rows, note, folded=True, file="emergency_checks.csv")]


def _columns(context: Context, *names: str) -> tuple[Column, ...]:
    """Columns of figures after a first one that names the row."""
    labels = [context.words(f"column.{name}") for name in names]
    return (Column(labels[0], strong=True), *(Column(label, "right") for label in labels[1:]))


def _yes_or_no(context: Context, value: Any) -> str:
    return context.words("yes" if str(value) == "true" else "no")
