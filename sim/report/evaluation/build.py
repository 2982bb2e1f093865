"""From an evaluation to a report in one language."""

from __future__ import annotations

from sim.evaluation import Evaluation
from sim.report.evaluation import charts, outcome, tables
from sim.report.evaluation.words import EvaluationWording
from sim.report.model import Report, Section

_LABELS = ("contents", "skip", "rows_cut", "print_note", "foot")


def build_evaluation(evaluation: Evaluation, language: str, name: str) -> Report:
    """The whole report.

    Args:
        evaluation: what is shown.
        language: ``zh`` or ``en``.
        name: name of the evaluation's folder.
    """
    words = EvaluationWording(language)
    manifest = evaluation.now.manifest
    draws = [words.number(run.manifest["draws"]) for run in (evaluation.earlier, evaluation.now)]
    facts = (
        (words("evaluate.facts.region"), words.pick(manifest["region_name"])),
        (words("evaluate.facts.observed"), words.list([str(year) for year in evaluation.years])),
        (words("evaluate.facts.target_year"), str(manifest["plan_year"])),
        (words("evaluate.facts.draws"), words.list(draws)),
        (words("evaluate.facts.earlier"), evaluation.earlier.name),
        (words("evaluate.facts.now"), evaluation.now.name),
    )
    sections = (
        outcome.outcome(evaluation, words),
        tables.targets(evaluation, words),
        tables.compared(evaluation, words),
        charts.charts(evaluation, words),
        tables.observed(evaluation, words),
        tables.reading(words),
        tables.provenance(evaluation, words),
    )
    return Report(
        language=language,
        title=words("evaluate.title", scenario=words.pick(manifest["title"])),
        subtitle=words("evaluate.subtitle"),
        facts=facts,
        sections=tuple(Section(f"{language}-{part.key}", part.title, part.blocks) for part in sections if part is not None),
        attribution=tuple(words(f"attribution.{number}") for number in range(1, 7)),
        name=name,
        labels={**{key: words(f"page.{key}") for key in _LABELS}, "file_note": words("evaluate.file_note")},
    )
