"""Rendering an evaluation into its page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.evaluation import Evaluation
from sim.report.comparison.page import to_page
from sim.report.evaluation.build import build_evaluation


def render_evaluation(evaluation: Evaluation, name: str, languages: Sequence[str], into: Path) -> tuple[Path, ...]:
    """Write ``evaluation.html``: every language on one self-contained page, the first shown first.

    Args:
        evaluation: what is shown.
        name: name of the evaluation's folder.
        languages: of ``zh``, ``en``.
        into: folder for the file.

    Returns:
        the files written.
    """
    path = into / "evaluation.html"
    page = to_page([build_evaluation(evaluation, language, name) for language in languages])
    path.write_text(page, encoding="utf-8", newline="\n")
    return (path,)
