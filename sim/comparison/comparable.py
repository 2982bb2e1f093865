"""May these runs be compared? Every reason why not, at once, with what to do about it.

Refused: another region, another base year, no common year, another seed (draws and calls would not be the same ones),
random draws in some and none in others, another version of the program (a release may move any draw). Said, not
refused: fewer draws or replications (the first n are common, so pairs stop there), another horizon, other sources of
the same version, other libraries, another region pack: a difference then also holds what those changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.comparison.model import Notice
from sim.errors import Place, Problems
from sim.output import Identity

_SHOWN = 6


@dataclass(frozen=True)
class Facts:
    """What decides whether a run can be compared, of a finished run or of a scenario before it is run.

    Attributes:
        name: as the user named it.
        region, base_year, first, last: of the run.
        seed, draws, replications, parameter_draws: of its random numbers.
        version, sources: of the program.
        libraries: versions by name.
        pack: sha256 of each file of the region and reference packs.
    """

    name: str
    region: str
    base_year: int
    first: int
    last: int
    seed: int
    draws: int
    replications: int
    parameter_draws: int
    version: str
    sources: str
    libraries: Mapping[str, str]
    pack: Mapping[str, str]


def facts_of_manifest(manifest: Mapping[str, Any], name: str) -> Facts:
    """Facts of a finished run."""
    return _facts(
        name, manifest["region"], manifest["base_year"], manifest["resolved"], manifest["program"], manifest["versions"],
        manifest["inputs"],
    )  # fmt: skip


def facts_of_scenario(identity: Identity, base_year: int, name: str) -> Facts:
    """Facts of a scenario that is still to be run."""
    files = {file.name: file.sha256 for file in identity.inputs}
    return _facts(name, identity.region, base_year, identity.resolved, identity.program, identity.versions, files)


def _facts(
    name: str,
    region: str,
    base_year: int,
    resolved: Mapping[str, Any],
    program: Mapping[str, str],
    versions: Mapping[str, str],
    files: Mapping[str, str],
) -> Facts:
    emergency = resolved["emergency"]
    return Facts(
        name=name,
        region=region,
        base_year=base_year,
        first=resolved["horizon"]["from"],
        last=resolved["horizon"]["to"],
        seed=resolved["seed"],
        draws=resolved["draws"],
        replications=emergency["replications"],
        parameter_draws=min(emergency["parameter_draws"], resolved["draws"]),
        version=program["version"],
        sources=program["sources"],
        libraries=dict(versions),
        pack={file: digest for file, digest in files.items() if file.startswith("calibration/")},
    )


def require_comparable(facts: Sequence[Facts], base: int) -> tuple[Notice, ...]:
    """Refuse runs that cannot be compared with ``facts[base]``; give what must be said of those that can.

    Raises:
        InputError: every reason, each with its remedy.
    """
    problems = Problems()
    against = facts[base]
    for position, one in enumerate(facts):
        if position != base:
            _refuse(one, against, problems)
    problems.raise_errors()
    if max(one.first for one in facts) > min(one.last for one in facts):
        problems.error(Place(against.name), "the runs have no year in common", "horizons that overlap")
    problems.raise_errors()
    return tuple(_notices(facts, against))


def _refuse(one: Facts, base: Facts, problems: Problems) -> None:
    place = Place(one.name)
    if one.region != base.region:
        problems.error(place, f"is of region {one.region}, the base {base.name} of {base.region}", "runs of one region")
        return
    if one.base_year != base.base_year:
        problems.error(place, f"has base year {one.base_year}, the base {base.name} {base.base_year}", "one base year")
    if one.first > base.last or base.first > one.last:
        what = f"covers {one.first}-{one.last}, the base {base.name} {base.first}-{base.last}: they have no year in common"
        problems.error(place, what, "horizons that overlap (horizon.from, horizon.to)")
    if one.seed != base.seed:
        what = f"has seed {one.seed}, the base {base.name} {base.seed}: their draws are not the same ones and cannot be paired"
        problems.error(place, what, f"one seed: run it again with --seed {base.seed}")
    if (one.draws == 0) != (base.draws == 0):
        without, other = (one, base) if one.draws == 0 else (base, one)
        what = f"{without.name} has no random draws, {other.name} has {other.draws}: nothing can be paired"
        problems.error(place, what, f"run {without.name} again with --draws {other.draws}")
    if one.version != base.version:
        what = f"was computed by version {one.version}, the base {base.name} by {base.version}: a version may move every figure"
        problems.error(place, what, "one version: run the older one again from its inputs/ folder")


def _notices(facts: Sequence[Facts], base: Facts) -> list[Notice]:
    found = []
    for key, name in (("draws", "draws"), ("replications", "replications"), ("parameter_draws", "parameter draws")):
        values = [getattr(one, key) for one in facts]
        if len(set(values)) > 1:
            text = f"the runs have {_listed(values)} {name}: the first {min(values)}, which are common, are paired"
            found.append(Notice(key, text, {"values": _listed(values), "n": str(min(values))}))
    if len({(one.first, one.last) for one in facts}) > 1:
        first, last = max(one.first for one in facts), min(one.last for one in facts)
        text = f"the runs cover different years: the common ones, {first}-{last}, are compared"
        found.append(Notice("years", text, {"first": str(first), "last": str(last)}))
    if len({one.sources for one in facts}) > 1:
        text = "the program's files differ between the runs, so a difference may come from them; run them again with one program"
        found.append(Notice("sources", text))
    libraries = sorted({name for one in facts for name in one.libraries if one.libraries[name] != base.libraries.get(name)})
    if libraries:
        text = f"the runs were computed with different versions of {', '.join(libraries)}"
        found.append(Notice("libraries", text, {"names": ", ".join(libraries)}))
    files = sorted({name for one in facts for name in {*one.pack, *base.pack} if one.pack.get(name) != base.pack.get(name)})
    if files:
        shown = ", ".join(files[:_SHOWN]) + (f" ... ({len(files)} in all)" if len(files) > _SHOWN else "")
        text = f"the runs read different observations or calibrated values ({shown}): a difference also holds that change"
        found.append(Notice("pack", text, {"files": shown}))
    return found


def _listed(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))
