"""One error type with a place, for everything that a user wrote.

A check never raises at the first fault: it collects :class:`Problem` objects in a :class:`Problems` list and raises
:class:`InputError` once, so that a user sees everything that is wrong at the same time.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

_NUMBER = re.compile(r"[-+]?[0-9.]+")

_ALL, _SOME = 20, 12
"""Up to how many known words a message lists, and how many of more."""


class Severity(StrEnum):
    """How bad a finding is: an ``error`` stops the program, the others are shown and the work goes on."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a file as the user named it, a line and a column (both from 1; 0 when not applicable)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column or 1}"


@dataclass(frozen=True)
class Problem:
    """One finding: where, what is wrong, what was expected, and what was probably meant."""

    place: Place
    what: str
    expected: str = ""
    meant: str = ""
    severity: Severity = Severity.ERROR

    @property
    def kind(self) -> tuple[str, str]:
        """Findings of one kind: in one file, of one expectation."""
        return self.place.file, self.expected or self.what

    def __str__(self) -> str:
        parts = [self.what]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.meant:
            parts.append(f"did you mean {self.meant if _NUMBER.fullmatch(self.meant) else repr(self.meant)}?")
        label = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        return f"{self.place}: {label}{'; '.join(parts)}"


class HealthsimError(Exception):
    """Base of the errors that end a command with a plain message and a known exit code."""

    exit_code = 1


class InputError(HealthsimError):
    """Something that the user wrote is wrong: all problems found, in order of place. Exit code 2.

    The message shows the first ``SHOWN`` of one kind in a file (a whole column in another unit, say) and counts the rest.
    """

    exit_code = 2
    SHOWN = 20

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        kinds = Counter(problem.kind for problem in self.problems)
        seen: Counter[tuple[str, str]] = Counter()
        lines = []
        for problem in self.problems:
            seen[problem.kind] += 1
            if seen[problem.kind] <= self.SHOWN:
                lines.append(str(problem))
            elif seen[problem.kind] == kinds[problem.kind]:
                more = kinds[problem.kind] - self.SHOWN
                lines.append(f"{problem.place.file}: and {more} more like these, the last on line {problem.place.line}")
        super().__init__("\n".join(lines))


class RunFailedError(HealthsimError):
    """A run could not be finished (disk full, numbers that left their domain). Exit code 3."""

    exit_code = 3


class GateError(HealthsimError):
    """A gate that was asked for was not met. Exit code 4."""

    exit_code = 4


@dataclass
class Problems:
    """A collector of findings; :meth:`raise_errors` ends a check."""

    found: list[Problem] = field(default_factory=list)

    def error(self, place: Place, what: str, expected: str = "", meant: str = "") -> None:
        """Add an error."""
        self.found.append(Problem(place, what, expected, meant))

    def warn(self, place: Place, what: str, expected: str = "", meant: str = "") -> None:
        """Add a warning."""
        self.found.append(Problem(place, what, expected, meant, Severity.WARNING))

    def unknown(self, place: Place, what: str, word: str, known: Iterable[str], meant: str = "") -> None:
        """Add an error about a word that is not one of ``known``, with ``meant`` or the nearest known one as the suggestion."""
        options = sorted(known)
        shown = ", ".join(options if len(options) <= _ALL else options[:_SOME])
        more = f" ... ({len(options)} in all)" if len(options) > _ALL else ""
        self.error(place, f"{what} {word!r}", f"one of {shown}{more}" if options else "", meant or nearest(word, options))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The findings that stop the program."""
        return tuple(problem for problem in self.found if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The findings that do not."""
        return tuple(problem for problem in self.found if problem.severity is not Severity.ERROR)

    def raise_errors(self) -> None:
        """Raise :class:`InputError` with every error found, if there is one."""
        if self.errors:
            raise InputError(self.errors)


def nearest(word: str, options: Iterable[str]) -> str:
    """The option that looks most like ``word``, capitals aside where that helps, or an empty string if none is near."""
    known = list(options)
    for form in (str(word), str(word).lower()):
        if matches := difflib.get_close_matches(form, known, n=1, cutoff=0.6):
            return matches[0]
    return ""
