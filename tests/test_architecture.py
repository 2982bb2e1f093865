"""Arrows run one way (docs/architecture.md): what each package may import, and that public packages are met at their door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SIM = Path(__file__).resolve().parents[1] / "sim"

FOUNDATION = {
    *("errors", "textfile", "csvfile", "yamlfile", "csvout", "new_folder"),
    *("streams", "draws", "indicators", "clock", "queueing"),
}
"""Modules of ``sim`` itself that everything may use and that use nothing but each other."""

MAY_USE: dict[str, set[str]] = {
    "region": set(),
    "priors": {"region"},
    "scenario": {"region"},
    "population": {"region", "scenario", "priors"},
    "demand": {"region", "scenario", "population", "priors"},
    "supply": {"region", "scenario", "population"},
    "emergency": {"region", "scenario", "population", "supply", "demand", "priors"},
    "scorecard": {"region", "scenario", "population", "demand", "supply", "emergency"},
    "calibration": {"region", "scenario", "population", "demand", "supply", "emergency", "priors"},
    "output": {"region", "scenario", "population", "demand", "supply", "emergency", "scorecard"},
    "comparison": {"region", "scenario", "emergency", "scorecard", "output"},
    "evaluation": {"output", "comparison"},
    "report": {"region", "scenario", "population", "scorecard", "output", "comparison", "evaluation", "calibration"},
}
"""What each package (and ``priors``, a module on top of ``region``) may import, itself and the foundation aside."""

EXCEPTIONS = {
    "emergency/replay.py imports sim.output.identity",  # a replay stands alone and states hashes and versions as a run does
}

TOP = {"run", "partial", "compare", "evaluate", "calibrate"}
"""Modules of ``sim`` itself that put the packages together."""


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """The packages or modules of ``sim`` that a file imports, with the whole name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"sim.{alias.name}" for alias in node.names] if node.module == "sim" else [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "sim" and len(parts) > 1 and not parts[1].startswith("__"):
                yield parts[1], name


@pytest.mark.parametrize("package", sorted(MAY_USE))
def test_a_package_imports_only_what_stands_before_it(package: str) -> None:
    allowed = FOUNDATION | MAY_USE[package] | {package}
    files = sorted((SIM / package).rglob("*.py")) if (SIM / package).is_dir() else [SIM / f"{package}.py"]
    found = {
        f"{path.relative_to(SIM)} imports {name}" for path in files for top, name in imported(path) if top not in allowed
    }
    assert not found - EXCEPTIONS


def test_the_foundation_stands_on_itself() -> None:
    found = {
        f"{module} imports {name}"
        for module in FOUNDATION
        for top, name in imported(SIM / f"{module}.py")
        if top not in FOUNDATION
    }
    assert not found


def test_every_package_and_module_has_its_place() -> None:
    packages = {path.parent.name for path in SIM.glob("*/__init__.py")}
    modules = {path.stem for path in SIM.glob("*.py")} - {"__init__"}
    assert packages | modules == set(MAY_USE) | FOUNDATION | TOP


@pytest.mark.parametrize("package", sorted(MAY_USE))
def test_the_table_of_packages_has_no_circle(package: str) -> None:
    seen: set[str] = set()
    ahead = set(MAY_USE[package])
    while ahead:
        seen |= ahead
        ahead = set().union(*(MAY_USE[one] for one in ahead)) - seen
    assert package not in seen


def test_the_command_line_imports_nothing_heavy_before_a_command_asks() -> None:
    tree = ast.parse((SIM.parent / "sim_cli.py").read_text(encoding="utf-8"))
    at_start = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert at_start <= {"__future__", "os", "sys", "traceback", "pathlib", "typing", "click", "sim", "sim.errors"}
