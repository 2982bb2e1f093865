"""Rendering a fit into its pages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sim.calibration import RegionFit
from sim.calibration.holdout import HoldoutRow
from sim.errors import RunFailedError
from sim.report.fit.build import build_fit
from sim.report.html import to_html
from sim.report.wording import LANGUAGES


def render_fit(
    fit: RegionFit, holdouts: Sequence[HoldoutRow], into: Path, languages: Sequence[str] = LANGUAGES
) -> tuple[Path, ...]:
    """Write ``fit_report.<language>.html``, each one self-contained page that appears whole or not at all.

    Args:
        fit: what was found.
        holdouts: hold-outs and back-tests of the region.
        into: folder for the files.
        languages: of ``zh``, ``en``.

    Returns:
        the files written.

    Raises:
        RunFailedError: a file cannot be written.
    """
    written = []
    for language in languages:
        path = into / f"fit_report.{language}.html"
        page = to_html(build_fit(fit, holdouts, language))
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_text(page, encoding="utf-8", newline="\n")
            part.replace(path)
        except OSError as error:
            raise RunFailedError(f"{path}: the report cannot be written: {error.strerror or error}") from error
        written.append(path)
    return tuple(written)
