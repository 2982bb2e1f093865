"""The report as one self-contained HTML page."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from sim.report import draw
from sim.report.model import SYMBOLS, Figure, Report

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
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment


def _svg(figure: Figure) -> str:
    return draw.svg(figure.spec, figure.key, figure.title, figure.description)
