"""What a scenario says beyond stations and crews: policies of the dispatch centre, events, and the staff behind the crews."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.report.context import Context
from sim.report.model import Block, Bullets, Cell, Column, Paragraph, Table

_FIGURES = (
    "abandoned_share", "redirected_share", "passed_over_share", "hospital_wait_mean_min", "moves", "move_up_km", "overrun_min",
    "breaks_missed_share",
)  # fmt: skip
_EVENT_FIGURES = (
    "calls_added", "response_mean_without_min", "response_mean_min", "extra_min", "calls_beyond_standard", "calls_given_up",
    "recovery_hours",
)  # fmt: skip
_WHOLE = {"calls_added", "calls_beyond_standard", "calls_given_up"}


def policy_blocks(context: Context, metrics: pd.DataFrame, years: list[int]) -> list[Block]:
    """Blocks for the section on the emergency service.

    Args:
        context: run and language.
        metrics: ``emergency.csv``.
        years: the years shown.
    """
    return [*_used(context), *_figures(context, metrics, years), *_events(context), *_staff(context, years)]


def _used(context: Context) -> list[Block]:
    """The policies in plain sentences; nothing where the scenario has none."""
    words = context.words
    resolved = context.manifest["resolved"]["emergency"]
    parts = ("shifts", "dispatch", "move_up", "hospitals")
    found = [sentence for part in parts if resolved.get(part) for sentence in _SENTENCES[part](context, resolved[part])]
    return [Paragraph(words("policy.lead")), Bullets(tuple(found))] if found else []


def _shifts(context: Context, given: Any) -> list[str]:
    words = context.words
    found = []
    for name, pattern in given["patterns"].items():
        hours = {"start": _clock(pattern["from"]), "end": _clock(pattern["to"]), "days": words(f"policy.days.{pattern['days']}")}
        pauses = [
            words("policy.break", due=_clock(one["due"]), latest=_clock(one["latest"]), minutes=words.number(one["minutes"]))
            for one in pattern["breaks"]
        ]
        breaks = words.list(pauses) if pauses else words("policy.no_break")
        if pauses and all(one["in_turns"] for one in pattern["breaks"]):
            breaks = words("policy.in_turns", breaks=breaks)
        found.append(words("policy.shift", name=words.known(f"policy.pattern.{name}", name), breaks=breaks, **hours))
    if given["wind_down_min"]:
        found.append(
            words("policy.wind_down", minutes=words.number(given["wind_down_min"]), priority=given["wind_down_priority"])
        )
    return found


def _dispatch(context: Context, given: Any) -> list[str]:
    words = context.words
    found = []
    for vehicle, minutes in given["vehicle_fit"].items():
        named = _by_priority(context, minutes, 1)
        found.append(words("policy.vehicle_fit", vehicle=words(f"policy.vehicle.{vehicle}"), minutes=named))
    if given["preference"]:
        found.append(words("policy.preference", areas=len(given["preference"])))
    for key in ("reserve", "patience_mean_min"):
        if given[key]:
            found.append(words(f"policy.{key}", values=_by_priority(context, given[key], 0)))
    if given["by_coverage"]:
        found.append(words("policy.by_coverage", priority=given["by_coverage"]["from_priority"]))
    if given["redirect"]:
        found.append(
            words("policy.redirect", to=given["redirect"]["to_priority"], since=given["redirect"]["from_priority"])
        )
    return found


def _by_priority(context: Context, numbers: dict[str, float], decimals: int) -> str:
    words = context.words
    parts = [words("policy.at_priority", priority=key, value=words.number(value, decimals)) for key, value in numbers.items()]
    return words.list(parts)


def _move_up(context: Context, given: Any) -> list[str]:
    return [] if given["method"] == "none" else [context.words(f"policy.method.{given['method']}")]


def _hospitals(context: Context, given: Any) -> list[str]:
    words = context.words
    found = [words(f"policy.choice.{given['choice']}")]
    if given["bays"]:
        found.append(words("policy.bays", hospitals=len(given["bays"]), bays=sum(given["bays"].values())))
    if given["divert_at"]:
        found.append(words("policy.divert", hospitals=len(given["divert_at"])))
    for one in given["closures"]:
        found.append(words("policy.closed", hospital=_hospital(context, one["hospital"]), start=one["from"], end=one["to"]))
    return found


def _hospital(context: Context, id_: str) -> str:
    """Name of a hospital in the run's list of places, its id where there is none in the language."""
    places = context.table("places")
    row = places[(places["kind"] == "hospital") & (places["id"] == id_)]
    names = [str(row[column].iloc[0]) for column in (f"name_{context.words.language}", "name_zh") if len(row)]
    return next((name for name in names if name and name != "nan"), id_)


