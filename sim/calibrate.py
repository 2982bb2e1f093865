"""``healthsim calibrate``: fit regions to what was observed, write the fits and, if asked for, their reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sim import __version__
from sim.calibration import Calibration, calibrate, requests
from sim.clock import Progress, silent
from sim.output.identity import program_hash

ProgressFor = Callable[[str], AbstractContextManager[Progress]]
"""Opens the progress of one region by its name."""

STEP = "calibrate"
"""Name of the step that the progress is told."""


def _silent(_title: str) -> AbstractContextManager[Progress]:
    return nullcontext(silent)


@dataclass(frozen=True)
class Calibrated:
    """One finished region and the pages that were written for it."""

    calibration: Calibration
    pages: tuple[Path, ...]

    def __str__(self) -> str:
        return "\n".join([str(self.calibration), *map(str, self.pages)])


def calibrate_regions(
    names: Sequence[str],
    *,
    out: Path | None = None,
    report: bool = False,
    data_root: Path | None = None,
    progress_for: ProgressFor = _silent,
    done: Callable[[Calibrated], None] = lambda calibrated: None,
) -> tuple[Calibrated, ...]:
    """Fit every region that is named, one after the other; what is finished stays finished when a later one is interrupted.

    Args:
        names: see :func:`sim.calibration.requests`.
        out: where to write; by default each region's own pack.
        report: whether ``fit_report.zh.html`` and ``fit_report.en.html`` are written as well.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.
        progress_for: opens the progress of a region.
        done: told of each region as soon as it is finished.

    Raises:
        InputError: anything wrong in what the user wrote; nothing is written.
        RunFailedError: a folder cannot be written.
    """
    asked = requests(names, out, data_root)
    program = {"version": __version__, "sources": program_hash()}
    finished = []
    for request in asked:
        with progress_for(request.region.key) as progress:
            calibration = calibrate(request, program=program, progress=lambda share, tell=progress: tell(STEP, share))
            pages = _pages(calibration, request.folder, request.packs) if report else ()
        finished.append(Calibrated(calibration, pages))
        done(finished[-1])
    return tuple(finished)


def _pages(calibration: Calibration, folder: Path, packs: Path) -> tuple[Path, ...]:
    """The report in both languages, with the hold-outs of the pack as it stands."""
    from sim.calibration.holdout import holdout_rows
    from sim.region import load_region
    from sim.report.fit import render_fit

    rows = holdout_rows(load_region(packs, calibration.key))
    return render_fit(calibration.fit, rows, folder)
