"""Who will live there: cohort-component projection of a region with draws, and the demographic pieces it is made of.

Public: :func:`project_region`, :func:`cohort_component`, :func:`survival_from_mx` and the data classes :class:`Population`,
:class:`Projection`. Names are imported when they are first used, so that importing the package is cheap.
"""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {
    "OPEN_AGE": "model",
    "SEXES": "model",
    "Population": "model",
    "Projection": "engine",
    "cohort_component": "engine",
    "project_region": "region_projection",
    "survival_from_mx": "survival",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
