"""The commands check and explain as a user types them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gallery import ROOT

from sim_cli import cli

PLAN = "scenarios/kunshan/plan_2025.yaml"


def healthsim(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run([sys.executable, str(ROOT / "sim_cli.py"), *arguments], cwd=cwd, env=environment, capture_output=True)


@pytest.fixture
def in_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.mark.usefixtures("in_checkout")
def test_check_says_that_a_scenario_is_fine() -> None:
    result = invoke("check", PLAN, "scenarios/kunshan/baseline.yaml")
    assert result.output == f"{PLAN}: fine\nscenarios/kunshan/baseline.yaml: fine\n"
    assert result.exit_code == 0


@pytest.mark.usefixtures("in_checkout")
def test_check_goes_on_after_a_wrong_scenario_and_ends_with_2() -> None:
    result = invoke("check", "scenarios/kunshan/nowhere.yaml", PLAN)
    assert result.output.splitlines() == [
        "scenarios/kunshan/nowhere.yaml: the file does not exist",
        "scenarios/kunshan/nowhere.yaml: 1 error",
        f"{PLAN}: fine",
    ]
    assert result.exit_code == 2


@pytest.mark.usefixtures("in_checkout")
def test_explain_prints_value_layer_file_and_line() -> None:
    result = invoke("explain", PLAN, "resources.beds.per_head.2025", "--set", "resources.beds.per_head.2025=4.8")
    assert result.output.split() == ["resources.beds.per_head.2025", "4.8", "command", "line", "--set:1:30"]
    lines = invoke("explain", PLAN).output.splitlines()
    assert any(re.match(r"resources\.beds\.per_head\.2025 +5 +file +plan_2025\.yaml:\d+:\d+$", line) for line in lines)
    assert any(re.match(r"seed +20220101 +parent +baseline\.yaml:\d+:\d+$", line) for line in lines)
    assert any(re.match(r"emergency\.replications +10 +default$", line) for line in lines)


def test_a_users_mistake_ends_with_2_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_bytes(b"a: [1\n\xff")
    for arguments in (("check", "broken.yaml"), ("explain", "broken.yaml"), ("explain", str(ROOT / PLAN), "resources.bedz")):
        done = healthsim(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert b"Traceback" not in done.stdout + done.stderr


def test_from_another_directory_the_data_is_found_above_the_scenario(tmp_path: Path) -> None:
    done = healthsim("check", str(ROOT / PLAN), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("encoding", "expected"), [("ascii", b"title.zh"), ("latin-1", b"???"), ("gbk", "昆山市".encode("gbk"))])
def test_a_terminal_that_cannot_print_chinese_does_not_crash(encoding: str, expected: bytes) -> None:
    done = healthsim("explain", PLAN, "title", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert expected in done.stdout


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    assert b"\x1b[" not in healthsim("check", PLAN).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_respected_on_a_terminal(variables: dict[str, str], coloured: bool) -> None:
    import pty

    leader, follower = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, str(ROOT / "sim_cli.py"), "check", PLAN]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=follower, check=True)
    os.close(follower)
    printed = os.read(leader, 10_000)
    os.close(leader)
    assert (b"\x1b[" in printed) is coloured


@pytest.mark.skipif(sys.platform == "win32", reason="needs the processor time of child processes")
def test_check_takes_less_than_a_second_of_processor_time() -> None:
    import resource

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    healthsim("check", PLAN)
    before = used()
    healthsim("check", PLAN)
    assert used() - before < 1.0


def test_check_needs_no_heavy_library() -> None:
    code = (
        "import sys, pathlib; from sim.scenario import check_scenario; "
        f"assert not check_scenario(pathlib.Path({PLAN!r})).errors; "
        "print([name for name in ('pandas', 'scipy', 'numba', 'simpy', 'altair') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
