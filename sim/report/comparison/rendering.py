"""Rendering a comparison into files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sim.comparison import Comparison
from sim.report.comparison.build import build_comparison
from sim.report.model import Report

_FIRST_DOS_DATE = (1980, 1, 1, 0, 0, 0)


def render_comparison(
    comparison: Comparison, name: str, formats: Sequence[str], languages: Sequence[str], into: Path
) -> tuple[Path, ...]:
    """Write ``compare.html`` (all languages on one page) and ``compare.<language>.docx|xlsx``.

    Args:
        comparison: what is shown.
        name: name of the comparison's folder.
        formats: of ``html``, ``docx``, ``xlsx``.
        languages: of ``zh``, ``en``; the first is shown first.
        into: folder for the files.

    Returns:
        the files written.
    """
    reports = [build_comparison(comparison, language, name) for language in languages]
    written = []
    if "html" in formats:
        from sim.report.comparison.page import to_page

        path = into / "compare.html"
        path.write_text(to_page(reports), encoding="utf-8", newline="\n")
        written.append(path)
    for report in reports:
        if "docx" in formats:
            written.append(_write_word(report, comparison, into / f"compare.{report.language}.docx"))
        if "xlsx" in formats:
            from sim.report.comparison.workbook import to_workbook

            path = into / f"compare.{report.language}.xlsx"
            to_workbook(report, comparison, _date(comparison), path)
            written.append(path)
    return tuple(written)


def _date(comparison: Comparison) -> datetime | None:
    """When the last of the runs was finished: the date of the documents, so that they do not change with the day."""
    dates = [datetime.fromisoformat(text) for member in comparison.members if (text := member.manifest.get("finished"))]
    return max(dates, default=None)


def _write_word(report: Report, comparison: Comparison, path: Path) -> Path:
    from sim.report.word import to_word

    to_word(report, path, _date(comparison))
    _without_clock(path)
    return path


def _without_clock(path: Path) -> None:
    """Pack a document again with a fixed date of its members: the same content gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for filename, content in members:
            archive.writestr(zipfile.ZipInfo(filename, _FIRST_DOS_DATE), content, zipfile.ZIP_DEFLATED)
    path.write_bytes(buffer.getvalue())
