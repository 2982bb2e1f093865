"""Text files that a user wrote: UTF-8, and where one is not, the place of the first byte that is wrong."""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError, Place, Problem


def read_text(path: Path, name: str) -> str:
    """The text of a file; a byte-order mark is taken off.

    Args:
        path: the file.
        name: how messages name it.

    Raises:
        InputError: it is not there, no file, not readable or not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Problem(Place(name), "the file does not exist")]) from None
    except IsADirectoryError:
        raise InputError([Problem(Place(name), "this is a folder", "a file")]) from None
    except OSError as error:
        raise InputError([Problem(Place(name), f"the file cannot be read: {error.strerror}", "a readable file")]) from None
    except ValueError:
        raise InputError([Problem(Place(name), "this cannot be the name of a file")]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", errors="replace")) + 1
        place = Place(name, before.count(b"\n") + 1, column)
        raise InputError([Problem(place, "this is no UTF-8 text", "the file saved as UTF-8 (not GBK or UTF-16)")]) from None


def exists(path: Path) -> bool:
    """Whether something is there; a name that the system refuses (too long) is not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Whether a file is there; a name that the system refuses (too long) is not."""
    return exists(path) and path.is_file()
