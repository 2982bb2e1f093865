"""Counts against rates, parts against wholes, growth against levels."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from sim.indicators import dictionary
from sim.scorecard.audit_figures import OBSERVED, PLANNED, Figure, Figures, written
from sim.scorecard.audit_model import Finding, Severity, agree, finding

_COUNT_AND_SHARE = (
    re.compile(r"(?P<count>\d+) ?(?:个|家|所)，(?:覆盖率|占[^0-9，。；]*?) ?(?P<share>\d+(?:\.\d+)?) ?%"),
    re.compile(r"(?P<share>\d+(?:\.\d+)?) ?% ?比例的[^0-9，。；]*?(?P<count>\d+) ?名"),
)
"""``6个，覆盖率60%``, ``158 家，占总数的 39.0%``, ``15% 比例的业务能手约 593 名``."""
_OTHER_SERIES = ("demography.population_old_series_", "demography.population_census_series_")


def counts_and_rates(figures: Figures, rules: Any) -> Iterator[Finding]:
    """A printed count over its printed rate is a population: it must be the one the document names, or the census'."""
    people = figures.find("population", OBSERVED)
    for indicator in dictionary().values():
        count, rate = figures.find(indicator.count, OBSERVED), figures.find(indicator.key, OBSERVED)
        if people is None or indicator.kind != "rate" or count is None or rate is None:
            continue
        if count.derived:
            per_head = f"{written(rate.value)} ÷ {written(indicator.per)} × {written(people.value)}"
            exact = rate.value / indicator.per * people.value
            text = f"{per_head} = {written(exact)} → {written(count.low)}–{written(count.high)}"
            yield finding("count_behind_rate", Severity.CONSISTENT, [rate], text, exact, count.value)
            continue
        implied = count.value / rate.value * indicator.per
        low, high = count.value / rate.high * indicator.per, count.value / rate.low * indicator.per
        text = f"{written(count.value)} ÷ {written(rate.value)} × {written(indicator.per)} = {written(implied)} ↔ "
        severity = agree(people.touches(low, high))
        yield finding("implied_population", severity, [count, rate], text + written(people.value), implied, people.value)


def other_series(figures: Figures, rules: Any) -> Iterator[Finding]:
    """The base year's population in another official series, and what a rate without a named population becomes on it."""
    people = figures.find("population", OBSERVED)
    for key, other in figures.region.parameters.items():
        if people is None or not key.startswith(_OTHER_SERIES):
            continue
        if people.quote:
            text = f"{written(people.value)} ↔ {written(other.number)} ({other.year}): {people.value / other.number - 1:+.1%}"
            yield finding("other_population_series", Severity.NOTE, [people], text, people.value, other.number)
        for rate in figures.all:
            indicator = dictionary().get(rate.key)
            if indicator is None or indicator.kind != "rate" or rate.stage != OBSERVED or rate.basis:
                continue
            here, there = (rate.value / indicator.per * number for number in (people.value, other.number))
            text = f"{written(rate.value)} ÷ {written(indicator.per)} × {written(people.value)} = {written(here)}; "
            text += f"× {written(other.number)} = {written(there)} ({here / there - 1:+.1%})"
            yield finding("denominator_not_printed", Severity.NOTE, [rate], text, here, there)


def parts_and_wholes(figures: Figures, rules: Any) -> Iterator[Finding]:
    """Parts that the document lists add up to the whole that it prints."""
    for rule in rules["parts"]:
        for stage in (OBSERVED, PLANNED):
            whole, parts = figures.find(rule["whole"], stage), figures.several(rule["parts"], stage)
            if whole is None or parts is None:
                continue
            total = sum(part.value for part in parts)
            low, high = sum(part.low for part in parts), sum(part.high for part in parts)
            text = " + ".join(written(part.value) for part in parts) + f" = {written(total)} ↔ {written(whole.value)}"
            yield finding("parts_and_whole", agree(whole.touches(low, high)), [whole, *parts], text, total, whole.value)


