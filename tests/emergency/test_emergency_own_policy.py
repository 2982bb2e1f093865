"""A policy of one's own: the page's example runs, and what is wrong in one is told with file and line."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from policy_lines import line_world

from sim.emergency.call_table import call_table
from sim.emergency.log import Outcome, check_accounts
from sim.emergency.own_policy import load_policy
from sim.emergency.reference import Dispatcher, OwnPolicyError, run_reference
from sim.errors import InputError
from sim_cli import run_cli

PAGE = Path(__file__).resolve().parents[2] / "docs" / "own_policy.md"
HEAD = "from sim.emergency.reference import Dispatcher\n\n\n"


@pytest.fixture
def fair_share(tmp_path) -> str:
    """The example of the page as a file, as ``FILE.py:CLASS``."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    file = tmp_path / "fair_share.py"
    file.write_text(code, encoding="utf-8")
    return f"{file}:FairShare"


def written(tmp_path, body: str) -> type[Dispatcher]:
    """The class ``Own`` of a file with this body."""
    file = tmp_path / "own.py"
    file.write_text(HEAD + body, encoding="utf-8")
    return load_policy(f"{file}:Own")


def two_stations(count: int = 200):
    """Two units 2 km apart; every call is at the first one's door."""
    world = line_world([0, 1], stations=(0.0, 2.0), zones=(0.0,), priorities=4, horizon=1e5)
    return world, call_table(60.0 * np.arange(count), priority=1 + np.arange(count) % 4, scene_min=20.0)


def test_the_example_of_the_page_spreads_the_work_that_can_wait(fair_share):
    world, calls = two_stations()
    by_rule, fairly = run_reference(world, calls), run_reference(world, calls, load_policy(fair_share))
    assert (by_rule.unit == 0).all()
    assert np.bincount(fairly.unit).tolist() == [100, 100]
    assert (fairly.unit[calls.priority <= 2] == 0).all()
    assert check_accounts(fairly)[Outcome.ANSWERED] == 200


def test_a_class_that_changes_nothing_gives_what_the_rules_give():
    class Same(Dispatcher):
        pass

    world, calls = two_stations()
    for (name, left), (_, right) in zip(
        run_reference(world, calls).columns(), run_reference(world, calls, Same).columns(), strict=True
    ):
        np.testing.assert_array_equal(left, right, err_msg=name)


def test_every_decision_can_be_replaced():
    class Other(Dispatcher):
        """Newest call first, farthest unit, farthest hospital, never home."""

        def waiting_order(self, call):
            return -call.row

        def choose_unit(self, call, candidates):
            return None if call.zone == 2 else max(candidates, key=lambda unit: self.score(unit, call))

        def choose_hospital(self, unit, call):
            return 1

        def next_post(self, unit):
            return 1 - unit.home

    world = line_world([0, 1], hospitals=(0.0, 50.0))
    calls = call_table([0.0, 300.0, 301.0, 302.0, 303.0], zone=[0, 0, 1, 2, 1], transported=True)
    log = run_reference(world, calls, Other)
    assert log.unit[0] == 1
    assert log.hospital.tolist() == [1, 1, 1, -1, 1]
    assert log.outcome[3] == Outcome.OPEN_AT_END  # held back for ever
    assert log.policy.moves.station.tolist()[0] == 0
    assert log.dispatched[4] < log.dispatched[2] or log.dispatched[2] == 301.0


def test_units_can_be_moved_where_the_scenario_moves_none():
    class Swap(Dispatcher):
        def rebalance(self, available):
            return [(unit, 1) for unit in available if unit.post == 0]

    world = replace(line_world([0, 0], stations=(0.0, 7.0), zones=(0.0,)), policies=None)
    log = run_reference(world, call_table([10.0], scene_min=100.0), Swap)
    moves = log.policy.moves
    assert (moves.unit[0], moves.start[0], moves.end[0], moves.km[0]) == (1, 10.0, 17.0, 7.0)


@pytest.mark.parametrize(
    "method, answer, message",
    [
        ("choose_unit(self, call, candidates)", "1 / 0", "own.py:6: Own.choose_unit failed at minute 0: ZeroDivisionError"),
        ("choose_unit(self, call, candidates)", "7", "own.py:5: Own.choose_unit answered 7 at minute 0; expected one of"),
        ("choose_unit(self, call, candidates)", "self.centre.units[1]", "Own.choose_unit answered unit 1"),
        ("next_post(self, unit)", "2", "own.py:5: Own.next_post answered 2 at minute 20; expected the number of a station, 0..1"),
        ("next_post(self, unit)", "'home'", "answered 'home'"),
        ("choose_hospital(self, unit, call)", "-1", "expected the number of a hospital, 0..0"),
        ("rebalance(self, available)", "[(unit, 5) for unit in available]", "Own.rebalance answered 5"),
        ("rebalance(self, available)", "[3]", "expected an available unit and a station"),
        ("waiting_order(self, call)", "call.nothing", "AttributeError"),
    ],
)
def test_what_fails_in_a_policy_is_told_with_file_and_line(tmp_path, method, answer, message):
    own = written(tmp_path, f"class Own(Dispatcher):\n    def {method}:\n        return {answer}\n")
    world = line_world([0, 0], hospitals=(0.0,), stations=(0.0, 2.0))
    calls = call_table([0.0, 0.0, 0.0], transported=[True, True, False], scene_min=20.0)
    with pytest.raises(OwnPolicyError, match=re.escape(message)) as error:
        run_reference(world, calls, own)
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    "body, named, message",
    [
        (None, "missing.py:Own", "there is no such file"),
        ("", "own.py", "is not a policy of one's own; expected FILE.py:CLASS"),
        ("class Own(Dispatcher):\n    pass\n", "own.py:Own1", "no class 'Own1'; expected one of Own; did you mean 'Own'?"),
        ("class Own:\n    pass\n", "own.py:Own", "Own is no Dispatcher; expected FILE.py:CLASS"),
        ("class Own(Dispatcher)\n    pass\n", "own.py:Own", "own.py:4:22: cannot be read as Python: expected ':'"),
        ("x = {}['y']\n", "own.py:Own", "own.py:4:1: cannot be run: KeyError: 'y'"),
    ],
)
def test_a_policy_that_cannot_be_loaded_is_told(tmp_path, capsys, body, named, message):
    if body is not None:
        (tmp_path / "own.py").write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)):
        load_policy(str(tmp_path / named))
    out = str(tmp_path / "out")
    assert run_cli(["emergency", "scenarios/kunshan/baseline.yaml", "--policy", str(tmp_path / named), "--out", out]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_compiled_engine_has_no_policy_of_ones_own(fair_share, tmp_path):
    from sim.emergency.runs import engine_named

    with pytest.raises(InputError, match="--engine reference"):
        engine_named("compiled", fair_share)


@pytest.mark.slow
def test_the_command_of_the_page_runs(fair_share, tmp_path, root, capsys):
    (line,) = re.findall(r"^    healthsim (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    words = line.replace("fair_share.py:FairShare", fair_share).replace("scenarios/", f"{root}/scenarios/").split()
    words[-1] = str(tmp_path / "fair")
    assert run_cli([*words, "--set", "draws=0", "--set", "emergency.parameter_draws=0"]) == 0
    assert "mean response" in capsys.readouterr().out
    manifest = json.loads((tmp_path / "fair" / "manifest.json").read_text(encoding="utf-8"))
    assert "fair_share.py" in manifest["inputs"]
