"""A starter pack loads as it is written, explains every file, and says that its numbers are invented."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest
from click.testing import CliRunner
from gallery import ROOT

from sim.errors import InputError
from sim.region import load_region
from sim.scenario import check_scenario
from sim.scenario.starter import TEMPLATES, write_starter
from sim_cli import cli


@pytest.fixture(autouse=True)
def read_each_region_once() -> None:
    """Packs of these tests are their own: nothing is cached."""


def test_the_pack_loads_and_warns_that_its_numbers_are_invented(tmp_path: Path) -> None:
    pack, scenarios = write_starter("xinghua", tmp_path, ROOT)
    assert (pack, scenarios) == (tmp_path / "calibration" / "xinghua", tmp_path / "scenarios" / "xinghua")
    for path in sorted(scenarios.iterdir()):
        problems = check_scenario(path)
        assert problems.errors == ()
        assert [problem.what.split(" (")[0] for problem in problems.warnings] == [
            "the pack of xinghua names the invented numbers of the starter pack"
        ]


def test_every_invented_number_carries_the_source_that_says_so(tmp_path: Path) -> None:
    pack, _ = write_starter("xinghua", tmp_path, ROOT)
    region = load_region(tmp_path / "calibration", "xinghua")
    found = (*region.baseline.values(), *region.parameters.values())
    own = [one for one in found if Path(one.place.file).parent.name == "xinghua"]
    assert len(own) > 8
    assert {one.source for one in (*own, *region.plan)} == {"EXAMPLE"}
    (pack / "sources.yaml").write_text("schema: 1\nsources: {}\n")
    with pytest.raises(InputError) as raised:
        load_region(tmp_path / "calibration", "xinghua")
    assert len(raised.value.problems) > 20
    assert all("EXAMPLE" in str(problem) for problem in raised.value.problems)


def test_the_readme_of_the_pack_explains_every_file(tmp_path: Path) -> None:
    pack, _ = write_starter("xinghua", tmp_path, ROOT)
    readme = (pack / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(pack.iterdir()) if path.name != "README.md" and f"`{path.name}`" not in readme] == []
    assert "${" not in "".join(path.read_text(encoding="utf-8") for path in pack.iterdir())


@pytest.mark.parametrize(("key", "meant"), [("Xing Hua", "xing_hua"), ("2025", ""), ("reference", ""), ("../x", "x"), ("", "")])
def test_a_key_that_cannot_be_one_is_refused(tmp_path: Path, key: str, meant: str) -> None:
    with pytest.raises(InputError) as raised:
        write_starter(key, tmp_path, ROOT)
    assert raised.value.problems[0].meant == meant
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_starter("xinghua", tmp_path, ROOT)
    with pytest.raises(InputError, match="nothing is overwritten"):
        write_starter("xinghua", tmp_path, ROOT)


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["new", "xinghua", "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert f"healthsim check {tmp_path / 'scenarios' / 'xinghua' / 'baseline.yaml'}" in result.output


def test_every_template_is_shipped_with_the_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    patterns = setup["options.package_data"]["sim.scenario"].split()
    shipped = {path for pattern in patterns for path in (ROOT / "sim" / "scenario").glob(pattern)}
    templates = {path for path in TEMPLATES.rglob("*") if path.is_file()}
    assert len(templates) > 10
    assert templates <= shipped
