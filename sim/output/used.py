"""Which parameters of a region a run really read: a pack holds many that stand there for comparison or for other scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sim.region.model import Observation, Region


class WatchedParameters(Mapping[str, Observation]):
    """Parameters that note which keys were looked up. Listing them, or asking whether one is there, is no use of it."""

    def __init__(self, parameters: Mapping[str, Observation]) -> None:
        self._parameters = dict(parameters)
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> Observation:
        observation = self._parameters[key]
        self.used.add(key)
        return observation

    def __contains__(self, key: object) -> bool:
        return key in self._parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def unwatched(self) -> Mapping[str, Observation]:
        """The same parameters, for reading without a note."""
        return self._parameters


def watch_parameters(region: Region) -> Region:
    """The same region, with parameters that note their use; the notes go into ``assumptions.csv``."""
    return replace(region, parameters=WatchedParameters(region.parameters))
