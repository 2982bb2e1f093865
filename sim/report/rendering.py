"""Rendering: from a run folder to files in the asked formats and languages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sim.errors import RunFailedError
from sim.output.read import LoadedRun, by_other_program, load_run
from sim.report.build import build_report
from sim.report.model import Report
from sim.report.wording import LANGUAGES, Wording

_log = logging.getLogger(__name__)


def render(
    run: LoadedRun | Path,
    formats: Sequence[str] = ("html",),
    languages: Sequence[str] = LANGUAGES,
    into: Path | None = None,
) -> tuple[Path, ...]:
    """Write ``report.<language>.<format>`` for every language and format.

    Args:
        run: a run folder.
        formats: of ``html``, ``docx``, ``xlsx``.
        languages: of ``zh``, ``en``.
        into: where the files go (default: the run folder itself; a report there is replaced).

    Returns:
        the files written.

    Raises:
        InputError: ``run`` is not a finished run.
        RunFailedError: a file cannot be written, or the run was made by another version whose tables this one cannot read.
    """
    loaded = load_run(run) if isinstance(run, Path) else run
    target = into or loaded.folder
    written = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for language in languages:
            report = build_report(loaded, language)
            for name in formats:
                path = target / f"report.{language}.{name}"
                _WRITERS[name](report, loaded, path)
                written.append(path)
    except OSError as error:
        raise RunFailedError(f"{error.filename or target}: the report cannot be made: {error.strerror or error}") from error
    except (LookupError, ValueError, AttributeError) as error:
        if not by_other_program(loaded):
            raise
        raise RunFailedError(
            f"{loaded.folder}: was made by another version of the program, whose tables this one cannot read; "
            "run the scenario again"
        ) from error
    return tuple(written)


def _write_html(report: Report, run: LoadedRun, path: Path) -> None:
    from sim.report.html import to_html

    path.write_text(to_html(report), encoding="utf-8", newline="\n")


def _write_word(report: Report, run: LoadedRun, path: Path) -> None:
    from sim.report.draw import has_chinese_font
    from sim.report.word import to_word

    if report.language == "zh" and not has_chinese_font():
        _log.warning("%s", Wording(report.language)("font_missing"))
    started = run.manifest["started"]
    to_word(report, path, datetime.fromisoformat(started) if started else None)


def _write_excel(report: Report, run: LoadedRun, path: Path) -> None:
    from sim.report.excel import to_excel

    to_excel(report, run, path)


_WRITERS: dict[str, Callable[[Report, LoadedRun, Path], None]] = {
    "html": _write_html,
    "docx": _write_word,
    "xlsx": _write_excel,
}

FORMATS = tuple(_WRITERS)
"""Formats that :func:`render` knows."""
