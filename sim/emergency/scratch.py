"""Memory that replications use again, so that it stays flat and is not asked of the system each time."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Scratch:
    """Named arrays that are handed out again and again. What was taken before under a name is then overwritten."""

    def __init__(self) -> None:
        self._held: dict[str, NDArray[np.generic]] = {}

    def take(self, name: str, size: int, kind: DTypeLike = np.float64) -> NDArray[np.generic]:
        """An array of ``size`` entries, not cleared."""
        held = self._held.get(name)
        if held is None or len(held) < size or held.dtype != np.dtype(kind):
            held = self._held[name] = np.empty(size + size // 8, dtype=kind)
        return held[:size]


class Fresh(Scratch):
    """The same without reuse: every array is new."""

    def take(self, name: str, size: int, kind: DTypeLike = np.float64) -> NDArray[np.generic]:
        """A new array."""
        return np.empty(size, dtype=kind)
