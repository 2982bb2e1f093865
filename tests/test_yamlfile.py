"""Reading YAML: the strict subset, and the place of every value and fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.yamlfile import load_yaml, parse_yaml


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as raised:
        parse_yaml(text, "a.yaml")
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("+5", 5),
        ("-5.5", -5.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("", None),
        ("~", None),
        ("null", None),
        ("'5'", "5"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2025-01-01", "2025-01-01"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("٣", "٣"),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_scalars_follow_the_strict_core_schema(text: str, value: object) -> None:
    read = parse_yaml(f"a: {text}", "a.yaml").data["a"]
    assert read == value
    assert type(read) is type(value)


def test_years_are_whole_number_keys_and_quoted_ones_are_not() -> None:
    assert parse_yaml("{2025: 1, '2026': 2, true: 3}", "a.yaml").data == {2025: 1, "2026": 2, "true": 3}


def test_every_value_and_key_knows_its_place() -> None:
    document = parse_yaml("a:\n  b: [1, {c: 2}]\n", "a.yaml")
    assert str(document.place(("a", "b", 1, "c"))) == "a.yaml:2:14"
    assert str(document.key_place(("a", "b"))) == "a.yaml:2:3"
    assert str(document.key_place(("a", "b", 0))) == "a.yaml:2:7"
    assert str(document.place(("a", "nothing", "there"))) == "a.yaml:2:3"


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert parse_yaml("# only a comment\n", "a.yaml").data == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: !!python/object/apply:os.system [ls]", "a.yaml:1:4: the tag 'tag:yaml.org,2002:python/object/apply:os.system'"),
        ("a: !secret x", "a.yaml:1:4: the tag '!secret' is not allowed"),
        ("a: !!int '5'", "a.yaml:1:4: the tag 'tag:yaml.org,2002:int' is not allowed"),
        ("a: 1\nb: 2\na: 3", "a.yaml:3:1: key 'a' stands twice; expected each key once (first at line 1)"),
        ("<<: {a: 1}", "a.yaml:1:1: merge keys ('<<') are not supported; expected 'extends' for inheritance"),
        ("? [1, 2]\n: 3", "a.yaml:1:3: a key is a list or a mapping; expected a word or a year"),
        ("a: 1e999", "a.yaml:1:4: the number 1e999 is too large; expected a number below 1e308"),
        ("a: " + "9" * 5000, "a.yaml:1:4: the number 99999999999999999999... is too large"),
        ("a: *nothing", "a.yaml:1:4: not valid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: not valid YAML: a second document"),
        ("a: b: c", "a.yaml:1:5: not valid YAML: a colon where no key can stand"),
        ("a：1\nb: 2", "a.yaml:1:2: not valid YAML: a full-width colon"),
        ("a:\n\tb: 1", "a.yaml:2:1: not valid YAML: a tab; expected blanks for indentation"),
        ("a: {b: 1\nc: 2", "a.yaml:1:4: not valid YAML: a brace that is not closed"),
        ("a:\n  b: 1\n c: 2", "a.yaml:3:2: not valid YAML: an indentation that does not fit the lines above"),
        ("a: 1\nb\0: 2", "a.yaml:2:2: not valid YAML: the character U+0000 is not allowed"),
        ("a: \ud800", "a.yaml:1:4: not text: a broken character"),
        ("&a [*a]", "a.yaml:1:1: the document unfolds to too many or too deeply nested values"),
    ],
)
def test_what_lies_outside_the_subset_is_refused_with_its_place(text: str, message: str) -> None:
    assert faults(text)[0].startswith(message)


def test_nesting_without_end_is_refused() -> None:
    assert faults("[" * 50_000)[0].startswith("a.yaml:1:")
    assert "too many or too deeply nested values" in faults("[" * 100 + "]" * 100)[0]


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 10)]
    assert "too many or too deeply nested values" in faults("\n".join(lines))[0]


def test_all_faults_of_a_file_come_at_once() -> None:
    assert [fault.split(":")[1] for fault in faults("a: 1\na: 2\nb: !x 1\nc: 1e999\n")] == ["2", "3", "4"]


def test_a_missing_file_and_bytes_that_are_no_text_are_plain_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: the file does not exist"):
        load_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("名: 1\n山: ".encode() + b"\xff")
    with pytest.raises(InputError, match=r"latin\.yaml:2:4: this is no UTF-8 text"):
        load_yaml(tmp_path / "latin.yaml")
    with pytest.raises(InputError, match="this is a folder"):
        load_yaml(tmp_path)


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1")
    assert load_yaml(tmp_path / "bom.yaml").data == {"a": 1}


@given(st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!#|>'\"%@,?\n\t 0159.e~<")) | st.characters(), max_size=60))
def test_any_text_gives_data_or_an_input_error(text: str) -> None:
    try:
        parse_yaml(text, "a.yaml")
    except InputError as error:
        assert all(problem.place.file == "a.yaml" for problem in error.problems)