def ratios(figures: Figures, rules: Any) -> Iterator[Finding]:
    """A printed ratio against the two counts it is made of, and a planned one against the two rates."""
    for indicator in dictionary().values():
        if indicator.kind != "ratio" or not indicator.over:
            continue
        printed = figures.find(indicator.key, OBSERVED)
        both = figures.several([indicator.count, indicator.over], OBSERVED)
        if printed is not None and both is not None:
            value = both[0].value / both[1].value
            text = f"{written(both[0].value)} ÷ {written(both[1].value)} = {value:.3f} ↔ {written(printed.value)}"
            near = printed.touches(both[0].low / both[1].high, both[0].high / both[1].low)
            yield finding("ratio_of_counts", agree(near), [printed, *both], text, value, printed.value)
        target = figures.find(indicator.key, PLANNED)
        rates = [_rate(figures, key) for key in (indicator.count, indicator.over)]
        if target is not None and rates[0] is not None and rates[1] is not None:
            value = rates[0].value / rates[1].value
            text = f"{written(rates[0].value)} ÷ {written(rates[1].value)} = {value:.3f} ↔ {written(target.value)}"
            enough = rates[0].high / rates[1].low >= target.low
            yield finding("ratio_of_targets", agree(enough), [target, rates[0], rates[1]], text, value, target.value)


def _rate(figures: Figures, count: str) -> Figure | None:
    """The planned per-head figure of a count."""
    name = next((key for key, entry in dictionary().items() if entry.kind == "rate" and entry.count == count), "")
    return figures.find(name, PLANNED)


def growth(figures: Figures, rules: Any) -> Iterator[Finding]:
    """What was added, by how much that was growth, and the level it led to; growth in all against growth per head."""
    implied: list[tuple[list[Figure], float, float, float]] = []
    for rule in rules["growth"]:
        level = figures.find(rule["level"], OBSERVED)
        trio = figures.several([rule["added"], rule["growth"], rule["per_head"]], OBSERVED)
        if level is None or trio is None:
            continue
        added, rate, per_head = trio
        reached, low, high = (added.value * (1 + 100 / share) for share in (rate.value, rate.high, rate.low))
        text = f"{written(added.value)} ÷ {written(rate.value)} % + {written(added.value)} = {written(reached)} ↔ "
        severity = agree(level.touches(low, high))
        yield finding("growth_and_level", severity, [added, rate, level], text + written(level.value), reached, level.value)
        people = [(1 + a / 100) / (1 + b / 100) - 1 for a, b in
                  ((rate.value, per_head.value), (rate.low, per_head.high), (rate.high, per_head.low))]  # fmt: skip
        implied.append(([rate, per_head], *people))
    for (first, *one), (second, *other) in itertools.pairwise(implied):
        overlap = one[1] <= other[2] and other[1] <= one[2]
        sides = [f"(1 + {written(a.value)} %) ÷ (1 + {written(b.value)} %) = {value + 1:.4f}" for (a, b), value in
                 ((first, one[0]), (second, other[0]))]  # fmt: skip
        yield finding("growth_in_all_and_per_head", agree(overlap), [*first, *second], " ↔ ".join(sides), one[0], other[0])


def shares_in_the_wording(figures: Figures, rules: Any) -> Iterator[Finding]:
    """A count and its share in one sentence imply a total."""
    seen = set()
    for item in figures.all:
        for pattern in _COUNT_AND_SHARE:
            for match in pattern.finditer(item.quote):
                count, share = float(match["count"]), float(match["share"])
                if (count, share) in seen or not share or share >= 100 or count != item.value:
                    continue
                seen.add((count, share))
                half = 0.5 * 10.0 ** -len(match["share"].partition(".")[2])
                low, high = count / (share + half) * 100, count / (share - half) * 100
                text = f"{written(count)} ÷ {written(share)} % = {written(count / share * 100)} ({written(low)}–{written(high)})"
                yield finding("share_implies_total", Severity.NOTE, [item], text, count / share * 100)
    for rule in rules["share_of"]:
        count, part = figures.find(rule["count"], OBSERVED), figures.find(rule["share"], OBSERVED)
        if count is not None and part is not None:
            total = count.value / part.value * 100
            text = f"{written(count.value)} ÷ {written(part.value)} % = {written(total)}"
            yield finding("share_implies_total", Severity.NOTE, [count, part], text, total)
