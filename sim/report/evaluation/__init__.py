"""healthsim: a mid-term evaluation as one bilingual page, and as a table in the terminal.

Names are imported on first use, so that the command line stays quick.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {"render_evaluation": "rendering", "print_evaluation": "terminal"}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
