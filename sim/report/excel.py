"""The report as an Excel workbook: verdict, scorecard, native charts, and the tables to work on."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from sim.indicators import Indicator, dictionary
from sim.output.read import LoadedRun
from sim.report.model import SYMBOLS, Bullets, Paragraph, Report, Verdicts
from sim.report.wording import Wording

_SHEETS = {
    "population": "population_totals", "groups": "population_groups", "towns": "towns", "need": "need", "supply": "supply",
    "emergency": "emergency", "coverage": "coverage", "assumptions": "assumptions", "not_modelled": "not_modelled",
}  # fmt: skip
"""Data sheets in order: catalogue key and table."""

_FILLS = {"met": "#CDEBDF", "met_centrally": "#D3E7F4", "missed_centrally": "#FBE7C2", "missed": "#F6D3C2"}
_LINES = {"supply": ("#0072B2", "solid"), "norm": ("#E69F00", "dash"), "need_p50": ("#D55E00", "round_dot")}
_NUMBERS = ("supply", "norm", "need_p10", "need_p50", "need_p90", "gap_to_norm", "gap_to_need")
_WIDEST = 60


def to_excel(report: Report, run: LoadedRun, path: Path) -> None:
    """Write the workbook.

    Args:
        report: its verdict section opens the book.
        run: whose tables fill it.
        path: the file.
    """
    words = Wording(report.language)
    with xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": report.title, "author": "healthsim"})
        styles = _Styles(book)
        _verdict(book, styles, report, words)
        rows = _scorecard(book, styles, run, words)
        _charts(book, styles, rows, words)
        for key, table in _SHEETS.items():
            _data(book, styles, words(f"excel.{key}"), run.table(table))
        _read_me(book, styles, report, run, words)


class _Styles:
    """The formats of the book."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.lead = book.add_format({"bold": True, "font_size": 12, "text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bg_color": "#EEF1F5", "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
        self.status = {mark: book.add_format({"bold": True, "bg_color": colour}) for mark, colour in _FILLS.items()}
        self._numbers: dict[str, Format] = {}

    def number(self, pattern: str) -> Format:
        """A number format, made once."""
        if pattern not in self._numbers:
            self._numbers[pattern] = self.book.add_format({"num_format": pattern})
        return self._numbers[pattern]


