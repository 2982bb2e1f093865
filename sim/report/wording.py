"""The words of a report: catalogues in ``catalogue/<language>.yaml``, and numbers as a language writes them."""

from __future__ import annotations

import functools
import math
import re
from pathlib import Path
from typing import Any

from sim.indicators import Indicator, dictionary
from sim.yamlfile import load_yaml

LANGUAGES = ("zh", "en")

_FOLDER = Path(__file__).parent / "catalogue"
_MINUS = "\N{MINUS SIGN}"
_GRADED = re.compile(r"(?P<grade>[a-z_]+): (?P<names>.+?)(?: and (?P<more>\d+) more)?")
_SURE = 0.995
"""A chance this near to 1 (or to 0) is printed as ``> 99 %`` (``< 1 %``): a finite number of draws cannot say more."""


@functools.cache
def catalogue(language: str, folder: Path = _FOLDER, prefix: str = "") -> dict[str, Any]:
    """All texts of a language by dotted key; those of another page's folder with its prefix before each key."""
    return dict(_flat(load_yaml(folder / f"{language}.yaml").data, prefix))


@functools.cache
def _parameters() -> dict[str, dict[str, str]]:
    """Names of parameters by key and language."""
    return load_yaml(_FOLDER / "parameters.yaml").data


@functools.cache
def _parameter_words() -> dict[str, dict[str, str]]:
    """The same by the key as words without its first part, as sentences of the models have it."""
    return {key.partition(".")[2].replace("_", " ").replace(".", " "): names for key, names in _parameters().items()}


@functools.cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences of the models: a pattern of the English one and the Chinese one."""
    document = load_yaml(_FOLDER / "phrases.yaml")
    return tuple((_pattern(phrase["en"]), phrase["zh"]) for phrase in document.data["phrases"])


def _pattern(template: str) -> re.Pattern[str]:
    """A pattern for a sentence with ``{names}`` in the places that vary."""
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)))


def _flat(node: Any, prefix: str) -> Any:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, list) else str(value)


class Wording:
    """Texts and numbers in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The text of ``key`` with its places filled; raises KeyError for an unknown key."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """The text of ``key`` if the catalogue has it, else ``otherwise`` (a word of a file or of a user)."""
        return self._texts.get(key, otherwise)

    def said(self, text: str) -> str:
        """A sentence of a model in this language; in English as it stands, and also where no translation is known."""
        if self.language == "en":
            return text
        graded = _GRADED.fullmatch(text)
        if graded is not None and f"grade.{graded['grade']}" in self._texts:
            return self._grounds(graded)
        for pattern, translated in _phrases():
            match = pattern.fullmatch(text)
            if match is not None:
                return translated.format(**{name: self.said(part) for name, part in match.groupdict().items()})
        return text

    def _grounds(self, graded: re.Match[str]) -> str:
        """What a figure rests on: a grade and the inputs that have it, as the demand models write it."""
        names = [_parameter_words().get(part, {}).get(self.language) or self.said(part) for part in graded["names"].split(", ")]
        more = self("grounds.more", n=graded["more"]) if graded["more"] else ""
        return self("grounds.graded", grade=self(f"grade.{graded['grade']}"), names=self.list(names)) + more

    def parameter(self, key: str) -> str:
        """The name of a parameter, or its key where it has none."""
        names = _parameters().get(key)
        return names[self.language] if names is not None else key

    def pick(self, both: dict[str, str]) -> str:
        """The text of this language from ``{zh: ..., en: ...}``."""
        return both[self.language]

    def measure(self, key: str) -> str:
        """The name of an indicator, or of a flow that may be observed (``births``)."""
        entry = dictionary().get(key)
        return entry.label(self.language) if entry is not None else self(f"observed_measure.{key}")

    def definition(self, indicator: Indicator) -> str:
        """An indicator's definition."""
        return indicator.definition_zh if self.language == "zh" else indicator.definition_en

    def unit(self, unit: str) -> str:
        """A unit of a file in this language."""
        return self.known(f"unit.{unit}", unit)

    def number(self, value: float | None, decimals: int = 0, *, sign: bool = False) -> str:
        """A number with grouped thousands; an en dash where there is none."""
        if value is None or not math.isfinite(value):
            return self("none")
        rounded = round(value, decimals) + 0.0
        text = f"{abs(rounded):,.{decimals}f}"
        if rounded < 0:
            return _MINUS + text
        return f"+{text}" if sign and rounded > 0 else text

    def of(self, indicator: Indicator, value: float | None, *, sign: bool = False) -> str:
        """A value of an indicator at its printed decimals, shares in per cent; a difference of shares in percentage points."""
        if indicator.kind == "share":
            return self.points(value) if sign else self.percent(value, 1)
        return self.number(value, indicator.decimals, sign=sign)

    def points(self, value: float | None) -> str:
        """A difference of two shares in percentage points, with its sign."""
        if value is None or not math.isfinite(value):
            return self("none")
        return self.number(100 * value, 1, sign=True) + self("points_sign")

    def percent(self, value: float | None, decimals: int = 0) -> str:
        """A share (0..1) in per cent."""
        if value is None or not math.isfinite(value):
            return self("none")
        return self.number(100 * value, decimals) + self("percent_sign")

    def chance(self, value: float | None) -> str:
        """A chance over draws; never 0 or 100 %."""
        if value is None or not math.isfinite(value):
            return self("none")
        if value >= _SURE:
            return self("chance.above")
        if value <= 1 - _SURE:
            return self("chance.below")
        return self.percent(value)

    def interval(self, low: str, high: str) -> str:
        """``low`` to ``high``."""
        return self("interval", low=low, high=high)

    def with_interval(self, value: str, low: str, high: str) -> str:
        """A value with its interval in brackets, or alone where there is none or no spread (an observed figure)."""
        if value == low == high or self("none") in (low, high):
            return value
        return self("value_and_interval", value=value, interval=self.interval(low, high))

    def list(self, items: list[str]) -> str:
        """Items in a sentence."""
        return self("list_separator").join(items)
