"""Tables on the plan itself: the audit of its figures, and its targets by town."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sim.indicators import dictionary
from sim.region.model import Region
from sim.scorecard import Finding
from sim.supply import TownTarget


def audit(findings: Iterable[Finding], region: Region) -> pd.DataFrame:
    """``audit.csv``: what arithmetic on the plan's own figures finds, the gravest first."""
    labels = {item.key: item.label_zh for item in region.not_modelled}
    labels |= {key: indicator.zh for key, indicator in dictionary().items()}
    columns = [
        "rule", "severity", "key", "label_zh", "year", "arithmetic", "calculated", "expected", "difference", "quote_zh", "source",
    ]  # fmt: skip
    rows = [
        (item.rule, str(item.severity), item.key, labels.get(item.key, item.key), item.year, item.arithmetic, item.calculated,
         item.expected, item.difference, item.quote_zh, item.source)
        for item in findings
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype=object)


def town_targets(targets: Iterable[TownTarget]) -> pd.DataFrame:
    """``town_targets.csv``: planned counts of the target years by town; they add up to the region's."""
    columns = ["indicator", "unit", "year", "town_id", "name_zh", "name_en", "by", "weight", "target", "region_total"]
    rows = [
        (item.indicator, dictionary()[item.indicator].unit, item.year, item.town_id, item.name_zh, item.name_en, item.by,
         item.weight, item.target, item.region_total)
        for item in targets
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
