"""Tables of a fit report with the charts beside them: targets, parameters, baseline values, reading, settings and files."""

from __future__ import annotations

from sim.calibration import AnchorFit, ParameterFit, RegionFit, TargetFit
from sim.indicators import dictionary
from sim.report.fit import charts
from sim.report.fit.words import FitWording
from sim.report.model import Block, Cell, Column, Definitions, Figures, Paragraph, Section, Table

_READING = ("tolerance", "prior", "fitted", "width", "cannot")


def targets(fit: RegionFit, words: FitWording) -> Section | None:
    """Every target with observation, model, residual and tolerance, and the residual plot; None without a target."""
    if not fit.targets:
        return None
    labels = ("target", "year", "observed", "model", "residual", "tolerance", "tolerances", "prior", "role")
    columns = tuple(
        Column(words(f"fit.targets.{label}"), "left" if label in ("target", "year", "role") else "right", label == "target")
        for label in labels
    )
    rows = tuple(_target(one, words) for one in fit.targets)
    table = Table(words("fit.targets.caption"), columns, rows, words("fit.targets.note"))
    return Section("targets", words("fit.section.targets"), (Figures((charts.residuals(fit, words),)), table))


def _target(one: TargetFit, words: FitWording) -> tuple[Cell, ...]:
    off = abs(one.tolerances)
    mark = "met" if off <= 1.0 else "met_centrally" if off <= 2.0 else "missed" if one.target.fitted else "context"
    return (
        Cell(words.target(one)),
        Cell(words.years(one)),
        Cell(words.figure(one, one.target.observed.number)),
        Cell(words.figure(one, one.model)),
        Cell(words.figure(one, one.residual, sign=True)),
        Cell(words.tolerance(one)),
        Cell(words.number(one.tolerances, 1, sign=True), mark),
        Cell(words.figure(one, one.at_prior)),
        Cell(words("fit.targets.fit" if one.target.fitted else "fit.targets.check")),
    )


def parameters(fit: RegionFit, words: FitWording) -> Section:
    """Every parameter: prior, fit, width left, what informed it; and the chart of prior against fit."""
    labels = ("parameter", "prior", "fitted", "width", "informed")
    columns = tuple(
        Column(words(f"fit.parameters.{label}"), "left" if label in ("parameter", "informed") else "right", label == "parameter")
        for label in labels
    )
    names = {one.target.name: words.target(one) for one in fit.targets}
    rows = tuple(_parameter(item, names, words) for item in fit.parameters.values())
    table = Table(words("fit.parameters.caption"), columns, rows, words("fit.parameters.note"))
    informed = [item for item in fit.parameters.values() if item.informed]
    blocks: tuple[Block, ...] = (Figures((charts.prior_and_fit(informed, words),)), table) if informed else (table,)
    return Section("parameters", words("fit.section.parameters"), blocks)


def _parameter(item: ParameterFit, names: dict[str, str], words: FitWording) -> tuple[Cell, ...]:
    prior = item.parameter.prior
    before = words.with_interval(*(words.value(float(x or 0.0)) for x in (prior.number, prior.low, prior.high)))
    after = words.with_interval(*(words.value(x) for x in (item.value, item.low, item.high)))
    informed = words.list([names[name] for name in item.targets]) if item.informed else words("fit.parameters.stands")
    return (
        Cell(words.parameter(item.key)),
        Cell(before),
        Cell(words("fit.parameters.at_bound", value=after), "missed") if item.at_bound else Cell(after if item.informed else "–"),
        Cell(words.percent(item.width)),
        Cell(informed),
    )


def anchors(fit: RegionFit, words: FitWording) -> Section:
    """The baseline values."""
    title = words("fit.section.anchors")
    if not fit.anchors:
        return Section("anchors", title, (Paragraph(words("fit.anchors.none")),))
    labels = ("indicator", "observed", "model", "residual", "tolerance", "kind")
    columns = tuple(
        Column(words(f"fit.anchors.{label}"), "left" if label in ("indicator", "kind") else "right", label == "indicator")
        for label in labels
    )
    rows = tuple(_anchor(row, words) for row in fit.anchors)
    table = Table(words("fit.anchors.caption"), columns, rows, words("fit.anchors.note"), folded=True)
    return Section("anchors", title, (table,))


def _anchor(row: AnchorFit, words: FitWording) -> tuple[Cell, ...]:
    entry = dictionary()[row.indicator]
    finer = entry.decimals + (row.kind == "printed_rate")
    kind = words("fit.anchors.other_base") if row.other_base else words(f"fit.anchors.kinds.{row.kind}")
    residual = row.observed - row.model
    return (
        Cell(entry.label(words.language)),
        Cell(words.number(row.observed, entry.decimals)),
        Cell(words.number(row.model, finer)),
        Cell(words.number(residual, finer, sign=True)),
        Cell(words.significant(row.tolerance, 1) if row.tolerance else words.number(0.0)),
        Cell(kind, "context" if row.other_base else "met" if row.met else "missed"),
    )


def reading(words: FitWording) -> Section:
    """What the words mean."""
    items = tuple(words.pair(f"reading.{key}") for key in _READING)
    return Section("reading", words("fit.section.reading"), (Definitions(items),))


def provenance(fit: RegionFit, words: FitWording) -> Section:
    """Settings, what was not observed, and the files with their hashes."""
    setting = (Column(words("fit.provenance.setting"), strong=True), Column(words("fit.provenance.value"), "right"))
    rows = tuple((Cell(words(f"fit.setting.{key}")), Cell(str(value))) for key, value in fit.settings.items())
    file = (Column(words("fit.provenance.file"), strong=True), Column(words("fit.provenance.hash")))
    files = tuple((Cell(name), Cell(f"{digest[:16]}…")) for name, digest in fit.inputs.items())
    blocks: list[Block] = []
    if fit.not_observed:
        keys = words.list([key for _, key in fit.not_observed])
        blocks.append(Paragraph(words("fit.provenance.missing_text", keys=keys), "note"))
    blocks += [
        Table(words("fit.provenance.settings"), setting, rows, folded=True),
        Table(words("fit.provenance.files"), file, files, folded=True),
    ]
    return Section("provenance", words("fit.section.provenance"), tuple(blocks))
