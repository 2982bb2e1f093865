"""Emergency service: does help arrive in time?

Public: :func:`simulate` (region + scenario -> :class:`EmergencyResult`). Loaded on first use: the engines compile code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.emergency.result import EmergencyResult

if TYPE_CHECKING:
    from sim.emergency.simulation import simulate
    from sim.emergency.statistics import paired_difference

__all__ = ["EmergencyResult", "paired_difference", "simulate"]


def __getattr__(name: str) -> Any:
    if name == "simulate":
        from sim.emergency.simulation import simulate

        return simulate
    if name == "paired_difference":
        from sim.emergency.statistics import paired_difference

        return paired_difference
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
