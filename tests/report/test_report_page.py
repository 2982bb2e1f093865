"""The HTML page: self-contained, readable without colour, and its figures are those of the tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from sim.report import build_report, render
from sim.report.html import to_html
from sim.report.model import SYMBOLS, Table, Verdicts
from sim.report.wording import Wording
from sim.scorecard import Status

VOID = {"meta", "br", "img", "link", "input", "hr", "col", "wbr"}


class Page(HTMLParser):
    """Notes tags, attributes and whether every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside: list[tuple[str, ...]] = []
        self.stack: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.append(tuple(self.stack))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.append(tuple(self.stack))

    def handle_endtag(self, tag):
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()

    def handle_data(self, data):
        if "style" not in self.stack:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=["zh", "en"])
def report(request, finished):
    return build_report(finished, request.param)


@pytest.fixture(scope="module")
def text(report) -> str:
    return to_html(report)


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


def test_every_tag_is_closed(page):
    assert page.stack == []


def test_nothing_comes_from_elsewhere(text, page):
    assert not page.all("script") and not page.all("link") and not page.all("img") and not page.all("iframe")
    for _, attributes in page.tags:
        for name in ("href", "src", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")
    urls = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert urls <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@import" not in text and "@font-face" not in text
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))


def test_the_language_is_declared(page, report):
    assert page.all("html")[0]["lang"] == {"zh": "zh-CN", "en": "en"}[report.language]


def test_ids_are_unique_and_links_meet_them(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert link["href"][1:] in ids


def test_every_clip_path_meets_its_own_chart(text):
    ids = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= ids


def test_every_chart_says_what_it_shows(page):
    charts = [attributes for attributes in page.all("svg") if "role" in attributes]
    assert len(charts) >= 12
    ids = {attributes.get("id") for _, attributes in page.tags}
    for chart in charts:
        assert chart["role"] == "img" and set(chart["aria-labelledby"].split()) <= ids
        assert chart.get("viewbox", chart.get("viewBox"))


def test_every_table_scrolls_in_its_own_box(page):
    for (tag, _), around in zip(page.tags, page.inside, strict=True):
        if tag == "table":
            assert around[-1] == "div"
    boxes = [attributes for attributes in page.all("div") if attributes.get("class") == "scroll"]
    assert len(boxes) == len(page.all("table"))
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in boxes)


def test_a_verdict_is_a_word_and_a_sign_not_a_colour(page):
    marks = [attributes["class"].split()[1] for attributes in page.all("span") if attributes.get("class", "").startswith("mark ")]
    assert set(marks) >= {"met", "missed", "not_judged"}
    words = "".join(page.words)
    for mark in set(marks):
        assert SYMBOLS[mark] in words
    assert set(SYMBOLS) == {str(status) for status in Status} and len(set(SYMBOLS.values())) == len(SYMBOLS)


def test_the_sources_are_named_at_the_foot(page):
    foot = "".join(page.words).rsplit("OpenStreetMap", 1)[1]
    for name in ("ODbL", "GeoNames", "CC BY 4.0", "2020", "CC BY 3.0 IGO"):
        assert name in foot


def test_the_same_run_gives_the_same_page(finished, report, text):
    assert to_html(build_report(finished, report.language)) == text


def table_of(report, section: str, caption: str) -> Table:
    blocks = next(part.blocks for part in report.sections if part.key == section)
    return next(block for block in blocks if isinstance(block, Table) and caption in block.caption)


def row_of(table: Table, label: str) -> list[str]:
    return next([cell.text for cell in row] for row in table.rows if row[0].text == label)


def test_the_scorecard_shows_the_figures_of_its_table(report, finished):
    words = Wording(report.language)
    card = finished.table("scorecard").set_index(["indicator", "year"])
    beds = card.loc[("beds", 2025)]
    label = {"zh": "医疗机构床位（张）", "en": "Hospital and clinic beds (beds)"}[report.language]
    shown = row_of(table_of(report, "scorecard", "2025"), label)
    assert shown[1] == words(f"status.{beds['status_norm']}")
    assert shown[3] == f"{beds['supply']:,.0f}"
    assert shown[5].startswith(f"{beds['need_p50']:,.0f}")
    assert f"{beds['need_p10']:,.0f}" in shown[5] and f"{beds['need_p90']:,.0f}" in shown[5]


