"""The comparison as an Excel workbook: the outcome in words, and the three tables as numbers to work on."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.workbook import Workbook

from sim.comparison import Comparison
from sim.indicators import dictionary
from sim.report.comparison.words import ComparisonWording
from sim.report.model import Bullets, Paragraph, Report

_WIDEST = 60


def to_workbook(report: Report, comparison: Comparison, written: datetime | None, path: Path) -> None:
    """Write the workbook.

    Args:
        report: its first section opens the book.
        comparison: whose tables fill it.
        written: date that stands in its properties, or None for none.
        path: the file.
    """
    words = ComparisonWording(report.language)
    with xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": False, "strings_to_formulas": False}) as book:
        properties: dict[str, Any] = {"title": report.title, "author": "healthsim"}
        if written is not None:
            properties["created"] = written.replace(tzinfo=None)
        book.set_properties(properties)
        _outcome(book, report, words)
        _table(book, words("compare.excel.headline"), _labelled(comparison.headline, words))
        _table(book, words("compare.excel.emergency"), comparison.emergency)
        _table(book, words("compare.excel.inputs"), comparison.inputs)


def _outcome(book: Workbook, report: Report, words: ComparisonWording) -> None:
    sheet = book.add_worksheet(words("compare.excel.outcome"))
    sheet.set_column(0, 0, 110)
    title = book.add_format({"bold": True, "font_size": 16})
    lead = book.add_format({"bold": True, "text_wrap": True})
    text = book.add_format({"text_wrap": True, "indent": 1})
    sheet.write_string(0, 0, report.title, title)
    line = 2
    for what, value in report.facts:
        sheet.write_string(line, 0, f"{what}: {value}", text)
        line += 1
    for block in report.sections[0].blocks:
        if isinstance(block, Paragraph):
            sheet.write_string(line + 1, 0, block.text, lead)
            line += 2
        elif isinstance(block, Bullets):
            for item in block.items:
                sheet.write_string(line, 0, item, text)
                line += 1
    sheet.fit_to_pages(1, 0)


def _labelled(table: pd.DataFrame, words: ComparisonWording) -> pd.DataFrame:
    """The table with each indicator's label beside its key."""
    labels = [dictionary()[key].label(words.language) for key in table["indicator"]]
    named = table.copy()
    named.insert(1, words("column.indicator"), labels)
    return named


def _table(book: Workbook, title: str, table: pd.DataFrame) -> None:
    """A table as its CSV has it, with filters and a fixed header."""
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bg_color": "#EEF1F5", "bottom": 1, "text_wrap": True, "valign": "top"})
    for position, name in enumerate(table.columns):
        sheet.write_string(0, position, str(name), head)
        values = table[name].tolist()
        for line, value in enumerate(values, start=1):
            if isinstance(value, str):
                sheet.write_string(line, position, value)
            elif value is not None and math.isfinite(value):
                sheet.write_number(line, position, value)
        longest = max((len(str(value)) for value in values[:200] if isinstance(value, str)), default=0)
        sheet.set_column(position, position, min(max(12, longest + 2), _WIDEST))
    sheet.freeze_panes(1, 2)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
