"""The words of a comparison: its own catalogue under ``compare.`` beside that of the reports, and settings in words."""

from __future__ import annotations

from pathlib import Path

from sim.indicators import Indicator, dictionary
from sim.report.wording import Wording, catalogue

_FOLDER = Path(__file__).parent / "catalogue"
_SECTIONS = ("horizon", "population", "demand", "emergency")


def comparison_catalogue(language: str) -> dict[str, str]:
    """The comparison's own texts by dotted key, each beginning with ``compare.``."""
    return catalogue(language, _FOLDER, "compare.")


class ComparisonWording(Wording):
    """Texts and numbers of a comparison in one language."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._texts = {**self._texts, **comparison_catalogue(language)}

    def difference(self, indicator: Indicator, middle: float, low: float, high: float) -> str:
        """A signed difference with its interval in brackets; alone where there is no spread."""
        if middle != middle:
            return self("none")
        texts = [self.of(indicator, value, sign=True) for value in (middle, low, high)]
        return self.with_interval(*texts)

    def setting(self, key: str) -> str:
        """A resolved setting in planners' words, for example ``resources.beds.per_head.2025``; else the key itself."""
        parts = key.split(".")
        if parts[0] == "resources" and len(parts) > 2 and parts[1] in dictionary():
            label = dictionary()[parts[1]].label(self.language)
            return self._joined(label, "resource", parts[2:], key)
        if parts[0] in _SECTIONS or len(parts) == 1:
            return self._joined("", "", parts, key)
        return key

    def _joined(self, label: str, prefix: str, parts: list[str], otherwise: str) -> str:
        """Words for the longest known path, then for each further known step; positions count from 1."""
        path, words = prefix, [label] if label else []
        for part in parts:
            if part.isdigit() and not _is_year(part):
                words.append(str(int(part) + 1))
                continue
            step = f"{path}.{part}" if path else part
            text = self.known(f"compare.setting.{step}", "")
            if text:
                words.append(text)
            elif not self._has_below(step):
                words.append(part)
                continue
            path = step
        return " · ".join(words) if words else otherwise

    def _has_below(self, path: str) -> bool:
        return any(key.startswith(f"compare.setting.{path}.") for key in self._texts)

    def value(self, text: str) -> str:
        """A value of a setting as a reader writes it."""
        return self.known(f"compare.value.{text}", text) if text else self("compare.inputs.unset")


def _is_year(part: str) -> bool:
    return len(part) == 4
