"""The scorecard as a table for a terminal: one block for each indicator, as many columns as the width has room for.

A count and its rate per head share one block. Indicators that nobody judges or plans (a baseline count carried along) are
left to ``scorecard.csv``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.indicators import Indicator, dictionary, rate_of
from sim.report.wording import Wording

_LEFT = ("indicator", "status")
_LAYOUTS = (
    (26, ("indicator", "year", "supply", "norm", "need", "gap_norm", "gap_need", "rate", "p_norm", "p_need", "status")),
    (22, ("indicator", "year", "supply", "norm", "need", "gap", "chance", "status")),
    (18, ("indicator", "year", "supply", "norm", "need", "gap", "status")),
    (16, ("indicator", "year", "supply", "norm", "need_median", "gap", "status")),
)
"""The width of the first column and the columns, from the fullest to the plainest."""

_COLOURS = {"met": "green", "met_centrally": "cyan", "missed_centrally": "yellow", "missed": "red"}
_PLANNED = frozenset(("planned", "project", "flow"))
_MODELLED = frozenset(("simulated", "computed", "projected"))
_MARKS = {"borrowed_": "*", "carried_forward": "†", "interpolated": "†"}


@dataclass(frozen=True)
class _Block:
    """The lines of one indicator: a row of the scorecard a year, with the row of its rate where there is one."""

    indicator: Indicator
    rate: Indicator | None
    rows: list[tuple[Any, Any]]


def scorecard_table(rows: pd.DataFrame, words: Wording, width: int) -> tuple[Table, int]:
    """The fullest table that fits into ``width`` columns, and how many indicators were left out of it."""
    blocks = list(_blocks(rows))
    shown = [block for block in blocks if _is_of_interest(block, rows)]
    console = Console(width=10 * width)
    tables = (_table(shown, words, label_width, names) for label_width, names in _LAYOUTS)
    table = next((one for one in tables if console.measure(one).maximum <= width), None)
    return table or _table(shown, words, *_LAYOUTS[-1]), len(blocks) - len(shown)


def _table(blocks: list[_Block], words: Wording, label_width: int, names: tuple[str, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(words(f"terminal.column.{name}"), justify="left" if name in _LEFT else "right", no_wrap=True)
    for number, block in enumerate(blocks):
        labels = _label_lines(block, words, label_width, with_rate="rate" in names)
        for line in range(max(len(labels), len(block.rows))):
            cells = _cells(block, *block.rows[line], words) if line < len(block.rows) else {}
            cells["indicator"] = Text(labels[line] if line < len(labels) else "", style="bold" if line == 0 else "")
            table.add_row(*(cells.get(name, "") for name in names), style="dim" if number % 2 else "")
    return table


def _blocks(rows: pd.DataFrame) -> Iterator[_Block]:
    years = years_to_show(rows)
    by_key = {(row.indicator, row.year): row for row in rows.itertuples()}
    present = set(rows["indicator"])
    for indicator in dictionary().values():
        paired = indicator.kind == "rate" and indicator.count in present
        if indicator.key not in present or paired:
            continue
        rate = rate_of(indicator.key) if indicator.kind == "count" else None
        lines = [
            (by_key[indicator.key, year], by_key.get((rate.key, year)) if rate is not None else None)
            for year in years
            if (indicator.key, year) in by_key
        ]
        if lines:
            yield _Block(indicator, rate, lines)


def _is_of_interest(block: _Block, rows: pd.DataFrame) -> bool:
    """Whether the plan sets a target, a model gives a need or a figure, or the scenario changes the supply."""
    keys = [block.indicator.key, *([block.rate.key] if block.rate is not None else [])]
    of_block = rows[rows["indicator"].isin(keys)]
    if of_block["norm"].notna().any() or of_block["need_p50"].notna().any():
        return True
    return block.indicator.kind != "ratio" and bool(of_block["supply_how"].isin(_PLANNED | _MODELLED).any())


def _label_lines(block: _Block, words: Wording, width: int, *, with_rate: bool) -> list[str]:
    """The name, broken to the width, and below it the unit of the rate and whether a target is binding."""
    name = Text(block.indicator.label(words.language)).wrap(Console(width=width), width)
    below = [words.unit(block.rate.unit)] if with_rate and block.rate is not None else []
    if any(row.nature == "binding" for row, _ in block.rows):
        below.append(words("nature.binding"))
    return [line.plain.rstrip() for line in name] + (["  " + words.list(below)] if below else [])


def _cells(block: _Block, row: Any, rate_row: Any, words: Wording) -> dict[str, str | Text]:
    indicator = block.indicator
    by_norm = math.isfinite(row.norm)
    need = interval = words.of(indicator, row.need_p50)
    if math.isfinite(row.need_p10):
        interval = f"{need} ({words.of(indicator, row.need_p10)}-{words.of(indicator, row.need_p90)})"
    return {
        "year": str(row.year),
        "supply": words.of(indicator, row.supply),
        "norm": words.of(indicator, row.norm) + _mark(str(row.norm_basis)),
        "need": interval,
        "need_median": need,
        "gap_norm": words.of(indicator, row.gap_to_norm, sign=True),
        "gap_need": words.of(indicator, row.gap_to_need, sign=True),
        "gap": words.of(indicator, row.gap_to_norm if by_norm else row.gap_to_need, sign=True),
        "rate": _rate(block.rate, rate_row, words),
        "p_norm": words.chance(row.p_norm_met),
        "p_need": words.chance(row.p_need_met),
        "chance": words.chance(row.p_norm_met if by_norm else row.p_need_met),
        "status": Text(words(f"status.{row.status}"), style=_COLOURS.get(row.status, "")),
    }


def _rate(rate: Indicator | None, row: Any, words: Wording) -> str:
    """Supply per head, and behind a slash the norm where there is one."""
    if rate is None or row is None:
        return ""
    supply = words.of(rate, row.supply)
    return f"{supply} / {words.of(rate, row.norm)}" if math.isfinite(row.norm) else supply


def _mark(basis: str) -> str:
    """A sign of one column behind a norm that is not the plan's own for that year."""
    return next((mark for word, mark in _MARKS.items() if word in basis), " ")


def years_to_show(rows: pd.DataFrame) -> list[int]:
    """The first year, every year with a target of the plan itself, and the last year."""
    targets = rows.loc[rows["norm_basis"].isin(["target", "borrowed_target"]), "year"]
    return sorted({int(rows["year"].min()), *map(int, targets), int(rows["year"].max())})
