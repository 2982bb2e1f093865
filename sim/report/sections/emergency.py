"""Does help arrive in time: response times with both kinds of uncertainty, maps, coverage, and what a radius demands."""

from __future__ import annotations

import itertools

import pandas as pd

from sim.report.charts.emergency import distribution_chart, response_chart
from sim.report.charts.geography import planar, zone_map
from sim.report.context import Context
from sim.report.model import Block, Bullets, Cell, Column, Figure, Figures, Paragraph, Section, Table
from sim.report.wording import Wording

_BREAKS = (8.0, 12.0, 16.0)
"""Class limits of the response map in minutes; the middle one is the usual benchmark."""

_DENSITIES = (200.0, 1000.0, 4000.0)
"""Class limits of the density map, residents per km2."""

_RESPONSE_COLOURS = ["#deebf7", "#9ecae1", "#fdae61", "#b30000"]
_DENSITY_COLOURS = ["#f2f0f7", "#cbc9e2", "#9e9ac8", "#54278f"]
_METRICS = (
    "response_mean_min", "response_median_min", "response_p90_min", "response_share_within_12", "turnout_mean_min",
    "turnout_share_within_3", "utilisation", "queued_share",
)  # fmt: skip


def build(context: Context) -> Section | None:
    """The section; None when nothing was simulated."""
    words = context.words
    metrics = context.table("emergency")
    if metrics.empty:
        return None
    standard = float(context.manifest["resolved"]["emergency"]["standard_min"])
    figures = [_response(context, metrics, standard), _distribution(context, standard)]
    blocks: list[Block] = [
        Paragraph(words("emergency.lead", engine=words(f"engine.{context.manifest['engine']}"), standard=words.number(standard))),
        Figures(tuple(figures)),
        _metrics(context, metrics),
        Figures(_maps(context)),
        Paragraph(words("emergency.map_note"), "note"),
        _coverage(context),
        *_arithmetic(context, metrics, standard),
        *_duty(context),
        *_checks(context),
    ]
    if context.manifest["notices"]:
        blocks.append(Bullets(tuple(words.known(f"notice.{text}", text) for text in context.manifest["notices"])))
    return Section("emergency", words("section.emergency"), tuple(blocks))


