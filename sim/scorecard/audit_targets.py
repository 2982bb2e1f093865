"""Targets against what is there, against each other, and against the people they are meant for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.draws import quantiles
from sim.indicators import dictionary, whole_up
from sim.population.model import Population
from sim.region.plan_rows import statement_uses
from sim.scorecard.audit_beds import population_in_mind
from sim.scorecard.audit_figures import OBSERVED, PLANNED, Figure, Figures, per_of, written
from sim.scorecard.audit_model import Finding, Severity, agree, finding

_LOWER, _UPPER = ("<=", "<", "range_max"), (">=", ">", "range_min")
_RESTATED = ("_text", "_tbl")


def looser_than_baseline(figures: Figures, rules: Any) -> Iterator[Finding]:
    """A target that asks for less than the base year already had."""
    for target in figures.all:
        if target.stage != PLANNED or target.year <= figures.region.base_year or target.operator == "range_max":
            continue
        base = figures.find(target.key, OBSERVED) or figures.indicator_of(target.key, OBSERVED, figures.region.base_year)
        if base is None or base.year >= target.year:
            continue
        if target.value < base.value if _more_is_better(target, rules) else target.value > base.value:
            text = f"{written(base.value)} ({base.year}) → {target.operator} {written(target.value)} ({target.year})"
            yield finding("looser_than_baseline", Severity.SLACK, [target, base], text, target.value, base.value)


def past_targets(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Targets of the past period that were not reached: what a target is worth."""
    for target in figures.all:
        if target.stage != PLANNED or target.year > figures.region.base_year or target.operator == "range_max":
            continue
        key = target.key.removesuffix("_min")
        base = figures.find(key, OBSERVED, target.year) or figures.indicator_of(key, OBSERVED, target.year)
        if base is None:
            continue
        if base.value < target.value if _more_is_better(target, rules) else base.value > target.value:
            sign = target.operator.replace("range_min", ">=")
            text = f"{sign} {written(target.value)} ↔ {written(base.value)} ({target.year})"
            yield finding("past_target_missed", Severity.NOTE, [target, base], text, base.value, target.value)


def _more_is_better(target: Figure, rules: Any) -> bool:
    if target.operator in _LOWER:
        return False
    if target.operator in _UPPER:
        return True
    indicator = dictionary().get(target.key)
    return target.key not in rules["lower_is_better"] if indicator is None else indicator.direction == "up"


def said_twice(figures: Figures, rules: Any) -> Iterator[Finding]:
    """One thing said at two places of a document: the same figure, the same comparison, or not."""
    for again in figures.all:
        stem = next((again.key.removesuffix(end) for end in _RESTATED if again.key.endswith(end)), "")
        use = statement_uses().get(again.key)
        if not stem and use is not None and use.subject == "restated":
            stem = again.key
        if not stem:
            continue
        first = figures.find(stem, again.stage, again.year) if stem != again.key else None
        first = first or figures.indicator_of(stem, again.stage, again.year) or _by_use(figures, again)
        if first is None:
            continue
        text = f"{first.operator} {written(first.value)} ↔ {again.operator} {written(again.value)}"
        if not again.touches(first.low, first.high):
            severity = Severity.CONTRADICTION
        else:
            severity = agree(first.operator == again.operator, Severity.NOTE)
        yield finding("said_twice", severity, [first, again], text, again.value, first.value)


def _by_use(figures: Figures, again: Figure) -> Figure | None:
    """The indicator that a restated statement is listed under, in the statement's unit."""
    use = statement_uses().get(again.key)
    found = figures.find(use.model_key, again.stage, again.year) if use is not None and use.model_key else None
    if found is None:
        return None
    per, here = per_of(again.key), per_of(found.key)
    scale = per / here if per and here else 1.0
    return Figure(
        found.key, found.value * scale, found.low * scale, found.high * scale, found.year, found.stage, found.operator,
        found.quote, found.source, found.basis, found.derived,
    )  # fmt: skip


