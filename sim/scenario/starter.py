"""A starter pack for a region of one's own: ``calibration/<key>/`` and ``scenarios/<key>/``, every file explained.

The pack is an invented county that loads and runs. Its numbers carry the source ``EXAMPLE``, so that they show as such in
every table of assumptions, and ``check`` warns as long as the source stands in the pack.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from string import Template

from sim.errors import InputError, Place, Problem
from sim.new_folder import new_folder, require_free

TEMPLATES = Path(__file__).with_name("data") / "starter"
_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_TAKEN = "reference"


def write_starter(key: str, root: Path, source: Path) -> tuple[Path, Path]:
    """Write the starter pack of a region.

    Args:
        key: the region's key: lower-case letters, digits and underscores.
        root: the data folder to write into; gets a copy of the reference pack if it has none.
        source: a data folder that holds the reference pack.

    Returns:
        the folders of the pack and of its scenarios.

    Raises:
        InputError: a key that cannot be one, or folders that are not empty; nothing is written.
        RunFailedError: the folders could not be written.
    """
    if not _KEY.match(key) or key == _TAKEN:
        expected = "lower-case letters, digits and underscores, beginning with a letter, such as xinghua"
        raise InputError([Problem(Place("REGION"), f"{key!r} cannot be the key of a region", expected, _key_like(key))])
    pack, scenarios = root / "calibration" / key, root / "scenarios" / key
    for folder in (pack, scenarios):
        require_free(folder)
    reference = root / "calibration" / _TAKEN
    if not reference.is_dir():
        with new_folder(reference) as unfinished:
            shutil.copytree(source / "calibration" / _TAKEN, unfinished, dirs_exist_ok=True)
    for folder, templates in ((pack, "region"), (scenarios, "scenarios")):
        with new_folder(folder) as unfinished:
            for template in sorted((TEMPLATES / templates).iterdir()):
                text = Template(template.read_text(encoding="utf-8")).substitute(key=key)
                (unfinished / template.name).write_text(text, encoding="utf-8")
    return pack, scenarios


def _key_like(key: str) -> str:
    made = re.sub(r"[^a-z0-9_]+", "_", key.lower()).strip("_0123456789")
    return made if _KEY.match(made) and made != _TAKEN else ""
