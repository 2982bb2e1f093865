"""Reading CSV: typed columns and every fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.csvfile import Column, Table, read_csv, split_line
from sim.errors import Problems

COLUMNS = (
    Column("age", int, minimum=0, maximum=120),
    Column("rate", float, blank=True),
    Column("sex", choices=("male", "female")),
)


def read(tmp_path: Path, text: str | bytes, columns: tuple[Column, ...] = COLUMNS, **options: bool) -> tuple[Table, list[str]]:
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems()
    table = read_csv(path, columns, problems, shown_as="table.csv", **options)
    return table, [str(problem) for problem in problems.found]


def test_values_are_typed_and_blanks_are_none(tmp_path: Path) -> None:
    table, found = read(tmp_path, "age,rate,sex\n0,0.25,male\n1,,female\n")
    assert found == []
    assert table.rows == [{"age": 0, "rate": 0.25, "sex": "male"}, {"age": 1, "rate": None, "sex": "female"}]
    assert table.values("age") == [0, 1]
    assert str(table.place(1, "sex")) == "table.csv:3:4"


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    table, found = read(tmp_path, b"\xef\xbb\xbfage,rate,sex\r\n5,1e-3,male\r\n")
    assert (table.rows, found) == ([{"age": 5, "rate": 0.001, "sex": "male"}], [])


def test_all_faults_come_at_once_with_line_and_column(tmp_path: Path) -> None:
    table, found = read(tmp_path, "age,rate,sex\nten,nan,man\n130,1,male\n5,1\n1_0,inf,male\n７,2,male\n,1,male\n")
    assert table.rows == []
    assert found == [
        "table.csv:2:1: age is 'ten'; expected a whole number",
        "table.csv:2:5: rate is 'nan'; expected a finite number",
        "table.csv:2:9: sex is 'man'; expected one of male, female",
        "table.csv:3:1: age is 130; expected a number from 0 to 120",
        "table.csv:4:1: 2 fields; expected 3 fields as in the header",
        "table.csv:5:1: age is '1_0'; expected a whole number",
        "table.csv:5:5: rate is 'inf'; expected a finite number",
        "table.csv:6:1: age is '７'; expected a whole number",
        "table.csv:7:1: age is empty; expected a whole number",
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("age,rat,sex", "table.csv:1:5: unknown column 'rat'; expected one of age, rate, sex; did you mean 'rate'?"),
        ("age,rate", "table.csv:1:1: column 'sex' is missing; expected age,rate,sex"),
        ("age,rate,sex,age", "table.csv:1:14: column 'age' stands twice; expected each column once"),
        ("", "table.csv:1:1: the file is empty; expected a header line: age,rate,sex"),
    ],
)
def test_a_wrong_header_stops_the_reading(tmp_path: Path, header: str, message: str) -> None:
    table, found = read(tmp_path, f"{header}\nten,x,y\n")
    assert table.rows == []
    assert message in found
    assert all(line.startswith("table.csv:1:") for line in found)


def test_unknown_columns_are_kept_as_text_where_they_are_allowed(tmp_path: Path) -> None:
    table, found = read(tmp_path, "age,rate,sex,note\n1,2,male,a\n", extra=True)
    assert (table.rows[0]["note"], found) == ("a", [])


def test_a_missing_file_and_bytes_that_are_no_text_are_plain_errors(tmp_path: Path) -> None:
    problems = Problems()
    read_csv(tmp_path / "none.csv", COLUMNS, problems, shown_as="none.csv")
    assert [str(problem) for problem in problems.found] == ["none.csv: the file does not exist"]
    _, found = read(tmp_path, b"age\n\xff\xfe\n")
    assert len(found) == 1
    assert found[0].startswith("table.csv:2:1: this is no UTF-8 text")


def test_quoted_fields_may_hold_commas_and_quotes() -> None:
    assert split_line('a,"b, ""c""",d') == [("a", 1), ('b, "c"', 3), ("d", 14)]


def test_a_quote_that_is_not_closed_is_an_error(tmp_path: Path) -> None:
    _, found = read(tmp_path, 'age,rate,sex\n1,2,"male\n')
    assert found == ["table.csv:2:5: a quoted field is not closed; expected a second quote on the line"]


def test_a_line_separator_inside_a_field_does_not_end_the_line(tmp_path: Path) -> None:
    table, found = read(tmp_path, "name\na\u2028b\nc\n", (Column("name"),))
    assert (table.values("name"), table.lines, found) == (["a\u2028b", "c"], [2, 3], [])


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=5))
def test_what_is_quoted_reads_back(fields: list[str]) -> None:
    line = ",".join('"' + field.replace('"', '""') + '"' for field in fields)
    assert [value for value, _ in split_line(line)] == fields


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_findings_but_no_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"age,rate,sex\n" + data)
    read_csv(path, COLUMNS, Problems())


@pytest.mark.parametrize(
    ("field", "meant"), [("1985.0", "1985"), ("100+", "100"), ("3.", "3"), ("1.5", ""), ("x+", ""), ("+", ""), ("5+1", "")]
)
def test_a_whole_number_written_otherwise_is_recognised(tmp_path: Path, field: str, meant: str) -> None:
    _, found = read(tmp_path, f"age,rate,sex\n{field},1,male\n")
    hint = f"; did you mean {meant}?" if meant else ""
    assert found == [f"table.csv:2:1: age is {field!r}; expected a whole number{hint}"]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_separator_is_named(tmp_path: Path, mark: str) -> None:
    _, found = read(tmp_path, mark.join(("age", "rate", "sex")) + "\n" + mark.join("12m") + "\n")
    assert found == [f"table.csv:1:4: the fields are parted by {mark!r}; expected commas"]


def test_old_line_ends_are_accepted(tmp_path: Path) -> None:
    table, found = read(tmp_path, "age,rate,sex\r1,2,male\r2,3,female\r")
    assert (table.values("age"), found) == ([1, 2], [])
