"""The first section: what a committee must know of the fit."""

from __future__ import annotations

from sim.calibration import Finding, RegionFit
from sim.report.fit.words import FitWording
from sim.report.model import Block, Bullets, Paragraph, Section

_MISSED = 2.0


def outcome(fit: RegionFit, words: FitWording, region: str) -> Section:
    """Findings first, then how many figures are met, the farthest one, what is only compared, and what was not observed."""
    fitted = [one for one in fit.targets if one.target.fitted]
    blocks: list[Block] = [Paragraph(_finding(finding, words), "warning") for finding in fit.findings]
    if fitted:
        within = [sum(abs(one.tolerances) <= limit for one in fitted) for limit in (1.0, 2.0)]
        blocks.append(Paragraph(words("fit.outcome.lead", n=len(fitted), one=within[0], two=within[1]), "lead"))
    else:
        blocks.append(Paragraph(words("fit.outcome.nothing", region=region), "lead"))
    items = []
    if fitted:
        worst = max(fitted, key=lambda one: abs(one.tolerances))
        items.append(
            words(
                "fit.outcome.worst",
                target=words.target(worst),
                tolerances=words.number(abs(worst.tolerances), 1),
                observed=words.figure(worst, worst.target.observed.number),
                model=words.figure(worst, worst.model),
            )
        )
    items += [
        words(
            "fit.outcome.check_missed",
            target=words.target(one),
            observed=words.figure(one, one.target.observed.number),
            model=words.figure(one, one.model),
        )
        for one in fit.targets
        if not one.target.fitted and abs(one.tolerances) > _MISSED
    ]
    if fit.anchors:
        items.append(words("fit.outcome.anchors", met=sum(row.met for row in fit.anchors), all=len(fit.anchors)))
    items += [
        words(
            "fit.outcome.other_base",
            indicator=words.indicator(row.indicator),
            observed=words.number(row.observed),
            model=words.number(row.model),
        )
        for row in fit.anchors
        if row.other_base
    ]
    stands = [words.parameter(item.key) for item in fit.parameters.values() if not item.informed]
    if stands:
        items.append(words("fit.outcome.stands", parameters=words.list(stands)))
    return Section("outcome", words("fit.section.outcome"), (*blocks, Bullets(tuple(items))))


def _finding(finding: Finding, words: FitWording) -> str:
    values = dict(finding.values)
    if "parameter" in values:
        values["parameter"] = words.parameter(values["parameter"])
    if "parameters" in values:
        values["parameters"] = words.list([words.parameter(key) for key in values["parameters"].split(", ")])
    if "indicator" in values:
        values["indicator"] = words.indicator(values["indicator"])
    return words(f"fit.finding.{finding.key}", **values)
