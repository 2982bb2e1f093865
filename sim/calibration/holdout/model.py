"""What a hold-out or back-test says: one flat row a quantity and year."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a row's model value came about, and so what its agreement with the observation is worth."""

    HOLD_OUT = "hold-out"
    """The model was fitted to other observations; this one was kept from it."""

    BACK_TEST = "back-test"
    """The method was started in an earlier year with what was known then; the outcome is known by now."""

    HINDSIGHT = "with hindsight"
    """As a back-test, but part of the start was taken from later observations: it splits an error, it proves nothing."""

    IMPLIED = "implied by the plan"
    """What a plan's own targets come to. No forecast of the model, whether or not the outcome is known."""


@dataclass(frozen=True)
class Naive:
    """A forecast that needs no model: ``key`` names its rule (``no_change``, ``linear``, ...)."""

    key: str
    value: float


@dataclass(frozen=True)
class HoldoutRow:
    """One quantity that the model was asked for without having been told.

    Attributes:
        region: key of the region.
        subject: what was tested together, a table of the report: ``population``, ``population_midway``, ``emergency``,
            ``resources``.
        what: the quantity, a key of the catalogue (``response_mean``, ``residents_60plus``, ``beds``, ...).
        variant: under which of several stated assumptions; ``central`` where there is one only.
        year: the year the quantity stands for.
        unit: key of the unit: ``min``, ``share`` (also of growth), ``points`` (difference of shares, 0..1), ``persons``,
            ``beds``, ``per 1000``, ...
        observed: the observation; None where no outcome is known.
        model, p10, p90: the model's central value and its 10 % and 90 % points over parameter draws; None where there are none.
        naives: forecasts without a model, the most natural one first.
        kind: what the row is.
        source: ids of the observation's sources, as in the pack.
        note: key of the remark that must stand beside the row.
        judged: False where the observation is of another quantity than the model's (supply beside need) and cannot be met or
            missed.
    """

    region: str
    subject: str
    what: str
    variant: str
    year: int
    unit: str
    observed: float | None
    model: float | None
    p10: float | None
    p90: float | None
    naives: tuple[Naive, ...]
    kind: Kind
    source: str
    note: str
    judged: bool = True

    @property
    def inside(self) -> bool | None:
        """Whether the observation lies inside the 80 % interval; None where either is missing or the row is not judged."""
        if not self.judged or self.observed is None or self.p10 is None or self.p90 is None:
            return None
        return self.p10 <= self.observed <= self.p90

    @property
    def error(self) -> float | None:
        """Model less observation, in the row's unit; None where either is missing."""
        return None if self.observed is None or self.model is None else self.model - self.observed

    @property
    def naive(self) -> float | None:
        """The first forecast without a model."""
        return self.naives[0].value if self.naives else None
