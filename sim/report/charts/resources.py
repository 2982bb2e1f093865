"""Supply, norm and need of one indicator over the years."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from sim.report.charts.theme import BLUE, HEIGHT, ORANGE, RED, WIDTH, finish, spread, years_axis

_ROLES = {"supply": (BLUE, "square", [1, 0]), "norm": (ORANGE, "diamond", [6, 3]), "need": (RED, "circle", [2, 2])}


def triple_chart(rows: pd.DataFrame, names: dict[str, str], unit: str) -> dict[str, Any]:
    """Supply, norm and need with its 80 % interval.

    Args:
        rows: scorecard rows of one indicator, by year.
        names: labels of ``supply``, ``norm``, ``need`` and ``band``.
        unit: title of the axis.
    """
    years = [int(year) for year in rows["year"]]
    long = pd.concat(
        [
            pd.DataFrame({"year": rows["year"], "role": role, "value": rows[column], "target": target})
            for role, column, target in (
                ("supply", "supply", False),
                ("norm", "norm", rows["norm_basis"].isin(["target", "borrowed_target"])),
                ("need", "need_p50", False),
            )
        ]
    ).dropna(subset=["value"])
    present = [role for role in _ROLES if (long["role"] == role).any()]
    colour = alt.Color("role:N", scale=_scale(present, 0), legend=None)
    x = alt.X("year:Q", axis=years_axis(years), scale=alt.Scale(domain=[min(years), max(years)], nice=False))
    y = alt.Y("value:Q", title=unit, axis=alt.Axis(tickCount=5, format="~s" if long["value"].max() >= 1e5 else ",~r"))
    layers = []
    if rows["need_p10"].notna().any():
        band = rows[["year", "need_p10", "need_p90"]].dropna()
        layers.append(
            alt.Chart(band).mark_area(color=RED, opacity=0.16).encode(x=x, y=alt.Y("need_p10:Q", title=unit), y2="need_p90:Q")
        )
    base = alt.Chart(long)
    layers += [
        base.mark_line(strokeWidth=2).encode(
            x=x, y=y, color=colour, strokeDash=alt.StrokeDash("role:N", scale=_scale(present, 2), legend=None)
        ),
        base.transform_filter((alt.datum.year % 5 == 0) | alt.datum.target)
        .mark_point(filled=True, size=46, opacity=1)
        .encode(x=x, y=y, color=colour, shape=alt.Shape("role:N", scale=_scale(present, 1), legend=None)),
        base.transform_filter("datum.target")
        .mark_point(filled=False, size=150, strokeWidth=1.5)
        .encode(x=x, y=y, color=colour, shape=alt.value("diamond")),
        _end_labels(long, names, present, rows)
        .mark_text(align="left", dx=8, fontWeight="bold")
        .encode(x=x, y=alt.Y("at:Q"), text="label:N", color=colour),
    ]
    return finish(alt.layer(*layers), WIDTH - 110, HEIGHT)


def _scale(present: list[str], part: int) -> alt.Scale:
    return alt.Scale(domain=present, range=[_ROLES[role][part] for role in present])


def _end_labels(long: pd.DataFrame, names: dict[str, str], present: list[str], rows: pd.DataFrame) -> alt.Chart:
    """The name of each line at its right end, moved apart where the ends meet."""
    last = long.sort_values("year", kind="stable").groupby("role", sort=False).tail(1)
    ends = [(role, float(last.loc[last["role"] == role, "value"].iloc[0])) for role in present]
    top = np.nanmax(rows[["supply", "norm", "need_p90"]].to_numpy(dtype=float))
    moved = spread([value for _, value in ends], 0.085 * float(top))
    frame = pd.DataFrame(
        {
            "role": [role for role, _ in ends],
            "year": int(long["year"].max()),
            "at": [max(value, 0.0) for value in moved],
            "label": [names[role] for role, _ in ends],
        }
    )
    return alt.Chart(frame)
