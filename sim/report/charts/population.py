"""The population's path and its pyramid."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from sim.report.charts.theme import BLACK, BLUE, GREY, HEIGHT, LIGHT, RED, WIDTH, finish, years_axis


def path_chart(totals: pd.DataFrame, axis_title: str, central: str, band: str) -> dict[str, Any]:
    """Residents on 31 December with the 80 % interval.

    Args:
        totals: columns ``year``, ``total``, ``p10``, ``p90``; thousands or persons as ``axis_title`` says.
        axis_title, central, band: words.
    """
    years = [int(year) for year in totals["year"]]
    x = alt.X("year:Q", axis=years_axis(years), scale=alt.Scale(domain=[min(years), max(years)], nice=False))
    low, high = float(totals["p10"].min()), float(totals["p90"].max())
    pad = max(0.15 * (high - low), 0.02 * high)
    scale = alt.Scale(domain=[max(low - pad, 0.0), high + pad], nice=True, zero=False)
    base = alt.Chart(totals)
    label = totals.iloc[[len(totals) // 2]]
    chart = alt.layer(
        base.mark_area(color=BLUE, opacity=0.2).encode(x=x, y=alt.Y("p10:Q", scale=scale, title=axis_title), y2="p90:Q"),
        base.mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=alt.Y("total:Q", scale=scale, title=axis_title)),
        base.transform_filter("datum.year % 5 == 0")
        .mark_point(filled=True, color=BLUE, size=46, shape="square", opacity=1)
        .encode(x=x, y=alt.Y("total:Q", scale=scale)),
        alt.Chart(label).mark_text(dy=-12, color=BLUE, fontWeight="bold", text=central).encode(x=x, y="total:Q"),
        alt.Chart(label).mark_text(dy=12, color=GREY, text=band).encode(x=x, y="p10:Q"),
    )
    return finish(chart, WIDTH - 60, HEIGHT)


def pyramid_chart(people: pd.DataFrame, base_year: int, last_year: int, words: dict[str, str]) -> dict[str, Any]:
    """Residents by single year of age and sex: the last year as bars with its 80 % interval, the base year as an outline.

    Args:
        people: columns ``year`` (31 December), ``sex``, ``age``, ``central``, ``p10``, ``p90``.
        base_year, last_year: the two years.
        words: ``male``, ``female``, ``age``, ``people``, ``base``, ``last``.
    """
    top = float(people[["central", "p90"]].max().max()) * 1.02
    halves = []
    for sex, colour, sort in (("male", BLUE, "descending"), ("female", RED, "ascending")):
        last = people[(people["sex"] == sex) & (people["year"] == last_year)]
        first = people[(people["sex"] == sex) & (people["year"] == base_year)]
        x_scale = alt.Scale(domain=[0, top], nice=False)
        axis = alt.Axis(title=words["people"], values=_ticks(top), format=",~r", grid=True)
        x = alt.X("central:Q", sort=sort, scale=x_scale, axis=axis)
        label = alt.Axis(title=words["age"] if sex == "male" else None, values=list(range(0, 101, 20)), grid=False)
        y = alt.Y("age:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=label)
        bars = (
            alt.Chart(last.assign(zero=0))
            .mark_rule(color=colour, opacity=0.5, strokeWidth=2.6)
            .encode(x="zero:Q", x2="central:Q", y=y)
        )
        spread = (
            alt.Chart(last)
            .mark_rule(color=BLACK, strokeWidth=1)
            .encode(x=alt.X("p10:Q", sort=sort, scale=x_scale, axis=axis), x2="p90:Q", y=y)
        )
        outline = (
            alt.Chart(first)
            .mark_line(color=BLACK, strokeWidth=1.6, strokeDash=[4, 2], interpolate="step")
            .encode(x=x, y=y, order="age:Q")
        )
        title = alt.TitleParams(words[sex], fontSize=12, color=colour, anchor="middle")
        halves.append((bars + spread + outline).properties(width=(WIDTH - 70) / 2, height=HEIGHT + 60, title=title))
    return finish(alt.hconcat(*halves, spacing=6).resolve_scale(y="shared"))


def _ticks(top: float) -> list[float]:
    """0 and one or two round numbers up to ``top``: room for no more beside each other."""
    step = 10.0 ** math.floor(math.log10(top))
    half = next((factor * step for factor in (5, 4, 3, 2, 1) if 2 * factor * step <= top), step / 2)
    return [0.0, half, 2 * half]


def flows_chart(flows: pd.DataFrame, words: dict[str, str]) -> dict[str, Any]:
    """Births, deaths and net migration a year.

    Args:
        flows: columns ``year``, ``births``, ``deaths``, ``net_migration``.
        words: labels of the three, and ``people``.
    """
    years = [int(year) for year in flows["year"]]
    long = flows.melt("year", ["births", "deaths", "net_migration"], "flow", "people")
    long["flow"] = long["flow"].map(words)
    names = [words[name] for name in ("births", "deaths", "net_migration")]
    x = alt.X("year:Q", axis=years_axis(years), scale=alt.Scale(domain=[min(years), max(years)], nice=False))
    y = alt.Y("people:Q", title=words["people"], axis=alt.Axis(tickCount=5, format=",~r"))
    legend = alt.Legend(title=None, orient="top", symbolType="stroke")
    colour = alt.Color("flow:N", scale=alt.Scale(domain=names, range=[BLUE, BLACK, RED]), sort=names, legend=legend)
    dash = alt.StrokeDash("flow:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3], [2, 2]]), sort=names, legend=legend)
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=LIGHT).encode(y="zero:Q")
    lines = alt.Chart(long).mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    return finish((zero + lines), WIDTH - 60, HEIGHT)
