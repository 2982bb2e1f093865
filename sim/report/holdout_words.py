"""The words and numbers of hold-outs and back-tests in one language, by the keys of their rows."""

from __future__ import annotations

import functools
from pathlib import Path

from sim.indicators import dictionary
from sim.report.wording import Wording
from sim.yamlfile import load_yaml

_DECIMALS = {"min": 2, "per 1000": 2, "factor": 2}
"""Decimals by unit; shares are per cent with one, everything else is whole."""


@functools.cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    """Texts by group, key and language."""
    return load_yaml(Path(__file__).parent / "catalogue" / "holdout.yaml").data


class HoldoutWords:
    """Names, remarks and numbers of the rows in one language."""

    def __init__(self, words: Wording) -> None:
        self._numbers, self._language = words, words.language

    def name(self, group: str, key: str) -> str:
        """A word of a group: ``subject``, ``kind``, ``variant``, ``naive``, ``unit`` or ``note``; KeyError if there is none."""
        return _words()[group][key][self._language]

    def what(self, key: str) -> str:
        """The name of a quantity, which may be an indicator."""
        if key in _words()["what"]:
            return self.name("what", key)
        return dictionary()[key].label(self._language)

    def value(self, value: float | None, unit: str) -> str:
        """A value in its unit's decimals, shares in per cent, their differences in points; a dash where there is none."""
        if unit == "share":
            return self._numbers.percent(value, 1)
        if unit == "points":
            return self._numbers.points(value)
        return self._numbers.number(value, _DECIMALS.get(unit, 0))
