"""The two maps of the emergency section: stations with their radius over the density of residents, and mean response by zone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pandas as pd

from sim.report.charts.geography import planar, zone_map
from sim.report.context import Context
from sim.report.model import Figure
from sim.report.wording import Wording

_BREAKS = (8.0, 12.0, 16.0, 20.0)
"""Class limits of the response map in minutes; 12 is the usual benchmark."""

_DENSITIES = (200.0, 1000.0, 4000.0)
"""Class limits of the density map, residents per km2."""

_RESPONSE_COLOURS = ["#deebf7", "#9ecae1", "#fdcc8a", "#fc8d59", "#b30000"]
_DENSITY_COLOURS = ["#f2f0f7", "#cbc9e2", "#9e9ac8", "#54278f"]


def maps(context: Context) -> tuple[Figure, ...]:
    """Both maps, for the last simulated year (the response map: the last year with figures by zone)."""
    zones = context.table("zones")
    project = planar(zones)
    places = context.table("places")
    outline = _placed(places[places["kind"] == "outline"], project)
    stations = _stations(context, project)
    figures = [_radius_map(context, zones, outline, stations)]
    table = context.table("emergency_zones")
    if len(table):
        figures.append(_response_map(context, zones, outline, stations, table[table["year"] == table["year"].max()]))
    return tuple(figures)


def _stations(context: Context, project: Callable[..., Any]) -> pd.DataFrame:
    """Stations of the last simulated year, marked by whether they were there in the first."""
    table = context.table("emergency_stations")
    first, last = int(table["year"].min()), int(table["year"].max())
    there = set(table.loc[table["year"] == first, "station"])
    latest = _placed(table[table["year"] == last], project)
    words = context.words
    old, new = words("emergency.station_old", year=first), words("emergency.station_new", year=last)
    return latest.assign(kind=[old if name in there else new for name in latest["station"]])


def _radius_map(context: Context, zones: pd.DataFrame, outline: pd.DataFrame, stations: pd.DataFrame) -> Figure:
    words = context.words
    radius = float(context.manifest["resolved"]["emergency"]["radius_urban_km"])
    year = int(stations["year"].iloc[0])
    classes = _classes(_DENSITIES, words, "emergency.density_class")
    shown = zones.assign(**{"class": _labels(zones["population"] / zones["land_km2"], _DENSITIES, classes)})
    return Figure(
        key="map-radii",
        title=words("emergency.radius_map_title", year=year, radius=words.number(radius)),
        description=words("emergency.radius_map_description", year=year, stations=len(stations), radius=words.number(radius)),
        spec=zone_map(
            shown,
            outline,
            stations,
            classes=classes,
            colours=_DENSITY_COLOURS,
            radius_km=radius,
            words=_words(context, "emergency.density"),
        ),
        wide=True,
    )


def _response_map(
    context: Context, zones: pd.DataFrame, outline: pd.DataFrame, stations: pd.DataFrame, table: pd.DataFrame
) -> Figure:
    words, year = context.words, int(table["year"].iloc[0])
    answered = zones.merge(table[["zone", "response_mean_min"]], on="zone").dropna(subset=["response_mean_min"])
    classes = _classes(_BREAKS, words, "emergency.response_class")
    return Figure(
        key="map-response",
        title=words("emergency.response_map_title", year=year),
        description=words("emergency.response_map_description", year=year),
        spec=zone_map(
            answered.assign(**{"class": _labels(answered["response_mean_min"], _BREAKS, classes)}),
            outline,
            stations,
            classes=classes,
            colours=_RESPONSE_COLOURS,
            radius_km=None,
            words=_words(context, "emergency.zone_response"),
        ),
        wide=True,
    )


def _words(context: Context, legend: str) -> dict[str, str]:
    words, table = context.words, context.table("emergency_stations")
    return {
        "legend": words(legend),
        "station_old": words("emergency.station_old", year=int(table["year"].min())),
        "station_new": words("emergency.station_new", year=int(table["year"].max())),
        "scale": words("emergency.five_km"),
    }


def _placed(frame: pd.DataFrame, project: Callable[..., Any]) -> pd.DataFrame:
    x, y = project(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    return frame.assign(x_km=x, y_km=y)


def _classes(breaks: tuple[float, ...], words: Wording, key: str) -> list[str]:
    """Labels of the classes between the breaks, lowest first."""
    first = words(f"{key}_first", high=words.number(breaks[0]))
    middle = [words(f"{key}_middle", low=words.number(a), high=words.number(b)) for a, b in itertools.pairwise(breaks)]
    return [first, *middle, words(f"{key}_last", low=words.number(breaks[-1]))]


def _labels(values: pd.Series, breaks: tuple[float, ...], labels: list[str]) -> list[str]:
    return [labels[sum(value > limit for limit in breaks)] for value in values]
