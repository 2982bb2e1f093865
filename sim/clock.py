"""Timing the steps of a run, and telling how far they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, 0..1."""


def silent(step: str, share: float) -> None:
    """A progress that tells nobody."""


@dataclass
class Clock:
    """Takes down how long each step took, in order."""

    progress: Progress = silent
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and tell its beginning and its end."""
        started = time.perf_counter()
        self.progress(name, 0.0)
        yield
        self.timings[name] = time.perf_counter() - started
        self.progress(name, 1.0)

    def within(self, name: str) -> Callable[[float], None]:
        """A callback for a step that knows how far it is."""
        return lambda share: self.progress(name, share)
