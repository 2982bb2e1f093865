"""healthsim: run folders, manifest, atomic writing, verify.

Names are imported on first use, so that the command line stays quick.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Run": "model",
    "Identity": "identity",
    "identify": "identity",
    "find_finished": "write",
    "write_run": "write",
    "LoadedRun": "read",
    "load_run": "read",
    "damaged": "read",
    "doubts": "read",
    "file_hash": "identity",
    "program_hash": "identity",
    "Outcome": "verify",
    "Rerun": "verify",
    "VerifyReport": "verify",
    "verify_run": "verify",
    "population_by_age": "population_tables",
    "population_totals": "population_tables",
    "watch_parameters": "used",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
