"""Words and numbers of reports: both catalogues are complete, and no text is left in code."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import sim.report
from sim.indicators import dictionary
from sim.report.wording import Wording, catalogue
from sim.scorecard import Status
from sim.yamlfile import load_yaml

PACKAGE = Path(sim.report.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_places_to_fill():
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)
    for key in zh:
        assert fields_of(zh[key]) == fields_of(en[key]), key


def test_chinese_texts_are_chinese_and_english_ones_are_not():
    for key, text in catalogue("en").items():
        allowed = key.startswith("reading.")  # terms of the plans stand beside their translation there
        assert allowed or not CHINESE.search(text), key
    words = [key for key, text in catalogue("zh").items() if re.search(r"[a-zA-Z]{4,} [a-zA-Z]{3,} [a-z]{3,}", text)]
    assert words == ["provenance.verify"], "but for a command"


def text_constants(path: Path) -> list[str]:
    """String constants of a module, but for docstrings and what is raised."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Raise):
            skipped.update(id(child) for child in ast.walk(node))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
    ]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sentence_is_left_in_code(path):
    if path.name == "terminal.py":
        pytest.skip("the terminal has its own table of words")
    names_of_languages = {"中文", "English"}
    for text in text_constants(path):
        if text in names_of_languages:
            continue
        assert not CHINESE.search(text), text
        assert not re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", text) or "sans-serif" in text or "==" in text, text


def test_every_status_family_and_unit_has_its_words():
    for language in ("zh", "en"):
        texts = catalogue(language)
        for status in Status:
            assert texts[f"status.{status}"] and texts[f"status_definition.{status}"]
            assert status is Status.CONTEXT or f"verdict.count.{status}" in texts
        for entry in dictionary().values():
            assert f"family.{entry.family}" in texts
            assert f"unit.{entry.unit}" in texts, entry.unit


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(8188.0, 0, "8,188"), (-1234.5, 1, "\N{MINUS SIGN}1,234.5"), (-0.001, 2, "0.00"), (None, 0, "–"), (float("nan"), 0, "–")],
)
def test_numbers_are_grouped_with_a_true_minus(value, decimals, shown):
    assert Wording("en").number(value, decimals) == shown


def test_a_gap_carries_its_sign():
    assert [Wording("zh").number(value, sign=True) for value in (5, 0, -5)] == ["+5", "0", "\N{MINUS SIGN}5"]


def test_a_difference_of_shares_is_in_percentage_points():
    share = dictionary()["response_share_within_12"]
    assert Wording("en").of(share, -0.167, sign=True) == "\N{MINUS SIGN}16.7 pp"
    assert Wording("zh").of(share, 0.002, sign=True) == "+0.2百分点"
    assert Wording("zh").of(share, 0.649) == "64.9 %"


@pytest.mark.parametrize(
    ("chance", "shown"), [(1.0, "> 99 %"), (0.996, "> 99 %"), (0.5, "50 %"), (0.004, "< 1 %"), (0.0, "< 1 %")]
)
def test_a_chance_over_draws_is_never_certain(chance, shown):
    assert Wording("en").chance(chance) == shown


def test_an_interval_without_width_is_left_out():
    assert Wording("en").with_interval("5", "5", "5") == "5"
    assert Wording("en").with_interval("5", "–", "–") == "5"
    assert Wording("en").with_interval("5", "4", "6") == "5 (4 to 6)"


def test_sentences_of_the_models_are_translated_with_their_figures():
    said = Wording("zh").said
    assert said("The places of 14 of 15 existing stations are assumptions; parameter draws move them.") == (
        "现有 15 个急救站中 14 个的位置为假设；参数抽样会移动它们。"
    )
    nested = said(
        "5 planned stations have no place: each was put at the zone where it lowers the mean straight distance of residents to "
        "their nearest station most; parameter draws move them."
    )
    assert "使居民到最近急救站的平均直线距离下降最多的网格" in nested
    assert said("something nobody translated") == "something nobody translated"
    assert Wording("en").said("childcare places of 2020") == "childcare places of 2020"


def test_phrases_fill_the_same_places():
    for phrase in load_yaml(PACKAGE / "catalogue" / "phrases.yaml").data["phrases"]:
        assert fields_of(phrase["en"]) == fields_of(phrase["zh"]), phrase["en"]


def test_what_shipped_documents_do_not_give_is_translated(root):
    said = Wording("zh").said
    for path in sorted((root / "calibration").glob("*/region.yaml")):
        for sentence in load_yaml(path).data["gives_not"]:
            assert CHINESE.search(said(sentence)), f"{path.parent.name}: {sentence}"


def test_parameters_are_named_in_both_languages():
    for key, names in load_yaml(PACKAGE / "catalogue" / "parameters.yaml").data.items():
        assert set(names) == {"zh", "en"} and CHINESE.search(names["zh"]) and not CHINESE.search(names["en"]), key
