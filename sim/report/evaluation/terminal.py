"""An evaluation in a terminal: one line an indicator, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from sim.evaluation import Evaluation, Judgement, Row
from sim.report.evaluation.words import MARKS, EvaluationWording

_COLOURS = {"met": "green", "met_centrally": "cyan", "missed_centrally": "yellow", "missed": "red"}
_COLUMNS = ("indicator", "year", "plan", "earlier", "outcome", "inside", "target", "pace", "needed", "chance", "verdict")
_NARROW = ("indicator", "year", "outcome", "target", "needed", "verdict")
_WIDE, _WIDTH = 130, 170
"""From so many columns on all figures have room; width of the table where there is no terminal."""


def print_evaluation(
    evaluation: Evaluation, folder: Path, reports: Sequence[str], *, reused: bool, language: str, as_json: bool
) -> None:
    """Print the last outcome of every indicator and where the report is.

    Args:
        evaluation: what is shown.
        folder: where it was written.
        reports: names of the reports in the folder.
        reused: whether the folder was there already.
        language: ``zh`` or ``en``.
        as_json: one JSON object on one line instead of the table.
    """
    if as_json:
        plain = {
            "evaluation": str(folder),
            "reused": reused,
            "reports": [str(folder / name) for name in reports],
            "earlier": evaluation.earlier.name,
            "now": evaluation.now.name,
            "coverage": asdict(evaluation.coverage),
            "rows": [asdict(row) for row in evaluation.rows],
        }
        click.echo(json.dumps(plain, ensure_ascii=False, allow_nan=False))
        return
    words = EvaluationWording(language)
    console = Console(width=None if Console().is_terminal else _WIDTH, highlight=False)
    columns = _COLUMNS if console.width >= _WIDE else _NARROW
    region = words.pick(evaluation.now.manifest["region_name"])
    title = words("evaluate.terminal.title", region=region)
    table = Table(title=title, title_justify="left", header_style="bold", box=box.SIMPLE, pad_edge=False)
    for name in columns:
        heading = words(f"evaluate.terminal.column.{name}")
        if name == "indicator":
            table.add_column(heading, min_width=24, overflow="fold")
        else:
            table.add_column(heading, justify="left" if name in ("verdict", "inside") else "right", no_wrap=True)
    for row in evaluation.latest.values():
        cells = _cells(row, words)
        table.add_row(*(cells[name] for name in columns))
    console.print(table)
    coverage = evaluation.coverage
    if coverage.outcomes:
        console.print(words("evaluate.outcome.coverage", **asdict(coverage)), soft_wrap=True)
    for key, values in evaluation.notices:
        console.print("! " + words(f"evaluate.notice.{key}", **values), markup=False, soft_wrap=True)
    if reused:
        console.print(words("evaluate.terminal.reused"))
    for name in reports:
        console.print(words("evaluate.terminal.report", path=str(folder / name)), soft_wrap=True, markup=False)


def _cells(row: Row, words: EvaluationWording) -> dict[str, str]:
    key, colour = row.indicator, _COLOURS.get(MARKS[Judgement(row.verdict)])
    inside = {True: words("evaluate.compared.inside"), False: words("evaluate.compared.outside"), None: ""}[row.inside_80]
    verdict = words.verdict(row.verdict)
    return {
        "indicator": words.measure(key),
        "year": str(row.year),
        "plan": words.figure(key, row.plan_path),
        "earlier": words.spread(key, row.earlier_p10, row.earlier_p50, row.earlier_p90) if row.kind == "forecast" else "",
        "outcome": words.figure(key, row.outcome),
        "inside": inside,
        "target": words.figure(key, row.target),
        "pace": words.change(key, row.pace_per_year),
        "needed": words.change(key, row.needed_per_year),
        "chance": words.chance(row.chance_at_pace),
        "verdict": f"[{colour}]{verdict}[/]" if colour else verdict,
    }
