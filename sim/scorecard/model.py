"""The verdict table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScorecardRow:
    """One indicator in one year; None = not available (printed empty, never 0). Field order is the order of ``scorecard.csv``.

    ``gap_to_norm`` and ``gap_to_need`` are oriented so that negative is short, also where lower is better. ``supply_low`` and
    ``supply_high`` bound a base-year count that was derived from a printed ratio: all counts that round to the print.
    ``printed`` is the document's own figure of the base year; ``denominator`` the residents behind a per-head row (in the base
    year those behind the printed rates); ``supply_on_projection`` the supply per head of the projected population where that
    is another one.
    """

    region: str
    scenario: str
    year: int
    indicator: str
    unit: str
    basis: str
    supply: float | None = None
    norm: float | None = None
    need_p10: float | None = None
    need_p50: float | None = None
    need_p90: float | None = None
    gap_to_norm: float | None = None
    gap_to_need: float | None = None
    p_norm_met: float | None = None
    p_need_met: float | None = None
    status: str = ""
    source: str = ""
    norm_basis: str = ""
    nature: str = ""
    norm_operator: str = ""
    norm_printed: float | None = None
    supply_how: str = ""
    supply_low: float | None = None
    supply_high: float | None = None
    confidence: str = ""
    need_method: str = ""
    status_norm: str = ""
    status_need: str = ""
    first_shortfall_norm: int | None = None
    first_shortfall_need: int | None = None
    printed: float | None = None
    denominator: float | None = None
    supply_on_projection: float | None = None


@dataclass(frozen=True)
class Scorecard:
    """All rows, ordered by indicator (dictionary order), then year."""

    rows: tuple[ScorecardRow, ...]
