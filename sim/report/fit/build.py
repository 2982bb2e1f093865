"""From a fit to its report in one language."""

from __future__ import annotations

from collections.abc import Sequence

from sim import __version__
from sim.calibration import RegionFit
from sim.calibration.holdout import HoldoutRow
from sim.report.fit import holdouts as kept_back
from sim.report.fit import outcome, tables, tell
from sim.report.fit.words import FitWording
from sim.report.model import Report, Section

_LABELS = ("contents", "skip", "rows_cut", "print_note", "foot")


def build_fit(fit: RegionFit, holdouts: Sequence[HoldoutRow], language: str) -> Report:
    """The whole report.

    Args:
        fit: what was found.
        holdouts: hold-outs and back-tests of the region.
        language: ``zh`` or ``en``.
    """
    words, region = FitWording(language), fit.region
    name = region.name_zh if language == "zh" else region.name_en
    fitted = [one for one in fit.targets if one.target.fitted]
    informed = [item for item in fit.parameters.values() if item.informed]
    met = sum(row.met for row in fit.anchors)
    facts = (
        (words("fit.facts.region"), name),
        (words("fit.facts.base_year"), str(region.base_year)),
        (words("fit.facts.targets"), str(len(fitted))),
        (words("fit.facts.parameters"), words("fit.of", a=len(informed), b=len(fit.parameters))),
        (words("fit.facts.anchors"), words("fit.of", a=met, b=len(fit.anchors))),
        (words("fit.facts.converged"), words("fit.yes" if all(group.converged for group in fit.groups) else "fit.no")),
    )
    sections = (
        outcome.outcome(fit, words, name),
        tables.targets(fit, words),
        tables.parameters(fit, words),
        tell.tell(fit, words),
        tell.crews(fit, words),
        kept_back.holdouts(holdouts, words),
        tables.anchors(fit, words),
        tables.reading(words),
        tables.provenance(fit, words),
    )
    return Report(
        language=language,
        title=words("fit.title", region=name),
        subtitle=words("fit.subtitle"),
        facts=facts,
        sections=tuple(Section(f"{language}-{part.key}", part.title, part.blocks) for part in sections if part is not None),
        attribution=tuple(words(f"attribution.{number}") for number in range(1, 7)),
        name=f"healthsim {__version__} · {region.key}",
        labels={**{key: words(f"page.{key}") for key in _LABELS}, "file_note": "{file}"},
    )
