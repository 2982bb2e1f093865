"""What a check sees: the body, where each value stands and who set it, and the list that takes its findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Place, Problems
from sim.scenario.chain import plain_path
from sim.scenario.model import Address, ByYear, ScenarioBody
from sim.scenario.overrides import LAYER
from sim.scenario.tree import Node

_RANKS = {"default": 0, "parent": 1, "file": 2, LAYER: 3}


@dataclass(frozen=True)
class View:
    """A scenario under examination.

    Attributes:
        tree: the merged tree, with places.
        body: the typed values.
        problems: takes the findings.
        files: path of every file of the chain by the name in its places.
        cut_off: values outside a horizon that was shortened on purpose, as (place, what).
    """

    tree: Node
    body: ScenarioBody
    problems: Problems
    files: Mapping[str, Path]
    cut_off: list[tuple[Place, str]] = field(default_factory=list)

    def place(self, address: Address) -> Place:
        """Where the value at ``address`` stands (or what holds it, if it is a default)."""
        return self.tree.find(address).origin.place

    def key_place(self, address: Address) -> Place:
        """Where the key at ``address`` stands (or what holds it)."""
        return self.tree.find(address).key_place

    def given(self, address: Address) -> bool:
        """Whether some layer sets a value at ``address``."""
        return self.tree.has(address)

    def stronger_horizon(self, address: Address) -> bool:
        """Whether the horizon was set by a stronger layer than the value at ``address``: it was cut on purpose."""
        horizon = max(_RANKS[self.tree.find(("horizon", end)).origin.layer] for end in ("from", "to"))
        return horizon > _RANKS[self.tree.find(address).origin.layer]

    def check_year(self, address: Address, year: int, what: str) -> None:
        """A year outside the horizon is an error, or noted in ``cut_off`` if a stronger layer cut the horizon on purpose."""
        first, last = self.body.horizon.start, self.body.horizon.end
        if last <= first or first <= year <= last:
            return
        if self.stronger_horizon(address):
            self.cut_off.append((self.key_place(address), what))
        else:
            expected = f"a year of the horizon, {first} to {last}"
            self.problems.error(self.key_place(address), f"{what} lies outside the horizon", expected)

    def tell_cut_off(self) -> None:
        """Point out, in one warning, the values that lie outside a shortened horizon."""
        if not self.cut_off:
            return
        place, what = min(self.cut_off)
        years = f"{len(self.cut_off)} given years lie" if len(self.cut_off) > 1 else "a given year lies"
        self.problems.warn(
            self.place(("horizon", "to")),
            f"{years} outside the shortened horizon, the first at {place} ({what})",
            "nothing, if this is meant: lines to them are still drawn",
        )

    def points(self, address: Address, path: ByYear | None) -> list[tuple[int, float]]:
        """The points of a path that was given by year (none for a single number)."""
        if path is None or not self.tree.find(address).is_path:
            return []
        return list(path.points)

    def travel_table(self) -> Path | None:
        """Path of ``emergency.travel_table``: relative to the file that names it, for a setting to the current directory."""
        if self.body.emergency.travel_table is None:
            return None
        named_in = self.files.get(self.place(("emergency", "travel_table")).file)
        folder = named_in.parent if named_in is not None else Path.cwd()
        return plain_path(folder / self.body.emergency.travel_table)
