"""The installed program: a wheel, a fresh environment, another directory, no checkout in sight."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

COPIED = ("sim", "scenarios", "calibration", "sim_cli.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "SOURCES.md")


@pytest.mark.slow
def test_a_wheel_runs_from_another_directory(root, tmp_path):
    pytest.importorskip("build", reason="the package 'build' comes with the test extra")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in COPIED:
        source = root / name
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, checkout / name, ignore=ignore) if source.is_dir() else shutil.copy(source, checkout / name)
    made = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(checkout)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    wheel = next((tmp_path / "dist").glob("*.whl"))
    shutil.rmtree(checkout)

    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True, capture_output=True)
    # The libraries come from the environment that runs the tests; the program itself must come from the wheel alone.
    site = next((environment / "lib").glob("python*/site-packages"))
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def healthsim(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(environment / "bin" / "healthsim"), *arguments],
            cwd=elsewhere,
            env=clean,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    where = subprocess.run(
        [str(python), "-c", "import sim; print(sim.__file__)"],
        cwd=elsewhere,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert Path(where.strip()).is_relative_to(environment)
    quick = ["--draws", "5", "--replications", "2", "--set", "emergency.years=[2025]", "--set", "emergency.parameter_draws=1"]
    answer = healthsim("run", "scenarios/kunshan/plan_2025.yaml", *quick, "--json")
    assert answer.returncode == 0, answer.stderr
    folder = Path(json.loads(answer.stdout)["run"])
    assert (elsewhere / folder / "report.en.html").is_file()
    assert healthsim("check", "scenarios/qingpu/plan_2025.yaml").returncode == 0
    assert healthsim("new", "my_county").returncode == 0
