"""The scorecard in a terminal: aligned in Chinese, plain without colours, and a progress line while a run works."""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sim.clock import Progress as Callback
from sim.clock import silent
from sim.output import load_run
from sim.report.terminal_table import scorecard_table
from sim.report.wording import Wording

_STEPS = ("population", "demand", "supply", "emergency", "scorecard", "report")
_SHARES = (0.05, 0.03, 0.02, 0.65, 0.02, 0.23)
_PIPE_WIDTH = 140
"""Columns where the output goes to a file or a pipe."""

_SPELT = str.maketrans({"−": "-", "–": "-", "～": "~", "†": "+", "’": "'", "“": '"', "”": '"', "…": "..."})
"""What a terminal without these characters shows instead of question marks: a minus sign must not be lost."""


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
            if step in _STEPS:
                position = _STEPS.index(step)
                done = sum(_SHARES[:position]) + _SHARES[position] * share
            else:
                done = share
            bar.update(task, completed=done, description=f"{title}: {words(f'terminal.step.{step}')}")

        yield told


def print_outcome(folder: Path, *, reused: bool, language: str, as_json: bool) -> None:
    """Print the scorecard of a run and where its report is; with ``as_json`` one JSON object on one line."""
    if as_json:
        click.echo(json.dumps(_plain(folder, reused), ensure_ascii=False, allow_nan=False))
        return
    words = Wording(language)
    run = load_run(folder)
    console = _console()
    table, left_out = scorecard_table(run.table("scorecard"), words, console.width)
    console.print(words.pick(run.manifest["title"]), style="bold", markup=False)
    console.print(table)
    for text in ("reading", "status"):
        console.print(words(f"terminal.{text}"), markup=False)
    if left_out:
        console.print(words("terminal.left_out", n=left_out, path=str(folder / "scorecard.csv")), soft_wrap=True, markup=False)
    for text in run.manifest["warnings"]:
        console.print(f"! {text}", markup=False)
    if reused:
        console.print(words("terminal.reused"))
    console.print(words("terminal.report", path=str(folder / f"report.{language}.html")), soft_wrap=True, markup=False)


def _console() -> Console:
    """Standard output: as wide as the terminal, in characters that it can print."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    try:
        "".join(map(chr, _SPELT)).encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return Console(file=_Spelt(sys.stdout), width=width, highlight=False)
    return Console(width=width, highlight=False)


class _Spelt(io.TextIOBase):
    """A stream that spells characters out which the one behind it cannot print."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.isatty, self.fileno, self.flush = stream.isatty, stream.fileno, stream.flush

    @property
    def encoding(self) -> str:
        return self._stream.encoding

    def write(self, text: str) -> int:
        return self._stream.write(text.translate(_SPELT))


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
