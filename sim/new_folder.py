"""Writing a folder of results so that nothing half-finished ever looks finished.

A folder is filled under a temporary name beside its final one and renamed last; an interrupted or failed write leaves
at most a folder whose name starts with ``.writing-``, which the next write clears away when its owner is gone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError, Place, Problem, RunFailedError

_PREFIX = ".writing-"


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Give a temporary folder to fill; on success it becomes ``final``, on any failure it is removed.

    Raises:
        InputError: ``final`` exists and is not an empty folder: nothing is overwritten.
        RunFailedError: the disk is full or the place cannot be written to.
    """
    require_free(final)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        clear_abandoned(final.parent)
        temporary = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=final.parent))
        temporary.chmod(0o755)
    except OSError as error:
        raise RunFailedError(f"{final}: the folder cannot be written: {error.strerror or error}") from error
    try:
        yield temporary
        if final.exists():
            require_free(final)
        temporary.rename(final)
    except OSError as error:
        raise RunFailedError(f"{final}: writing failed, nothing was kept: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def require_free(final: Path) -> None:
    """Raise InputError unless ``final`` is absent or an empty folder."""
    if final.is_dir() and not any(final.iterdir()):
        return
    if final.exists():
        raise InputError(
            [Problem(Place(str(final)), "already exists and is not an empty folder", "a new folder: nothing is overwritten")]
        )


def clear_abandoned(parent: Path) -> None:
    """Remove temporary folders in ``parent`` whose process is gone (after a kill or a power cut)."""
    for folder in parent.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
