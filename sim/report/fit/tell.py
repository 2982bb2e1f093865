"""What the targets tell of the parameters and what they cannot: sentences, sensitivities, correlations; crews."""

from __future__ import annotations

import math

from sim.calibration import GroupFit, RegionFit, Swap
from sim.report.fit import charts
from sim.report.fit.words import FitWording
from sim.report.model import Block, Bullets, Cell, Column, Figures, Paragraph, Section, Table

_SAYS_NOTHING = 0.97
_FEW_SWAPS = 6
"""So many pairs are said in words, those that move most first."""


def tell(fit: RegionFit, words: FitWording) -> Section | None:
    """A block of each group of parameters that were fitted together; None where nothing was fitted."""
    if not fit.groups:
        return None
    joint = [group for group in fit.groups if len(group.keys) > 1]
    title = words("fit.section.tell")
    if not joint:
        return Section("tell", title, (Paragraph(words("fit.tell.none")),))
    blocks: list[Block] = [Paragraph(words("fit.tell.lead"))]
    for number, group in enumerate(joint):
        blocks += [Bullets(tuple(_sentences(group, fit, words))), _sensitivity(group, fit, words)]
        blocks += [Figures((charts.correlation(group, number, words),)), Paragraph(_method(group, words), "note")]
    return Section("tell", title, tuple(blocks))


def _sentences(group: GroupFit, fit: RegionFit, words: FitWording) -> list[str]:
    names = {one.target.name: words.target(one) for one in fit.targets}
    items = [
        words(
            "fit.tell.determined",
            targets=len(group.targets),
            parameters=len(group.keys),
            names=words.list([words.parameter(key) for key in group.keys]),
            free=len(group.undetermined),
        )
    ]
    nothing = [words.parameter(key) for key in group.keys if fit.parameters[key].width > _SAYS_NOTHING]
    if nothing:
        items.append(words("fit.tell.nothing", parameters=words.list(nothing)))
    chosen = sorted(group.swaps, key=lambda swap: -swap.moves)[:_FEW_SWAPS]
    return [*items, *(_swap(swap, names, words) for swap in chosen)]


def _swap(swap: Swap, names: dict[str, str], words: FitWording) -> str:
    return words(
        "fit.tell.swap",
        first=words.parameter(swap.first),
        change_first=words.change(swap.change_first),
        second=words.parameter(swap.second),
        change_second=words.change(swap.change_second),
        left=words.number(0.1 * math.ceil(10.0 * swap.left + 1e-9), 1),
        target=names[swap.moves_target],
        moves=words.number(swap.moves, 1),
    )


def _sensitivity(group: GroupFit, fit: RegionFit, words: FitWording) -> Table:
    names = {one.target.name: words.target(one) for one in fit.targets}
    columns = (
        Column(words("fit.tell.figure"), strong=True),
        *(Column(words.parameter(key), "right") for key in group.keys),
    )
    rows = tuple(
        (Cell(names[name]), *(Cell(words.number(float(value), 1, sign=True)) for value in line))
        for name, line in zip(group.targets, group.sensitivities, strict=True)
    )
    return Table(words("fit.tell.sensitivity"), columns, rows, words("fit.tell.sensitivity_note"))


def _method(group: GroupFit, words: FitWording) -> str:
    if not group.effective:
        return words("fit.tell.method_exact", method=words.said(group.method))
    return words("fit.tell.method", method=words.said(group.method), effective=words.number(group.effective))


def crews(fit: RegionFit, words: FitWording) -> Section | None:
    """The same fit with other numbers of crews; None where there is none."""
    if not fit.crews:
        return None
    labels = ("crews", "then", "misfit", "own", "other", "share", "mean")
    columns = tuple(Column(words(f"fit.crews.{label}"), "right", label == "crews") for label in labels)
    rows = []
    for row in fit.crews:
        get = row.figures
        rows.append(
            (
                Cell(str(row.crews)),
                Cell(str(row.crews_then)),
                Cell(words.number(row.misfit, 1)),
                Cell(words.number(get["response_own_station"], 2)),
                Cell(words.number(get["response_other_station"], 2)),
                Cell(words.percent(1.0 - get["own_station_share"], 1)),
                Cell(words.number(get["response_mean"], 2)),
            )
        )
    get = fit.figures
    town = words(
        "fit.crews.town",
        own=words.number(get["response_own_town"], 2),
        other=words.number(get["response_other_town"], 2),
        share=words.percent(1.0 - get["own_town_share"], 1),
        busy=words.percent(get["utilisation"]),
    )
    table = Table(words("fit.crews.caption"), columns, tuple(rows))
    return Section("crews", words("fit.section.crews"), (Paragraph(words("fit.crews.lead")), table, Paragraph(town)))
