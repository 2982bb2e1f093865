"""Reading a projection's inputs from a folder of CSV files, with every fault named by file, line and column.

The folder holds ``base_population.csv`` (sex,age,count), ``mortality.csv`` (year,sex,age,mx, optional ax) or instead
``survival.csv`` (year,sex,age,sx), ``fertility.csv`` (year,age,asfr), ``sex_ratio.csv`` (year,srb) and ``migration.csv``
(year,sex,age,net). Ages are single years; the last one present in the base population is the open group, in every file.
Years are consecutive and the same in every file. Fertility may leave out the ages below and above childbearing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.csvfile import Column
from sim.errors import Place, Problems, nearest
from sim.population.model import SEXES
from sim.population.open_age import FIT_AGES, split_open_age
from sim.population.project_table import InputTable, read_table

Floats = NDArray[np.float64]
LOW_OPEN_AGE = 90

# More people than that are a slip of the keyboard; a world has 1e10.
_MOST_PEOPLE = 1e12
_COUNT = Column("count", float, minimum=0.0, maximum=_MOST_PEOPLE)
_MX = Column("mx", float, minimum=0.0)
_AX = Column("ax", float, required=False, blank=True, minimum=0.0)
_SX = Column("sx", float, minimum=0.0, maximum=1.0)
_ASFR = Column("asfr", float, minimum=0.0, maximum=1.0)
_SRB = Column("srb", float, minimum=0.5, maximum=2.0)
_NET = Column("net", float, minimum=-_MOST_PEOPLE, maximum=_MOST_PEOPLE)

FILES = ("base_population.csv", "mortality.csv", "survival.csv", "fertility.csv", "sex_ratio.csv", "migration.csv")


@dataclass(frozen=True)
class ProjectionInput:
    """The checked inputs of one projection.

    Attributes:
        years: calendar years of the rates, consecutive, ``[interval]``; year ``y`` rules 1 January ``y`` to ``y + 1``.
        base: persons on 1 January of ``years[0]``, ``[sex, age]``, the last age open.
        mx, ax: death rates and mean years lived by the dying, ``[interval, sex, age]``, NaN where ``ax`` is blank; or None.
        sx: survival ratios, ``[interval, sex, age]``; or None.
        asfr: births per woman-year, ``[interval, age]``.
        srb: male per female birth, ``[interval]``.
        migration: net migrants, ``[interval, sex, age]``.
        files: the files read, in order.
        warnings: remarks that do not stop the work.
    """

    years: NDArray[np.int64]
    base: Floats
    mx: Floats | None
    ax: Floats | None
    sx: Floats | None
    asfr: Floats
    srb: Floats
    migration: Floats
    files: tuple[Path, ...]
    warnings: tuple[str, ...]


def read_projection_input(folder: Path, *, split: bool = False) -> ProjectionInput:
    """Read and check a folder.

    Args:
        folder: see the module.
        split: the base population's open age lies below that of the death rates and is split up to it by a stable
            population with the death rates of the first year (:func:`sim.population.open_age.split_open_age`).

    Raises:
        InputError: everything that is wrong in any of its files, at once.
    """
    problems = Problems()
    if not folder.is_dir():
        problems.error(Place(str(folder)), "is not a folder", "a folder with " + ", ".join(FILES))
        problems.raise_errors()
    _refuse_wrong_choice(folder, problems)
    base = read_table(folder / "base_population.csv", ("sex", "age"), [_COUNT], problems)
    deaths = _read_deaths(folder, problems)
    fertility = read_table(folder / "fertility.csv", ("year", "age"), [_ASFR], problems)
    ratio = read_table(folder / "sex_ratio.csv", ("year",), [_SRB], problems)
    migration = read_table(folder / "migration.csv", ("year", "sex", "age"), [_NET], problems)
    rates = [table for table in (deaths, fertility, ratio, migration) if table is not None]

    years = _common_years(rates, problems)
    open_age = base.last_age
    base.require_complete(problems, years=None, ages=range((open_age or 0) + 1))
    _require_people(base, problems)
    if split:
        open_age = _open_age_of_rates(base, deaths, problems)
    for table in rates:
        if table is fertility:
            _check_fertility_ages(table, years, open_age, problems)
            continue
        last = open_age if open_age is not None else table.last_age
        table.require_complete(problems, years=years, ages=range((last or 0) + 1))
    if deaths is not None and "mx" in deaths.values:
        _check_rates(deaths, open_age, problems)
    problems.raise_errors()

    if open_age < LOW_OPEN_AGE:
        problems.warn(
            Place(base.file),
            f"the open age is {open_age}+: one rate for all of them makes their number several per cent wrong in decades",
            "single ages to 100+ (or 90+ at least); with death rates to 100+, --split-open-age splits the base population",
        )
    shape = (len(years), len(SEXES), open_age + 1)
    grids = {} if deaths is None else {name: deaths.grid(name, shape, years) for name in deaths.values}
    people = base.grid("count", (len(SEXES), base.last_age + 1), years)
    if split:
        people = split_open_age(people, base.last_age, grids["mx"][0])
    return ProjectionInput(
        years=np.array(years),
        base=people,
        mx=grids.get("mx"),
        ax=grids.get("ax"),
        sx=grids.get("sx"),
        asfr=np.nan_to_num(fertility.grid("asfr", (shape[0], shape[2]), years)),
        srb=ratio.grid("srb", shape[:1], years),
        migration=migration.grid("net", shape, years),
        files=tuple(folder / name for name in FILES if (folder / name).exists()),
        warnings=tuple(str(problem) for problem in problems.warnings),
    )


def _refuse_wrong_choice(folder: Path, problems: Problems) -> None:
    """Exactly one of the two mortality files; a missing file is reported with the likeliest misspelling."""
    present = {path.name for path in folder.iterdir() if path.exists()}
    spare = sorted(present - set(FILES))
    choice = [name for name in ("mortality.csv", "survival.csv") if name in present]
    if len(choice) == 2:
        what = "mortality.csv and survival.csv are both there"
        problems.error(Place(str(folder)), what, "one of them: which one counts cannot be told")
    if not choice:
        meant = nearest("mortality.csv", spare) or nearest("survival.csv", spare)
        problems.error(Place(str(folder)), "neither mortality.csv nor survival.csv is there", "one of them", meant)
    for name in sorted(set(FILES) - {"mortality.csv", "survival.csv"} - present):
        remedy = "a row for every year, sex and age, with net 0 where nobody moves" if name == "migration.csv" else "this file"
        problems.error(Place(str(folder / name)), "the file does not exist", remedy, nearest(name, spare))


def _read_deaths(folder: Path, problems: Problems) -> InputTable | None:
    for name, numbers in (("mortality.csv", [_MX, _AX]), ("survival.csv", [_SX])):
        if (folder / name).exists():
            return read_table(folder / name, ("year", "sex", "age"), numbers, problems)
    return None


def _common_years(tables: list[InputTable], problems: Problems) -> list[int]:
    """The years of all rate files; a gap, or a file that disagrees with the first one, is an error at its row."""
    known = [(table, table.years) for table in tables if table.rows]
    if not known:
        return []
    first, years = known[0]
    span = f"the years of {Path(first.file).name}: {years[0]} to {years[-1]}"
    for table, own in known:
        for before, after in pairwise(own):
            if after != before + 1:
                gap = str(before + 1) if after == before + 2 else f"{before + 1} to {after - 1}"
                place = table.place_of_year(after, last=False)
                problems.error(place, f"year {gap} is missing before {after}", "consecutive years")
        for year in sorted(set(own) - set(years)):
            problems.error(table.place_of_year(year, last=False), f"year {year} is not in {Path(first.file).name}", span)
        outside = [year for year in years if year < own[0] or year > own[-1]]
        if outside:
            shown = str(outside[0]) if len(outside) == 1 else f"{outside[0]} ... {outside[-1]}"
            problems.error(table.place_of_year(own[-1], last=True), f"year {shown} is missing", span)
    return years


def _require_people(base: InputTable, problems: Problems) -> None:
    if base.last_age is not None and base.last_age < 2:
        problems.error(Place(base.file, 2), f"the open age is {base.last_age}", "single ages from 0 to the open age, such as 100")
    elif base.rows and not any(base.values["count"].values()):
        problems.error(Place(base.file, 2), "every count is 0", "a population")


def _open_age_of_rates(base: InputTable, deaths: InputTable | None, problems: Problems) -> int | None:
    """The open age to split to: that of the death rates, which must lie above that of the base population."""
    if deaths is None or deaths.last_age is None or base.last_age is None:
        return base.last_age
    if "mx" not in deaths.values:
        problems.error(Place(deaths.file), "--split-open-age needs death rates", "mortality.csv instead of survival.csv")
    elif base.last_age < FIT_AGES:
        problems.error(Place(base.file), f"the open age {base.last_age} is too low to be split", f"at least {FIT_AGES}")
    elif deaths.last_age <= base.last_age + 1:
        what = f"its open age {base.last_age} leaves nothing to split: the death rates end at {deaths.last_age}"
        problems.error(Place(base.file), what, "an open age lower by 2 or more, or no --split-open-age")
    else:
        return deaths.last_age
    return base.last_age


def _check_fertility_ages(table: InputTable, years: list[int], open_age: int | None, problems: Problems) -> None:
    """Childbearing ages must be the same unbroken range in every year, within the ages of the base population."""
    if not table.ages:
        return
    first, last = table.ages[0], table.ages[-1]
    table.require_complete(problems, years=years, ages=range(first, last + 1), limit=open_age)
    for key, rate in table.values["asfr"].items():
        if key[-1] == 0 and rate > 0:
            problems.error(table.place(key, "asfr"), f"asfr is {rate:g} at age 0", "0: no births to those born in the year")


def _check_rates(table: InputTable, open_age: int | None, problems: Problems) -> None:
    """Death rates that no life table can hold: more deaths than people, or an open age that nobody leaves."""
    last = table.last_age if open_age is None else open_age
    given = table.values.get("ax", {})
    for key, rate in table.values["mx"].items():
        ax = given.get(key, np.nan)
        if key[-1] == last:
            if rate == 0 and np.isnan(ax):
                what = f"mx is 0 at the open age {last}"
                problems.error(table.place(key, "mx"), what, "a rate above 0, or its ax (life expectancy)")
            elif ax == 0:
                problems.error(table.place(key, "ax"), f"ax is 0 at the open age {last}", "the life expectancy there, above 0")
            continue
        if ax > 1:
            problems.error(table.place(key, "ax"), f"ax is {ax:g}", "0 to 1 year below the open age")
        elif rate * (0.5 if np.isnan(ax) else ax) > 1:
            what = f"mx is {rate:g}: more deaths than people"
            problems.error(table.place(key, "mx"), what, "deaths per person-year, not per 1000")
