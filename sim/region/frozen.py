"""Read-only mappings that can be pickled and that answer an unknown key with a plain message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from sim.errors import InputError, Place, Problem, nearest

Value = TypeVar("Value")


class ReadOnly(Mapping[Any, Value], Generic[Value]):
    """A mapping from names (or years) to values that cannot be changed.

    Args:
        data: the entries, copied.
        what: what an entry is called in the message about an unknown name, for example ``parameter``.
        where: the file or folder in which it should stand.
    """

    def __init__(self, data: Mapping[Any, Value], what: str, where: str) -> None:
        self._data = dict(data)
        self._what = what
        self._where = where

    def __getitem__(self, name: Any) -> Value:
        """The value of ``name``; an unknown name is an :class:`~sim.errors.InputError` with the nearest known one."""
        if name in self._data:
            return self._data[name]
        known = [str(other) for other in self._data]
        raise InputError(
            [Problem(Place(self._where), f"{self._what} {name!r} is missing", "an entry for it", nearest(str(name), known))]
        )

    def get(self, name: Any, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """The value of ``name`` or ``default``."""
        return self._data.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[Any]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return f"ReadOnly({self._data!r})"
