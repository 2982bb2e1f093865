"""A comparison in a terminal: the differences to the base, aligned in Chinese, or one JSON object."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from sim.comparison import Comparison, Member
from sim.indicators import Indicator, dictionary
from sim.report.comparison.view import View
from sim.report.comparison.words import ComparisonWording

_COLOURS = {"met": "green", "met_centrally": "cyan", "missed_centrally": "yellow", "missed": "red"}
_COLUMNS = ("indicator", "year", "letter", "supply", "norm", "need", "gap_need", "d_supply", "d_need", "status")
_NARROW = ("indicator", "year", "letter", "d_supply", "d_need", "status")
_WIDE, _WIDTH = 120, 150
"""From so many columns on all figures have room; width of the table where there is no terminal."""


def print_comparison(
    comparison: Comparison, folder: Path, reports: Sequence[str], *, reused: bool, language: str, as_json: bool
) -> None:
    """Print what differs and where the report is.

    Args:
        comparison: what is shown.
        folder: where it was written.
        reports: names of the reports in the folder.
        reused: whether the folder was there already.
        language: ``zh`` or ``en``.
        as_json: one JSON object on one line instead of the table.
    """
    if as_json:
        click.echo(json.dumps(_plain(comparison, folder, reports, reused), ensure_ascii=False, allow_nan=False))
        return
    view = View(comparison, ComparisonWording(language))
    words = view.words
    console = Console(width=None if Console().is_terminal else _WIDTH, highlight=False)
    for member in comparison.members:
        mark = f" ({words('compare.base_mark')})" if member is view.base else ""
        console.print(f"{view.title(member)}{mark}  {member.run.name}", markup=False, soft_wrap=True)
    if view.differing:
        console.print(_table(view, _COLUMNS if console.width >= _WIDE else _NARROW))
        equal = len(view.indicators) - len(view.differing)
        console.print(words("compare.terminal.same", n=equal))
    else:
        console.print(words("compare.terminal.nothing"))
    console.print(words("compare.terminal.note"))
    for notice in comparison.notices:
        console.print("! " + words(f"compare.notice.{notice.key}", **notice.values), markup=False)
    if reused:
        console.print(words("compare.terminal.reused"))
    for name in reports:
        console.print(words("compare.terminal.report", path=str(folder / name)), soft_wrap=True, markup=False)


def _table(view: View, columns: Sequence[str]) -> Table:
    """Counts, times and shares that differ, in the target year and the last year; scenarios that equal the base are left out.

    Rates per head follow their counts and stand in the report.
    """
    words = view.words
    title = words("compare.terminal.title", region=view.region_name, base=view.base.letter)
    table = Table(title=title, title_justify="left", header_style="bold", box=box.SIMPLE, pad_edge=False)
    for name in columns:
        heading, justify = words(f"compare.terminal.column.{name}"), "left" if name in ("indicator", "status") else "right"
        if name == "indicator":
            table.add_column(heading, min_width=16, overflow="fold")
        else:
            table.add_column(heading, justify=justify, no_wrap=True)
    years = list(dict.fromkeys([view.target_year, view.comparison.years[-1]]))
    for entry in view.differing:
        label = entry.label(words.language)
        if entry.kind == "rate":
            continue
        for year in years:
            shown = [member for member in view.comparison.members if view.member_differs(entry.key, year, member)]
            if not shown:
                continue
            for member in (view.base, *shown):
                last = member is shown[-1]
                cells = _cells(view, entry, year, member)
                if member is view.base:
                    cells |= {"indicator": label, "year": str(year)}
                table.add_row(*(cells.get(name, "") for name in columns), end_section=last and year == years[-1])
                label = ""
    return table


def _cells(view: View, entry: Indicator, year: int, member: Member) -> dict[str, str]:
    """A scenario's figures in one year, and its differences to the base, by column."""
    words, row = view.words, view.row(entry.key, year, member)
    if row is None:
        return {"letter": member.letter, **dict.fromkeys(_COLUMNS[3:], words("none"))}
    colour, status = _COLOURS.get(str(row.status)), words(f"status.{row.status}")
    cells = {
        "letter": member.letter,
        "supply": words.of(entry, row.supply),
        "norm": words.of(entry, row.norm),
        "need": words.of(entry, row.need_p50),
        "gap_need": words.of(entry, row.gap_to_need, sign=True),
        "status": f"[{colour}]{status}[/]" if colour else status,
    }
    if member is not view.base:
        cells |= {f"d_{measure}": view.difference(entry, row, measure) for measure in ("supply", "need")}
    return cells


def _plain(comparison: Comparison, folder: Path, reports: Sequence[str], reused: bool) -> dict[str, Any]:
    return {
        "comparison": str(folder),
        "reused": reused,
        "region": comparison.region,
        "base": comparison.base_member.letter,
        "runs": [
            {"letter": member.letter, "run": str(member.run.folder), "scenario": member.manifest["scenario"],
             "content_hash": member.manifest["content_hash"]}
            for member in comparison.members
        ],
        "years": list(comparison.years),
        "pairs": comparison.pairs,
        "notices": [notice.text for notice in comparison.notices],
        "reports": [str(folder / name) for name in reports],
        "indicators": [key for key in dictionary() if key in set(comparison.headline["indicator"])],
        "compare": _records(comparison.headline),
        "emergency": _records(comparison.emergency),
        "inputs": _records(comparison.inputs),
    }  # fmt: skip


def _records(table: Any) -> list[dict[str, Any]]:
    return [{key: _or_none(value) for key, value in row.items()} for row in table.to_dict("records")]


def _or_none(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.item() if hasattr(value, "item") else value
