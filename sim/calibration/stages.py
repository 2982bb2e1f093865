"""Finished stages of a fit, kept beside the result so that an interrupted fit goes on where it stopped.

A stage is a set of simulated set-ups. Its name is the hash of all that it was computed from (program, input files, set-ups,
crews, replications), so that a kept stage can only be the one that would be computed again; floats are kept in full.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.response import ResponseWorld
from sim.errors import RunFailedError

FOLDER = ".calibration"
"""Name of the folder of kept stages."""


class Stages:
    """Computes stages, or takes the kept ones.

    Args:
        folder: where stages are kept; None keeps nothing.
        identity: what all stages of this fit depend on.
        progress: called after every stage.
    """

    def __init__(self, folder: Path | None, identity: Mapping[str, Any], progress: Callable[[], None] = lambda: None) -> None:
        self.folder, self.identity, self.progress = folder, dict(identity), progress
        self.reused = 0

    def figures(
        self, world: ResponseWorld, points: Sequence[Mapping[str, float]], crews: tuple[int, int], replications: int
    ) -> NDArray[np.float64]:
        """See :meth:`sim.calibration.response.ResponseWorld.figures`."""
        asked = {"figures": [dict(point) for point in points], "crews": list(crews), "replications": replications}
        return self._stage(asked, lambda: world.figures(points, crews, replications))

    def places(
        self, world: ResponseWorld, values: Mapping[str, float], crews: tuple[int, int], replications: int
    ) -> NDArray[np.float64]:
        """See :meth:`sim.calibration.response.ResponseWorld.spread_of_places`."""
        asked = {"places": dict(values), "crews": list(crews), "replications": replications}
        return self._stage(asked, lambda: world.spread_of_places(values, crews, replications))

    def _stage(self, asked: Mapping[str, Any], compute: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
        text = json.dumps({**self.identity, **asked}, sort_keys=True, allow_nan=False)
        file = None if self.folder is None else self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
        found = _read(file)
        if found is None:
            found = compute()
            _write(file, found)
        else:
            self.reused += 1
        self.progress()
        return found


def _read(file: Path | None) -> NDArray[np.float64] | None:
    """A kept stage; one that cannot be read counts as not kept."""
    if file is None:
        return None
    try:
        return np.array(json.loads(file.read_text(encoding="utf-8")), dtype=float)
    except (OSError, ValueError):
        return None


def _write(file: Path | None, values: NDArray[np.float64]) -> None:
    if file is None:
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(values.tolist()), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise RunFailedError(f"{file.parent}: the stages of the fit cannot be kept: {error.strerror or error}") from error
