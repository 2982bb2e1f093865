"""Where the data is: the folder that holds ``calibration/`` and ``scenarios/``."""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from sim.errors import InputError, Place, Problem
from sim.textfile import exists, is_file

FOLDERS = ("calibration", "scenarios")
INSTALLED = Path("share") / "healthsim"
CHECKOUT = Path(__file__).resolve().parents[2]
_WANTED = "a folder that holds calibration/ and scenarios/"


def find_data_root(start: Path | None = None, explicit: Path | None = None) -> Path:
    """The first data root: a folder that holds both ``calibration/`` and ``scenarios/``.

    Looked for in this order: ``explicit`` alone if it is given; the folders above ``start`` (a scenario file or a
    folder, itself included); the current directory; the checkout the program runs from, if it does; the installed copy
    (``share/healthsim`` under the prefixes that ``data_files`` go to).

    Args:
        start: the scenario file or a folder to climb from.
        explicit: the folder the user named.

    Raises:
        InputError: ``explicit`` is no data root, or none was found; says where was looked.
    """
    if explicit is not None:
        if not is_data_root(explicit):
            raise InputError([Problem(Place(str(explicit)), "this is no data folder", _WANTED)])
        return explicit.resolve()
    looked: list[str] = []
    for folder in _candidates(start):
        if is_data_root(folder):
            return folder
        looked.append(str(folder))
    shown = ", ".join(dict.fromkeys(looked))
    raise InputError([Problem(Place(str(start or Path.cwd())), f"no data folder was found; looked in {shown}", _WANTED)])


def is_data_root(folder: Path) -> bool:
    """Whether a folder holds both data folders."""
    return all((folder / name).is_dir() for name in FOLDERS)


def _candidates(start: Path | None) -> Iterator[Path]:
    if start is not None:
        resolved = start.resolve()
        yield resolved
        yield from resolved.parents
    yield Path.cwd()
    yield CHECKOUT
    prefixes = (sysconfig.get_path("data"), sys.prefix, site.getuserbase(), sys.base_prefix)
    for prefix in dict.fromkeys(prefixes):
        if prefix:
            yield Path(prefix) / INSTALLED


def find_scenario(path: Path, explicit: Path | None = None) -> Path:
    """A scenario file as the user named it, or, where no such file is there, the one of that name in a data folder.

    ``scenarios/kunshan/plan_2025.yaml`` so works from any directory with the installed copy. A name that is found nowhere
    is given back unchanged, for the reader to say so.
    """
    if exists(path) or path.is_absolute():
        return path
    for root in [explicit] if explicit is not None else _candidates(None):
        for found in (root / path, root / "scenarios" / path):
            if is_file(found):
                return found
    return path
