"""The tables of an evaluation: the way to the targets, plan and forecast against outcome, what was observed, the two runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.evaluation import Evaluation, Judgement, Row
from sim.report.evaluation.words import MARKS, EvaluationWording
from sim.report.model import Block, Cell, Column, Definitions, Paragraph, Section, Table

Field = Callable[[Row], Cell]


def targets(evaluation: Evaluation, words: EvaluationWording) -> Section | None:
    """From the last outcome to the target year: what is needed, what the pace gives, the chances; and hires of staff."""
    rows = [row for row in evaluation.latest.values() if row.target is not None]
    if not rows:
        return None
    rows = _ordered(evaluation, rows)
    fields: list[tuple[str, Field]] = [
        ("outcome", lambda row: Cell(f"{words.figure(row.indicator, row.outcome)} ({row.year})")),
        ("target", lambda row: Cell(f"{words.figure(row.indicator, row.target)} ({row.target_year})")),
        ("pace", lambda row: Cell(words.change(row.indicator, row.pace_per_year))),
        ("needed", lambda row: Cell(words.change(row.indicator, row.needed_per_year))),
        ("at_pace", lambda row: Cell(words.figure(row.indicator, row.at_pace))),
        ("chance_before", lambda row: Cell(words.chance(row.chance_before))),
        ("chance_now", lambda row: Cell(words.chance(row.chance_now))),
        ("chance_at_pace", lambda row: Cell(words.chance(row.chance_at_pace))),
        ("verdict", lambda row: _verdict(row, words)),
    ]
    table = _by_indicator(words, rows, words("evaluate.targets.caption"), fields, words("evaluate.targets.note"))
    blocks: list[Block] = [Paragraph(words("evaluate.targets.lead")), table]
    staff = [row for row in rows if row.hires_now is not None]
    if staff:
        hires: list[tuple[str, Field]] = [
            ("hires_before", lambda row: Cell(words.number(row.hires_before))),
            ("hires_now", lambda row: Cell(words.number(row.hires_now))),
        ]
        caption, note = words("evaluate.targets.hires_caption"), words("evaluate.targets.hires_note")
        blocks.append(_by_indicator(words, staff, caption, hires, note))
    return Section("targets", words("evaluate.section.targets"), tuple(blocks))


def compared(evaluation: Evaluation, words: EvaluationWording) -> Section:
    """Every outcome beside the plan and the earlier forecast; then the target year as foreseen then and now."""
    foreseen = [row for row in evaluation.rows if row.kind == "forecast"]
    planned = [row for row in evaluation.rows if row.kind == "planned"]
    year: tuple[str, Field] = ("year", lambda row: Cell(str(row.year)))
    outcome: tuple[str, Field] = ("outcome", lambda row: Cell(words.figure(row.indicator, row.outcome)))
    blocks: list[Block] = [Paragraph(words("evaluate.compared.lead"))]
    if foreseen:
        fields = [
            year,
            ("earlier", lambda row: Cell(words.spread(row.indicator, row.earlier_p10, row.earlier_p50, row.earlier_p90))),
            outcome,
            ("percentile", lambda row: Cell(words.percent(row.outcome_percentile))),
            ("inside", lambda row: _inside(row, words)),
        ]
        caption, note = words("evaluate.compared.forecast_caption"), words("evaluate.compared.forecast_note")
        blocks.append(_by_indicator(words, foreseen, caption, fields, note))
    if planned:
        fields = [
            year,
            ("plan", lambda row: Cell(words.figure(row.indicator, row.plan_path))),
            outcome,
            ("verdict", lambda row: _verdict(row, words)),
        ]
        caption, note = words("evaluate.compared.planned_caption"), words("evaluate.compared.planned_note")
        blocks.append(_by_indicator(words, planned, caption, fields, note))
    blocks.append(_target_year(evaluation, words))
    return Section("compared", words("evaluate.section.compared"), tuple(blocks))


def _target_year(evaluation: Evaluation, words: EvaluationWording) -> Table:
    rows = [row for row in _ordered(evaluation, list(evaluation.latest.values())) if row.now_target_p50 is not None]
    fields: list[tuple[str, Field]] = [
        ("year", lambda row: Cell(str(row.target_year))),
        (
            "earlier_target",
            lambda row: Cell(
                words.spread(row.indicator, row.earlier_target_p10, row.earlier_target_p50, row.earlier_target_p90)
            ),
        ),
        (
            "now_target",
            lambda row: Cell(words.spread(row.indicator, row.now_target_p10, row.now_target_p50, row.now_target_p90)),
        ),
    ]
    return _by_indicator(words, rows, words("evaluate.compared.next_caption"), fields, words("evaluate.compared.next_note"))


def observed(evaluation: Evaluation, words: EvaluationWording) -> Section:
    """The observed values with tolerance, source and grade."""
    rows = [row for row in evaluation.rows if row.outcome_how == "observed"]
    fields: list[tuple[str, Field]] = [
        ("year", lambda row: Cell(str(row.year))),
        ("value", lambda row: Cell(words.figure(row.indicator, row.outcome))),
        ("tolerance", lambda row: Cell(_tolerance(row, words))),
        ("source", lambda row: Cell(row.outcome_source)),
        ("grade", lambda row: Cell(words(f"grade.{row.outcome_confidence}"))),
    ]
    table = _by_indicator(words, rows, words("evaluate.observed.caption", n=len(rows)), fields, left=("source",))
    lead = Paragraph(words("evaluate.observed.lead"))
    return Section("observed", words("evaluate.section.observed"), (lead, table))


def reading(words: EvaluationWording) -> Section:
    """What the words mean."""
    keys = ("earlier", "now", "pace", "needed", "chance")
    items = tuple((words(f"evaluate.reading.{key}.term"), words(f"evaluate.reading.{key}.text")) for key in keys)
    return Section("reading", words("evaluate.section.reading"), (Definitions(items),))


def provenance(evaluation: Evaluation, words: EvaluationWording) -> Section:
    """The two runs with what is needed to get them again."""
    rows = []
    for role, run in (("earlier", evaluation.earlier), ("now", evaluation.now)):
        manifest = run.manifest
        program = f"{manifest['program']['version']} ({manifest['program']['sources'][:10]})"
        settings = words.list([str(text) for text in manifest["overrides"]]) or words("none")
        texts = (run.name, str(manifest["seed"]), words.number(manifest["draws"]), program, settings)
        rows.append((Cell(words(f"evaluate.role.{role}")), *map(Cell, texts)))
    names = ("role", "name", "seed", "draws", "program", "overrides")
    columns = tuple(Column(words(f"evaluate.column.{name}"), strong=name == "role") for name in names)
    table = Table(words("evaluate.provenance.caption"), columns, tuple(rows), words("evaluate.provenance.note"))
    return Section("provenance", words("evaluate.section.provenance"), (table,))


def _by_indicator(
    words: EvaluationWording,
    rows: Sequence[Row],
    caption: str,
    fields: Sequence[tuple[str, Field]],
    note: str = "",
    left: Sequence[str] = (),
) -> Table:
    """A row an indicator and year; the indicator's name stands once."""
    at_left = ("verdict", "inside", *left)
    columns = (
        Column(words("column.indicator"), strong=True),
        *(Column(words(f"evaluate.column.{name}"), "left" if name in at_left else "right") for name, _ in fields),
    )
    cells, last = [], ""
    for row in rows:
        name = words.label(row.indicator, row.unit) if row.indicator != last else ""
        last = row.indicator
        cells.append((Cell(name), *(field(row) for _, field in fields)))
    return Table(caption, columns, tuple(cells), note, file="evaluation.csv")


def _ordered(evaluation: Evaluation, rows: list[Row]) -> list[Row]:
    order = list(dict.fromkeys(row.indicator for row in evaluation.rows))
    return sorted(rows, key=lambda row: order.index(row.indicator))


def _verdict(row: Row, words: EvaluationWording) -> Cell:
    if row.target is None:
        return Cell(words("none"))
    return Cell(words.verdict(row.verdict), MARKS[Judgement(row.verdict)])


def _inside(row: Row, words: EvaluationWording) -> Cell:
    if row.inside_80 is None:
        return Cell(words("none"))
    name = "inside" if row.inside_80 else "outside"
    return Cell(words(f"evaluate.compared.{name}"), "met" if row.inside_80 else "missed_centrally")


def _tolerance(row: Row, words: EvaluationWording) -> str:
    if row.outcome_low is None or row.outcome_high is None or row.outcome == 0:
        return words("none")
    return "\N{PLUS-MINUS SIGN}" + words.percent((row.outcome_high - row.outcome_low) / (2 * row.outcome), 1)