def test_what_was_not_observed_is_said_so_and_never_zero(report):
    label = {"zh": "0~3岁婴幼儿托位（个）", "en": "Childcare places (0-3) (places)"}[report.language]
    shown = row_of(table_of(report, "scorecard", "2020"), label)
    assert shown[3] == {"zh": "未观测", "en": "not observed"}[report.language]
    assert "0" not in (shown[6], shown[7])


def test_a_shortfall_is_negative(report, finished):
    card = finished.table("scorecard").set_index(["indicator", "year"])
    gap = card.loc[("childcare_places", 2035), "gap_to_need"]
    assert gap < 0
    label = {"zh": "0~3岁婴幼儿托位（个）", "en": "Childcare places (0-3) (places)"}[report.language]
    assert row_of(table_of(report, "scorecard", "2035"), label)[7] == f"\N{MINUS SIGN}{-gap:,.0f}"


def test_the_borrowed_benchmark_is_marked_wherever_it_judges(report):
    words = Wording(report.language)
    items = [item for part in report.sections for block in part.blocks if isinstance(block, Verdicts) for item in block.items]
    label = {"zh": "平均急救反应时间", "en": "Mean response time"}[report.language]
    verdict = next(item for item in items if item.label == label)
    assert words("tag.borrowed") in verdict.tags
    others = [item for item in items if item.label != label]
    assert others and not any(words("tag.borrowed") in item.tags for item in others)


def test_a_target_is_judged_once_though_it_has_a_count_and_a_rate(report):
    verdicts = next(block for block in report.sections[0].blocks if isinstance(block, Verdicts))
    assert len(verdicts.items) == 7, "seven targets were printed"


def test_the_reasons_of_a_change_add_up_to_it(report, finished):
    words = Wording(report.language)
    row = [cell.text for cell in table_of(report, "resources", words("resources.reasons_caption", start=2020, end=2035)).rows[0]]
    before, *parts, after = (int(text.replace(",", "").replace("+", "")) for text in row[1:])
    assert abs(before + sum(parts) - after) <= 1, "but for the rounding of each"


def test_replication_noise_and_parameter_interval_stand_apart(report, finished):
    metrics = finished.table("emergency").set_index(["metric", "segment", "year"])
    row = metrics.loc[("response_mean_min", "all", 2035)]
    words = Wording(report.language)
    shown = row_of(table_of(report, "emergency", words("emergency.metrics_caption")), words("metric.response_mean_min"))[-1]
    assert shown.startswith(f"{row['mean']:.2f} ± {row['ci_high'] - row['mean']:.2f}")
    assert f"{row['param_p10']:.2f}" in shown and f"{row['param_p90']:.2f}" in shown


def test_the_speed_that_a_radius_demands_follows_its_formula(report):
    words = Wording(report.language)
    table = table_of(report, "emergency", words("emergency.arithmetic_caption", standard="12"))
    # 10 km x detour 1.3 in 12 min less 1.2 min dispatch and 2.3 min turnout.
    assert table.rows[1][-1].text == f"{60 * 10 * 1.3 / (12 - 3.5):.0f}"


def test_every_assumption_in_use_is_listed_with_its_source(report):
    words = Wording(report.language)
    rows = table_of(report, "assumptions", words("assumptions.caption", grade=words("grade.assumption"), n=5)).rows
    assert any("1.3" in row[1].text and "expert guess (invented)" in row[5].text for row in rows)


def test_statements_outside_the_model_are_carried(report):
    words = Wording(report.language)
    table = table_of(report, "outside", words("outside.caption", n=1))
    assert table.rows[0][0].text == "人均期望寿命"


def test_render_writes_into_another_folder_and_leaves_the_run_alone(finished, tmp_path):
    before = sorted(path.name for path in finished.folder.iterdir())
    written = render(finished.folder, languages=("en",), into=tmp_path / "new")
    assert [path.name for path in written] == ["report.en.html"]
    assert sorted(path.name for path in finished.folder.iterdir()) == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_of_a_table_fills_its_columns(finished, language):
    from sim.report import build_report
    from sim.report.model import Table

    rows = 0
    for section in build_report(finished, language).sections:
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    assert len(row) in (1, len(block.columns)), block.caption
                    rows += 1
    assert rows > 100
