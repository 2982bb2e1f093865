"""The comparison as one self-contained page: every language once, and a switch between them that needs no script."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from sim.report.html import to_html
from sim.report.model import Report

_TEMPLATES = Path(__file__).parent / "templates"
_NAMES = {"zh": "中文", "en": "English"}
"""What a language calls itself."""

_STYLE = re.compile(r"<style>\n?(.*?)</style>", re.DOTALL)
_BODY = re.compile(r"<body>\n?(.*)</body>", re.DOTALL)


@dataclass(frozen=True)
class _Part:
    """One language of the page."""

    language: str
    label: str
    title: str
    body: str


def to_page(reports: Sequence[Report]) -> str:
    """One page from the reports of one comparison, the first language shown first."""
    pages = [to_html(report) for report in reports]
    parts = [_part(report, page) for report, page in zip(reports, pages, strict=True)]
    return _environment().get_template("compare.html.j2").render(parts=parts, style=_found(_STYLE, pages[0]))


def _part(report: Report, page: str) -> _Part:
    """The body of a report's page under ids of its own."""
    body = _found(_BODY, page).replace('id="main"', f'id="{report.language}-main"')
    body = body.replace('href="#main"', f'href="#{report.language}-main"')
    return _Part(report.language, _NAMES[report.language], report.title, body)


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise ValueError(f"the report's page has no {pattern.pattern}")
    return match.group(1)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
