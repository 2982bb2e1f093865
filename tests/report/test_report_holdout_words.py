"""Words of hold-outs and back-tests: both languages, and none is missing for a row that a shipped region gives."""

from __future__ import annotations

import re

import pytest

from sim.calibration.holdout import holdout_rows
from sim.calibration.holdout.model import Kind
from sim.draws import Draws
from sim.region import available_regions, load_region
from sim.report.holdout_words import HoldoutWords, _words
from sim.report.wording import LANGUAGES, Wording

CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def rows(root):
    packs = root / "calibration"
    return [row for key in available_regions(packs) for row in holdout_rows(load_region(packs, key), Draws(2, 1))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_can_be_said(rows, language):
    words = HoldoutWords(Wording(language))
    for row in rows:
        said = [words.what(row.what), *(words.name("naive", naive.key) for naive in row.naives)]
        said += [words.name(group, getattr(row, group)) for group in ("subject", "kind", "variant", "unit", "note")]
        assert all(said), row


def test_every_word_is_used_and_stands_in_both_languages(rows):
    used = {group: {getattr(row, group) for row in rows} for group in ("subject", "variant", "unit", "note")}
    used |= {"naive": {naive.key for row in rows for naive in row.naives}, "kind": set(Kind)}
    for group, texts in _words().items():
        if group != "what":
            assert set(texts) == used[group], group
        for key, text in texts.items():
            assert set(text) == {"zh", "en"} and not CHINESE.search(text["en"]), key
            assert CHINESE.search(text["zh"]) or text["zh"] == text["en"], key
    assert set(_words()["what"]) <= {row.what for row in rows}


def test_numbers_have_the_decimals_of_their_unit():
    words = HoldoutWords(Wording("en"))
    values = ((17.06, "min"), (0.3085, "share"), (0.206, "points"), (831113.4, "persons"), (None, "min"))
    assert [words.value(*value) for value in values] == ["17.06", "30.9 %", "+20.6 pp", "831,113", "–"]
