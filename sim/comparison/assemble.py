"""From run folders to a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from sim.comparison.comparable import facts_of_manifest, require_comparable
from sim.comparison.emergency import common_years, emergency
from sim.comparison.headline import headline
from sim.comparison.inputs_diff import inputs_diff
from sim.comparison.model import LETTERS, MOST, Comparison, Member, Notice
from sim.comparison.values import RunValues
from sim.output import LoadedRun


def compare_runs(runs: Sequence[LoadedRun], base: int = 0) -> Comparison:
    """Put two to ten finished runs side by side.

    Args:
        runs: complete run folders (:func:`sim.output.damaged` finds those that are not).
        base: position of the run that the others are compared with.

    Raises:
        InputError: the runs cannot be compared, with every reason (:mod:`sim.comparison.comparable`).
        ValueError: fewer than two or more than ten runs, or no such base.
    """
    if not 2 <= len(runs) <= MOST or not 0 <= base < len(runs):
        raise ValueError(f"two to {MOST} runs and a base among them are needed")
    facts = [facts_of_manifest(run.manifest, str(run.folder)) for run in runs]
    notices = require_comparable(facts, base)
    members = tuple(Member(letter, run) for letter, run in zip(LETTERS, runs, strict=False))
    values = [RunValues(run) for run in runs]
    years = sorted(set.intersection(*(set(one.years) for one in values)))
    if not common_years(values):
        text = "no simulated year is common to all runs: the emergency service is not compared (emergency.years)"
        notices = (*notices, Notice("emergency_years", text))
    return Comparison(
        members=members,
        base=base,
        years=tuple(years),
        pairs=min(one.draws for one in facts),
        headline=headline(members, values, base, years),
        emergency=emergency(members, values, base),
        inputs=inputs_diff(members, base),
        notices=notices,
    )
