"""The ``project`` command on a folder of CSV files: published figures through it, and every kind of wrong input."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from population_cases import Canada, korea, random_case, write_inputs

from sim.errors import InputError
from sim.population.engine import cohort_component
from sim.population.project_files import project_directory
from sim.population.survival import survival_from_mx
from sim_cli import run_cli

YEARS = np.array([2020, 2021, 2022])


def _columns(path: Path) -> dict[str, np.ndarray]:
    """The columns of a table as the exact floats that were written; empty fields as NaN."""
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {
        name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0] if name != "sex"
    }


def _population(out: Path) -> np.ndarray:
    table = _columns(out / "population.csv")
    return table["count"].reshape(len(set(table["year"])), 2, -1)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A sound folder: three years, ages 0 to 95+, death rates."""
    case = random_case(1, draws=1, intervals=3, ages=96)
    case["asfr"][..., 0] = 0.0
    mx = np.random.default_rng(2).uniform(0.001, 0.3, (3, 2, 96))
    write_inputs(tmp_path / "in", YEARS, case, mx)
    return tmp_path / "in"


def _problems(folder: Path) -> list[str]:
    out = folder.parent / "out"
    with pytest.raises(InputError) as caught:
        project_directory(folder, out)
    assert not out.exists()
    assert not list(folder.parent.glob(".writing-*"))
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def _edit(folder: Path, name: str, change: Callable[[list[str]], list[str]]) -> None:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    (folder / name).write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def _set(number: int, text: str) -> Callable[[list[str]], list[str]]:
    """Replace line ``number`` (from 1)."""
    return lambda lines: [*lines[: number - 1], text, *lines[number:]]