def within_another(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Two targets for one thing and a part of it: the part is not more than the whole."""
    known, people = dictionary(), figures.find("population", OBSERVED)
    for rule in rules["within"]:
        part, whole = figures.find(rule["part"], PLANNED), figures.find(rule["whole"], PLANNED)
        if part is None or whole is None or people is None:
            continue
        counts = [item.value / known[item.key].per * people.value for item in (part, whole)]
        sides = [f"{written(item.value)} ÷ {written(known[item.key].per)} × {written(people.value)} = {written(count)}"
                 for item, count in zip((part, whole), counts, strict=True)]  # fmt: skip
        text = f"{sides[0]} ↔ {sides[1]} ({counts[0] / counts[1]:.0%})"
        yield finding("part_and_whole_targets", agree(counts[0] <= counts[1]), [part, whole], text, *counts)


def rule_per_institution(figures: Figures, rules: Any) -> Iterator[Finding]:
    """So many for each institution, times the institutions there are, against what is there."""
    for rule in rules["per_institution"]:
        each = figures.find(rule["rule"], PLANNED)
        there = figures.several([rule["institutions"], rule["staff"]], OBSERVED)
        if each is None or there is None:
            continue
        asked = each.value * there[0].value
        text = f"{written(each.value)} × {written(there[0].value)} = {written(asked)} ↔ {written(there[1].value)}"
        severity = Severity.SLACK if asked < there[1].value else Severity.NOTE
        yield finding("rule_per_institution", severity, [each, *there], text, asked, there[1].value)


def base_not_printed(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Growth asked for over a level that the document does not print."""
    for item in figures.all:
        use = statement_uses().get(item.key)
        if use is not None and use.subject == "base_not_given":
            yield finding("base_not_printed", Severity.NOTE, [item], f"? × (1 + {written(item.value)} %)")


def units_in_the_wording(figures: Figures, rules: Any) -> Iterator[Finding]:
    """A figure that the wording prints in per cent where its own unit, and its table, say per mille."""
    for item in figures.region.not_modelled:
        if item.unit == "‰" and item.value is not None:
            shown = f"{item.value:g}%"
            if shown in item.quote.replace(" ", "") and f"{item.value:g}‰" not in item.quote:
                figure = next(known for known in figures.all if known.key == item.key and known.quote == item.quote)
                text = f"{shown} = {item.value * 10:g}‰ ↔ {item.value:g}‰"
                yield finding("unit_in_the_wording", Severity.CONTRADICTION, [figure], text, item.value * 10, item.value)


def deaths_of_one_year(figures: Figures, rules: Any, population: Population) -> Iterator[Finding]:
    """A rate of deaths below that of a single death in the births of a year, yet not zero."""
    births = float(population.births[0, 0].sum())
    per = rules["rare_deaths"]["per"]
    for item in figures.all:
        if item.key not in rules["rare_deaths"]["keys"] or not 0 < item.value < per / births:
            continue
        text = f"1 ÷ {written(births)} × {written(per)} = {per / births:.1f} ↔ {item.operator} {written(item.value)}"
        reached = item.stage == OBSERVED
        severity = Severity.CONTRADICTION if reached else Severity.NOTE
        yield finding("less_than_one_death", severity, [item], text, per / births, item.value)


def norms_on_the_projection(figures: Figures, rules: Any, population: Population) -> Iterator[Finding]:
    """What a per-head target asks for on the projected population, against the population that the plan had in mind.

    The plan's own is the one that its itemised beds imply, else that of its base year.
    """
    base = figures.find("population", OBSERVED)
    meant = population_in_mind(figures, rules) or (base.value if base is not None else None)
    for target in figures.all:
        indicator = dictionary().get(target.key)
        if indicator is None or indicator.kind != "rate" or target.stage != PLANNED or target.operator == "range_max":
            continue
        year = target.year + 1
        ahead = target.year > figures.region.base_year and year <= int(population.years[-1])
        if meant is None or not ahead:
            continue
        residents = population.at_end_of(target.year).sum(axis=(1, 2))
        low, _, high = (float(value) for value in quantiles(residents[:, None])[:, 0])
        per_head = target.value / indicator.per
        asked, planned = whole_up(per_head * float(residents[0])), whole_up(per_head * meant)
        text = f"{written(target.value)} ÷ {written(indicator.per)} × {written(residents[0])} ({written(low)}–{written(high)})"
        text += f" = {written(asked)}; × {written(meant)} = {written(planned)}: {asked - planned:+,.0f}"
        severity = Severity.SLACK if asked < planned else Severity.NOTE
        yield finding("norm_on_projection", severity, [target], text, asked, planned)
