"""healthsim: one report model, rendered as HTML, Word and Excel in Chinese and English.

Names are imported on first use, so that the command line stays quick.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {"render": "rendering", "FORMATS": "rendering", "LANGUAGES": "wording", "build_report": "build", "Report": "model"}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
