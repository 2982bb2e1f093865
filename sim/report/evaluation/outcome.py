"""Where the plan stands, in sentences: the first thing a committee reads."""

from __future__ import annotations

from collections import Counter

from sim.evaluation import Evaluation, Judgement, Row
from sim.indicators import dictionary, rate_of
from sim.report.evaluation.words import MARKS, EvaluationWording
from sim.report.model import Block, Definitions, Paragraph, Section, Verdict, Verdicts

_WITH_TARGET = (Judgement.MET, Judgement.ON_TRACK, Judgement.BEHIND, Judgement.MISSED, Judgement.CANNOT_BE_SAID)
_ORDER = (Judgement.MISSED, Judgement.BEHIND, Judgement.CANNOT_BE_SAID, Judgement.ON_TRACK, Judgement.MET)
"""The verdicts that ask for something stand first."""


def judged(evaluation: Evaluation) -> list[Row]:
    """The last row of each indicator with a target; a count is left out where its rate is judged."""
    rows = [row for row in evaluation.latest.values() if row.target is not None]
    keys = {row.indicator for row in rows}
    rows = [row for row in rows if not ((rate := rate_of(row.indicator)) is not None and rate.key in keys)]
    order = list(dictionary())
    return sorted(rows, key=lambda row: order.index(row.indicator))


def outcome(evaluation: Evaluation, words: EvaluationWording) -> Section:
    """The verdicts on the targets, how the earlier forecast did, and what limits both."""
    rows = judged(evaluation)
    counts = Counter(row.verdict for row in rows)
    lead = words("evaluate.outcome.none")
    if rows:
        parts = [words("evaluate.outcome.part", n=counts[one], verdict=words.verdict(one)) for one in _ORDER if counts[one]]
        lead = words("evaluate.outcome.lead", judged=len(rows), parts=words.list(parts))
    coverage = evaluation.coverage
    said = words("evaluate.outcome.coverage_none")
    if coverage.outcomes:
        said = words(
            "evaluate.outcome.coverage", inside=coverage.inside, outcomes=coverage.outcomes, series=coverage.series
        )
    blocks: list[Block] = [Paragraph(lead, "lead"), Paragraph(said)]
    for key, values in evaluation.notices:
        shown = {name: words.list([words.measure(one) for one in text.split("; ")]) for name, text in values.items()}
        blocks.append(Paragraph(words(f"evaluate.notice.{key}", **shown), "warning"))
    if rows:
        ordered = sorted(rows, key=lambda row: _ORDER.index(Judgement(row.verdict)))
        items = tuple(_verdict(evaluation, row, words) for row in ordered)
        blocks.append(Verdicts(words("evaluate.outcome.title"), items))
        shown_words = [one for one in _WITH_TARGET if counts[one]]
        blocks.append(
            Definitions(
                tuple((words.verdict(one), words(f"evaluate.definition.{one}")) for one in shown_words),
                tuple(MARKS[one] for one in shown_words),
            )
        )
    return Section("standing", words("evaluate.section.outcome"), tuple(blocks))


def _verdict(evaluation: Evaluation, row: Row, words: EvaluationWording) -> Verdict:
    key = row.indicator
    figures = {
        "year": row.year,
        "outcome": words.figure(key, row.outcome),
        "target_year": row.target_year,
        "target": words.figure(key, row.target),
    }
    if row.plan_path is None:
        text = words("evaluate.outcome.figures_unplanned", **figures)
    else:
        text = words("evaluate.outcome.figures", plan=words.figure(key, row.plan_path), **figures)
    tags = [words(f"nature.{row.nature}")] if row.nature else []
    if row.target_basis.startswith("borrowed"):
        tags.append(words("evaluate.outcome.borrowed"))
    mark = MARKS[Judgement(row.verdict)]
    label, sentence = words.label(key, row.unit), _sentence(evaluation, row, words)
    return Verdict(words.verdict(row.verdict), mark, label, text, sentence, tuple(tags))


def _sentence(evaluation: Evaluation, row: Row, words: EvaluationWording) -> str:
    """What it takes from here; of a rate per head in the things that are counted, where these were observed."""
    entry = dictionary()[row.indicator]
    counted = evaluation.latest.get(entry.count)
    shown = counted if counted is not None and counted.year == row.year and counted.target is not None else row
    key = shown.indicator

    def change(value: float | None) -> str:
        text = words.change(key, value)
        return words("quantity", value=text, unit=words.unit(shown.unit)) if shown is not row else text

    chance = words("evaluate.outcome.chance", chance=words.chance(row.chance_at_pace)) if row.chance_at_pace is not None else ""
    sentence = words(
        f"evaluate.outcome.{row.verdict}",
        target_year=row.target_year,
        short=change(abs(shown.target - shown.outcome) if shown.target is not None else None),
        needed=change(shown.needed_per_year),
        pace=change(shown.pace_per_year),
        base_year=shown.base_year,
        at_pace=words.figure(row.indicator, row.at_pace),
        chance=chance,
    )
    if entry.kind in ("time", "share") and row.earlier_p50 is not None:
        seen = words.spread(row.indicator, row.earlier_p10, row.earlier_p50, row.earlier_p90)
        sentence += " " * (words.language == "en") + words("evaluate.outcome.response", earlier=seen)
    return sentence