def _response(context: Context, metrics: pd.DataFrame, standard: float) -> Figure:
    words = context.words
    means = metrics[(metrics["metric"] == "response_mean_min") & (metrics["segment"] == "all")]
    borrowed = (
        context.scorecard.query("indicator == 'response_mean_min'")["norm_basis"].astype(str).str.startswith("borrowed").any()
    )
    key = "emergency.standard_borrowed" if borrowed else "emergency.standard"
    parts = [words("emergency.response_part", year=int(row.year), mean=words.number(row.mean, 1)) for row in means.itertuples()]
    return Figure(
        key="emergency-response",
        title=words("emergency.response_title"),
        description=words("emergency.response_description", parts=words.list(parts), standard=words.number(standard)),
        spec=response_chart(
            means,
            standard,
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
    years = [int(year) for year in sorted(table["year"].unique())]
    shown = years if len(years) <= 4 else [years[0], years[len(years) // 3], years[2 * len(years) // 3], years[-1]]
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
    years = [int(year) for year in sorted(metrics["year"].unique())]
    rows: list[tuple[Cell, ...]] = []
    indexed = metrics.set_index(["metric", "segment", "year"])
    for segment in ("all", "urban", "rural"):
        if (metrics["segment"] == segment).any():
            rows.append((Cell(words(f"segment.{segment}")),))
        for metric in _METRICS:
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


def _maps(context: Context) -> tuple[Figure, ...]:
    words = context.words
    zones = context.table("zones")
    project = planar(zones)
    places = context.table("places")
    outline = _placed(places[places["kind"] == "outline"], project)
    stations = context.table("emergency_stations")
    first, last = int(stations["year"].min()), int(stations["year"].max())
    there = set(stations.loc[stations["year"] == first, "station"])
    latest = _placed(stations[stations["year"] == last], project)
    kinds = {True: words("emergency.station_old", year=first), False: words("emergency.station_new", year=last)}
    latest = latest.assign(kind=[kinds[name in there] for name in latest["station"]])
    shared = {
        "station_old": kinds[True],
        "station_new": kinds[False],
        "scale": words("emergency.five_km"),
    }
    radius = float(context.manifest["resolved"]["emergency"]["radius_urban_km"])
    density = zones["population"] / zones["land_km2"].clip(lower=0.05)
    density_classes = _classes(_DENSITIES, words, "emergency.density_class")
    density_zones = zones.assign(**{"class": _labels(density, _DENSITIES, density_classes)})
    count = len(latest)
    figures = [
        Figure(
            key="map-radii",
            title=words("emergency.radius_map_title", year=last, radius=words.number(radius)),
            description=words("emergency.radius_map_description", year=last, stations=count, radius=words.number(radius)),
            spec=zone_map(
                density_zones,
                outline,
                latest,
                classes=density_classes,
                colours=_DENSITY_COLOURS,
                radius_km=radius,
                words={**shared, "legend": words("emergency.density")},
            ),
            wide=True,
        )
    ]
    table = context.table("emergency_zones")
    table = table[table["year"] == table["year"].max()]
    if len(table):
        year = int(table["year"].iloc[0])
        joined = zones.merge(table[["zone", "response_mean_min"]], on="zone", how="left")
        answered = joined[joined["response_mean_min"].notna()]
        classes = _classes(_BREAKS, words, "emergency.response_class")
        figures.append(
            Figure(
                key="map-response",
                title=words("emergency.response_map_title", year=year),
                description=words("emergency.response_map_description", year=year),
                spec=zone_map(
                    answered.assign(**{"class": _labels(answered["response_mean_min"], _BREAKS, classes)}),
                    outline,
                    latest,
                    classes=classes,
                    colours=_RESPONSE_COLOURS,
                    radius_km=None,
                    words={**shared, "legend": words("emergency.zone_response")},
                ),
                wide=True,
            )
        )
    return tuple(figures)


def _placed(frame: pd.DataFrame, project: object) -> pd.DataFrame:
    x, y = project(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    return frame.assign(x_km=x, y_km=y)


def _classes(breaks: tuple[float, ...], words: Wording, key: str) -> list[str]:
    first = words(f"{key}_first", high=words.number(breaks[0]))
    middle = [words(f"{key}_middle", low=words.number(a), high=words.number(b)) for a, b in itertools.pairwise(breaks)]
    return [first, *middle, words(f"{key}_last", low=words.number(breaks[-1]))]


def _labels(values: pd.Series, breaks: tuple[float, ...], labels: list[str]) -> list[str]:
    return [labels[sum(value > limit for limit in breaks)] for value in values]


def _coverage(context: Context) -> Table:
    words = context.words
    table = context.table("coverage")
    table = table[table["segment"].isin(["all", "urban", "rural"])]
    years = [int(year) for year in sorted(table["year"].unique())]
    rows: list[tuple[Cell, ...]] = []
    indexed = table.set_index(["radius_km", "metric", "segment", "year"]).sort_index()
    for radius in sorted(table["radius_km"].unique()):
        rows.append((Cell(words("emergency.within", radius=words.number(radius))),))
        for segment in ("all", "urban", "rural"):
            for metric in ("straight", "road"):
                if (radius, metric, segment, years[0]) not in indexed.index:
                    continue
                cells = []
                for year in years:
                    at = indexed.loc[(radius, metric, segment, year)]
                    cells += [Cell(words.percent(at["population_share"], 1)), Cell(words.percent(at["area_share"], 1))]
                label = words("emergency.coverage_row", segment=words(f"segment.{segment}"), how=words(f"distance.{metric}"))
                rows.append((Cell(label), *cells))
    columns = [Column(words("column.coverage"), strong=True)]
    for year in years:
        columns += [
            Column(words("emergency.people_in", year=year), "right"),
            Column(words("emergency.land_in", year=year), "right"),
        ]
    note = words("emergency.coverage_note")
    return Table(words("emergency.coverage_caption"), tuple(columns), tuple(rows), note, file="coverage.csv")


def _arithmetic(context: Context, metrics: pd.DataFrame, standard: float) -> list[Block]:
    """What speed each radius demands: ``60 x radius x detour / (standard - overhead)``, overhead = dispatch + turnout."""
    words = context.words
    resolved = context.manifest["resolved"]["emergency"]
    overhead = _overhead(metrics)
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
    names = ("radius", "road_km", "minutes_left", "speed")
    columns = tuple(Column(words(f"column.{name}"), "left" if name == "radius" else "right", name == "radius") for name in names)
    figures = {"standard": words.number(standard), "overhead": words.number(overhead, 1), "detour": words.number(detour, 2)}
    note = words("emergency.arithmetic_note", **figures)
    return [Table(words("emergency.arithmetic_caption", standard=words.number(standard)), columns, tuple(rows), note)]


def _overhead(metrics: pd.DataFrame) -> float | None:
    """Mean minutes from the call to rolling wheels in the first simulated year."""
    first = metrics[(metrics["segment"] == "all") & (metrics["year"] == metrics["year"].min())].set_index("metric")["mean"]
    if "turnout_mean_min" not in first.index:
        return None
    return float(first["turnout_mean_min"]) + float(first.get("dispatch_mean_min", 0.0))


def _detour(context: Context) -> float | None:
    given = context.manifest["resolved"]["emergency"]["detour"]
    if given is not None:
        return float(given)
    table = context.table("assumptions")
    found = table[(table["group"] == "parameter") & table["key"].str.endswith("detour")]
    return float(found["value"].iloc[0]) if len(found) else None


def _duty(context: Context) -> list[Block]:
    words = context.words
    table = context.table("emergency_duty_needed")
    if table.empty:
        return []
    rows = []
    for row in table.itertuples():
        met = words("yes") if str(row.met).lower() == "true" else words("no")
        rows.append((Cell(str(int(row.year))), Cell(words.number(row.units)), Cell(words.number(row.vehicles)), Cell(met)))
    columns = tuple(
        Column(words(f"column.{name}"), "left" if name == "year" else "right", name == "year")
        for name in ("year", "units_needed", "vehicles_needed", "standard_met")
    )
    note = words("emergency.duty_note")
    return [Table(words("emergency.duty_caption"), columns, tuple(rows), note, file="emergency_duty_needed.csv")]


def _checks(context: Context) -> list[Block]:
    words = context.words
    table = context.table("emergency_checks")
    if table.empty:
        return []
    rows = [
        (
            Cell(words.known(f"check.{row.name}", f"{row.name}: {row.what}")),
            Cell(words.number(row.expected, 3) if isinstance(row.expected, float | int) else str(row.expected)),
            Cell(words.number(row.got, 3) if isinstance(row.got, float | int) else str(row.got)),
            Cell(words("yes") if str(row.ok).lower() == "true" else words("no")),
        )
        for row in table.itertuples(index=False)
    ]
    names = ("check", "expected", "got", "agrees")
    columns = tuple(Column(words(f"column.{name}"), "left" if name == "check" else "right", name == "check") for name in names)
    return [Table(words("emergency.checks_caption"), columns, tuple(rows), words("emergency.checks_note"), folded=True,
                  file="emergency_checks.csv")]  # fmt: skip
