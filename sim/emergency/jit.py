"""Compilation with a cache where one can be written, and without one where not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit

Function = Callable[..., Any]

# No fastmath: floats are those of the plain formulas. Division follows numpy (no check for zero in the inner loop).
_OPTIONS = {"nogil": True, "error_model": "numpy"}

# No counting of references to arrays, which costs two atomic operations for each array of each call.
_LEAN = {**_OPTIONS, "_nrt": False}

COMPILED_SOURCES = ("jit.py", "machine.py", "variates.py", "policy_machine/*.py")
"""All files of this package with code that is compiled. A test compares."""


def compiled(function: Function) -> Function:
    """Compile a function on first use; release the interpreter lock while it runs; keep the machine code between runs.

    numba looks for a folder to keep it in when the function is defined. Without a writable one (read-only installation, no
    home folder) the function is compiled anew in each process.
    """
    return _compile(function, _OPTIONS)


def inlined(function: Function) -> Function:
    """As :func:`compiled`, for small functions that must not cost a call inside others."""
    return _compile(function, {**_OPTIONS, "forceinline": True})


def lean(function: Function) -> Function:
    """As :func:`compiled`, for functions that hand on many arrays and make none; the caller must keep them alive."""
    return _compile(function, _LEAN)


def lean_inlined(function: Function) -> Function:
    """As :func:`lean`, for functions that must not cost a call."""
    return _compile(function, {**_LEAN, "forceinline": True})


def _compile(function: Function, options: dict[str, Any]) -> Function:
    try:
        dispatcher = njit(cache=True, **options)(function)
    except (RuntimeError, OSError):
        return njit(**options)(function)
    _depend_on_all_sources(dispatcher)
    return dispatcher


def _depend_on_all_sources(dispatcher: Function) -> None:
    """Have machine code compiled anew when any of the sources changed.

    By itself numba looks at the file of a function alone and keeps what it once inlined from others. It has no public way
    to say so; where a version has no such stamp, its own rule stands.
    """
    file = getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)
    stamp = getattr(file, "_source_stamp", None)
    if stamp is not None:
        file._source_stamp = (stamp, _sources_digest())


@cache
def _sources_digest() -> str:
    """Digest of all files with compiled code."""
    folder = Path(__file__).parent
    paths = sorted(path for pattern in COMPILED_SOURCES for path in folder.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
