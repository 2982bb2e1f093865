"""A policy of one's own from a file: ``FILE.py:CLASS`` (docs/own_policy.md). The file is run as the program that it is."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sim.errors import InputError, Place, Problem, Problems

if TYPE_CHECKING:
    from sim.emergency.reference import Dispatcher
    from sim.emergency.runs import Engine

FORM = "FILE.py:CLASS, a class derived from sim.emergency.reference.Dispatcher"


def policy_engine(named: str, engine: str) -> Engine:
    """The reference engine with the decisions of ``FILE.py:CLASS``.

    Raises:
        InputError: another engine was asked for; see :func:`load_policy`.
    """
    from sim.emergency.reference import run_reference

    if engine != "reference":
        what = f"a policy of one's own cannot run in the {engine} engine"
        raise InputError([Problem(Place(named), what, "--engine reference")])
    return partial(run_reference, dispatcher=load_policy(named))


def load_policy(named: str) -> type[Dispatcher]:
    """The class.

    Raises:
        InputError: no such file or class, not a Dispatcher, or the file cannot be run.
    """
    from sim.emergency.reference import Dispatcher

    file, _, name = named.rpartition(":")
    if not file or not name.isidentifier():
        raise InputError([Problem(Place(named), "is not a policy of one's own", FORM)])
    module = _run(Path(file))
    classes = {key: value for key, value in vars(module).items() if isinstance(value, type) and value is not Dispatcher}
    problems = Problems()
    if name not in classes:
        problems.unknown(Place(file), "no class", name, classes)
    elif not issubclass(classes[name], Dispatcher):
        problems.error(Place(file), f"{name} is no Dispatcher", FORM)
    problems.raise_errors()
    return classes[name]


def _run(path: Path) -> ModuleType:
    if not path.is_file():
        raise InputError([Problem(Place(str(path)), "there is no such file", FORM)])
    spec = importlib.util.spec_from_file_location("healthsim_own_policy", path)
    if spec is None or spec.loader is None:
        raise InputError([Problem(Place(str(path)), "is not a Python file", FORM)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickling look their module up there
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        place = Place(str(path), error.lineno or 0, error.offset or 0)
        raise InputError([Problem(place, f"cannot be read as Python: {error.msg}")]) from error
    except Exception as error:
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
        place = Place(str(path), own[-1].lineno or 0 if own else 0)
        raise InputError([Problem(place, f"cannot be run: {type(error).__name__}: {error}")]) from error
    return module
