"""healthsim: a plan at mid-term. What was planned, what was foreseen, what came, and what is to be expected now.

Reads two run folders, the earlier forecast and the one that stands on what was observed; renders nothing. Names are imported
on first use, so that the command line stays quick.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Coverage": "model",
    "Evaluation": "model",
    "Judgement": "model",
    "Row": "model",
    "evaluate_runs": "assemble",
    "find_evaluation": "write",
    "identity_of": "write",
    "write_evaluation": "write",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
