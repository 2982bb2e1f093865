"""The scorecard in the target year and at the horizon, and what its words mean."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sim.report.context import Context, present
from sim.report.model import Block, Cell, Column, Definitions, Section, Table
from sim.scorecard import Status


def build(context: Context) -> Section:
    """The section."""
    words = context.words
    years = list(dict.fromkeys([context.base_year, context.target_year, context.horizon]))
    blocks: list[Block] = [_table(context, year) for year in (years[1:] or years)]
    if len(years) > 1:
        blocks.append(_table(context, years[0], folded=True))
    blocks += _baseline(context)
    statuses = [status for status in Status if (context.scorecard[["status_norm", "status_need"]] == status).any(axis=None)]
    blocks.append(
        Definitions(
            tuple((words(f"status.{status}"), words(f"status_definition.{status}")) for status in statuses),
            tuple(str(status) for status in statuses),
        )
    )
    return Section("scorecard", words("section.scorecard"), tuple(blocks))


def _table(context: Context, year: int, folded: bool = False) -> Table:
    words = context.words
    columns = (
        Column(words("column.indicator"), strong=True),
        Column(words("column.status_norm")),
        Column(words("column.status_need")),
        *(Column(words(f"column.{name}"), "right") for name in ("supply", "norm", "need", "gap_to_norm", "gap_to_need")),
        *(Column(words(f"column.{name}"), "right") for name in ("p_norm_met", "p_need_met")),
        Column(words("column.first_shortfall"), "right"),
        Column(words("column.confidence")),
    )
    rows: list[tuple[Cell, ...]] = []
    for family, members in groupby(context.rows(year), key=lambda row: context.indicator(row.indicator).family):
        rows.append((Cell(words(f"family.{family}")),))
        rows += [_row(context, row) for row in members]
    return Table(
        caption=words("scorecard.caption", year=year),
        columns=columns,
        rows=tuple(rows),
        note=words("scorecard.note"),
        folded=folded,
        file="scorecard.csv",
    )


def _baseline(context: Context) -> list[Block]:
    """The document's figures of the base year beside those of the run."""
    words = context.words
    rows = []
    for row in context.rows(context.base_year):
        if not (present(row.printed) and present(row.supply)):
            continue
        entry = context.indicator(row.indicator)
        decimals = _decimals(row.printed)
        rows.append(
            (
                Cell(context.label(row.indicator)),
                Cell(words.number(row.printed, decimals)),
                Cell(words.of(entry, row.supply)),
                Cell(words("yes" if round(row.supply, decimals) == row.printed else "no")),
            )
        )
    if not rows:
        return []
    columns = (
        Column(words("column.indicator"), strong=True),
        *(Column(words(f"column.{name}"), "right") for name in ("printed", "reproduced", "agrees")),
    )
    caption = words("scorecard.baseline_caption", year=context.base_year)
    return [Table(caption, columns, tuple(rows), words("scorecard.baseline_note"), folded=True, file="scorecard.csv")]


def _decimals(printed: float) -> int:
    """Decimals of a printed figure."""
    return len(f"{printed!r}".partition(".")[2]) if printed != int(printed) else 0


def _row(context: Context, row: Any) -> tuple[Cell, ...]:
    words, entry = context.words, context.indicator(row.indicator)
    need = words("none")
    if present(row.need_p50):
        need = context.with_interval(entry, row.need_p50, row.need_p10, row.need_p90)
    norm = words.of(entry, row.norm)
    if present(row.norm) and row.norm_basis:
        norm = words("norm_with_basis", norm=norm, basis=words(f"norm_basis.{row.norm_basis}"))
    first = row.first_shortfall_need if present(row.first_shortfall_need) else row.first_shortfall_norm
    supply = words.of(entry, row.supply) if present(row.supply) else words("status.not_observed")
    return (
        Cell(context.label(row.indicator)),
        context.status(row.status_norm),
        context.status(row.status_need),
        Cell(supply),
        Cell(norm),
        Cell(need),
        Cell(words.of(entry, row.gap_to_norm, sign=True)),
        Cell(words.of(entry, row.gap_to_need, sign=True)),
        Cell(words.chance(row.p_norm_met)),
        Cell(words.chance(row.p_need_met)),
        Cell(str(int(first)) if present(first) else words("none")),
        Cell(context.grade(row.confidence) if present(row.confidence) else words("none")),
    )
