"""Compilation with a cache where one can be written, and without one where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on first use; release the interpreter lock while it runs; keep the machine code between runs.

    numba looks for a folder to keep it in when the function is defined. Without a writable one (read-only installation, no
    home folder) the function is compiled anew in each process. ``fastmath`` stays off: floats are those of the plain
    formulas.
    """
    try:
        return njit(cache=True, nogil=True)(function)
    except (RuntimeError, OSError):
        return njit(nogil=True)(function)
