"""The command line as its users meet it: quick help, exit codes, results on stdout, nothing written on a mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

QUICK = [
    "--draws", "12",
    "--replications", "2",
    "--set", "emergency.years=[2020, 2025]",
    "--set", "emergency.parameter_draws=2",
]  # fmt: skip
COMMANDS = ("run", "check", "explain", "project", "emergency", "replay", "verify", "report", "compare", "calibrate", "new")
HEAVY = {"numba", "pandas", "scipy", "pydantic", "altair", "rich", "simpy"}


def healthsim(root: Path, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "sim_cli.py"), *arguments],
        cwd=cwd or root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_help_loads_nothing_heavy(root):
    code = "import sys, sim_cli; sim_cli.run_cli(['--help']); print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    answer = subprocess.run(
        [sys.executable, "-c", code, *sorted(HEAVY)], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert answer.strip().endswith("[]")
    for command in COMMANDS:
        assert f"  {command}" in answer


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(root, command):
    answer = healthsim(root, command, "--help")
    assert answer.returncode == 0
    assert "Usage: healthsim" in answer.stdout


def test_a_usage_error_is_exit_2(root):
    assert healthsim(root, "run").returncode == 2
    assert healthsim(root, "jump").returncode == 2


def test_a_wrong_setting_stops_before_anything_is_written(root, tmp_path):
    answer = healthsim(
        root, "run", "scenarios/kunshan/plan_2025.yaml", "--set", "resources.bedz.hold=true", "--out", str(tmp_path / "o")
    )
    assert answer.returncode == 2
    assert "bedz" in answer.stderr and "'beds'" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    assert not (tmp_path / "o").exists()


def test_all_scenarios_are_checked_before_the_first_runs(root, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: 1\nname: bad\nname: twice\n", encoding="utf-8")
    answer = healthsim(root, "run", "scenarios/kunshan/baseline.yaml", str(bad), "--out", str(tmp_path / "o"))
    assert answer.returncode == 2
    assert f"{bad}:3:1:" in answer.stderr
    assert not (tmp_path / "o").exists()


def test_a_run_prints_json_and_is_found_again(root, tmp_path):
    arguments = ["run", "scenarios/kunshan/baseline.yaml", *QUICK, "--out", str(tmp_path), "--json"]
    first = healthsim(root, *arguments)
    assert first.returncode == 0, first.stderr
    answer = json.loads(first.stdout)
    printed = {(row["indicator"], row["year"]): row["supply"] for row in answer["scorecard"]}
    assert printed["beds", 2020] == 8188
    assert printed["population", 2020] == 2_092_496
    folder = Path(answer["run"])
    assert (folder / "manifest.json").is_file() and (folder / "report.zh.html").is_file()
    assert not answer["reused"]
    again = json.loads(healthsim(root, *arguments).stdout)
    assert again["reused"] and again["run"] == answer["run"]
    table = healthsim(root, *arguments[:-1], "--lang", "zh", PYTHONIOENCODING="ascii")
    assert table.returncode == 0, table.stderr
    verified = healthsim(root, "verify", str(folder))
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.rstrip().endswith("equal")


def test_interrupting_leaves_nothing_that_looks_finished(root, tmp_path):
    import signal
    import time

    process = subprocess.Popen(
        [sys.executable, str(root / "sim_cli.py"), "run", "scenarios/kunshan/baseline.yaml", "--out", str(tmp_path / "o")],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert not list((tmp_path / "o").glob("*")) if (tmp_path / "o").exists() else True


def test_a_file_in_the_place_of_the_folder_stops_before_anything_is_computed(root, tmp_path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    done = healthsim(root, "run", "scenarios/kunshan/plan_2025.yaml", "--out", str(tmp_path / "taken"))
    assert done.returncode == 2
    assert "taken: this is a file; expected a folder" in done.stderr
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"
