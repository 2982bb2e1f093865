"""The report of a comparison: both languages on one page, the figures of the tables, the same bytes twice."""

from __future__ import annotations

import re
from pathlib import Path

import altair as alt
import openpyxl
import pytest
from docx import Document

from sim.comparison import compare_runs, find_comparison, identity_of, write_comparison
from sim.errors import InputError
from sim.report.comparison import build_comparison, render_comparison
from sim.report.comparison.words import ComparisonWording, comparison_catalogue
from sim.report.model import Figures, Paragraph, Table
from sim.scenario.fields import keys


@pytest.fixture(scope="module")
def comparison(plan, what_if):
    return compare_runs([plan, what_if])


@pytest.fixture(scope="module")
def folder(comparison, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("comparison") / "first"
    written(comparison, target, ("html", "xlsx"))
    return target


def written(comparison, target: Path, formats=("html",)) -> None:
    identity = identity_of(comparison, ("zh", "en"), formats)

    def render(into: Path):
        return render_comparison(comparison, "samplia-compare", formats, ("zh", "en"), into)

    write_comparison(comparison, identity, target, render)


def blocks(comparison, language: str, kind: type):
    report = build_comparison(comparison, language, "samplia-compare")
    return [block for section in report.sections for block in section.blocks if isinstance(block, kind)]


def test_both_catalogues_have_the_same_keys_and_places():
    zh, en = comparison_catalogue("zh"), comparison_catalogue("en")
    assert list(zh) == list(en)
    for key in zh:
        places = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (zh[key], en[key])]
        assert places[0] == places[1], key


def test_every_setting_of_a_scenario_has_words():
    words = ComparisonWording("zh")
    untold = {"schema", "name", "title.zh", "title.en", "region", "notes"}
    sections = {key for key, _ in keys()}
    for key in sorted(sections):
        leaf = not any(other.startswith(f"{key}.") for other in sections)
        if leaf and key not in untold:
            spoken = words.setting(key.replace("RESOURCE", "beds", 1).replace(".N.", ".0."))
            assert key.rpartition(".")[2] not in spoken, key


def test_a_setting_reads_as_planners_say_it():
    assert ComparisonWording("zh").setting("resources.beds.per_head.2025") == "医疗机构床位 · 人均规划水平 · 2025"
    english = ComparisonWording("en")
    assert english.setting("resources.beds.projects.0.adds") == "Hospital and clinic beds · project · 1 · adds"
    assert english.setting("emergency.units_on_duty.stations.s1.day") == "units on duty of a station · s1 · day"
    assert english.setting("no.such.key") == "no.such.key"


def test_the_page_is_one_file_in_two_languages(folder):
    page = (folder / "compare.html").read_text(encoding="utf-8")
    assert '<div class="language zh" lang="zh-CN">' in page
    assert '<div class="language en" lang="en">' in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#)[^"]', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in ids


def test_the_switch_shows_one_language(folder):
    page = (folder / "compare.html").read_text(encoding="utf-8")
    assert page.count(" checked>") == 1
    assert "#language-zh:checked ~ .language.en" in page


def test_one_language_needs_no_switch(comparison, tmp_path):
    (path,) = render_comparison(comparison, "samplia-compare", ("html",), ("en",), tmp_path)
    page = path.read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "language-en" not in page.split("</style>")[1]


def test_the_headline_shows_the_difference_of_the_table(comparison):
    found = comparison.headline
    row = found[(found["indicator"] == "beds") & (found["year"] == 2035) & (found["letter"] == "B")].iloc[0]
    words = ComparisonWording("en")
    expected = (
        f"{words.number(row['need_difference_p50'], sign=True)} ({words.number(row['need_difference_p10'], sign=True)}"
        f" to {words.number(row['need_difference_p90'], sign=True)})"
    )
    (table,) = [block for block in blocks(comparison, "en", Table) if block.caption == "Indicators that differ"]
    rows = iter(table.rows)
    assert any(line[0].text == "Hospital and clinic beds (beds)" for line in rows)
    of_2035 = next(line for line in rows if line[0].text == "2035 B")
    assert of_2035[-2].text == expected
    assert of_2035[1].text == words.number(row["supply"])


