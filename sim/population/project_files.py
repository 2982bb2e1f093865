"""The ``project`` command on a folder of CSV files: read, project, write. One projection, figures unrounded."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import __version__
from sim.errors import Place, Problem, Severity
from sim.new_folder import new_folder
from sim.population.engine import Projection, Timing, cohort_component
from sim.population.life_table import A0Rule
from sim.population.model import SEXES
from sim.population.project_input import ProjectionInput, read_projection_input
from sim.population.survival import survival_from_mx

DEFAULT_A0: A0Rule = "coale-demeny"
"""The rule of the UN program's own published output (ccmppWPP); WPP 2022 and 2024 follow ``andreev-kingkade``."""
DEFAULT_TIMING: Timing = "end"


@dataclass(frozen=True)
class ProjectionSummary:
    """What was projected and where it stands.

    Attributes:
        folder: the folder written.
        first_year, last_year: 1 January of the first and last population.
        first_total, last_total: persons then.
        births, deaths, net_migration, clipped: sums over the projection.
        a0: the rule that was used, or None where survival or every ``ax`` at age 0 was given.
        migration: timing of migration.
        warnings: remarks for the user.
    """

    folder: Path
    first_year: int
    last_year: int
    first_total: float
    last_total: float
    births: float
    deaths: float
    net_migration: float
    clipped: float
    a0: A0Rule | None
    migration: Timing
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        """What the command prints."""
        rows = [(f"1 January {self.first_year}", self.first_total), ("births", self.births), ("deaths", -self.deaths)]
        rows += [("net migration", self.net_migration), (f"1 January {self.last_year}", self.last_total)]
        lines = [f"{name:<16}{value:>18,.1f}" for name, value in rows]
        rule = f"a0 {self.a0}, " if self.a0 else ""
        return "\n".join([*lines, f"{rule}migration {self.migration}", f"written to {self.folder}"])


def project_directory(
    input_dir: Path, out: Path, a0: A0Rule = DEFAULT_A0, migration: Timing = DEFAULT_TIMING, *, split: bool = False
) -> ProjectionSummary:
    """Project the inputs of ``input_dir`` into the new folder ``out``.

    Writes ``population.csv`` (1 January of each year), ``population_totals.csv`` (flows in the row of the year they happen
    in, none in the last), ``deaths.csv`` (by year, sex and the age the cohort reaches at the end of the year) and
    ``manifest.json``. With one projection the mean and all quantiles are the count itself.

    Args:
        input_dir: the folder of CSV files, see :mod:`sim.population.project_input`.
        out: new folder.
        a0: rule for the first year of life where ``ax`` is not given.
        migration: when migrants move within a year.
        split: split the base population's open age up to that of the death rates.

    Raises:
        InputError: the inputs are wrong (all faults at once) or ``out`` is not empty; nothing is written.
    """
    inputs = read_projection_input(Path(input_dir), split=split)
    rule = None if inputs.mx is None or _all_given(inputs.ax) else a0
    result = _project(inputs, a0, migration)
    warnings = (*inputs.warnings, *_clipping(inputs, result, Path(input_dir) / "migration.csv"))
    with new_folder(Path(out)) as folder:
        _write(folder / "population.csv", ("year", "sex", "age", "count", "mean", "p10", "p50", "p90"), _by_age(inputs, result))
        _write(folder / "population_totals.csv", _TOTALS, _totals(inputs, result))
        _write(folder / "deaths.csv", ("year", "sex", "age_at_end", "deaths"), _deaths(inputs, result))
        options = {"a0": rule, "migration": migration, "split_open_age": split}
        _write_manifest(folder, inputs, options, result, warnings)
    total = result.total[0]
    return ProjectionSummary(
        folder=Path(out),
        first_year=int(inputs.years[0]),
        last_year=int(inputs.years[-1]) + 1,
        first_total=float(total[0]),
        last_total=float(total[-1]),
        births=float(result.births.sum()),
        deaths=float(result.deaths.sum()),
        net_migration=float(result.net_migration.sum()),
        clipped=float(result.clipped.sum()),
        a0=rule,
        migration=migration,
        warnings=warnings,
    )


def _project(inputs: ProjectionInput, a0: A0Rule, timing: Timing) -> Projection:
    survival = inputs.sx if inputs.mx is None else survival_from_mx(inputs.mx, a0=a0, ax=inputs.ax)
    return cohort_component(
        inputs.base[None], survival[None], inputs.asfr[None], inputs.srb[None], inputs.migration[None], timing=timing
    )


def _all_given(ax: NDArray[np.float64] | None) -> bool:
    return ax is not None and not np.isnan(ax[..., 0]).any()


def _clipping(inputs: ProjectionInput, result: Projection, file: Path) -> list[str]:
    """A warning if out-migration was larger than its cohort anywhere."""
    clipped = result.clipped[0]
    years = inputs.years[clipped > 0]
    if not len(years):
        return []
    when = f"{years[0]}" if len(years) == 1 else f"{len(years)} years from {years[0]} to {years[-1]}"
    what = f"out-migration was larger than its cohort in {when}: {clipped.sum():.10g} persons could not leave and stayed"
    return [str(Problem(Place(str(file)), what, severity=Severity.WARNING))]


_TOTALS = ("year", "total", "births", "deaths", "net_migration", "clipped", "births_male", "births_female")


def _by_age(inputs: ProjectionInput, result: Projection) -> Iterable[Sequence[Any]]:
    for t, population in enumerate(result.counts[0]):
        year = int(inputs.years[0]) + t
        for sex, ages in zip(SEXES, population.tolist(), strict=True):
            for age, count in enumerate(ages):
                yield (year, sex, age, count, count, count, count, count)


def _totals(inputs: ProjectionInput, result: Projection) -> Iterable[Sequence[Any]]:
    flows = (result.births_total, result.deaths_total, result.net_migration_total, result.clipped)
    columns = [flow[0].tolist() for flow in flows] + result.births[0].T.tolist()
    total = result.total[0].tolist()
    for t, year in enumerate(inputs.years.tolist()):
        yield (year, total[t], *(column[t] for column in columns))
    yield (int(inputs.years[-1]) + 1, total[-1], *("" for _ in columns))


def _deaths(inputs: ProjectionInput, result: Projection) -> Iterable[Sequence[Any]]:
    for year, by_sex in zip(inputs.years.tolist(), result.deaths[0].tolist(), strict=True):
        for sex, ages in zip(SEXES, by_sex, strict=True):
            for age, count in enumerate(ages):
                yield (year, sex, age, count)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Floats in the shortest form that reads back exactly (Python's ``repr``), ``\\n``, UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _write_manifest(
    folder: Path,
    inputs: ProjectionInput,
    options: Mapping[str, Any],
    result: Projection,
    warnings: Sequence[str],
) -> None:
    """Written last: what went in, what was chosen, what came out."""
    manifest = {
        "program": "healthsim",
        "version": __version__,
        "command": "project",
        "options": options,
        "inputs": {path.name: _sha256(path) for path in inputs.files},
        "outputs": {path.name: _sha256(path) for path in sorted(folder.iterdir())},
        "first_year": int(inputs.years[0]),
        "last_year": int(inputs.years[-1]) + 1,
        "open_age": inputs.base.shape[-1] - 1,
        "clipped": float(result.clipped.sum()),
        "warnings": list(warnings),
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in ("numpy", "numba")}},
        "state": "complete",
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