def _drop(number: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: lines[: number - 1] + lines[number:]


def test_canada_through_the_command(shared: Path, tmp_path: Path) -> None:
    canada = Canada(shared)
    write_inputs(tmp_path / "in", canada.years, canada.inputs(), canada.mx)
    assert run_cli(["project", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--a0", "coale-demeny"]) == 0
    found = _population(tmp_path / "out")
    np.testing.assert_array_equal(found[0], canada.base)
    big = canada.expected >= 100
    assert np.abs(found[1:] / canada.expected - 1)[big].max() <= 1e-5
    np.testing.assert_allclose(found[1:].sum(axis=(1, 2)), canada.expected.sum(axis=(1, 2)), rtol=1e-7)
    totals = _columns(tmp_path / "out/population_totals.csv")
    assert totals["year"].tolist() == list(range(1985, 2021))
    for name, tolerance in (("births", 1e-7), ("deaths", 1e-6), ("net_migration", 1e-6)):
        np.testing.assert_allclose(totals[name][:-1], getattr(canada, name).sum(axis=1), rtol=tolerance, err_msg=name)
    change = totals["births"] - totals["deaths"] + totals["net_migration"]
    np.testing.assert_allclose(np.diff(totals["total"]), change[:-1], atol=1e-9 * totals["total"][0])


def test_korea_with_both_sexes_together_goes_through_the_command_in_halves(shared: Path, tmp_path: Path) -> None:
    """Births are given as migrants of age 0 who are there at the end of the year; fertility is 0."""
    years, case, expected = korea(shared)
    halves = {name: np.repeat(0.5 * case[name], 2, axis=-2) for name in ("base", "migration")}
    halves["survival"] = np.repeat(case["survival"], 2, axis=-2)
    write_inputs(tmp_path / "in", years, {**case, **halves})
    assert run_cli(["project", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    found = _population(tmp_path / "out").sum(axis=1)[:, :100]
    assert np.abs(found / expected - 1)[1:].mean() <= 2e-4
    assert np.abs(found / expected - 1).max() <= 5e-3
    np.testing.assert_allclose(found.sum(axis=1), expected.sum(axis=1), rtol=5e-5)


def test_canada_from_85_and_over_split_by_the_command(shared: Path, tmp_path: Path) -> None:
    canada = Canada(shared)
    case = canada.inputs()
    case["base"] = np.concatenate([canada.base[:, :85], canada.base[:, 85:].sum(axis=1, keepdims=True)], axis=1)[None]
    write_inputs(tmp_path / "in", canada.years, case, canada.mx)
    arguments = ["project", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    assert run_cli(arguments) == 2
    assert run_cli([*arguments, "--split-open-age"]) == 0
    found = _population(tmp_path / "out")
    old = found[1:, :, 85:].sum(axis=(1, 2)) / canada.expected[:, :, 85:].sum(axis=(1, 2))
    total = found[1:].sum(axis=(1, 2)) / canada.expected.sum(axis=(1, 2))
    assert np.abs(old - 1).max() <= 0.01
    assert np.abs(total - 1).max() <= 2e-4
    assert found[0, :, 85:].sum(axis=1) == pytest.approx(canada.base[:, 85:].sum(axis=1))


@pytest.mark.parametrize(
    ("ages", "mortality", "expected"),
    [
        (96, True, "its open age 95 leaves nothing to split: the death rates end at 95"),
        (10, True, "the open age 9 is too low to be split; expected at least 15"),
        (96, False, "--split-open-age needs death rates; expected mortality.csv"),
    ],
)
def test_a_split_that_cannot_be_made_is_an_error(tmp_path: Path, ages: int, mortality: bool, expected: str) -> None:
    case = random_case(1, draws=1, intervals=3, ages=ages)
    case["asfr"][..., 0] = 0.0
    write_inputs(tmp_path / "in", YEARS, case, np.full((3, 2, ages), 0.1) if mortality else None)
    with pytest.raises(InputError, match=expected):
        project_directory(tmp_path / "in", tmp_path / "out", split=True)
    assert not (tmp_path / "out").exists()


def test_survival_in_gives_the_same_as_rates_in(small: Path, tmp_path: Path) -> None:
    project_directory(small, tmp_path / "rates", a0="andreev-kingkade")
    case = random_case(1, draws=1, intervals=3, ages=96)
    case["asfr"][..., 0] = 0.0
    mx = np.random.default_rng(2).uniform(0.001, 0.3, (3, 2, 96))
    case["survival"] = survival_from_mx(mx, a0="andreev-kingkade")[None]
    write_inputs(tmp_path / "in2", YEARS, case)
    summary = project_directory(tmp_path / "in2", tmp_path / "survival")
    assert summary.a0 is None
    for name in ("population.csv", "population_totals.csv", "deaths.csv"):
        assert (tmp_path / "rates" / name).read_bytes() == (tmp_path / "survival" / name).read_bytes()


@pytest.mark.parametrize("timing", ["end", "start", "even"])
def test_what_is_written_is_what_the_engine_gives(small: Path, tmp_path: Path, timing: str) -> None:
    case = random_case(1, draws=1, intervals=3, ages=96)
    case["asfr"][..., 0] = 0.0
    mx = np.random.default_rng(2).uniform(0.001, 0.3, (3, 2, 96))
    case["survival"] = survival_from_mx(mx, a0="coale-demeny")[None]
    expected = cohort_component(**case, timing=timing)
    summary = project_directory(small, tmp_path / "out", migration=timing)
    np.testing.assert_array_equal(_population(tmp_path / "out"), expected.counts[0])
    deaths = _columns(tmp_path / "out/deaths.csv")["deaths"]
    np.testing.assert_array_equal(deaths.reshape(3, 2, 96), expected.deaths[0])
    assert (summary.first_year, summary.last_year) == (2020, 2023)
    assert summary.last_total == expected.total[0, -1]


def test_the_tables_have_the_documented_columns(small: Path, tmp_path: Path) -> None:
    project_directory(small, tmp_path / "out")
    with (tmp_path / "out/population.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["year", "sex", "age", "count", "mean", "p10", "p50", "p90"]
    assert all(row["count"] == row["mean"] == row["p10"] == row["p50"] == row["p90"] for row in rows)
    assert [rows[0]["sex"], rows[96]["sex"], rows[-1]["age"]] == ["male", "female", "95"]
    with (tmp_path / "out/population_totals.csv").open(encoding="utf-8") as stream:
        totals = list(csv.DictReader(stream))
    assert list(totals[0])[:6] == ["year", "total", "births", "deaths", "net_migration", "clipped"]
    assert [totals[-1][name] for name in ("year", "births", "clipped")] == ["2023", "", ""]


def test_the_manifest_says_what_went_in_and_the_same_inputs_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    project_directory(small, tmp_path / "one")
    project_directory(small, tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    manifest = json.loads((tmp_path / "one/manifest.json").read_text(encoding="utf-8"))
    assert manifest["options"] == {"a0": "coale-demeny", "migration": "end", "split_open_age": False}
    assert sorted(manifest["inputs"]) == [
        "base_population.csv", "fertility.csv", "migration.csv", "mortality.csv", "sex_ratio.csv",
    ]  # fmt: skip
    assert (manifest["open_age"], manifest["state"]) == (95, "complete")


def test_given_ax_is_used_and_blanks_follow_the_rule(small: Path, tmp_path: Path) -> None:
    def with_ax(lines: list[str]) -> list[str]:
        return [lines[0] + ",ax", lines[1] + ",0.2", *(line + "," for line in lines[2:])]

    _edit(small, "mortality.csv", with_ax)
    project_directory(small, tmp_path / "out")
    case = random_case(1, draws=1, intervals=3, ages=96)
    case["asfr"][..., 0] = 0.0
    mx = np.random.default_rng(2).uniform(0.001, 0.3, (3, 2, 96))
    ax = np.full(mx.shape, np.nan)
    ax[0, 0, 0] = 0.2
    case["survival"] = survival_from_mx(mx, a0="coale-demeny", ax=ax)[None]
    np.testing.assert_array_equal(_population(tmp_path / "out"), cohort_component(**case).counts[0])


def test_fertility_may_hold_childbearing_ages_alone(small: Path, tmp_path: Path) -> None:
    project_directory(small, tmp_path / "all")
    keep = range(15, 50)
    _edit(small, "fertility.csv", lambda lines: [lines[0], *(x for x in lines[1:] if int(x.split(",")[1]) in keep)])
    project_directory(small, tmp_path / "some")
    rows = (small / "fertility.csv").read_text(encoding="utf-8").splitlines()[1:]
    zeros = [f"{year},{age},0" for year in YEARS for age in range(96) if age not in keep]
    (small / "fertility.csv").write_text("\n".join(["year,age,asfr", *rows, *zeros]) + "\n", encoding="utf-8")
    project_directory(small, tmp_path / "zeros")
    assert (tmp_path / "some/population.csv").read_bytes() == (tmp_path / "zeros/population.csv").read_bytes()
    assert (tmp_path / "some/population.csv").read_bytes() != (tmp_path / "all/population.csv").read_bytes()


def test_out_migration_larger_than_its_cohort_is_clipped_counted_and_told(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(small, "migration.csv", lambda lines: [x if not x.startswith("2021,male,40,") else "2021,male,40,-1e6" for x in lines])
    assert run_cli(["project", str(small), "--out", str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    assert "migration.csv: warning: out-migration was larger than its cohort in 2021" in captured.err
    clipped = _columns(tmp_path / "out/population_totals.csv")["clipped"]
    assert clipped[1] > 9e5
    assert clipped[0] == 0
    assert "larger than its cohort" in (tmp_path / "out/manifest.json").read_text(encoding="utf-8")


def test_a_low_open_age_is_projected_with_a_warning(tmp_path: Path) -> None:
    case = random_case(1, draws=1, intervals=1, ages=86)
    case["asfr"][..., 0] = 0.0
    write_inputs(tmp_path / "in", YEARS[:1], case)
    summary = project_directory(tmp_path / "in", tmp_path / "out")
    assert "the open age is 85+" in summary.warnings[0]


WRONG: list[tuple[str, Callable[[list[str]], list[str]], str]] = [
    ("base_population.csv", _drop(32), "base_population.csv:31:6: age 30 of male is missing; expected every age 0 to 95 once"),
    ("base_population.csv", _set(3, "male,0,5"), "base_population.csv:3:6: the row of sex male, age 0 stands twice (first"),
    ("base_population.csv", _set(3, "M,1,5"), "base_population.csv:3:1: sex is 'M'; expected male or female; did you mean"),
    ("base_population.csv", _set(3, "male,1,-5"), "base_population.csv:3:8: count is -5; expected a number from 0 to 1e+12"),
    ("base_population.csv", _set(3, "male,1,1e300"), "base_population.csv:3:8: count is 1e300; expected a number from 0"),
    ("base_population.csv", _set(3, "male,1,１２"), "base_population.csv:3:8: count is '１２'; expected a finite number"),
    ("base_population.csv", _set(97, "male,95+,5"), "base_population.csv:97:6: age is '95+'; expected a whole number; did you"),
    ("base_population.csv", _set(1, "SEX,age,count"), "base_population.csv:1:1: unknown column 'SEX'; expected one of"),
    ("base_population.csv", _set(1, "sex;age;count"), "base_population.csv:1:4: the fields are parted by ';'; expected commas"),
    ("mortality.csv", _set(5, "2020.0,male,3,0.1"), "mortality.csv:5:1: year is '2020.0'; expected a whole number; did"),
    ("mortality.csv", _set(5, "2020,male,3,nan"), "mortality.csv:5:13: mx is 'nan'; expected a finite number"),
    ("mortality.csv", _set(5, "2020,male,3,-0.1"), "mortality.csv:5:13: mx is -0.1; expected a number of at least 0"),
    ("mortality.csv", _set(5, "2020,male,3,25"), "mortality.csv:5:13: mx is 25: more deaths than people"),
    ("mortality.csv", _set(5, "2020,male,3,"), "mortality.csv:5:13: mx is empty; expected a finite number"),
    ("mortality.csv", _set(97, "2020,male,95,0"), "mortality.csv:97:14: mx is 0 at the open age 95"),
    ("mortality.csv", _set(1, "year,sex,age,qx"), "mortality.csv:1:14: unknown column 'qx'"),
    ("fertility.csv", _drop(40), "fertility.csv:39:6: age 38 of 2020 is missing"),
    ("fertility.csv", _set(30, "2020,28,95.2"), "fertility.csv:30:9: asfr is 95.2; expected a number from 0 to 1"),
    ("fertility.csv", _set(2, "2020,0,0.1"), "fertility.csv:2:8: asfr is 0.1 at age 0"),
    ("sex_ratio.csv", _drop(3), "sex_ratio.csv:3:1: year 2021 is missing before 2022; expected consecutive years"),
    ("sex_ratio.csv", _set(3, "2021,105"), "sex_ratio.csv:3:6: srb is 105; expected a number from 0.5 to 2"),
    ("sex_ratio.csv", _drop(4), "sex_ratio.csv:3:1: year 2022 is missing; expected the years of mortality.csv: 2020 to 2022"),
    ("migration.csv", lambda x: [*x, "2020,male,96,0"], "migration.csv:578:11: age 96 lies above the open age 95"),
    ("migration.csv", _set(2, "2020,male,0,inf"), "migration.csv:2:13: net is 'inf'; expected a finite number"),
    ("migration.csv", lambda x: [*x, "2023,male,0,0"], "migration.csv:578:1: year 2023 is not in mortality.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "expected"), WRONG, ids=[case[2].split(";")[0] for case in WRONG])
def test_a_fault_is_named_with_its_place_and_nothing_is_written(
    small: Path, name: str, change: Callable[[list[str]], list[str]], expected: str
) -> None:
    _edit(small, name, change)
    assert any(problem.startswith(expected) for problem in _problems(small)), _problems(small)


def test_survival_above_one_is_refused(tmp_path: Path) -> None:
    case = random_case(1, draws=1, intervals=3, ages=96)
    case["asfr"][..., 0] = 0.0
    write_inputs(tmp_path / "in", YEARS, case)
    _edit(tmp_path / "in", "survival.csv", _set(2, "2020,male,0,1.0001"))
    assert _problems(tmp_path / "in") == ["survival.csv:2:13: sx is 1.0001; expected a number from 0 to 1"]


def test_all_faults_of_all_files_come_at_once(small: Path) -> None:
    one_a_file = {name: (change, expected) for name, change, expected in reversed(WRONG)}
    for name, (change, _) in one_a_file.items():
        _edit(small, name, change)
    problems = _problems(small)
    assert len(one_a_file) == 5
    for _, expected in one_a_file.values():
        assert any(problem.startswith(expected) for problem in problems), (expected, problems)


def test_a_whole_column_in_another_unit_is_told_in_a_few_lines(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def per_1000(lines: list[str]) -> list[str]:
        rows = [line.rsplit(",", 1) for line in lines[1:]]
        return [lines[0], *(f"{keys},{float(rate) * 1000}" for keys, rate in rows)]

    _edit(small, "mortality.csv", per_1000)
    assert len(_problems(small)) > 500
    assert run_cli(["project", str(small), "--out", str(small.parent / "new")]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 21
    assert "more like these, the last on line 576" in lines[-1]


@pytest.mark.parametrize("kind", ["folder", "broken link", "nothing in it"])
def test_something_else_in_place_of_a_file_is_one_finding(small: Path, kind: str) -> None:
    file = small / "fertility.csv"
    file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "broken link":
        file.symlink_to("nowhere.csv")
    else:
        file.touch()
    (problem,) = _problems(small)
    assert problem.startswith("fertility.csv")


def test_rates_to_another_open_age_than_the_base_are_one_finding(small: Path) -> None:
    _edit(small, "mortality.csv", lambda lines: [lines[0], *(x for x in lines[1:] if int(x.split(",")[2]) <= 85)])
    (problem,) = _problems(small)
    assert "age 86-95 of male 2020 is missing (and of 5 more years or sexes)" in problem


def test_a_misnamed_file_is_recognised(small: Path) -> None:
    (small / "migration.csv").rename(small / "migraton.csv")
    (problem,) = _problems(small)
    assert problem.startswith("migration.csv: the file does not exist")
    assert problem.endswith("did you mean 'migraton.csv'?")


def test_exactly_one_mortality_file(small: Path) -> None:
    survival = (small / "mortality.csv").read_text(encoding="utf-8").replace("mx", "sx")
    (small / "survival.csv").write_text(survival, encoding="utf-8")
    assert any("mortality.csv and survival.csv are both there" in problem for problem in _problems(small))
    (small / "survival.csv").unlink()
    (small / "mortality.csv").unlink()
    assert any("neither mortality.csv nor survival.csv" in problem for problem in _problems(small))


def test_the_command_ends_with_2_and_leaves_an_existing_result_alone(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["project", str(small), "--out", str(tmp_path / "out")]
    assert run_cli(arguments) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert run_cli(arguments) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    _edit(small, "sex_ratio.csv", _drop(3))
    assert run_cli(["project", str(small), "--out", str(tmp_path / "new")]) == 2
    assert f"{small / 'sex_ratio.csv'}:3:1: year 2021 is missing" in capsys.readouterr().err
