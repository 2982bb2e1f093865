"""The words of a verdict and what they mean. One definition, used by the scorecard, the command line and the reports."""

from __future__ import annotations

from enum import StrEnum

SURE = 0.8
"""A chance of at least 80 % is called sure. A convention of presentation, not a parameter."""

UNLIKELY = 0.2
"""A chance of at most 20 % is called unlikely."""


class Status(StrEnum):
    """Verdict of a row.

    ``met``: supply reaches what is asked, and does so in at least 80 % of the draws.
    ``met_centrally``: it does under the central assumption, but in fewer than 80 % of the draws.
    ``missed_centrally``: it does not under the central assumption, but in more than 20 % of the draws.
    ``missed``: it does not, and in at most 20 % of the draws.
    ``not_observed``: the supply is not known.
    ``not_judged``: there is nothing to judge it by in this year.
    ``context``: a figure that is shown, not judged.
    """

    MET = "met"
    MET_CENTRALLY = "met_centrally"
    MISSED_CENTRALLY = "missed_centrally"
    MISSED = "missed"
    NOT_OBSERVED = "not_observed"
    NOT_JUDGED = "not_judged"
    CONTEXT = "context"


def verdict(supply: float | None, gap: float | None, chance: float | None) -> Status:
    """The status of a supply with a gap (negative is short) and a chance over draws.

    Where only the central assumption is known (``chance`` None) the gap alone decides between ``met`` and ``missed``.
    """
    if supply is None:
        return Status.NOT_OBSERVED
    if gap is None:
        return Status.NOT_JUDGED
    if chance is None:
        chance = 1.0 if gap >= 0 else 0.0
    if gap >= 0:
        return Status.MET if chance >= SURE else Status.MET_CENTRALLY
    return Status.MISSED_CENTRALLY if chance > UNLIKELY else Status.MISSED
