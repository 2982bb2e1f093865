"""The documents name what the packs hold, and nothing of a plan was dropped."""

from __future__ import annotations

import configparser
import csv
import re
from pathlib import Path

import pytest

from sim.region import available_regions, load_region


def documented_keys(readme: str) -> list[re.Pattern[str]]:
    """Patterns of the keys in the tables of calibration/README.md; ``<...>`` stands for one word."""
    patterns = []
    for line in readme.split("## Parameters")[1].split("### Tables")[0].splitlines():
        if not line.startswith("| `"):
            continue
        whole = ""
        for key in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
            whole = whole + key if key.startswith(".") else key
            words = re.split(r"<[^>]*>", whole)
            patterns.append(re.compile("[A-Za-z0-9_]+".join(re.escape(word) for word in words)))
            whole = key if not key.startswith(".") else whole[: -len(key)]
    return patterns


def test_every_parameter_is_documented(root: Path) -> None:
    patterns = documented_keys((root / "calibration" / "README.md").read_text(encoding="utf-8"))
    folder = root / "calibration"
    keys = {key for region in available_regions(folder) for key in load_region(folder, region).parameters}
    assert sorted(key for key in keys if not any(pattern.fullmatch(key) for pattern in patterns)) == []


def test_every_data_folder_is_installed(root: Path) -> None:
    config = configparser.ConfigParser()
    config.read(root / "setup.cfg", encoding="utf-8")
    installed = {pattern for value in config["options.data_files"].values() for pattern in value.split()}
    for top in ("calibration", "scenarios"):
        for path in sorted((root / top).glob("*/*.*")):
            if path.suffix in (".csv", ".yaml"):
                assert f"{top}/{path.parent.name}/*{path.suffix}" in installed, path


@pytest.mark.parametrize("key", ["haimen", "kunshan", "qingpu", "taicang", "wuzhong"])
def test_every_statement_of_the_plan_is_carried(root: Path, shared: Path, key: str) -> None:
    region = load_region(root / "calibration", key)
    carried = {(item.quote, item.year, item.value) for item in region.not_modelled}
    in_model = {item.quote for item in (*region.baseline.values(), *region.plan)}
    with (shared / "plans" / "indicators.csv").open(encoding="utf-8") as file:
        statements = [row for row in csv.DictReader(file) if row["region"] == key]
    assert len(statements) > 30
    for row in statements:
        value = float(row["value"]) if row["value"] else None
        assert (row["quote_zh"], int(row["year"]), value) in carried or row["quote_zh"] in in_model, row
