"""Errors with a place: how they read, how they are collected, how they end a command."""

from __future__ import annotations

import pytest

from sim.errors import GateError, HealthsimError, InputError, Place, Problem, Problems, RunFailedError, Severity, nearest


def test_a_place_reads_like_a_compilers() -> None:
    assert str(Place("plan.yaml", 12, 5)) == "plan.yaml:12:5"
    assert str(Place("plan.yaml", 12)) == "plan.yaml:12:1"
    assert str(Place("plan.yaml")) == "plan.yaml"


def test_a_problem_says_where_what_expected_and_meant() -> None:
    problem = Problem(Place("a.yaml", 1, 2), "unknown key 'bed'", "one of beds, nurses", "beds")
    assert str(problem) == "a.yaml:1:2: unknown key 'bed'; expected one of beds, nurses; did you mean 'beds'?"
    assert str(Problem(Place("a.yaml", 1, 2), "odd", severity=Severity.WARNING)) == "a.yaml:1:2: warning: odd"


def test_all_errors_are_raised_at_once_in_order_of_place() -> None:
    problems = Problems()
    problems.error(Place("b.yaml", 1, 1), "third")
    problems.error(Place("a.yaml", 10, 1), "second")
    problems.error(Place("a.yaml", 9, 1), "first")
    problems.warn(Place("a.yaml", 1, 1), "only a warning")
    with pytest.raises(InputError) as raised:
        problems.raise_errors()
    assert [problem.what for problem in raised.value.problems] == ["first", "second", "third"]
    assert str(raised.value).splitlines()[0] == "a.yaml:9:1: first"
    assert len(problems.warnings) == 1


def test_many_findings_of_one_kind_are_counted_in_the_message_and_kept_in_the_error() -> None:
    problems = Problems()
    for line in range(1, 31):
        problems.error(Place("a.csv", line, 1), f"age is {-line}", "a number of at least 0")
    problems.error(Place("a.csv", 31, 1), "sex is 'x'", "male or female")
    with pytest.raises(InputError) as raised:
        problems.raise_errors()
    lines = str(raised.value).splitlines()
    assert len(raised.value.problems) == 31
    assert len(lines) == InputError.SHOWN + 2
    assert lines[-2] == "a.csv: and 10 more like these, the last on line 30"
    assert lines[-1] == "a.csv:31:1: sex is 'x'; expected male or female"


def test_warnings_alone_do_not_stop() -> None:
    problems = Problems()
    problems.warn(Place("a.yaml", 1, 1), "odd")
    problems.raise_errors()
    assert problems.errors == ()


def test_an_unknown_word_lists_the_known_ones_and_guesses() -> None:
    problems = Problems()
    problems.unknown(Place("a.yaml", 1, 1), "unknown town", "yushn", ["zhoushi", "yushan"])
    assert str(problems.found[0]) == "a.yaml:1:1: unknown town 'yushn'; expected one of yushan, zhoushi; did you mean 'yushan'?"
    problems.unknown(Place("a.yaml", 1, 1), "unknown town", "x", [f"town_{number:02}" for number in range(30)])
    assert "town_11 ... (30 in all)" in str(problems.found[1])


def test_a_word_that_resembles_nothing_gets_no_guess() -> None:
    assert nearest("qqqq", ["beds", "nurses"]) == ""
    assert nearest("nurse", ["beds", "nurses"]) == "nurses"
    assert nearest("AGE", ["age", "sex"]) == "age"


@pytest.mark.parametrize(("error", "code"), [(HealthsimError, 1), (InputError, 2), (RunFailedError, 3), (GateError, 4)])
def test_every_error_has_its_exit_code(error: type[HealthsimError], code: int) -> None:
    assert error.exit_code == code
