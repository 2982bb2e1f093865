"""The examples of docs/errors.md: read, run, and (``python tests/scenario/gallery.py``) written again with today's messages.

An example is the text under one ``###`` heading: files in fenced blocks ``yaml name.yaml`` or ``csv name.csv``, and one fenced
block ``console`` that begins with ``$ healthsim check ...`` and goes on with what is printed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "errors.md"
_FILE = re.compile(r"^```(?:yaml|csv) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n\$ (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One wrong input with the command and what it prints."""

    title: str
    files: dict[str, str]
    command: str
    printed: str


def read_examples(page: str) -> list[Example]:
    """All examples of a page, in order."""
    examples = []
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        title = section.split("\n", 1)[0]
        console = _CONSOLE.search(section)
        if console is None:
            raise ValueError(f"example {title!r} has no console block")
        examples.append(Example(title, dict(_FILE.findall(section)), console[1], console[2]))
    return examples


def make_county(folder: Path) -> Path:
    """A data root in ``folder`` with the shipped packs and Kunshan's scenarios; gives the folder of the scenarios."""
    (folder / "calibration").symlink_to(ROOT / "calibration")
    scenarios = folder / "scenarios" / "kunshan"
    shutil.copytree(ROOT / "scenarios" / "kunshan", scenarios)
    return scenarios


def run_example(example: Example, scenarios: Path) -> tuple[str, int]:
    """What the command prints, and its exit code, with the example's files beside Kunshan's scenarios."""
    from click.testing import CliRunner

    from sim_cli import cli

    for name, text in example.files.items():
        (scenarios / name).write_text(text, encoding="utf-8")
    here = Path.cwd()
    os.chdir(scenarios)
    try:
        result = CliRunner().invoke(cli, shlex.split(example.command)[1:])
    finally:
        os.chdir(here)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output, result.exit_code


def rewrite(page: str) -> str:
    """The page with every console block as it is printed today."""
    for example in read_examples(page):
        with tempfile.TemporaryDirectory() as folder:
            printed, _ = run_example(example, make_county(Path(folder)))
        old = f"```console\n$ {example.command}\n{example.printed}```"
        page = page.replace(old, f"```console\n$ {example.command}\n{printed}```", 1)
    return page


if __name__ == "__main__":
    PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
