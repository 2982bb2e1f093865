"""Places on a line, 1 km a minute: worlds whose every figure can be had by head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.emergency.kernel import run_compiled
from sim.emergency.policies import Coverage, MoveUp, MoveUpMethod, Policies
from sim.emergency.reference import run_reference
from sim.emergency.travel import TravelLaw
from sim.emergency.world import Places, Units, World, always_on, places, plane_world

both_engines = pytest.mark.parametrize("run", [run_reference, run_compiled], ids=["reference", "compiled"])


def on_line(km: Sequence[float]) -> Places:
    """Points on a line."""
    return places(km, np.zeros(len(km)))


def line_world(
    units: Units | Sequence[int],
    policies: Policies | None = None,
    *,
    stations: Sequence[float] = (0.0, 10.0),
    zones: Sequence[float] = (0.0, 5.0, 10.0),
    hospitals: Sequence[float] = (),
    horizon: float = 1000.0,
    priorities: int = 3,
    **options: Any,
) -> World:
    """A world on a line; units as homes if they are on duty day and night."""
    world = plane_world(
        zones=on_line(zones),
        stations=on_line(stations),
        hospitals=on_line(hospitals),
        units=units if isinstance(units, Units) else always_on(units),
        law=TravelLaw(1.0),
        horizon_min=horizon,
        priorities=priorities,
        **options,
    )
    return replace(world, policies=policies or Policies())


def moves(method: MoveUpMethod, stations: Sequence[float], table: Sequence[Sequence[int]] | None = None, **rules: Any) -> MoveUp:
    """Move-up between stations on a line."""
    km = np.asarray(stations, dtype=float)
    rows = None if table is None else np.array(table)
    return MoveUp(method, rows, np.abs(km[:, None] - km[None, :]), **rules)


def cover(covers: Sequence[Sequence[int]], weight: Sequence[float], busy: float) -> Coverage:
    """Coverage from rows of stations."""
    return Coverage(np.array(covers, dtype=bool), np.array(weight, dtype=float), busy)
