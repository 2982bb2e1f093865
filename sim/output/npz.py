"""A ``.npz`` archive with the same bytes for the same arrays: members in the given order, stored, with a fixed date."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FIRST_DOS_DATE = (1980, 1, 1, 0, 0, 0)


def write_npz(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays so that ``numpy.load`` reads them; ``numpy.savez`` would stamp the present time into every member."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", _FIRST_DOS_DATE)
            member.external_attr = 0o644 << 16
            archive.writestr(member, buffer.getvalue())
