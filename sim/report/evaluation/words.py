"""The words of an evaluation: its own catalogue under ``evaluate.`` beside that of the reports."""

from __future__ import annotations

from pathlib import Path

from sim.evaluation import Judgement
from sim.indicators import dictionary
from sim.report.wording import Wording, catalogue

_FOLDER = Path(__file__).parent / "catalogue"

_FEW = 10
"""Below so many things a year a change is written with a decimal."""

MARKS = {
    Judgement.MET: "met",
    Judgement.ON_TRACK: "met_centrally",
    Judgement.BEHIND: "missed_centrally",
    Judgement.MISSED: "missed",
    Judgement.CANNOT_BE_SAID: "not_observed",
    Judgement.AS_FORESEEN: "met",
    Judgement.ABOVE: "missed_centrally",
    Judgement.BELOW: "missed_centrally",
    Judgement.NOT_FORESEEN: "not_judged",
}
"""The mark of the reports that each verdict carries."""


def evaluation_catalogue(language: str) -> dict[str, str]:
    """The evaluation's own texts by dotted key, each beginning with ``evaluate.``."""
    return catalogue(language, _FOLDER, "evaluate.")


class EvaluationWording(Wording):
    """Texts and numbers of an evaluation in one language."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._texts = {**self._texts, **evaluation_catalogue(language)}

    def figure(self, key: str, value: float | None) -> str:
        """A value of an indicator, or of a flow (whole numbers)."""
        entry = dictionary().get(key)
        return self.number(value) if entry is None else self.of(entry, value)

    def change(self, key: str, value: float | None) -> str:
        """A change a year with its sign, one decimal finer than the values: a year's step is small."""
        entry = dictionary().get(key)
        if entry is not None and entry.kind == "share":
            return self.points(value)
        if entry is not None and entry.kind != "count":
            return self.number(value, entry.decimals + (entry.kind != "time"), sign=True)
        return self.number(value, 1 if value is not None and abs(value) < _FEW else 0, sign=True)

    def spread(self, key: str, low: float | None, middle: float | None, high: float | None) -> str:
        """A median with its interval in brackets; alone where there is no spread."""
        return self.with_interval(*(self.figure(key, value) for value in (middle, low, high)))

    def label(self, key: str, unit: str) -> str:
        """A measure's name with its unit where the name does not say it."""
        entry = dictionary().get(key)
        if entry is not None and entry.kind in ("rate", "share", "ratio"):
            return self.measure(key)
        return self("with_unit", label=self.measure(key), unit=self.unit(unit))

    def verdict(self, judgement: str) -> str:
        """A verdict in words."""
        return self(f"evaluate.verdict.{judgement}")
