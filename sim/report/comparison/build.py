"""From a comparison to a report in one language."""

from __future__ import annotations

from sim.comparison import Comparison
from sim.report.comparison import figures as drawn
from sim.report.comparison import outcome, tables
from sim.report.comparison.view import View
from sim.report.comparison.words import ComparisonWording
from sim.report.model import Report, Section

_LABELS = ("contents", "skip", "rows_cut", "print_note", "foot")


def build_comparison(comparison: Comparison, language: str, name: str) -> Report:
    """The whole report.

    Args:
        comparison: what is shown.
        language: ``zh`` or ``en``.
        name: name of the comparison's folder.
    """
    words = ComparisonWording(language)
    view = View(comparison, words)
    years = comparison.years
    facts = (
        (words("compare.facts.region"), view.region_name),
        (words("compare.facts.base"), view.title(view.base)),
        (words("compare.facts.scenarios"), str(len(comparison.members))),
        (words("compare.facts.years"), words.interval(str(years[0]), str(years[-1]))),
        (words("compare.facts.pairs"), words.number(comparison.pairs)),
        (words("compare.facts.name"), name),
    )
    sections = (
        outcome.outcome(view),
        tables.headline(view),
        drawn.charts(view),
        drawn.emergency(view),
        drawn.people(view),
        tables.inputs(view),
        tables.reading(view),
        tables.provenance(view),
    )
    return Report(
        language=language,
        title=words("compare.title", region=view.region_name, n=len(comparison.members)),
        subtitle=words("compare.subtitle", base=view.base.letter),
        facts=facts,
        sections=tuple(_named(section, language) for section in sections if section is not None),
        attribution=tuple(words(f"attribution.{number}") for number in range(1, 7)),
        name=name,
        labels={**{key: words(f"page.{key}") for key in _LABELS}, "file_note": words("compare.file_note")},
    )


def _named(section: Section, language: str) -> Section:
    """The section under an id of its own: both languages stand on one page."""
    return Section(f"{language}-{section.key}", section.title, section.blocks)
