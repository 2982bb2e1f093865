"""Maps: the county's outline, zones, stations and radii. No base map, no borders, equal kilometres both ways."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.report.charts.theme import BLACK, GREY, finish

MAP_WIDTH = 440
_CIRCLE = np.linspace(0, 2 * np.pi, 73)


def planar(zones: pd.DataFrame) -> Any:
    """A function from degrees to the zones' own planar km: the affine map fitted to the zones' centres.

    Within one county it is good to a tenth of a zone's side.
    """
    centre = (float(zones["lon"].mean()), float(zones["lat"].mean()))

    def design(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([np.ones(len(lon)), np.asarray(lon) - centre[0], np.asarray(lat) - centre[1]])

    known = design(zones["lon"].to_numpy(), zones["lat"].to_numpy())
    factors, *_ = np.linalg.lstsq(known, zones[["x_km", "y_km"]].to_numpy(), rcond=None)
    return lambda lon, lat: tuple((design(lon, lat) @ factors).T)


def zone_map(
    zones: pd.DataFrame,
    outline: pd.DataFrame,
    stations: pd.DataFrame,
    *,
    classes: list[str],
    colours: list[str],
    radius_km: float | None,
    words: dict[str, str],
) -> dict[str, Any]:
    """Zones coloured by class, the outline, stations with their name, and circles of one radius.

    Args:
        zones: columns ``x_km``, ``y_km`` (centres of 1 km cells) and ``class``.
        outline: ``x_km``, ``y_km`` in order; a row of NaN parts two rings.
        stations: ``x_km``, ``y_km``, ``kind`` (a label: there before, or new).
        classes, colours: the classes in order, light to dark.
        radius_km: radius of the circles, or None.
        words: ``legend``, ``station_old``, ``station_new``, ``scale``.
    """
    margin = 1.0
    left, right = float(outline["x_km"].min()) - margin, float(outline["x_km"].max()) + margin
    low, high = float(outline["y_km"].min()) - margin - 2.0, float(outline["y_km"].max()) + margin
    height = MAP_WIDTH * (high - low) / (right - left)
    x_scale, y_scale = alt.Scale(domain=[left, right], nice=False), alt.Scale(domain=[low, high], nice=False)

    def x(field: str) -> alt.X:
        return alt.X(field, scale=x_scale, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(field, scale=y_scale, axis=None)

    legend = alt.Legend(
        title=words["legend"], orient="bottom", columns=2, symbolType="square", labelFontSize=13, titleFontSize=13
    )
    colour = alt.Color("class:N", scale=alt.Scale(domain=classes, range=colours), sort=classes, legend=legend)
    x_km, y_km = zones["x_km"], zones["y_km"]
    cells = zones[["class"]].assign(x0=x_km - 0.5, x1=x_km + 0.5, y0=y_km - 0.5, y1=y_km + 0.5).round(2)
    layers = [
        alt.Chart(cells)
        .mark_rect(aria=False, strokeWidth=0)
        .encode(x=x("x0:Q"), x2="x1:Q", y=y("y0:Q"), y2="y1:Q", color=colour),
        alt.Chart(_closed(outline))
        .mark_line(color=BLACK, strokeWidth=1.4, aria=False)
        .encode(x=x("x_km:Q"), y=y("y_km:Q"), detail="ring:N", order="order:Q"),
    ]
    if radius_km is not None:
        layers.append(
            alt.Chart(_circles(stations, radius_km))
            .mark_line(color=GREY, strokeWidth=0.9, aria=False, clip=True, strokeDash=[4, 2])
            .encode(x=x("x_km:Q"), y=y("y_km:Q"), detail="station:N", order="order:Q")
        )
    kinds = [words["station_old"], words["station_new"]]
    shapes = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=["triangle-up", "cross"]),
        legend=alt.Legend(
            title=None,
            orient="bottom",
            direction="vertical",
            labelFontSize=13,
            symbolFillColor=BLACK,
        ),
    )
    layers.append(
        alt.Chart(stations[["x_km", "y_km", "kind"]].round(3))
        .mark_point(size=110, strokeWidth=1.2, opacity=1)
        .encode(x=x("x_km:Q"), y=y("y_km:Q"), shape=shapes, fill=alt.value(BLACK), stroke=alt.value("white"))
    )
    bar = pd.DataFrame({"x0": [left + 1], "x1": [left + 6], "y": [low + 1.2], "label": [words["scale"]]})
    layers += [
        alt.Chart(bar).mark_rule(strokeWidth=3, color=BLACK).encode(x=x("x0:Q"), x2="x1:Q", y=y("y:Q")),
        alt.Chart(bar).mark_text(align="left", dx=6, fontSize=13).encode(x=x("x1:Q"), y=y("y:Q"), text="label:N"),
    ]
    return finish(alt.layer(*layers).resolve_scale(shape="independent"), MAP_WIDTH, height)


def _closed(outline: pd.DataFrame) -> pd.DataFrame:
    """The outline's rings, each closed; a row without a place parts two rings."""
    ring = outline["x_km"].isna().cumsum()
    parts = [part.dropna()[["x_km", "y_km"]].round(3) for _, part in outline[["x_km", "y_km"]].groupby(ring)]
    closed = [pd.concat([part, part.iloc[:1]], ignore_index=True).assign(ring=number) for number, part in enumerate(parts)]
    return pd.concat(closed, ignore_index=True).assign(order=lambda frame: range(len(frame)))


def _circles(stations: pd.DataFrame, radius_km: float) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "station": number,
                "x_km": (row.x_km + radius_km * np.cos(_CIRCLE)).round(2),
                "y_km": (row.y_km + radius_km * np.sin(_CIRCLE)).round(2),
                "order": np.arange(len(_CIRCLE)),
            }
        )
        for number, row in enumerate(stations.itertuples())
    ]
    return pd.concat(frames, ignore_index=True)
