"""Charts of a comparison: one line a scenario, told apart by colour, dash and the letter at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sim.report.charts.theme import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    HEIGHT,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    WIDTH,
    finish,
    spread,
    years_axis,
)  # fmt: skip

_COLOURS = (BLACK, BLUE, RED, GREEN, ORANGE, PURPLE, SKY, GREY, BLACK, BLUE)
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 2], [1, 3], [6, 2, 2, 2, 2, 2], [3, 5], [12, 3])
_SHAPES = (
    "circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left", "square", "circle",
)  # fmt: skip
_PANEL = 88
"""Width of one of three panels in px: together as wide as a phone."""

_LABEL_GAP = 0.075
"""Least distance of two letters, as a share of the axis."""


def panels_chart(rows: pd.DataFrame, letters: Sequence[str], names: dict[str, str], unit: str) -> dict[str, Any]:
    """Supply, norm and need in three panels on one scale, a line a scenario.

    Args:
        rows: columns ``letter``, ``year``, ``role`` (supply, norm or need), ``value``.
        letters: all letters of the comparison, in order.
        names: titles of the panels by role.
        unit: title of the axis.
    """
    low, high = float(rows["value"].min()), float(rows["value"].max())
    pad = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    domain = [max(low - pad, 0.0) if low >= 0 else low - pad, high + pad]
    years = sorted({int(year) for year in rows["year"]})
    roles = [role for role in names if (rows["role"] == role).any()]
    panels = [
        _panel(rows[rows["role"] == role], letters, years, names[role], unit if at == 0 else None, domain)
        for at, role in enumerate(roles)
    ]
    return finish(alt.hconcat(*panels, spacing=6))


def lines_chart(rows: pd.DataFrame, letters: Sequence[str], unit: str) -> dict[str, Any]:
    """One quantity over the years with an 80 % band, a line a scenario.

    Args:
        rows: columns ``letter``, ``year``, ``value``, ``low``, ``high`` (NaN where there is no spread).
        letters: all letters of the comparison, in order.
        unit: title of the axis.
    """
    low, high = float(rows[["value", "low"]].min().min()), float(rows[["value", "high"]].max().max())
    pad = 0.06 * (high - low) or 1.0
    years = sorted({int(year) for year in rows["year"]})
    chart = _panel(rows, letters, years, "", unit, [low - pad, high + pad], band=True)
    return finish(chart, WIDTH - 90, HEIGHT)


def response_chart(rows: pd.DataFrame, letters: Sequence[str], standard: float, words: dict[str, str]) -> dict[str, Any]:
    """Mean response by year, scenarios side by side, with the parameter interval as a thin bar.

    Args:
        rows: columns ``letter``, ``year``, ``mean``, ``low``, ``high``.
        letters: all letters of the comparison, in order.
        standard: the benchmark in minutes.
        words: ``minutes``, ``standard``.
    """
    columns = ["mean", "low", "high"]
    low, high = min(float(rows[columns].min().min()), standard), max(float(rows[columns].max().max()), standard)
    pad = 0.12 * (high - low) or 1.0
    scale = alt.Scale(domain=[max(low - pad, 0), high + pad], zero=False, nice=False)
    x = alt.X("year:O", axis=alt.Axis(title=None, labelAngle=0), scale=alt.Scale(paddingInner=0.15))
    offset = alt.XOffset("letter:N", sort=list(letters))
    y = alt.Y("mean:Q", scale=scale, title=words["minutes"])
    width = max(WIDTH - 100, 9 * len(rows))
    base = alt.Chart(rows)
    line = pd.DataFrame({"standard": [standard], "label": [words["standard"]]})
    chart = alt.layer(
        alt.Chart(line).mark_rule(strokeDash=[6, 3], strokeWidth=1.4, color=GREY).encode(y=alt.Y("standard:Q", scale=scale)),
        alt.Chart(line)
        .mark_text(align="left", dx=4, color=GREY)
        .encode(x=alt.value(width), y=alt.Y("standard:Q", scale=scale), text="label:N"),
        base.mark_rule(strokeWidth=2).encode(
            x=x, xOffset=offset, y=alt.Y("low:Q", scale=scale, title=words["minutes"]), y2="high:Q", color=_colour(letters)
        ),
        base.mark_point(filled=True, size=55, opacity=1).encode(
            x=x, xOffset=offset, y=y, color=_colour(letters), shape=_shape(letters)
        ),
        base.mark_text(dy=-11, fontWeight="bold").encode(
            x=x, xOffset=offset, y=alt.Y("top:Q", scale=scale), text="letter:N", color=_colour(letters)
        ).transform_calculate(top="isValid(datum.high) ? max(datum.high, datum.mean) : datum.mean"),
    )  # fmt: skip
    return finish(chart, width, HEIGHT)


def _panel(
    rows: pd.DataFrame,
    letters: Sequence[str],
    years: list[int],
    title: str,
    unit: str | None,
    domain: list[float],
    band: bool = False,
) -> alt.LayerChart:
    """Lines over ``years`` in ``domain``; only the first panel of a row (with a ``unit``) carries the axis."""
    axis = years_axis(years)
    if not band:
        axis = alt.Axis(title=None, format="d", values=[years[0], years[-1]], grid=False, labelFlush=True)
    x = alt.X("year:Q", axis=axis, scale=alt.Scale(domain=[years[0], years[-1]], nice=False))
    form = "~s" if domain[1] >= 1e5 else ",~r"
    ticks = alt.Axis(tickCount=5, format=form)
    if unit is None:
        ticks = alt.Axis(tickCount=5, labels=False, ticks=False, title=None)
    scale = alt.Scale(domain=domain, zero=False, nice=False)
    y = alt.Y("value:Q", title=unit, axis=ticks, scale=scale)
    base = alt.Chart(rows)
    layers = []
    if band and rows["low"].notna().any():
        layers.append(
            alt.Chart(_once(rows)).mark_area(opacity=0.12).encode(
                x=x, y=alt.Y("low:Q", title=unit, scale=scale), y2="high:Q", color=_colour(letters)
            )
        )
    layers.append(
        base.mark_line(strokeWidth=2).encode(
            x=x,
            y=y,
            color=_colour(letters),
            strokeDash=alt.StrokeDash("letter:N", scale=_scale(letters, _DASHES), legend=None),
        )
    )
    labels = alt.Chart(_ends(rows, letters, domain)).mark_text(align="left", dx=4, fontWeight="bold")
    layers.append(labels.encode(x=x, y=alt.Y("at:Q"), text="label:N", color=_colour(letters)))
    chart = alt.layer(*layers).properties(width=_PANEL, height=HEIGHT - 40)
    if title:
        return chart.properties(title=alt.TitleParams(title, fontSize=12, fontWeight="bold", anchor="start"))
    return chart


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first of all scenarios that are the same: equal bands are not laid on each other."""
    series = {letter: part[["year", "low", "high"]].to_numpy().tobytes() for letter, part in rows.groupby("letter", sort=False)}
    first = {shape: letter for letter, shape in reversed(series.items())}
    return rows[rows["letter"].isin(sorted(first.values()))]


