"""The report as a Word document: the same blocks in the same order, with pictures instead of vector charts."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from rich.cells import cell_len

from sim.report import draw
from sim.report.model import SYMBOLS, Bullets, Cell, Definitions, Figure, Figures, Paragraph, Report, Table, Verdicts

_FONTS = {"zh": ("Arial", "Microsoft YaHei"), "en": ("Calibri", "Microsoft YaHei")}
"""Font of Latin and of Chinese text by language; the reader's Word puts its own in their place where they are missing."""

_COLOURS = {"met": "00775A", "met_centrally": "0072B2", "missed_centrally": "8A5A00", "missed": "B84A00"}
_QUIET, _HEAD_FILL, _GROUP_FILL = RGBColor(0x5B, 0x5B, 0x5B), "EEF1F5", "F7F7F7"
_PAGE = (Cm(29.7), Cm(21.0), Cm(1.6))
"""A4 across: the scorecard has a dozen columns. Width, height, margin."""

_TEXT_CM = 26.5
"""Width between the margins."""

_WIDE_TABLE = 8
"""From so many columns on a table is set in the smallest type."""


def to_word(report: Report, path: Path, written: datetime | None) -> None:
    """Write the document.

    Args:
        report: what it shows.
        path: the file.
        written: date that stands in its properties (the run's), or None for none.
    """
    document = Document()
    _set_up(document, report, written)
    document.add_heading(report.title, 0)
    document.add_paragraph(report.subtitle)
    document.add_paragraph("    ".join(f"{what}: {value}" for what, value in report.facts))
    for section in report.sections:
        document.add_heading(section.title, 1)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                _paragraph(document, block)
            elif isinstance(block, Bullets):
                for item in block.items:
                    document.add_paragraph(item, style="List Bullet")
            elif isinstance(block, Definitions):
                _definitions(document, block)
            elif isinstance(block, Verdicts):
                _verdicts(document, block)
            elif isinstance(block, Figures):
                for figure in block.items:
                    _figure(document, figure)
            else:
                _table(document, block, report)
    document.add_heading(report.labels["foot"], 1)
    for line in report.attribution:
        document.add_paragraph(line, style="List Bullet")
    document.save(str(path))


def _set_up(document: Doc, report: Report, written: datetime | None) -> None:
    latin, chinese = _FONTS[report.language]
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = latin
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), chinese)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0x1B, 0x1B, 0x1B)
    document.styles["Normal"].font.size = Pt(10)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.styles["Title"].font.size = Pt(20)
    width, height, margin = _PAGE
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = width, height
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = margin
    properties = document.core_properties
    properties.title, properties.author = report.title, "healthsim"
    properties.language = "zh-CN" if report.language == "zh" else "en"
    if written is not None:
        properties.created = properties.modified = written.replace(tzinfo=None)


def _paragraph(document: Doc, block: Paragraph) -> None:
    run = document.add_paragraph().add_run(block.text)
    if block.kind == "lead":
        run.bold, run.font.size = True, Pt(12.5)
    elif block.kind == "note":
        run.font.size, run.font.color.rgb = Pt(8.5), _QUIET
    elif block.kind == "warning":
        run.bold = True


def _definitions(document: Doc, block: Definitions) -> None:
    table = document.add_table(rows=len(block.items), cols=2, style="Table Grid")
    table.autofit = False
    for index, (row, (term, text)) in enumerate(zip(table.rows, block.items, strict=True)):
        mark = block.marks[index] if block.marks else ""
        for cell, width in zip(row.cells, (Cm(4.0), Cm(22.5)), strict=True):
            cell.width = width
        _fill(row.cells[0], Cell(term, mark), 9, bold=True)
        _fill(row.cells[1], Cell(text), 9)
    document.add_paragraph()


def _verdicts(document: Doc, block: Verdicts) -> None:
    document.add_heading(block.title, 2)
    table = document.add_table(rows=len(block.items), cols=3, style="Table Grid")
    table.autofit = False
    for row, verdict in zip(table.rows, block.items, strict=True):
        for cell, width in zip(row.cells, (Cm(4.0), Cm(9.5), Cm(13.0)), strict=True):
            cell.width = width
        _fill(row.cells[0], Cell(verdict.status, verdict.mark), 9, bold=True)
        _fill(row.cells[1], Cell(" · ".join((verdict.label, *verdict.tags))), 9, bold=True)
        _fill(row.cells[2], Cell(f"{verdict.figures}\n{verdict.sentence}"), 9)
    document.add_paragraph()


def _figure(document: Doc, figure: Figure) -> None:
    document.add_heading(figure.title, 2)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    picture = paragraph.add_run().add_picture(io.BytesIO(draw.png(figure.spec)), width=Cm(14.5 if figure.wide else 10.0))
    properties = picture._inline.docPr
    properties.set("title", figure.title)
    properties.set("descr", figure.description)
    _paragraph(document, Paragraph(figure.caption or figure.description, "note"))


def _table(document: Doc, block: Table, report: Report) -> None:
    document.add_heading(block.caption, 2)
    rows = block.rows if block.rows_in_word is None else block.rows[: block.rows_in_word]
    size = 7 if len(block.columns) >= _WIDE_TABLE else 8.5
    table = document.add_table(rows=len(rows) + 1, cols=len(block.columns), style="Table Grid")
    # One look at all cells: python-docx searches the whole table again for every row's cells.
    grid = table._cells
    width = len(block.columns)
    widths = _widths(block)
    table.autofit = False
    for position, column in enumerate(block.columns):
        grid[position].width = table.columns[position].width = widths[position]
        _fill(grid[position], Cell(column.label), size, bold=True, right=column.align == "right", shade=_HEAD_FILL)
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(OxmlElement("w:tblHeader"))
    for number, row in enumerate(rows, start=1):
        line = grid[number * width : (number + 1) * width]
        if len(row) == 1:
            merged = line[0].merge(line[-1])
            _fill(merged, row[0], size, bold=True, shade=_GROUP_FILL)
            continue
        for cell, content, column, share in zip(line, row, block.columns, widths, strict=True):
            cell.width = share
            _fill(cell, content, size, right=column.align == "right")
    notes = [block.note]
    if len(rows) < len(block.rows):
        notes.append(report.labels["rows_cut"].format(shown=len(rows), all=len(block.rows), file=block.file))
    elif block.file:
        notes.append(report.labels["file_note"].format(file=block.file))
    _paragraph(document, Paragraph(" ".join(note for note in notes if note), "note"))


def _widths(block: Table) -> list[Length]:
    """Column widths in proportion to the text they hold, between a short number and half a line."""
    longest = [max(8, cell_len(column.label) // 2) for column in block.columns]
    for row in block.rows:
        if len(row) == len(longest):
            longest = [max(most, min(cell_len(cell.text), 44)) for most, cell in zip(longest, row, strict=True)]
    return [Cm(_TEXT_CM * most / sum(longest)) for most in longest]


def _fill(cell: _Cell, content: Cell, size: float, *, bold: bool = False, right: bool = False, shade: str | None = None) -> None:
    paragraph: WordParagraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(f"{SYMBOLS[content.mark]} {content.text}" if content.mark else content.text)
    run.font.size = Pt(size)
    run.bold = bold or bool(content.mark)
    if content.mark in _COLOURS:
        run.font.color.rgb = RGBColor.from_string(_COLOURS[content.mark])
    if shade is not None:
        shading = OxmlElement("w:shd")
        shading.set(qn("w:val"), "clear")
        shading.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().append(shading)