def test_equal_scenarios_share_a_line(comparison):
    (table,) = [block for block in blocks(comparison, "en", Table) if block.caption == "Indicators that differ"]
    assert any(line[0].text == "2020 A B" for line in table.rows)


def test_the_first_shortfall_is_each_runs_own(comparison, plan, what_if):
    (table,) = [block for block in blocks(comparison, "en", Table) if block.caption == "First year of shortfall"]
    shown = {line[0].text: [cell.text for cell in line[1:]] for line in table.rows}
    cards = [run.table("scorecard") for run in (plan, what_if)]
    firsts = [card[card["indicator"] == "beds"]["first_shortfall_need"].iloc[0] for card in cards]
    expected = ["\N{EN DASH}" if first != first else str(int(first)) for first in firsts]
    assert shown["Hospital and clinic beds (beds)"] == expected
    assert any(len(set(years)) > 1 for years in shown.values())


def test_runs_that_are_the_same_are_said_to_be(plan):
    same = compare_runs([plan, plan])
    texts = [block.text for block in blocks(same, "en", Paragraph)]
    assert any("gives the same figures as A" in text for text in texts)


def test_every_chart_is_sound_and_named(comparison):
    figures = [figure for block in blocks(comparison, "zh", Figures) for figure in block.items]
    assert {"zh-resource-beds", "zh-response", "zh-population"} <= {figure.key for figure in figures}
    for figure in figures:
        alt.Chart.from_dict(dict(figure.spec), validate=True)
        assert figure.title and figure.description


def test_ten_scenarios_are_told_apart(plan):
    ten = compare_runs([plan] * 10)
    letters = sorted(set(ten.headline["letter"]))
    assert letters == list("ABCDEFGHIJ")
    from sim.report.comparison.charts import _COLOURS, _DASHES, _SHAPES

    assert len(set(zip(_COLOURS, map(tuple, _DASHES), strict=True))) == 10
    assert len(set(zip(_COLOURS, _SHAPES, strict=True))) == 10


def test_word_holds_the_comparison_in_the_same_bytes(comparison, tmp_path):
    paths = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        paths += render_comparison(comparison, "samplia-compare", ("docx",), ("zh",), tmp_path / name)
    assert any("情景的比较" in paragraph.text for paragraph in Document(str(paths[0])).paragraphs)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_excel_holds_the_comparison(folder, comparison):
    book = openpyxl.load_workbook(folder / "compare.en.xlsx")
    assert book.sheetnames == ["Outcome", "Compared", "Emergency", "Inputs"]
    assert book["Compared"].max_row == len(comparison.headline) + 1


def test_the_same_runs_give_the_same_bytes(folder, comparison, plan, what_if):
    again = folder.with_name("again")
    written(compare_runs([plan, what_if]), again, ("html", "xlsx"))
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "compare.csv", "compare.en.xlsx", "compare.html", "compare.zh.xlsx", "compare_emergency.csv", "inputs_diff.csv",
        "manifest.json",
    ]  # fmt: skip
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_a_finished_comparison_is_found_and_nothing_is_overwritten(comparison, plan, what_if, tmp_path):
    target, identity = tmp_path / "one", identity_of(comparison, ("zh", "en"), ("xlsx",))
    assert not find_comparison(target, identity)
    written(comparison, target, ("xlsx",))
    assert find_comparison(target, identity)
    other = identity_of(compare_runs([plan, what_if], base=1), ("zh", "en"), ("xlsx",))
    with pytest.raises(InputError, match="not this comparison"):
        find_comparison(target, other)
    (target / "compare.csv").write_text("altered\n", encoding="utf-8")
    with pytest.raises(InputError, match="not this comparison"):
        find_comparison(target, identity)


def test_a_failure_leaves_nothing(comparison, tmp_path):
    def fails(into: Path):
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        write_comparison(comparison, identity_of(comparison, ("zh",), ("html",)), tmp_path / "one", fails)
    assert list(tmp_path.iterdir()) == []
