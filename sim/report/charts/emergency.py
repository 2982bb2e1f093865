"""Response times: by year with their two kinds of uncertainty, and their distribution."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from sim.report.charts.theme import BLACK, BLUE, GREY, HEIGHT, ORANGE, RED, WIDTH, finish


def response_chart(means: pd.DataFrame, standard: float, labelled: list[int], words: dict[str, str]) -> dict[str, Any]:
    """Mean response by year: the replication interval as a thick short bar, the parameter interval as a thin long one.

    Args:
        means: columns ``year``, ``mean``, ``ci_low``, ``ci_high``, ``param_p10``, ``param_p90``.
        standard: the benchmark in minutes.
        labelled: years that carry their figure.
        words: ``minutes``, ``standard``, ``replications``, ``parameters``.
    """
    columns = ["mean", "ci_low", "ci_high", "param_p10", "param_p90"]
    low = min(float(means[columns].min().min()), standard)
    high = max(float(means[columns].max().max()), standard)
    pad = 0.12 * (high - low)
    first, last = int(means["year"].min()), int(means["year"].max())
    x_scale = alt.Scale(domain=[first - 0.6, last + 1.4], nice=False)
    x = alt.X("year:Q", scale=x_scale, axis=alt.Axis(title=None, values=labelled, format="d", grid=False))
    scale = alt.Scale(domain=[max(low - pad, 0), high + pad], zero=False, nice=False)
    y = alt.Y("param_p10:Q", scale=scale, title=words["minutes"])
    names = [words["replications"], words["parameters"], words["standard"]]
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=names, range=[BLUE, ORANGE, RED]),
        sort=names,
        legend=alt.Legend(title=None, orient="top", direction="vertical", symbolType="stroke", symbolStrokeWidth=4),
    )
    noise, parameters = (alt.Chart(means.assign(kind=name)) for name in names[:2])
    line = pd.DataFrame({"standard": [standard], "kind": [names[2]]})
    base = alt.Chart(means)
    chart = alt.layer(
        parameters.mark_rule(strokeWidth=3).encode(x=x, y=y, y2="param_p90:Q", color=colour),
        noise.mark_rule(strokeWidth=8).encode(x=x, y="ci_low:Q", y2="ci_high:Q", color=colour),
        alt.Chart(line).mark_rule(strokeDash=[6, 3], strokeWidth=1.6).encode(y="standard:Q", color=colour),
        base.mark_line(color=BLACK, strokeWidth=1).encode(x=x, y="mean:Q"),
        base.mark_point(filled=True, shape="square", color=BLACK, size=22, opacity=1).encode(x=x, y="mean:Q"),
        *(
            alt.Chart(means[means["year"].isin(labelled)])
            .mark_text(dx=5, dy=-8, align="left", fontWeight="bold", **halo)
            .encode(x=x, y="mean:Q", text=alt.Text("mean:Q", format=".1f"))
            for halo in ({"stroke": "white", "strokeWidth": 4}, {})
        ),
    )
    return finish(chart, WIDTH - 50, HEIGHT)


def distribution_chart(histogram: pd.DataFrame, standard: float, words: dict[str, str]) -> dict[str, Any]:
    """Cumulative share of calls reached within so many minutes, by year.

    Args:
        histogram: columns ``year``, ``minutes`` (upper end of a bin), ``share`` (cumulative).
        standard: the benchmark in minutes.
        words: ``minutes``, ``share``, ``standard``.
    """
    years = sorted(histogram["year"].unique())
    names = [str(int(year)) for year in years]
    table = histogram.assign(name=histogram["year"].astype(int).astype(str))
    legend = alt.Legend(title=None, orient="bottom-right", symbolType="stroke")
    dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
    colours = [BLACK, BLUE, ORANGE, RED]
    line = pd.DataFrame({"standard": [standard], "label": [words["standard"]]})
    x = alt.X("minutes:Q", title=words["minutes"], scale=alt.Scale(domain=[0, 30], clamp=True), axis=alt.Axis(tickCount=6))
    chart = alt.layer(
        alt.Chart(table)
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=x,
            y=alt.Y("share:Q", title=words["share"], axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("name:N", scale=alt.Scale(domain=names, range=colours[: len(names)]), legend=legend),
            strokeDash=alt.StrokeDash("name:N", scale=alt.Scale(domain=names, range=dashes[: len(names)]), legend=legend),
        ),
        alt.Chart(line).mark_rule(color=RED, strokeDash=[6, 3]).encode(x=alt.X("standard:Q")),
        alt.Chart(line).mark_text(align="left", dx=4, color=GREY).encode(x="standard:Q", y=alt.value(8), text="label:N"),
    )
    return finish(chart, WIDTH - 60, HEIGHT)


def warm_up_chart(series: pd.DataFrame, words: dict[str, str]) -> dict[str, Any]:
    """Welch's plot: smoothed mean response of the first calls of a year, and where MSER-5 would cut it.

    Args:
        series: columns ``year``, ``call``, ``welch_min``, ``dropped_calls``.
        words: ``calls``, ``minutes``.
    """
    years = sorted(series["year"].unique())
    table = series.assign(name=series["year"].astype(int).astype(str))
    names = [str(int(year)) for year in years]
    scale = alt.Scale(domain=names, range=[BLACK, BLUE, ORANGE, RED][: len(names)])
    colour = alt.Color("name:N", scale=scale, legend=alt.Legend(title=None, orient="top", symbolType="stroke"))
    low, high = float(series["welch_min"].min()), float(series["welch_min"].max())
    pad = 0.1 * (high - low)
    y_scale = alt.Scale(domain=[low - pad, high + pad], zero=False, nice=False)
    cuts = table.drop_duplicates("name")
    chart = alt.layer(
        alt.Chart(table)
        .mark_line(strokeWidth=1.6)
        .encode(
            x=alt.X("call:Q", title=words["calls"]),
            y=alt.Y("welch_min:Q", title=words["minutes"], scale=y_scale),
            color=colour,
        ),
        alt.Chart(cuts).mark_rule(strokeDash=[4, 3]).encode(x="dropped_calls:Q", color=colour),
    )
    return finish(chart, WIDTH, HEIGHT)
