"""The scorecard in a terminal: aligned in Chinese, plain without colours, and a progress line while a run works."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sim.clock import Progress as Callback
from sim.clock import silent
from sim.indicators import dictionary
from sim.output import load_run
from sim.report.wording import Wording

_STEPS = ("population", "demand", "supply", "emergency", "scorecard", "report")
_SHARES = (0.05, 0.03, 0.02, 0.65, 0.02, 0.23)
_COLOURS = {"met": "green", "met_centrally": "cyan", "close": "yellow", "missed": "red"}


@contextmanager
def progress_on_stderr(title: str, language: str = "zh") -> Iterator[Callback]:
    """A progress bar on standard error, on a terminal alone."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    words = Wording(language)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=1.0)

        def told(step: str, share: float) -> None:
            position = _STEPS.index(step)
            done = sum(_SHARES[:position]) + _SHARES[position] * share
            bar.update(task, completed=done, description=f"{title}: {words(f'terminal.step.{step}')}")

        yield told


def print_outcome(folder: Path, *, reused: bool, language: str, as_json: bool) -> None:
    """Print the scorecard of a run and where its report is; with ``as_json`` one JSON object on one line."""
    if as_json:
        click.echo(json.dumps(_plain(folder, reused), ensure_ascii=False, allow_nan=False))
        return
    words = Wording(language)
    run = load_run(folder)
    console = Console(width=None if Console().is_terminal else 140, highlight=False)
    console.print(_table(run.table("scorecard"), words, words.pick(run.manifest["title"])))
    for text in (words("terminal.reading"), words("terminal.status")):
        console.print(text)
    for text in run.manifest["warnings"]:
        console.print(f"! {text}", markup=False)
    if reused:
        console.print(words("terminal.reused"))
    console.print(words("terminal.report", path=str(folder / f"report.{language}.html")), soft_wrap=True, markup=False)


def _plain(folder: Path, reused: bool) -> dict[str, Any]:
    run = load_run(folder)
    rows = run.table("scorecard").to_dict("records")
    return {
        "run": str(folder),
        "reused": reused,
        "region": run.manifest["region"],
        "scenario": run.manifest["scenario"],
        "content_hash": run.manifest["content_hash"],
        "reports": [str(folder / name) for name in run.manifest["reports"]],
        "warnings": run.manifest["warnings"],
        "scorecard": [{key: _or_none(value) for key, value in row.items()} for row in rows],
    }


def _or_none(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _table(rows: pd.DataFrame, words: Wording, title: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", row_styles=("", "dim"))
    for name in ("indicator", "year", "supply", "norm", "need", "gap_norm", "gap_need", "p_norm", "p_need", "status"):
        left = name in ("indicator", "status")
        table.add_column(words(f"terminal.column.{name}"), justify="left" if left else "right", no_wrap=name != "indicator")
    shown = set(_years_to_show(rows))
    for indicator in dictionary().values():
        of_indicator = rows[(rows["indicator"] == indicator.key) & rows["year"].isin(shown)]
        for number, row in enumerate(of_indicator.itertuples()):
            label = indicator.label(words.language) if number == 0 else ""
            need = words.of(indicator, row.need_p50)
            if math.isfinite(row.need_p50):
                low, high = words.of(indicator, row.need_p10), words.of(indicator, row.need_p90)
                need = f"{need} ({words.interval(low, high)})"
            mark = "*" if str(row.norm_basis).startswith("borrowed") else ""
            status = words(f"status.{row.status}")
            colour = _COLOURS.get(row.status)
            table.add_row(
                label,
                str(row.year),
                words.of(indicator, row.supply),
                words.of(indicator, row.norm) + mark,
                need,
                words.of(indicator, row.gap_to_norm, sign=True),
                words.of(indicator, row.gap_to_need, sign=True),
                words.chance(row.p_norm_met),
                words.chance(row.p_need_met),
                f"[{colour}]{status}[/]" if colour else status,
                end_section=number == len(of_indicator) - 1,
            )
    return table


def _years_to_show(rows: pd.DataFrame) -> list[int]:
    """The first year, every year with a target of the plan itself, and the last year."""
    targets = rows.loc[rows["norm_basis"].isin(["target", "borrowed_target"]), "year"]
    return sorted({int(rows["year"].min()), *map(int, targets), int(rows["year"].max())})
