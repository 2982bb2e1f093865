"""Guards the engine against a policy of one's own: what it answers is checked, what fails in it is told with file and line."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sim.emergency.log import NO_CAPABLE_HOSPITAL
from sim.emergency.reference.units import Call, Unit
from sim.errors import RunFailedError

if TYPE_CHECKING:
    from sim.emergency.reference.centre import DispatchCentre
    from sim.emergency.reference.dispatcher import Dispatcher


class OwnPolicyError(RunFailedError):
    """A policy of one's own failed, or answered what cannot be done."""


class Guarded:
    """A dispatcher whose answers are checked; the same decisions as :class:`~sim.emergency.reference.dispatcher.Dispatcher`."""

    def __init__(self, kind: type[Dispatcher], centre: DispatchCentre) -> None:
        self._kind = kind
        self._centre = centre
        self._own = self._asked("__init__", lambda: kind(centre))

    def waiting_order(self, call: Call) -> Any:
        """Any key that can be compared with those of other calls."""
        return self._asked("waiting_order", lambda: self._own.waiting_order(call))

    def choose_unit(self, call: Call, candidates: list[Unit]) -> Unit | None:
        """One of the candidates, or None."""
        return self._one_of("choose_unit", candidates, lambda: self._own.choose_unit(call, list(candidates)))

    def choose_redirected(self, call: Call, candidates: list[Unit], on_their_way: list[Unit]) -> Unit | None:
        """One of those on their way, or None."""
        return self._one_of(
            "choose_redirected",
            on_their_way,
            lambda: self._own.choose_redirected(call, list(candidates), list(on_their_way)),
        )

    def choose_hospital(self, unit: Unit, call: Call) -> int:
        """The number of a hospital, or ``NO_CAPABLE_HOSPITAL``."""
        chosen = self._asked("choose_hospital", lambda: self._own.choose_hospital(unit, call))
        return self._number("choose_hospital", chosen, len(self._centre.world.hospitals), "hospital", NO_CAPABLE_HOSPITAL)

    def next_post(self, unit: Unit) -> int:
        """The number of a station."""
        return self._station("next_post", self._asked("next_post", lambda: self._own.next_post(unit)))

    def rebalance(self, available: list[Unit]) -> Iterator[tuple[Unit, int]]:
        """Moves of available units to stations."""
        for move in self._asked("rebalance", lambda: list(self._own.rebalance(list(available)))):
            if not (isinstance(move, tuple) and len(move) == 2 and any(move[0] is unit for unit in available)):
                self._refuse("rebalance", move, "an available unit and a station")
            yield move[0], self._station("rebalance", move[1])

    def _asked(self, decision: str, answer: Callable[[], Any]) -> Any:
        try:
            return answer()
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            source = inspect.getsourcefile(self._kind)
            where = next((frame for frame in reversed(frames) if frame.filename == source), frames[-1])
            raise OwnPolicyError(
                f"{where.filename}:{where.lineno}: {self._kind.__name__}.{decision} failed at minute {self._centre.now:g}: "
                f"{type(error).__name__}: {error}"
            ) from error

    def _one_of(self, decision: str, units: list[Unit], answer: Callable[[], Any]) -> Unit | None:
        chosen = self._asked(decision, answer)
        if chosen is not None and not any(chosen is unit for unit in units):
            self._refuse(decision, chosen, "one of the units it was asked to choose from, or None")
        return chosen

    def _station(self, decision: str, answer: Any) -> int:
        return self._number(decision, answer, len(self._centre.world.stations), "station")

    def _number(self, decision: str, answer: Any, count: int, what: str, *others: int) -> int:
        try:
            number = answer.__index__()
        except AttributeError:
            number = -1
        if not 0 <= number < count and number not in others:
            self._refuse(decision, answer, f"the number of a {what}, 0..{count - 1}")
        return number

    def _refuse(self, decision: str, answer: Any, expected: str) -> None:
        method = getattr(self._kind, decision)
        line = method.__code__.co_firstlineno
        raise OwnPolicyError(
            f"{method.__code__.co_filename}:{line}: {self._kind.__name__}.{decision} answered {_short(answer)} at minute "
            f"{self._centre.now:g}; expected {expected}"
        )


def _short(answer: Any) -> str:
    text = f"unit {answer.number}" if isinstance(answer, Unit) else repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."
