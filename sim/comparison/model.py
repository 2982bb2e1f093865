"""What a comparison is: its members, the common years and three tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sim.output import LoadedRun

MOST = 10
"""More scenarios than this cannot be told apart in one chart."""

LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Notice:
    """Something a reader must know before trusting a difference: ``key`` and ``values`` for a catalogue, ``text`` in English."""

    key: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One run of a comparison and the letter it goes by in tables and charts."""

    letter: str
    run: LoadedRun

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The run's manifest."""
        return self.run.manifest


@dataclass(frozen=True)
class Comparison:
    """Two to ten runs side by side.

    Attributes:
        members: in the order given.
        base: position of the one that the others are compared with.
        years: scorecard years that all have.
        pairs: random draws that all have; differences are paired over them.
        headline: ``compare.csv``: one row per indicator, year and member (:mod:`sim.comparison.headline`).
        emergency: ``compare_emergency.csv``: one row per year, metric and member (:mod:`sim.comparison.emergency`).
        inputs: ``inputs_diff.csv``: what differs from the base in what went in (:mod:`sim.comparison.inputs_diff`).
        notices: what limits the comparison.
    """

    members: tuple[Member, ...]
    base: int
    years: tuple[int, ...]
    pairs: int
    headline: pd.DataFrame
    emergency: pd.DataFrame
    inputs: pd.DataFrame
    notices: tuple[Notice, ...]

    @property
    def base_member(self) -> Member:
        """The member that the others are compared with."""
        return self.members[self.base]

    @property
    def others(self) -> tuple[Member, ...]:
        """All members but the base."""
        return tuple(member for position, member in enumerate(self.members) if position != self.base)

    @property
    def region(self) -> str:
        """Key of the common region."""
        return str(self.base_member.manifest["region"])
