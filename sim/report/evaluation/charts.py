"""One chart an indicator: plan or earlier forecast, outcomes, the forecast of now, the target, and the pace kept up."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from sim.evaluation import Evaluation, Row
from sim.indicators import rate_of
from sim.report.charts.theme import BLACK, BLUE, GREY, HEIGHT, ORANGE, RED, WIDTH, finish, spread, years_axis
from sim.report.evaluation.words import EvaluationWording
from sim.report.model import Figure, Figures, Paragraph, Section

_LABEL_GAP = 0.08


def charts(evaluation: Evaluation, words: EvaluationWording) -> Section | None:
    """The charts, in the order of the rows; a count stands without its rate, which has the same course."""
    latest = evaluation.latest
    order = list(dict.fromkeys(row.indicator for row in evaluation.rows))
    rated = {rate.key for key in order if (rate := rate_of(key)) is not None}
    figures = [_figure(evaluation, latest[key], words) for key in order if key not in rated]
    found = [figure for figure in figures if figure is not None]
    if not found:
        return None
    return Section("charts", words("evaluate.section.charts"), (Paragraph(words("evaluate.charts.lead")), Figures(tuple(found))))


def _figure(evaluation: Evaluation, row: Row, words: EvaluationWording) -> Figure | None:
    table = evaluation.paths
    rows = table[table["indicator"] == row.indicator]
    rows = rows.astype({"year": int, "value": float, "p10": float, "p90": float})
    if rows[rows["role"].isin(["plan", "earlier", "now"])]["year"].nunique() < 2:
        return None
    key = row.indicator
    description = words(
        "evaluate.charts.description",
        year=row.year,
        earlier=words.spread(key, row.earlier_p10, row.earlier_p50, row.earlier_p90),
        outcome=words.figure(key, row.outcome),
        target_year=row.target_year,
        earlier_target=words.spread(key, row.earlier_target_p10, row.earlier_target_p50, row.earlier_target_p90),
        now_target=words.spread(key, row.now_target_p10, row.now_target_p50, row.now_target_p90),
    )
    names = {"then": words("evaluate.charts.then"), "now": words("evaluate.charts.now")}
    unit = words.unit(row.unit)
    return Figure(
        key=f"{words.language}-path-{key}",
        title=words.label(key, row.unit),
        description=description,
        spec=path_chart(rows, names, unit, row.kind == "forecast"),
    )


def path_chart(rows: pd.DataFrame, names: dict[str, str], unit: str, with_bands: bool) -> dict[str, Any]:
    """The chart of one indicator.

    Args:
        rows: columns ``year``, ``role``, ``value``, ``p10``, ``p90``.
        names: labels of the two lines, ``then`` and ``now``.
        unit: title of the axis.
        with_bands: whether the 80 % intervals are drawn.
    """
    before = rows[rows["role"].isin(["plan", "earlier"])]
    now = rows[rows["role"] == "now"]
    years = sorted({int(year) for year in rows["year"]})
    shown = rows[["value", "p10", "p90"]] if with_bands else rows[["value"]]
    low, high = float(shown.min().min()), float(shown.max().max())
    pad = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    scale = alt.Scale(domain=[max(low - pad, 0.0), high + pad], zero=False, nice=False)
    x = alt.X("year:Q", axis=years_axis(years), scale=alt.Scale(domain=[years[0], years[-1]], nice=False))
    axis = alt.Axis(tickCount=5, format="~s" if high >= 1e5 else ",~r")
    y = alt.Y("value:Q", title=unit, axis=axis, scale=scale)
    layers: list[alt.Chart] = []
    for part, colour in ((before, GREY), (now, BLUE)):
        band = part.dropna(subset=["p10", "p90"])
        if with_bands and len(band):
            area = alt.Chart(band).mark_area(color=colour, opacity=0.16)
            layers.append(area.encode(x=x, y=alt.Y("p10:Q", title=unit, axis=axis, scale=scale), y2="p90:Q"))
    for part, colour, dash in ((before, GREY, [6, 3]), (now, BLUE, [1, 0])):
        layers.append(alt.Chart(part).mark_line(color=colour, strokeWidth=2, strokeDash=dash).encode(x=x, y=y))
    pace = rows[rows["role"] == "at_pace"]
    outcomes = rows[rows["role"] == "outcome"]
    if len(pace):
        line = pd.concat([outcomes.sort_values("year").tail(1), pace])
        layers.append(alt.Chart(line).mark_line(color=RED, strokeWidth=2, strokeDash=[2, 2]).encode(x=x, y=y))
    target = alt.Chart(rows[rows["role"] == "target"])
    layers.append(target.mark_point(shape="diamond", size=150, strokeWidth=2, color=ORANGE, filled=False).encode(x=x, y=y))
    layers.append(alt.Chart(outcomes).mark_point(filled=True, size=60, opacity=1, color=BLACK).encode(x=x, y=y))
    layers.append(_end_labels(before, now, names, high - low).encode(x=x, y=alt.Y("at:Q")))
    return finish(alt.layer(*layers), WIDTH - 80, HEIGHT)


def _end_labels(before: pd.DataFrame, now: pd.DataFrame, names: dict[str, str], size: float) -> alt.Chart:
    """The name of each line at its right end, moved apart where the ends meet."""
    ends = [
        (names[name], colour, part.sort_values("year").iloc[-1])
        for name, part, colour in (("then", before, GREY), ("now", now, BLUE))
        if len(part)
    ]
    at = spread([float(end["value"]) for _, _, end in ends], _LABEL_GAP * size)
    frame = pd.DataFrame(
        {
            "label": [label for label, _, _ in ends],
            "colour": [colour for _, colour, _ in ends],
            "year": [int(end["year"]) for _, _, end in ends],
            "at": at,
        }
    )
    marks = alt.Chart(frame).mark_text(align="left", dx=6, fontWeight="bold")
    return marks.encode(text="label:N", color=alt.Color("colour:N", scale=None))
