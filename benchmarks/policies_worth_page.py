"""The tables and the chart of docs/emergency_policies_worth.md from the lines of policies_worth.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from sim.report.charts.theme import BLUE, GREY, ORANGE, finish
from sim.report.draw import png

BEGIN, END = "<!-- figures: written by benchmarks/policies_worth.py -->", "<!-- end of figures -->"
NAMES = {
    "reserve": "hold back half of the crews from priority 3, two thirds from priority 4",
    "redirect": "redirect to priority 1 from any other",
    "by_coverage": "dispatch by coverage from priority 3 on",
    "move_up_table": "move-up by compliance table",
    "move_up_dmexclp": "move-up by DMEXCLP, moves up to 15 min",
    "move_up_dmexclp_30": "move-up by DMEXCLP, moves up to 30 min",
    "redirect_and_table": "redirect and compliance table together",
    "all_together": "redirect, coverage and compliance table together",
    "shifts": "day and night crews with a vehicle each",
    "breaks_at_once": "... breaks, all at once",
    "breaks_in_turns": "... breaks, in turns",
    "wind_down": "... and no priority 3 or 4 in the last 20 min",
    "peak_crew": "... breaks in turns, a peak crew at one station",
    "one_bay_each": "one handover bay at each hospital",
    "divert": "... passed over while a unit waits",
    "least_loaded": "... least drive plus expected wait",
}

_HEADS = (
    "policy", "against", "all, min", "priority 1, min", "priority 4, min", "within 12 min, points", "variance ratio", "km a day",
    "staff", "besides",
)  # fmt: skip


def write_page(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Put the tables between the marks of the page."""
    page = path.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = []
    for region in dict.fromkeys(line["name"].split(".")[0] for line in lines):
        parts += _tables(region, {line["name"].split(".")[1]: line for line in lines if line["name"].startswith(f"{region}.")})
    path.write_text(f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}{after}", encoding="utf-8")


def _tables(region: str, by_name: dict[str, dict[str, Any]]) -> list[str]:
    plain = by_name["plain"]["detail"]
    found = [
        f"## {region.title()} 2025",
        "",
        f"The plan without policies: mean response {plain['response_min']:.2f} min, of priority 1 "
        f"{plain['response_priority_1_min']:.2f} min, {plain['within_12']:.1%} within 12 min, crews busy "
        f"{plain['utilisation']:.0%} of the time, {plain['staff']:.0f} full-time people on crews; "
        f"{plain['replications']} years of calls. Differences with 95 % intervals:",
        "",
        "| " + " | ".join(_HEADS) + " |",
        "|---" * len(_HEADS) + "|",
    ]
    for name, label in NAMES.items():
        if name not in by_name:
            continue
        detail, ratio = by_name[name]["detail"], by_name[name]["ratio"]
        cells = [_minutes(detail[key]) for key in ("response_min", "response_priority_1_min", "response_priority_4_min")]
        points = _minutes([100 * value for value in detail["within_12"]])
        shown = "-" if ratio is None else f"{ratio:.1f}"
        staff = f"{detail['staff']:+.1f}" if detail["staff"] else "0"
        against = NAMES.get(detail["against"], "plan").removeprefix("... ")
        besides = f"{points} | {shown} | {detail['km_a_day']:.0f} | {staff} | {_besides(detail)}"
        found.append(f"| {label} | {against} | {' | '.join(cells)} | {besides} |")
    return [*found, ""]


def _minutes(interval: Sequence[float]) -> str:
    mean, low, high = interval
    if mean == low == high == 0:
        return "0"
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"


def _besides(detail: dict[str, Any]) -> str:
    parts = []
    if detail["moves_a_day"]:
        parts.append(f"{detail['moves_a_day']:.0f} moves a day")
    if detail["hospital_wait_min"]:
        parts.append(f"wait for a bay {detail['hospital_wait_min']:.2f} min")
    if detail["breaks_missed"] is not None:
        parts.append(f"{detail['breaks_missed']:.1%} of breaks missed")
    return ", ".join(parts) or "-"


def draw_chart(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Differences of the mean response with their intervals, one panel a county."""
    rows = [
        {"region": region.title(), "policy": NAMES[name], "calls": calls, "mean": mean, "low": low, "high": high}
        for region, name, detail in ((*line["name"].split("."), line["detail"]) for line in lines)
        if name in NAMES
        for calls, (mean, low, high) in (
            ("all calls", detail["response_min"]), ("priority 1", detail["response_priority_1_min"]),
        )
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    order = [label for label in NAMES.values() if label in set(frame["policy"])]
    colour = alt.Color("calls:N", scale=alt.Scale(range=[BLUE, ORANGE]), legend=alt.Legend(title=None, orient="top"))
    y = alt.Y("policy:N", sort=order, title=None, axis=alt.Axis(labelLimit=460))
    base = alt.Chart(frame).encode(y=y, yOffset="calls:N", color=colour)
    x = alt.X("low:Q", title="minutes longer (+) or shorter (-)")
    chart = alt.layer(
        alt.Chart(frame).mark_rule(color=GREY).encode(x=alt.datum(0.0)),
        base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q"),
        base.mark_point(filled=True, size=36, opacity=1).encode(x="mean:Q"),
    ).properties(width=300, height=26 * len(order))
    path.write_bytes(png(finish(chart.facet(column=alt.Column("region:N", title=None))), scale=1.2))
