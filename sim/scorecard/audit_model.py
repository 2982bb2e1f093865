"""What an audit of a plan finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sim.scorecard.audit_figures import Figure


class Severity(StrEnum):
    """How a finding weighs.

    ``contradiction``: figures of the document that cannot all be true.
    ``slack``: a target that asks for less than is there, or a rule that asks for less than another.
    ``note``: something to know before the figure is used.
    ``consistent``: checked, and the figures agree within their print.
    """

    CONTRADICTION = "contradiction"
    SLACK = "slack"
    NOTE = "note"
    CONSISTENT = "consistent"


@dataclass(frozen=True)
class Finding:
    """One piece of arithmetic on a planning document.

    Attributes:
        rule: which check; its name in both languages stands in the reports' catalogues under ``audit.rule``.
        severity: its weight.
        key: the indicator or statement it is about.
        year: year of the figure.
        arithmetic: the equation in figures, without words.
        calculated, expected: both sides; None where there is no number to compare with.
        quote_zh: the wording of every figure that entered.
        source: ids of their sources.
    """

    rule: str
    severity: Severity
    key: str
    year: int
    arithmetic: str
    calculated: float | None
    expected: float | None
    quote_zh: str
    source: str

    @property
    def difference(self) -> float | None:
        """``calculated - expected``, or None."""
        return None if self.calculated is None or self.expected is None else self.calculated - self.expected


def finding(
    rule: str,
    severity: Severity,
    figures: list[Figure],
    arithmetic: str,
    calculated: float | None = None,
    expected: float | None = None,
) -> Finding:
    """A finding about the first of some figures that quotes all of them once."""
    first = figures[0]
    quotes = dict.fromkeys(item.quote for item in figures if item.quote)
    sources = dict.fromkeys(part for item in figures for part in item.source.split(";"))
    return Finding(
        rule, severity, first.key, first.year, arithmetic, calculated, expected, "／".join(quotes), ";".join(sources)
    )


def agree(consistent: bool, otherwise: Severity = Severity.CONTRADICTION) -> Severity:
    """``consistent``, or what it is otherwise."""
    return Severity.CONSISTENT if consistent else otherwise
