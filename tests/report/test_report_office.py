"""Word and Excel carry the same report."""

from __future__ import annotations

import pytest
from docx import Document
from openpyxl import load_workbook

from sim.report import build_report, render
from sim.report.model import Figures, Table
from sim.report.wording import Wording


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(finished, language, tmp_path_factory):
    target = tmp_path_factory.mktemp(language)
    render(finished, formats=("docx", "xlsx"), languages=(language,), into=target)
    return target


@pytest.fixture(scope="module")
def document(folder, language):
    return Document(str(folder / f"report.{language}.docx"))


@pytest.fixture(scope="module")
def book(folder, language):
    return load_workbook(folder / f"report.{language}.xlsx")


def test_word_has_every_section_and_picture(document, finished, language):
    report = build_report(finished, language)
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[:-1] == [section.title for section in report.sections]
    figures = [
        figure for part in report.sections for block in part.blocks if isinstance(block, Figures) for figure in block.items
    ]
    pictures = [shape._inline.docPr for shape in document.inline_shapes]
    assert [picture.get("descr") for picture in pictures] == [figure.description for figure in figures]


def test_word_tables_hold_the_rows_and_repeat_their_heading(document, finished, language):
    report = build_report(finished, language)
    table = next(block for block in report.sections[1].blocks if isinstance(block, Table))
    found = next(item for item in document.tables if len(item.columns) == len(table.columns))
    assert len(found.rows) == len(table.rows) + 1
    assert found.rows[0]._tr.trPr.xpath("w:tblHeader")
    assert [cell.text for cell in found.rows[0].cells] == [column.label for column in table.columns]


def test_word_names_a_chinese_font(document):
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia") == "Microsoft YaHei"


def test_excel_numbers_are_numbers_and_those_of_the_scorecard(book, finished, language):
    words = Wording(language)
    sheet = book[words("excel.scorecard")]
    card = finished.table("scorecard")
    assert sheet.max_row == len(card) + 1
    assert [sheet.cell(row, 5).value for row in range(2, 40)] == [
        None if value != value else value for value in card["supply"].tolist()[:38]
    ]
    assert sheet.freeze_panes == "D2" and sheet.auto_filter.ref


def test_excel_has_a_chart_for_every_indicator_with_something_to_compare(book, language):
    sheet = book[Wording(language)("excel.charts")]
    assert len(sheet._charts) == 5


def test_excel_holds_the_tables_to_work_on(book, finished, language):
    words = Wording(language)
    for key, table in (("need", "need"), ("assumptions", "assumptions"), ("coverage", "coverage")):
        sheet = book[words(f"excel.{key}")]
        frame = finished.table(table)
        assert [cell.value for cell in sheet[1]] == list(frame.columns)
        assert sheet.max_row == len(frame) + 1


def test_excel_treats_no_text_as_a_formula(book):
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
