"""The figures of a planning document, wherever in the pack they stand, with the interval that their print leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.indicators import dictionary
from sim.region.model import Observation, PlanTarget, Region, Statement

OBSERVED, PLANNED = "observed", "planned"
_PER = {"1000": 1000, "10k": 10_000, "50k": 50_000, "100k": 100_000}
_TARGETS = ("target", "project")


@dataclass(frozen=True)
class Figure:
    """One printed figure.

    Attributes:
        key: indicator or statement.
        value: as printed (a share in per cent stays in per cent).
        low, high: the values that would be printed so.
        year: year it refers to.
        stage: ``observed`` or ``planned``.
        operator: comparison printed with it.
        quote: wording of the document; empty where the pack derived it.
        source: id of its source.
        basis: population of its denominator, or empty.
        derived: whether it was worked out in the pack and not printed.
    """

    key: str
    value: float
    low: float
    high: float
    year: int
    stage: str
    operator: str
    quote: str
    source: str
    basis: str = ""
    derived: bool = False

    def touches(self, low: float, high: float) -> bool:
        """Whether an interval meets the figure's own."""
        return low <= self.high * (1 + 1e-12) and high >= self.low * (1 - 1e-12)


class Figures:
    """Look-up of a region's figures by key and stage."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.all: list[Figure] = [_of_observation(key, item, region) for key, item in region.baseline.items()]
        self.all += [_of_target(item) for item in region.plan if not item.borrowed_from]
        self.all += [_of_statement(item) for item in region.not_modelled if item.value is not None]

    def find(self, key: str, stage: str, year: int | None = None) -> Figure | None:
        """The first figure of a key; None if the document has none."""
        return next(
            (item for item in self.all if item.key == key and item.stage == stage and year in (None, item.year)), None
        )

    def several(self, keys: list[str], stage: str) -> list[Figure] | None:
        """The figures of all keys; None if one is missing."""
        found = [self.find(key, stage) for key in keys]
        return None if None in found else [item for item in found if item is not None]

    def indicator_of(self, key: str, stage: str, year: int) -> Figure | None:
        """The figure of the indicator that a document's key belongs to (``gps_per_1000`` is a rate per 10,000), in that
        key's unit."""
        for name, indicator in dictionary().items():
            if key not in indicator.plan_keys:
                continue
            found = self.find(name, stage, year)
            if found is None:
                continue
            per = per_of(key)
            scale = per / indicator.per if indicator.kind == "rate" and per else 100.0 if indicator.kind == "share" else 1.0
            return Figure(
                found.key, found.value * scale, found.low * scale, found.high * scale, found.year, found.stage, found.operator,
                found.quote, found.source, found.basis, found.derived,
            )  # fmt: skip
        return None


def per_of(key: str) -> int | None:
    """How many people a document's key is per, from its name."""
    match = re.search(r"_per_(1000|10k|50k|100k)(?:_|\Z)", key)
    return _PER[match.group(1)] if match else None


def decimals_printed(quote: str, value: float) -> int:
    """Decimals of a value as the wording prints it; those of its shortest form where the wording has another unit."""
    for token in re.findall(r"\d+(?:\.\d+)?", quote):
        if float(token) == value:
            return len(token.partition(".")[2])
    return len(f"{value:.10g}".partition(".")[2])


def written(value: float) -> str:
    """A number as it stands in an equation: thousands grouped, no idle zeros."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _of_observation(key: str, item: Observation, region: Region) -> Figure:
    derived = item.confidence.value == "derived"
    half = 0.0 if dictionary()[key].kind == "count" else 0.5 * 10.0 ** -(item.decimals or 0)
    low = item.low if item.low is not None else item.number - half
    high = item.high if item.high is not None else item.number + half
    year = region.base_year if dictionary()[key].kind == "count" else item.year or region.base_year
    return Figure(key, item.number, low, high, year, OBSERVED, "=", item.quote, item.source, item.basis, derived)


def _of_target(item: PlanTarget) -> Figure:
    half = 0.5 * 10.0**-item.decimals
    return Figure(
        item.indicator, item.value, item.value - half, item.value + half, item.year, PLANNED, item.operator, item.quote,
        item.source, item.basis, item.confidence.value == "derived",
    )  # fmt: skip


def _of_statement(item: Statement) -> Figure:
    value = float(item.value or 0.0)
    counted = item.unit not in ("%", "‰", "1/10万", "岁", "分钟", "天") and value == int(value)
    half = 0.0 if counted else 0.5 * 10.0 ** -decimals_printed(item.quote, value)
    stage = PLANNED if item.kind in _TARGETS else OBSERVED
    return Figure(
        item.key, value, value - half, value + half, item.year, stage, item.operator, item.quote, item.source, item.basis
    )
