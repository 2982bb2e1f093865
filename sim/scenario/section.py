"""What every section of a scenario is made of: the strict base class, dates, moments, hours and priorities."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\Z", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}):(\d{2}))?\Z", re.ASCII)

PRIORITY_COUNT = 4
"""Priorities of calls: 1 critical, 2 emergency, 3 urgent, 4 not an emergency."""


class Section(BaseModel):
    """Base of every section: unknown keys are refused, types are strict, instances are frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True, allow_inf_nan=False)


def _date_text(value: Any) -> Any:
    text = "" if isinstance(value, bool) else str(value)
    match = _DATE.match(text)
    if match is None or not _in_calendar(*(int(part or 1) for part in match.groups())):
        raise ValueError("a date of the calendar: YYYY, YYYY-MM or YYYY-MM-DD")
    return text


def _in_calendar(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


DateText = Annotated[str, BeforeValidator(_date_text)]
"""A date as text; a bare year may stand without quotes."""


def _moment_text(value: Any) -> Any:
    match = _MOMENT.match(value) if isinstance(value, str) else None
    if match is not None:
        try:
            dt.datetime.fromisoformat(value)
        except ValueError:
            match = None
    if match is None:
        raise ValueError("a day of the calendar, YYYY-MM-DD, or a minute of it, YYYY-MM-DD HH:MM")
    return value


MomentText = Annotated[str, BeforeValidator(_moment_text)]
"""A day or a minute as text; see :func:`first_moment` and :func:`last_moment`."""


def first_moment(text: str) -> dt.datetime:
    """When something that begins at a moment begins: a day begins at 0 h."""
    return dt.datetime.fromisoformat(text)


def last_moment(text: str) -> dt.datetime:
    """When something that lasts until a moment ends: a day is meant whole, up to the next one's 0 h."""
    moment = dt.datetime.fromisoformat(text)
    return moment if ":" in text else moment + dt.timedelta(days=1)


Hour = Annotated[float, Field(ge=0, le=24)]
"""An hour of the day; 11.5 is 11:30."""

Priority = Annotated[int, Field(ge=1, le=PRIORITY_COUNT)]
"""Priority of a call, 1 = the most urgent."""

Minutes = Annotated[float, Field(ge=0, le=1440)]
"""Minutes, at most a day."""