def _ends(rows: pd.DataFrame, letters: Sequence[str], domain: list[float]) -> pd.DataFrame:
    """One label an end of line: lines that end at one value carry their letters together; near ends are moved apart."""
    last = rows.sort_values("year", kind="stable").groupby("letter", sort=False).tail(1).set_index("letter")
    size = domain[1] - domain[0]
    groups: list[tuple[float, int, list[str]]] = []
    for letter in (letter for letter in letters if letter in last.index):
        value, year = float(last.loc[letter, "value"]), int(last.loc[letter, "year"])
        for group in groups:
            if abs(group[0] - value) < 0.004 * size and group[1] == year:
                group[2].append(letter)
                break
        else:
            groups.append((value, year, [letter]))
    moved = spread([group[0] for group in groups], _LABEL_GAP * size)
    frame = [
        {"letter": names[0], "year": year, "at": at, "label": "".join(names)}
        for (_, year, names), at in zip(groups, moved, strict=True)
    ]
    return pd.DataFrame(frame)


def _scale(letters: Sequence[str], values: Sequence[Any]) -> alt.Scale:
    return alt.Scale(domain=list(letters), range=list(values[: len(letters)]))


def _colour(letters: Sequence[str]) -> alt.Color:
    return alt.Color("letter:N", scale=_scale(letters, _COLOURS), legend=None)


def _shape(letters: Sequence[str]) -> alt.Shape:
    return alt.Shape("letter:N", scale=_scale(letters, _SHAPES), legend=None)
