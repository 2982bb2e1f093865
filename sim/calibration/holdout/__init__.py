"""Hold-outs and back-tests: what the model says of observations that it was not fitted to.

Public: :func:`holdout_rows` (region -> :class:`HoldoutRow` of all that can be tested there).
"""

from sim.calibration.holdout.model import HoldoutRow, Kind, Naive
from sim.calibration.holdout.rows import holdout_rows

__all__ = ["HoldoutRow", "Kind", "Naive", "holdout_rows"]
