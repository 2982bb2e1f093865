"""The indicator dictionary: every indicator once, read from ``indicators.yaml`` in the package.

The scorecard, the scenario check, the command line, the reports and the docs all read it here.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.yamlfile import load_yaml


@dataclass(frozen=True)
class Indicator:
    """One entry of the dictionary.

    Attributes:
        key: name in files and code.
        kind: ``count``, ``rate`` (a count per ``per`` people), ``ratio`` (a count over another), ``time`` (minutes) or
            ``share`` (0..1).
        unit: unit as a word.
        zh, en, definition_zh, definition_en: labels and definitions.
        family: group in reports.
        direction: ``up`` when more is better.
        decimals: printed decimals.
        resource: whether a scenario may set it under ``resources``.
        whole: whether it comes in whole things (counts are rounded up).
        count: for a rate or a ratio, the key of its count; empty for a ratio whose counts are not in the dictionary.
        over: for a ratio, the key of the count it is divided by.
        per: for a rate, how many people of the denominator.
        denominator: for a rate, the population.
        no_need: for a resource whose need no model gives, the reason.
        plan_keys: names in the extract of the planning documents.
    """

    key: str
    kind: Literal["count", "rate", "ratio", "time", "share"]
    unit: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    family: str
    direction: Literal["up", "down"]
    decimals: int
    resource: bool = False
    whole: bool = False
    count: str = ""
    over: str = ""
    per: int = 0
    denominator: str = ""
    no_need: str = ""
    plan_keys: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """Label in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@functools.cache
def dictionary() -> dict[str, Indicator]:
    """All indicators by key, in printing order."""
    document = load_yaml(Path(__file__).with_name("indicators.yaml"))
    return {
        key: Indicator(key=key, **{**entry, "plan_keys": tuple(entry.get("plan_keys", ()))})
        for key, entry in document.data["indicators"].items()
    }


def rate_of(count_key: str) -> Indicator | None:
    """The per-head rate of a count, if the dictionary has one."""
    return next((entry for entry in dictionary().values() if entry.kind == "rate" and entry.count == count_key), None)


def whole_up(value: float) -> float:
    """Round up to whole things, forgiving the last bits of a product (``4.5 per 1000`` of 2,000 is 9, not 10)."""
    return float(math.ceil(round(value, 6)))
