"""Charts of a fit report: residuals in tolerances, prior against fit, correlations."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from sim.calibration import GroupFit, ParameterFit, RegionFit
from sim.report.charts.theme import BLACK, BLUE, GREY, LIGHT, RED, WIDTH, finish
from sim.report.fit.words import FitWording
from sim.report.model import Figure

_ROW = 38
"""Height of a row in px."""

_CELL = 44
"""Width of a cell of the correlations in px."""

_EDGE = 4.0
"""Residuals beyond so many tolerances are drawn at the edge."""

_Z90 = 1.2815515655446004
_LINE = 8
"""Chinese characters of a label before it is broken; twice as many Latin ones."""

_PLOT = WIDTH - 130
"""Width of a plot in px: with its labels as wide as a phone."""


def residuals(fit: RegionFit, words: FitWording) -> Figure:
    """Observed less model in tolerances, one row a target."""
    rows = pd.DataFrame(
        {
            "order": range(len(fit.targets)),
            "label": [_broken(words.target(one), words.language) for one in fit.targets],
            "at": [max(-_EDGE, min(_EDGE, one.tolerances)) for one in fit.targets],
            "fitted": [one.target.fitted for one in fit.targets],
        }
    )
    title = words("fit.targets.chart_axis")
    x = alt.X("at:Q", title=title, scale=alt.Scale(domain=[-_EDGE, _EDGE], nice=False))
    y = _rows(rows)
    bands = pd.DataFrame({"low": [-2.0, -1.0], "high": [2.0, 1.0], "colour": ["#f1f1f1", LIGHT]})
    layers: list[alt.Chart] = [
        alt.Chart(bands).mark_rect().encode(x=alt.X("low:Q", title=title), x2="high:Q", color=alt.Color("colour:N", scale=None)),
        alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=GREY).encode(x=x),
    ]
    for fitted in (True, False):
        part = rows[rows["fitted"] == fitted]
        if len(part):
            dots = alt.Chart(part).mark_point(filled=fitted, size=90, opacity=1, color=BLUE if fitted else BLACK)
            layers.append(dots.encode(x=x, y=y))
    texts = [f"{words.target(one)}: {words.number(one.tolerances, 1, sign=True)}" for one in fit.targets]
    caption = words("fit.targets.chart_text")
    if any(abs(one.tolerances) > _EDGE for one in fit.targets):
        caption = f"{caption} {words('fit.targets.chart_far')}"
    text = f"{caption} {words.list(texts)}{words('fit.stop')}"
    spec = finish(alt.layer(*layers), _PLOT, _ROW * len(rows) + 10)
    return Figure(f"{words.language}-residuals", words("fit.targets.chart"), text, spec, caption)


def prior_and_fit(items: Sequence[ParameterFit], words: FitWording) -> Figure:
    """The fitted interval on the scale of the prior's normal score, one row a parameter."""
    points = [item.prior_scores for item in items]
    rows = pd.DataFrame(
        {
            "order": range(len(items)),
            "label": [_broken(words.parameter(item.key), words.language) for item in items],
            "low": [low for low, _, _ in points],
            "at": [middle for _, middle, _ in points],
            "high": [high for _, _, high in points],
            "prior_low": -_Z90,
            "prior_high": _Z90,
        }
    )
    reach = max(2.0, 0.3 + max(abs(value) for point in points for value in point))
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    title = words("fit.parameters.chart_axis")
    x = alt.X("prior_low:Q", title=title, scale=scale)
    y = _rows(rows)
    chart = alt.layer(
        alt.Chart(rows).mark_bar(color=LIGHT, size=18).encode(x=x, x2="prior_high:Q", y=y),
        alt.Chart(rows).mark_bar(color=BLUE, size=7).encode(x=alt.X("low:Q", title=title), x2="high:Q", y=y),
        alt.Chart(rows).mark_point(filled=True, size=70, opacity=1, color=RED).encode(x=alt.X("at:Q", title=title), y=y),
    )
    texts = [
        words(
            "fit.parameters.chart_item",
            parameter=words.parameter(item.key),
            value=words.value(item.value),
            low=words.value(item.low),
            high=words.value(item.high),
        )
        for item in items
    ]
    caption = words("fit.parameters.chart_text")
    text = f"{caption} {words.list(texts)}{words('fit.stop')}"
    spec = finish(chart, _PLOT, _ROW * len(rows) + 10)
    return Figure(f"{words.language}-prior", words("fit.parameters.chart"), text, spec, caption)


def correlation(group: GroupFit, number: int, words: FitWording) -> Figure:
    """Correlations of a group's parameters as a coloured square with the numbers in it."""
    names = [_broken(words.parameter(key), words.language) for key in group.keys]
    cells = [
        {"row": i, "column": j, "value": float(group.correlation[i, j]), "text": words.number(float(group.correlation[i, j]), 2)}
        for i in range(len(names))
        for j in range(i + 1)
    ]
    frame = pd.DataFrame(cells)
    labels = alt.Axis(labelExpr=_labels(names), values=list(range(len(names))), grid=False, ticks=False, domain=False, title=None)
    below = alt.Axis(**{**labels.to_dict(), "labelAngle": -40, "labelLimit": 140})
    x = alt.X("column:O", axis=below)
    y = alt.Y("row:O", axis=labels)
    scale = alt.Scale(domain=[-1, 0, 1], range=[RED, "#ffffff", BLUE], interpolate="rgb")
    colour = alt.Color("value:Q", scale=scale, legend=None)
    dark = alt.condition("abs(datum.value) > 0.6", alt.value("#ffffff"), alt.value(BLACK))
    chart = alt.layer(
        alt.Chart(frame).mark_rect(stroke="#ffffff").encode(x=x, y=y, color=colour),
        alt.Chart(frame).mark_text().encode(x=x, y=y, text="text:N", color=dark),
    )
    pairs = [
        words(
            "fit.tell.pair",
            first=words.parameter(group.keys[i]),
            second=words.parameter(group.keys[j]),
            value=words.number(float(group.correlation[i, j]), 2),
        )
        for i in range(len(names))
        for j in range(i)
    ]
    caption = words("fit.tell.correlation_text")
    text = f"{caption} {words.list(pairs)}{words('fit.stop')}"
    spec = finish(chart, _CELL * len(names), _ROW * len(names))
    return Figure(f"{words.language}-correlation-{number}", words("fit.tell.correlation"), text, spec, caption)


def _rows(rows: pd.DataFrame) -> alt.Y:
    """One row a label, in order, with its name at the left."""
    axis = alt.Axis(labelExpr=_labels(list(rows["label"])), title=None, grid=False, ticks=False, domain=False, labelLimit=200)
    return alt.Y("order:O", axis=axis, scale=alt.Scale(domain=list(rows["order"])))


def _labels(names: Sequence[object]) -> str:
    """A Vega expression from the number of a row to its name, in lines."""
    lines = [str(list(map(str, name))) for name in names]  # type: ignore[call-overload]
    return f"[{', '.join(lines)}][datum.value]"


def _broken(name: str, language: str) -> list[str]:
    """A name in lines that fit beside the chart."""
    if language == "zh":
        return [name[start : start + _LINE] for start in range(0, len(name), _LINE)]
    lines, line = [], ""
    for word in name.split():
        if line and len(line) + len(word) >= 2 * _LINE + 6:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
