"""Compilation with a cache where one can be written, and without one where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

Function = Callable[..., Any]

# No fastmath: floats are those of the plain formulas. Division follows numpy (no check for zero in the inner loop).
_OPTIONS = {"nogil": True, "error_model": "numpy"}


def compiled(function: Function) -> Function:
    """Compile a function on first use; release the interpreter lock while it runs; keep the machine code between runs.

    numba looks for a folder to keep it in when the function is defined. Without a writable one (read-only installation, no
    home folder) the function is compiled anew in each process.
    """
    return _compile(function, _OPTIONS)


def inlined(function: Function) -> Function:
    """As :func:`compiled`, for small functions that must not cost a call inside others of the same file."""
    return _compile(function, {**_OPTIONS, "forceinline": True})


def _compile(function: Function, options: dict[str, Any]) -> Function:
    try:
        return njit(cache=True, **options)(function)
    except (RuntimeError, OSError):
        return njit(**options)(function)
