"""The words of a fit report: its own catalogue under ``fit.`` beside that of the reports, and figures as a reader writes them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.calibration import TargetFit
from sim.indicators import dictionary
from sim.report.wording import Wording, catalogue

_FOLDER = Path(__file__).parent / "catalogue"


def fit_catalogue(language: str) -> dict[str, Any]:
    """The fit report's own texts by dotted key, each beginning with ``fit.``; a term and what it means are a pair."""
    return catalogue(language, _FOLDER, "fit.")


class FitWording(Wording):
    """Texts and numbers of a fit report in one language."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._texts = {**self._texts, **fit_catalogue(language)}

    def pair(self, key: str) -> tuple[str, str]:
        """A term and what it means."""
        term, text = self._texts[f"fit.{key}"]
        return term, text

    def target(self, fit: TargetFit) -> str:
        """A target's name: that of its quantity."""
        return self.quantity(fit.target.quantity.key)

    def quantity(self, key: str) -> str:
        """The name of a quantity."""
        return self(f"fit.quantity.{key}")

    def figure(self, fit: TargetFit, value: float, *, sign: bool = False) -> str:
        """A figure of a target: shares in per cent, minutes and days to two decimals, counts whole."""
        unit = fit.target.quantity.unit
        if _is_share(unit):
            return self.points(value) if sign else self.percent(value, 1)
        return self.number(value, 2 if unit in ("min", "days") else 0, sign=sign)

    def tolerance(self, fit: TargetFit) -> str:
        """A tolerance with its scale, and what the places of stations add to it."""
        target = fit.target
        if target.log:
            text = self("fit.targets.ln", value=self.significant(target.tolerance))
        else:
            text = self._width(fit, target.tolerance)
        return self("fit.targets.with_places", value=text, places=self._width(fit, fit.place_sd)) if fit.place_sd else text

    def _width(self, fit: TargetFit, value: float) -> str:
        """A spread in a target's unit: percentage points for shares."""
        return self.points(value).removeprefix("+") if _is_share(fit.target.quantity.unit) else self.figure(fit, value)

    def years(self, fit: TargetFit) -> str:
        """The year of a figure, or the years of which it is the highest."""
        if len(fit.years) == 1:
            return str(fit.years[0])
        return self("fit.targets.highest", first=fit.years[0], last=fit.years[-1])

    def value(self, value: float) -> str:
        """A parameter's value to three significant digits."""
        return self.significant(value)

    def significant(self, value: float, digits: int = 3) -> str:
        """A number to so many significant digits, without an exponent or trailing zeros."""
        if not value:
            return self.number(0.0)
        text = self.number(value, max(0, digits - 1 - math.floor(math.log10(abs(value)))))
        return text.rstrip("0").rstrip(".") if "." in text else text

    def change(self, factor: float) -> str:
        """A factor as a change in per cent, in words."""
        size = self.percent(abs(factor - 1.0), 0 if abs(factor - 1.0) >= 0.0995 else 1)
        return self("fit.tell.more" if factor >= 1.0 else "fit.tell.less", value=size)

    def indicator(self, key: str) -> str:
        """The label of an indicator."""
        return dictionary()[key].label(self.language)


def _is_share(unit: str) -> bool:
    """Whether a unit is a share, of a whole or of it each year."""
    return unit.split()[:1] == ["share"]
