"""From a run folder to a report in one language."""

from __future__ import annotations

from sim.output.read import LoadedRun
from sim.report.context import Context
from sim.report.model import Report
from sim.report.sections import all_sections
from sim.report.wording import Wording

_LABELS = (
    "contents", "skip", "file_note", "rows_cut", "print_note", "foot",
)  # fmt: skip


def build_report(run: LoadedRun, language: str) -> Report:
    """The whole report from the folder's files alone.

    Args:
        run: a run folder.
        language: ``zh`` or ``en``.
    """
    words = Wording(language)
    context = Context(run, words)
    facts = (
        (words("facts.region"), context.region_name),
        (words("facts.years"), words.interval(str(context.base_year), str(context.horizon))),
        (words("facts.target_year"), str(context.target_year)),
        (words("facts.basis"), words("facts.residents")),
        *_observed(context),
        (words("facts.draws"), words.number(run.manifest["draws"])),
        (words("facts.engine"), words(f"engine.{run.manifest['engine']}")),
        (words("facts.run"), run.name),
    )
    return Report(
        language=language,
        title=words("title", scenario=words.pick(run.manifest["title"])),
        subtitle=words("subtitle"),
        facts=facts,
        sections=all_sections(context),
        attribution=tuple(words(f"attribution.{number}") for number in range(1, 7)),
        name=run.name,
        labels={key: words(f"page.{key}") for key in _LABELS},
    )


def _observed(context: Context) -> tuple[tuple[str, str], ...]:
    """The years after the base year of which the run stands on observed values; nothing where there are none."""
    table = context.table("assumptions")
    years = sorted({int(float(year)) for year in table.loc[table["group"] == "observed", "year"]})
    return ((context.words("facts.observed"), context.words.list([str(year) for year in years])),) if years else ()
