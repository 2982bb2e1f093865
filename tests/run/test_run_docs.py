"""Every `healthsim` command in a shell block of the README and the docs runs, on a copy of the data, with few draws."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICK = {
    "run": ["--draws", "8", "--replications", "2", "--set", "emergency.parameter_draws=2", "--set", "emergency.years=[2025]"],
    "evaluate": ["--draws", "8", "--replications", "2"],
    "emergency": ["--replications", "2", "--set", "draws=4", "--set", "emergency.parameter_draws=2"],
}
QUICK["compare"] = QUICK["run"]
TAKES_ITS_OWN = ("--draws", "--replications", "--year")


def commands() -> list[str]:
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```sh\n(.*?)```", text, flags=re.S):
            for line in block.splitlines():
                parts = (part.split(" #")[0].strip() for part in line.split("&&"))
                found += [part for part in parts if part.startswith("healthsim ")]
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with the data, and finished runs in `outputs/RUN` and, of three scenarios, `RUN_A` to `RUN_C`."""
    folder = tmp_path_factory.mktemp("docs")
    for name in ("calibration", "scenarios"):
        shutil.copytree(ROOT / name, folder / name)
    for letter, name in zip("ABC", ("plan_2025", "what_if_ageing", "baseline"), strict=True):
        answer = run(folder, f"healthsim run scenarios/kunshan/{name}.yaml")
        assert answer.returncode == 0, answer.stderr
        (made,) = (folder / "outputs").glob(f"kunshan-{name}-*")
        (folder / "outputs" / f"RUN_{letter}").symlink_to(made.name)
    (folder / "outputs" / "RUN").symlink_to("RUN_A")
    return folder


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)[1:]
    extra = QUICK.get(words[0], [])
    if words[0] == "compare" and not any(word.endswith(".yaml") for word in words):
        extra = []
    words += extra if not any(flag in words for flag in TAKES_ITS_OWN) else extra[-4:]
    return subprocess.run(
        [sys.executable, str(ROOT / "sim_cli.py"), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_there_are_commands_to_run():
    assert len(commands()) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_a_documented_command_runs(place, command):
    answer = run(place, command)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip()


def test_the_readme_promises_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install -c constraints.txt . && healthsim run scenarios/kunshan/plan_2025.yaml" in text
    assert "pip install -c constraints.txt '.[test]' && pytest" in text


def test_every_page_that_is_linked_is_there():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_user_guides_own_scenario_is_sound(tmp_path):
    from sim.scenario import load_scenario

    text = (ROOT / "docs/user_guide.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, flags=re.S).group(1)
    shutil.copytree(ROOT / "scenarios/kunshan", tmp_path / "kunshan")
    path = tmp_path / "kunshan" / "what_if_more_beds.yaml"
    path.write_text(example, encoding="utf-8")
    scenario = load_scenario(path, data_root=ROOT)
    assert scenario.body.resources["beds"].projects[0].adds == 500
