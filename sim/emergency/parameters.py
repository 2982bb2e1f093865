"""The emergency parameters of a region, and their joint parameter draws.

An uncertain parameter has a central value and the 10 % and 90 % points of its prior (:mod:`sim.priors`). It is drawn on its
own named stream, so that one more uncertain parameter moves no other; those that were fitted together are correlated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.draws import Draws
from sim.priors import sample, scores
from sim.region.model import Observation, Region


@dataclass(frozen=True)
class Parameters:
    """Looks up a region's emergency parameters by key without their prefix.

    Attributes:
        region: the pack.
        draws: how many parameter draws there are.
    """

    region: Region
    draws: Draws

    def observation(self, key: str) -> Observation:
        """A parameter with its provenance; KeyError when the packs lack it."""
        return self.region.parameters[f"emergency.{key}"]

    def has(self, key: str) -> bool:
        """Whether the region's or the reference pack gives the parameter."""
        return f"emergency.{key}" in self.region.parameters

    def number(self, key: str) -> float:
        """The central value."""
        return self.observation(key).number

    def schedule(self, key: str) -> NDArray[np.float64]:
        """A list of values."""
        return self.observation(key).schedule

    def drawn(self, key: str) -> NDArray[np.float64]:
        """One value a draw, shape ``[draw]``; draw 0 is the central value. Without a stated range it is certain."""
        return sample(self.observation(key), scores(self.region.joint, self.draws, f"emergency.{key}"))