_SENTENCES = {"shifts": _shifts, "dispatch": _dispatch, "move_up": _move_up, "hospitals": _hospitals}


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


def _figures(context: Context, metrics: pd.DataFrame, years: list[int]) -> list[Block]:
    """Figures that runs with policies have besides, as far as something of the kind happened."""
    words = context.words
    table = metrics[(metrics["segment"] == "all") & metrics["metric"].isin(_FIGURES)].set_index(["metric", "year"])
    rows = []
    for metric in _FIGURES:
        values = [table["mean"].get((metric, year)) for year in years]
        if not any(value is not None and abs(value) > 0 for value in values):
            continue
        share = metric.endswith("_share")
        shown = (words.percent(value, 1) if share else words.number(value, 2) for value in values)
        rows.append((Cell(words(f"metric.{metric}")), *(Cell(text) for text in shown)))
    if not rows:
        return []
    columns = (Column(words("column.metric"), strong=True), *(Column(str(year), "right") for year in years))
    return [Table(words("policy.figures_caption"), columns, tuple(rows), file="emergency.csv")]


def _events(context: Context) -> list[Block]:
    """Every event against the same year without it."""
    words = context.words
    if "emergency_surge.csv" not in context.manifest["outputs"]:
        return []
    table = context.table("emergency_surge")
    if table.empty:
        return []
    rows = []
    for (year, event, kind), part in table.groupby(["year", "event", "kind"], sort=False):
        by_metric = part.set_index("metric")
        label = words("policy.event", event=event, kind=words(f"policy.kind.{kind}"), year=int(year))
        rows.append((Cell(label), *(Cell(_event_figure(context, by_metric, metric)) for metric in _EVENT_FIGURES)))
    columns = (
        Column(words("column.event"), strong=True),
        *(Column(words(f"policy.figure.{metric}"), "right") for metric in _EVENT_FIGURES),
    )
    bound = words.number(_parameter(context, "emergency.policy.recovery_bound_min"), 1)
    hours = words.number(_parameter(context, "emergency.policy.recovery_window_hours"))
    note = words("policy.events_note", replications=int(table["replications"].max()), bound=bound, hours=hours)
    return [Table(words("policy.events_caption"), columns, tuple(rows), note, file="emergency_surge.csv")]


def _event_figure(context: Context, by_metric: pd.DataFrame, metric: str) -> str:
    words = context.words
    if metric not in by_metric.index:
        return words.number(None)
    row = by_metric.loc[metric]
    decimals = 0 if metric in _WHOLE else 1
    low, high = (words.number(row[bound], decimals) for bound in ("ci_low", "ci_high"))
    return words.with_interval(words.number(row["mean"], decimals), low, high)


def _parameter(context: Context, key: str) -> float | None:
    table = context.table("assumptions")
    found = table[(table["group"] == "parameter") & (table["key"] == key)]
    return float(found["value"].iloc[0]) if len(found) else None


def _staff(context: Context, years: list[int]) -> list[Block]:
    """Full-time people by role."""
    words = context.words
    if "emergency_staff.csv" not in context.manifest["outputs"]:
        return []
    table = context.table("emergency_staff")
    shown = [year for year in years if year in set(table["year"])]
    if not shown:
        return []
    first = table[table["year"] == shown[0]]
    people = table.set_index(["role", "year"])["people"]
    rows = tuple(
        (
            Cell(words(f"policy.role.{row.role}")),
            Cell(words.number(row.people_per_crew, 1)),
            Cell(words.number(row.people_per_24h_unit, 1)),
            *(Cell(words.number(people[(row.role, year)])) for year in shown),
        )
        for row in first.itertuples()
    )
    columns = (
        Column(words("column.role"), strong=True),
        Column(words("column.people_per_crew"), "right"),
        Column(words("column.people_per_24h_unit"), "right"),
        *(Column(str(year), "right") for year in shown),
    )
    note = words("policy.staff_note", hours=words.number(float(first["hours_per_person"].iloc[0])))
    return [Table(words("policy.staff_caption"), columns, rows, note, folded=True, file="emergency_staff.csv")]