def _verdict(book: Workbook, styles: _Styles, report: Report, words: Wording) -> None:
    sheet = book.add_worksheet(words("excel.verdict"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, 3, 56)
    sheet.write_string(0, 0, report.title, styles.title)
    line = 2
    for what, value in report.facts:
        sheet.write_string(line, 0, what)
        sheet.write_string(line, 1, value)
        line += 1
    line += 1
    for block in report.sections[0].blocks:
        if isinstance(block, Paragraph):
            sheet.merge_range(line, 0, line, 3, block.text, styles.lead)
            sheet.set_row(line, 34)
            line += 1
        elif isinstance(block, Bullets):
            for item in block.items:
                sheet.merge_range(line, 0, line, 3, item, styles.text)
                sheet.set_row(line, 32)
                line += 1
        elif isinstance(block, Verdicts):
            line += 1
            sheet.write_string(line, 0, block.title, styles.bold)
            line += 1
            for item in block.items:
                sheet.write_string(line, 0, f"{SYMBOLS[item.mark]} {item.status}", styles.status.get(item.mark))
                sheet.write_string(line, 1, " · ".join((item.label, *item.tags)), styles.text)
                sheet.write_string(line, 2, item.figures, styles.text)
                sheet.write_string(line, 3, item.sentence, styles.text)
                line += 1
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _scorecard(book: Workbook, styles: _Styles, run: LoadedRun, words: Wording) -> pd.DataFrame:
    """All indicators and years, with labels in words and numbers as numbers."""
    table = run.table("scorecard")
    sheet = book.add_worksheet(words("excel.scorecard"))
    names = ("year", "family", "indicator", "unit", *_NUMBERS, "p_norm_met", "p_need_met", "status_norm", "status_need",
             "norm_basis", "nature", "supply_how", "confidence", "source")  # fmt: skip
    for position, name in enumerate(names):
        sheet.write_string(0, position, words.known(f"excel.column.{name}", words.known(f"column.{name}", name)), styles.head)
    for line, row in enumerate(table.to_dict("records"), start=1):
        entry = dictionary()[row["indicator"]]
        for position, name in enumerate(names):
            _scorecard_field(sheet, styles, words, line, position, name, row, entry)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, len(table), len(names) - 1)
    for position, width in enumerate((7, 10, 34, 9, *(11 for _ in _NUMBERS), 10, 10, 14, 14, 14, 10, 14, 12, 60)):
        sheet.set_column(position, position, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return table


def _scorecard_field(
    sheet: Worksheet, styles: _Styles, words: Wording, line: int, position: int, name: str, row: dict[str, Any], entry: Indicator
) -> None:
    value = row.get(name)
    if name == "family":
        sheet.write_string(line, position, words(f"family.{entry.family}"))
    elif name == "indicator":
        sheet.write_string(line, position, entry.label(words.language))
    elif name == "unit":
        sheet.write_string(line, position, words.unit(entry.unit))
    elif name in ("status_norm", "status_need"):
        sheet.write_string(line, position, f"{SYMBOLS[value]} {words(f'status.{value}')}", styles.status.get(value))
    elif name == "norm_basis":
        sheet.write_string(line, position, words.known(f"norm_basis.{value}", str(value)))
    elif name == "nature":
        sheet.write_string(line, position, words.known(f"nature.{value}", str(value)))
    elif name == "supply_how":
        sheet.write_string(line, position, words.known(f"supply_how.{value}", str(value)))
    elif name == "confidence":
        sheet.write_string(line, position, words.known(f"grade.{value}", str(value)))
    elif isinstance(value, str):
        sheet.write_string(line, position, value)
    elif value is not None and math.isfinite(value):
        sheet.write_number(line, position, value, styles.number(_pattern(name, entry)))


def _pattern(name: str, entry: Indicator) -> str:
    """Number format of a scorecard column."""
    if name == "year":
        return "0"
    if name.startswith("p_") or entry.kind == "share":
        return "0%" if name.startswith("p_") else "0.0%"
    return "#,##0" + ("." + "0" * entry.decimals if entry.decimals else "")


def _charts(book: Workbook, styles: _Styles, table: pd.DataFrame, words: Wording) -> None:
    """One native line chart an indicator that has at least two of supply, norm and need, over a block of figures."""
    sheet = book.add_worksheet(words("excel.charts"))
    name = words("excel.charts")
    labels = {"supply": words("column.supply"), "norm": words("column.norm"), "need_p50": words("chart.need")}
    top, shown, data_column = 0, 0, 20
    for key, entry in dictionary().items():
        rows = table[table["indicator"] == key]
        present = [column for column in _LINES if rows[column].notna().any()]
        if entry.kind != "count" or len(present) < 2:
            continue
        for offset, column in enumerate(("year", *present)):
            heading = entry.label(words.language) if column == "year" else labels[column]
            sheet.write_string(top, data_column + offset, heading, styles.head)
            for line, value in enumerate(rows[column].tolist(), start=1):
                if math.isfinite(value):
                    sheet.write_number(top + line, data_column + offset, value, styles.number("0" if offset == 0 else "#,##0"))
        chart = book.add_chart({"type": "line"})
        last = top + len(rows)
        for offset, column in enumerate(present, start=1):
            colour, dash = _LINES[column]
            chart.add_series(
                {
                    "name": [name, top, data_column + offset],
                    "categories": [name, top + 1, data_column, last, data_column],
                    "values": [name, top + 1, data_column + offset, last, data_column + offset],
                    "line": {"color": colour, "width": 2.25, "dash_type": dash},
                }
            )
        chart.set_title({"name": entry.label(words.language), "name_font": {"size": 11}})
        chart.set_y_axis({"name": words.unit(entry.unit), "num_format": "#,##0", "min": 0})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 560, "height": 320})
        sheet.insert_chart(17 * (shown // 2), 9 * (shown % 2), chart)
        top, shown = last + 2, shown + 1


def _data(book: Workbook, styles: _Styles, title: str, table: pd.DataFrame) -> None:
    """A table as it stands in the run folder, with its own column names."""
    sheet = book.add_worksheet(title)
    for position, name in enumerate(table.columns):
        sheet.write_string(0, position, name, styles.head)
        values = table[name].tolist()
        for line, value in enumerate(values, start=1):
            if isinstance(value, str):
                sheet.write_string(line, position, value)
            elif value is not None and math.isfinite(value):
                sheet.write_number(line, position, value)
        longest = max((len(str(value)) for value in values[:200]), default=0)
        sheet.set_column(position, position, min(max(len(name), longest) + 2, _WIDEST))
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _read_me(book: Workbook, styles: _Styles, report: Report, run: LoadedRun, words: Wording) -> None:
    sheet = book.add_worksheet(words("excel.read_me"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    sheet.write_row(0, 0, [words("excel.sheet"), words("excel.about")], styles.head)
    line = 1
    for key, table in (("scorecard", "scorecard"), *_SHEETS.items()):
        sheet.write_string(line, 0, words(f"excel.{key}"))
        sheet.write_string(line, 1, words("excel.about_rows", file=f"{table}.csv", rows=len(run.table(table))))
        line += 1
    line += 1
    for text in report.attribution:
        sheet.write_string(line, 1, text, styles.text)
        line += 1
