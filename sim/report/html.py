"""The report as one self-contained HTML page."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from sim.report import draw
from sim.report.model import SYMBOLS, Figure, Report, Table

_LONG_TEXT = 36
_TEMPLATES = Path(__file__).parent / "templates"


def to_html(report: Report) -> str:
    """The page: no script, no network, no font or picture from elsewhere."""
    return _environment().get_template("report.html.j2").render(report=report, symbols=SYMBOLS)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["svg"] = _svg
    environment.globals["long_columns"] = _long_columns
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment


def _long_columns(table: Table) -> set[int]:
    """Columns of running text, which need room on a narrow screen."""
    rows = [row for row in table.rows if len(row) > 1]
    long = {position for row in rows for position, cell in enumerate(row) if len(cell.text) > _LONG_TEXT}
    return {position for position in long if not table.columns[position].strong}


def _svg(figure: Figure) -> str:
    return draw.svg(figure.spec, figure.key, figure.title, figure.description)
