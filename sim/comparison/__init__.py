"""healthsim: several finished runs side by side, paired draw by draw. Reads run folders; renders nothing.

Names are imported on first use, so that the command line stays quick.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "Comparison": "model",
    "Member": "model",
    "Notice": "model",
    "MOST": "model",
    "MEASURES": "headline",
    "Facts": "comparable",
    "facts_of_manifest": "comparable",
    "facts_of_scenario": "comparable",
    "require_comparable": "comparable",
    "RunValues": "values",
    "compare_runs": "assemble",
    "write_comparison": "write",
    "find_comparison": "write",
    "identity_of": "write",
    "is_comparison": "write",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
