"""What all charts share: colours that colour-blind readers can tell apart, marks, fonts, and sizes for phone and print."""

from __future__ import annotations

from typing import Any

import altair as alt

BLUE, ORANGE, GREEN, RED, SKY, PURPLE, BLACK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#1b1b1b"
"""The palette of Okabe and Ito (2008), Color Universal Design."""

GREY, LIGHT = "#6b6b6b", "#d9d9d9"
WIDTH, HEIGHT = 330, 220
"""Size of a small chart in px: as wide as a phone, so that its words are never scaled below their size."""

FONT = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"


_CONFIG = {
    "font": FONT,
    "padding": 4,
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleColor": GREY,
        "labelColor": "#333333",
        "gridColor": "#ececec",
        "domainColor": "#9a9a9a",
        "tickColor": "#9a9a9a",
        "titlePadding": 6,
    },
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 240,
        "titleLimit": 420,
        "symbolSize": 80,
    },
    "text": {"fontSize": 12},
}


def finish(chart: alt.TopLevelMixin, width: float | None = None, height: float | None = None) -> dict[str, Any]:
    """The specification of a chart with the house's configuration and its size in px.

    Both are set on the specification, not on the chart: every change of a chart copies its data.
    """
    spec = chart.to_dict(validate=False)
    size = {} if width is None else {"width": round(width), "height": round(height or HEIGHT)}
    return {**spec, **size, "config": _CONFIG}


def years_axis(values: list[int]) -> alt.Axis:
    """An axis of years without thousands separators, at every fifth year."""
    ticks = [year for year in range(min(values), max(values) + 1) if year % 5 == 0]
    return alt.Axis(title=None, format="d", values=ticks, grid=False, labelFlush=False)


def spread(positions: list[float], gap: float) -> list[float]:
    """Positions moved apart, in order, so that labels at them do not overlap; the middle stays where it was."""
    if not positions:
        return []
    order = sorted(range(len(positions)), key=positions.__getitem__)
    moved = [positions[i] for i in order]
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap)
    shift = sum(moved) / len(moved) - sum(positions) / len(positions)
    result = [0.0] * len(positions)
    for place, i in enumerate(order):
        result[i] = moved[place] - shift
    return result
