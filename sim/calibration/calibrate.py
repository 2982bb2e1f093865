"""``calibrate``: read region packs, fit them, write what was fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.calibration.fit import fit_region
from sim.calibration.reader import read_specification
from sim.calibration.result import RegionFit
from sim.calibration.specification import Specification
from sim.calibration.stages import FOLDER
from sim.calibration.words import finding_sentence, parameter_line, target_line
from sim.calibration.write import write_fitted
from sim.errors import InputError, Problem
from sim.region import available_regions, find_data_root, find_scenario, load_region
from sim.region.model import Region
from sim.scenario import load_scenario

ALL = "all"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Calibration:
    """A finished calibration: what was found and the files that were written."""

    fit: RegionFit
    fitted: Path
    report: Path

    @property
    def key(self) -> str:
        """The region."""
        return self.fit.region.key

    @property
    def findings(self) -> tuple[str, ...]:
        """What must not be passed over, in words."""
        return tuple(f"{self.key}: {finding_sentence(finding)}" for finding in self.fit.findings)

    def __str__(self) -> str:
        lines = [*map(parameter_line, self.fit.parameters.values()), *map(target_line, self.fit.targets)]
        met, anchors = sum(row.met for row in self.fit.anchors), len(self.fit.anchors)
        if anchors:
            lines.append(f"baseline: {met} of {anchors} values reproduced")
        return "\n".join([*lines, f"{self.fitted}", f"{self.report}"])


@dataclass(frozen=True)
class Request:
    """A region to be calibrated.

    Attributes:
        region: its pack without what was fitted.
        spec: what is fitted to what.
        folder: where the result goes.
        packs: the folder of the packs.
    """

    region: Region
    spec: Specification
    folder: Path
    packs: Path


def requests(names: Sequence[str], out: Path | None = None, data_root: Path | None = None) -> tuple[Request, ...]:
    """What is asked for: the packs and specifications of every region, read before the first is fitted.

    Args:
        names: keys of regions; scenario files, whose regions are meant; folders of packs or files in them; or ``all``.
        out: where to write; by default each region's own folder. With several regions each has a folder of its own in it.
        data_root: folder with ``calibration/`` and ``scenarios/``; found by itself if None.

    Raises:
        InputError: an unknown region, or anything wrong in a pack, a scenario or ``calibration.yaml``; all faults of all regions.
    """
    asked: dict[str, Path] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            for key, packs in _named(name, data_root):
                asked.setdefault(key, packs)
        except InputError as error:
            problems.extend(error.problems)
    found = []
    for key, packs in asked.items():
        try:
            region = load_region(packs, key, fitted=False)
            spec = read_specification(packs, region)
        except InputError as error:
            problems.extend(error.problems)
            continue
        folder = packs / key if out is None else out if len(asked) == 1 and names[0] != ALL else out / key
        found.append(Request(region, spec, folder, packs))
    if problems:
        raise InputError(dict.fromkeys(problems))
    return tuple(found)


def calibrate(
    request: Request,
    *,
    program: Mapping[str, str] | None = None,
    threads: int = 2,
    progress: Callable[[float], None] = lambda share: None,
) -> Calibration:
    """Fit one region and write ``fitted.yaml`` and ``fit_report.md``; finished stages are kept in ``.calibration`` beside them.

    Raises:
        InputError: the pack lacks something that a target needs; nothing is written then.
        RunFailedError: the folder cannot be written.
    """
    fit = fit_region(
        request.region, request.spec, keep=request.folder / FOLDER, program=program, threads=threads, progress=progress
    )
    return Calibration(fit, *write_fitted(fit, request.folder))


def calibrate_region(calibration_dir: Path, key: str, out: Path | None = None) -> Calibration:
    """Fit a region of a calibration folder; see :func:`calibrate`."""
    region = load_region(calibration_dir, key, fitted=False)
    folder = calibration_dir / key if out is None else out
    return calibrate(Request(region, read_specification(calibration_dir, region), folder, calibration_dir))


def _named(name: str, data_root: Path | None) -> tuple[tuple[str, Path], ...]:
    """Keys of the regions that a name means, each with the folder of the packs."""
    path = Path(name)
    is_file = name != ALL and (path.exists() or path.suffix == ".yaml")
    if is_file and not path.exists():
        path = find_scenario(path, data_root)
    root = find_data_root(start=path if is_file else None, explicit=data_root)
    packs = root / "calibration"
    if name == ALL:
        return tuple((key, packs) for key in available_regions(packs))
    return ((_region_of(path.resolve(), packs, root) if is_file else name, packs),)


def _region_of(path: Path, packs: Path, root: Path) -> str:
    """The region whose pack a folder or file is, or that a scenario file names."""
    if packs.resolve() in path.parents:
        return path.relative_to(packs.resolve()).parts[0]
    return load_scenario(path, data_root=root).body.region
