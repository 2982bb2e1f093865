"""Writing tables: UTF-8, ``\\n``, floats in the shortest form that reads back exactly, the same bytes everywhere."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows under a header. ``None`` and NaN become empty fields: not available is never 0."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([field(value) for value in row] for row in rows)


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a data frame without its index."""
    columns = [frame[name].tolist() for name in frame.columns]
    write_csv(path, [str(name) for name in frame.columns], zip(*columns, strict=True))


def field(value: Any) -> str:
    """One value as text. A whole float drops its ``.0``; line ends in text become blanks."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
    return " ".join(str(value).split("\n")).replace("\r", "")
