"""The command line of healthsim: parse, call, print. No modelling here.

Heavy libraries are imported inside the command that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from sim import __version__
from sim.errors import HealthsimError, InputError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class ScenarioFile(click.ParamType):
    """A scenario file: as named, or of that name in a data folder (the installed copy, for example)."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path of the file; a name that is found nowhere is left for the reader to report."""
        from sim.region import find_scenario

        given = ctx.params.get("data") if ctx is not None else None
        return find_scenario(Path(value), given if isinstance(given, Path) else None)


DATA = click.option(
    "--data",
    type=click.Path(path_type=Path),
    is_eager=True,
    help="Folder with calibration/ and scenarios/ (default: found from the scenario, the current folder or the installed copy).",
)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="healthsim")
def cli() -> None:
    """Health-resource allocation simulator (卫生资源配置模拟)."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every way out has its documented exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(run_cli(arguments))


def run_cli(arguments: list[str] | None = None) -> int:
    """Run and give the exit code: 0 fine, 1 unexpected, 2 input, 3 failed run, 4 gate, 130 interrupted."""
    try:
        code = cli.main(args=arguments, prog_name="healthsim", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; nothing was kept", err=True)
        return 130
    except KeyboardInterrupt:
        click.echo("interrupted; nothing was kept", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except HealthsimError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last resort: a plain sentence for the user, the trace on request
        if os.environ.get("HEALTHSIM_TRACE"):
            traceback.print_exc()
        else:
            click.echo(f"unexpected failure: {type(error).__name__}: {error}", err=True)
            click.echo("set HEALTHSIM_TRACE=1 to see where it happened", err=True)
        return 1
    return code if isinstance(code, int) else 0


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, type=ScenarioFile())
@DATA
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value, e.g. resources.beds.hold=true.")
@click.option("--draws", type=click.IntRange(0, 100_000), help="Number of random draws.")
@click.option("--replications", type=click.IntRange(2, 100_000), help="Replications of the emergency simulation.")
@click.option("--seed", type=click.IntRange(0), help="Seed of all random streams.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs"), help="Folder for the run folders.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the printed scorecard.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a scenario instead of the table.")
def run(
    scenarios: tuple[Path, ...],
    data: Path | None,
    settings: tuple[str, ...],
    draws: int | None,
    replications: int | None,
    seed: int | None,
    out: Path,
    lang: str,
    as_json: bool,
) -> None:
    """Run the whole chain and print the scorecard and where the report is."""
    from sim.report.terminal import print_outcome, progress_on_stderr
    from sim.run import check_all, run_scenario

    overrides = _overrides(settings, draws, replications, seed)
    check_all(scenarios, overrides, data)
    for path in scenarios:
        with progress_on_stderr(path.stem, lang) as progress:
            outcome = run_scenario(path, overrides=overrides, data_root=data, out=out, progress=progress)
        print_outcome(outcome.folder, reused=outcome.reused, language=lang, as_json=as_json)


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, type=ScenarioFile())
@DATA
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Check as if this value were set.")
@click.pass_context
def check(context: click.Context, scenarios: tuple[Path, ...], data: Path | None, settings: tuple[str, ...]) -> None:
    """Check scenarios: all problems at once, each with file, line and column (exit code 2 if there are errors)."""
    from sim.errors import Severity
    from sim.scenario import check_scenario
    from sim.scenario.show import summary

    colours = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
    wrong = False
    for path in scenarios:
        problems = check_scenario(path, overrides=settings, data_root=data)
        for problem in problems.found:
            _print(click.style(str(problem), fg=colours[problem.severity]))
        _print(click.style(summary(path, problems), fg="red" if problems.errors else "green"))
        wrong = wrong or bool(problems.errors)
    context.exit(InputError.exit_code if wrong else 0)


@cli.command()
@click.argument("scenario", type=ScenarioFile())
@click.argument("key", required=False)
@DATA
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Explain as if this value were set.")
def explain(scenario: Path, key: str | None, data: Path | None, settings: tuple[str, ...]) -> None:
    """Print every resolved value of a scenario (or those under KEY) with its layer, file and line."""
    from sim.scenario import explain as explain_values
    from sim.scenario import load_scenario
    from sim.scenario.show import explained

    loaded = load_scenario(scenario, overrides=settings, data_root=data)
    for warning in loaded.warnings:
        click.echo(str(warning), err=True)
    for line in explained(explain_values(loaded, key)):
        _print(line)


@cli.command()
@click.argument("source", metavar="SCENARIO_OR_INPUT_DIR", type=ScenarioFile())
@DATA
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the tables.")
@click.option(
    "--a0",
    type=click.Choice(["coale-demeny", "andreev-kingkade"]),
    help="Rule for the first year of life, input directory only (default: coale-demeny).",
)
@click.option(
    "--migration",
    type=click.Choice(["end", "start", "even"]),
    help="When migrants move within a year, input directory only (default: end).",
)
@click.option(
    "--split-open-age",
    is_flag=True,
    help="Split the base population's open age (85+, say) up to that of the death rates; input directory only.",
)
def project(
    source: Path, data: Path | None, out: Path, a0: str | None, migration: str | None, split_open_age: bool
) -> None:
    """Project the population alone: of a scenario, or of a directory of CSV files with base population and rates."""
    if source.is_dir():
        from sim.population.project_files import DEFAULT_A0, DEFAULT_TIMING, project_directory

        summary = project_directory(source, out, a0 or DEFAULT_A0, migration or DEFAULT_TIMING, split=split_open_age)
    else:
        if a0 or migration or split_open_age:
            raise click.UsageError("--a0, --migration and --split-open-age belong to an input directory, not to a scenario")
        from sim.partial import project_scenario

        summary = project_scenario(source, out, data_root=data)
    for warning in summary.warnings:
        click.echo(warning, err=True)
    click.echo(str(summary))


@cli.command()
@click.argument("scenario", type=ScenarioFile())
@DATA
@click.option("--year", type=int, help="One calendar year (default: the scenario's years).")
@click.option("--replications", type=click.IntRange(2, 100_000), help="Replications a year.")
@click.option("--seed", type=click.IntRange(0), help="Seed of all random streams.")
@click.option("--engine", type=click.Choice(["compiled", "reference"]), help="Engine (default: the scenario's).")
@click.option("--policy", metavar="FILE.py:CLASS", help="A policy of one's own, in the reference engine (docs/own_policy.md).")
@click.option("--target-halfwidth", type=click.FloatRange(0, min_open=True),
              help="More replications until the 95 % interval of the mean response is as narrow as +- this, min.")
@click.option("--most-replications", type=click.IntRange(2, 100_000), help="But never more than this (default: 200).")
@click.option("--log-calls", is_flag=True, help="Write calls.csv: one line per call, floats in full.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value of the scenario.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the tables.")
def emergency(
    scenario: Path,
    data: Path | None,
    year: int | None,
    replications: int | None,
    seed: int | None,
    engine: str | None,
    policy: str | None,
    target_halfwidth: float | None,
    most_replications: int | None,
    log_calls: bool,
    settings: tuple[str, ...],
    out: Path,
) -> None:
    """Run the emergency simulation of a scenario alone."""
    from sim.partial import emergency_scenario
    from sim.report.terminal import progress_on_stderr

    shortcuts = {
        "emergency.replications": replications,
        "seed": seed,
        "emergency.engine": engine,
        "emergency.target_half_width_min": target_halfwidth,
        "emergency.most_replications": most_replications,
    }
    overrides = [*settings, *(f"{key}={value}" for key, value in shortcuts.items() if value is not None)]
    with progress_on_stderr(scenario.stem) as progress:
        result = emergency_scenario(
            scenario, out, year=year, log_calls=log_calls, policy=policy, overrides=overrides, data_root=data, progress=progress
        )
    for warning in result.warnings:
        click.echo(warning, err=True)
    click.echo(str(result))


@cli.command()
@click.option("--calls", required=True, type=click.Path(path_type=Path), help="Recorded calls, in order of time.")
@click.option("--fleet", required=True, type=click.Path(path_type=Path), help="Units with base and shifts; order decides ties.")
@click.option("--travel", type=click.Path(path_type=Path), help="Travel times: from,to,minutes.")
@click.option("--travel-expected", type=click.Path(path_type=Path), help="What the dispatcher reckons with (default: --travel).")
@click.option("--travel-transport", type=click.Path(path_type=Path), help="Scene to hospital (default: --travel).")
@click.option("--travel-back", type=click.Path(path_type=Path), help="Way back to the base (default: --travel).")
@click.option("--hospitals", type=click.Path(path_type=Path), help="Hospitals a call may be taken to.")
@click.option("--nodes", type=click.Path(path_type=Path), help="Coordinates of nodes, for --road nearest-node.")
@click.option("--metric", type=click.Choice(["euclidean", "manhattan"]), help="Distances in the plane instead of --travel.")
@click.option("--speed-kmh", type=click.FloatRange(0, min_open=True), help="Speed in the plane.")
@click.option("--return-dispatch", type=click.Choice(["on", "off", "queue-only"]), default="on", show_default=True,
              help="Whether a unit on its way back can be sent.")
@click.option("--road", type=click.Choice(["law", "nearest-node", "share"]), help="How a unit on its way back is timed.")
@click.option("--queue", type=click.Choice(["priority", "fifo"]), default="priority", show_default=True,
              help="Order of waiting calls.")
@click.option("--road-turnout", type=click.FloatRange(0, 1), default=1.0, show_default=True,
              help="Share of the turnout time that a unit on the road needs.")
@click.option("--monitoring-for", "monitoring", type=click.IntRange(1, 9), multiple=True,
              help="Priority that needs a monitoring vehicle.")
@click.option("--horizon", type=click.FloatRange(0, min_open=True), help="End of the period, min; nobody is sent after it.")
@click.option("--warmup", type=click.FloatRange(0), default=0.0, help="Calls before it are left out of the summary, min.")
@click.option("--engine", type=click.Choice(["compiled", "reference"]), default="compiled", show_default=True, help="Engine.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New folder for the results.")
def replay(out: Path, **options: Any) -> None:
    """Replay recorded emergency calls and write one line per call (files and rules: docs/replay.md)."""
    from sim.emergency.replay import describe, replay_options

    click.echo(describe(replay_options(options, out)))


@cli.command()
@click.argument("run_folder", metavar="RUN", type=click.Path(path_type=Path))
def verify(run_folder: Path) -> int:
    """Compute a run again from its own copy of the inputs and compare every file (exit code 4 if they differ)."""
    from sim.report.terminal import progress_on_stderr
    from sim.run import verify as verify_folder

    with progress_on_stderr(run_folder.name) as progress:
        report = verify_folder(run_folder, progress)
    for file in report.files:
        click.echo(f"{file.name}: {file.outcome}" + (f" ({file.detail})" if file.detail else ""))
    for note in report.notes:
        click.echo(note, err=True)
    click.echo(f"{run_folder}: {report.outcome}")
    return report.exit_code


@cli.command()
@click.argument("run_folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--format", "formats", default="html", help="html, docx, xlsx, or several with commas.")
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="both", help="Language of the report.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the files (default: the current one).")
def report(run_folder: Path, formats: str, lang: str, out: Path | None) -> None:
    """Render the report of a finished run again, in other formats or languages."""
    from sim.output import doubts, load_run
    from sim.report import render

    run = load_run(run_folder)
    for doubt in doubts(run):
        click.echo(f"warning: {doubt}", err=True)
    languages = ("zh", "en") if lang == "both" else (lang,)
    for path in render(run, _formats(formats), languages, into=out or Path.cwd()):
        click.echo(str(path))


@cli.command()
@click.argument("sources", metavar="RUN_OR_SCENARIO...", nargs=-1, required=True, type=ScenarioFile())
@DATA
@click.option("--base", default="1", metavar="N or NAME", help="What the others are compared with (default: the first).")
@click.option("--out", type=click.Path(path_type=Path), help="New folder for the comparison (default: one beside the runs).")
@click.option("--runs", type=click.Path(path_type=Path), default=Path("outputs"), help="Folder for the runs of scenarios.")
@click.option("--format", "formats", default="html", help="html, docx, xlsx, or several with commas.")
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="both", help="Language of the report.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value in every scenario (not in runs).")
@click.option("--draws", type=click.IntRange(0, 100_000), help="Number of random draws of the scenarios.")
@click.option("--replications", type=click.IntRange(2, 100_000), help="Replications of the emergency simulation.")
@click.option("--seed", type=click.IntRange(0), help="Seed of all random streams of the scenarios.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
def compare(
    sources: tuple[Path, ...],
    data: Path | None,
    base: str,
    out: Path | None,
    runs: Path,
    formats: str,
    lang: str,
    settings: tuple[str, ...],
    draws: int | None,
    replications: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Compare two to ten runs or scenarios, draw by draw; scenarios are run first (docs/compare.md)."""
    from sim.compare import compare as compare_all
    from sim.report.comparison import print_comparison
    from sim.report.terminal import progress_on_stderr

    done = compare_all(
        sources,
        base=base,
        out=out,
        runs=runs,
        overrides=_overrides(settings, draws, replications, seed),
        data_root=data,
        formats=_formats(formats),
        languages=("zh", "en") if lang == "both" else (lang,),
        progress_for=progress_on_stderr,
    )
    language = "en" if lang == "en" else "zh"
    print_comparison(done.comparison, done.folder, done.reports, reused=done.reused, language=language, as_json=as_json)


@cli.command()
@click.argument("scenario", type=ScenarioFile())
@DATA
@click.option("--earlier", type=click.Path(path_type=Path), help="Folder of the earlier run (default: run without outcomes).")
@click.option("--out", type=click.Path(path_type=Path), help="New folder for the evaluation (default: one beside the runs).")
@click.option("--runs", type=click.Path(path_type=Path), default=Path("outputs"), help="Folder for the two runs.")
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="both", help="Language of the page.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set one value of both runs.")
@click.option("--draws", type=click.IntRange(0, 100_000), help="Number of random draws.")
@click.option("--replications", type=click.IntRange(2, 100_000), help="Replications of the emergency simulation.")
@click.option("--seed", type=click.IntRange(0), help="Seed of all random streams.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
def evaluate(
    scenario: Path,
    data: Path | None,
    earlier: Path | None,
    out: Path | None,
    runs: Path,
    lang: str,
    settings: tuple[str, ...],
    draws: int | None,
    replications: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Evaluate a plan at mid-term: plan, earlier forecast and observed outcome side by side (docs/evaluation.md)."""
    from sim.evaluate import evaluate as evaluate_scenario
    from sim.report.evaluation import print_evaluation
    from sim.report.terminal import progress_on_stderr

    done = evaluate_scenario(
        scenario,
        earlier=earlier,
        out=out,
        runs=runs,
        overrides=_overrides(settings, draws, replications, seed),
        data_root=data,
        languages=("zh", "en") if lang == "both" else (lang,),
        progress_for=progress_on_stderr,
    )
    language = "en" if lang == "en" else "zh"
    print_evaluation(done.evaluation, done.folder, done.reports, reused=done.reused, language=language, as_json=as_json)


@cli.command()
@click.argument("targets", metavar="REGION_OR_FILE...", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the files (default: each region's own pack).")
@click.option("--report", is_flag=True, help="Write fit_report.zh.html and fit_report.en.html as well.")
@click.option("--strict", is_flag=True, help="Exit code 4 if a fit does not converge or a parameter ends at its bound.")
@DATA
def calibrate(targets: tuple[str, ...], out: Path | None, report: bool, strict: bool, data: Path | None) -> None:
    """Fit regions ('all': every one) to what was observed there; writes fitted.yaml and fit_report.md (docs/calibration.md)."""
    from sim.calibrate import Calibrated, calibrate_regions
    from sim.errors import GateError
    from sim.report.terminal import progress_on_stderr

    def told(calibrated: Calibrated) -> None:
        _print(str(calibrated))
        for finding in calibrated.calibration.findings:
            click.echo(finding, err=True)

    try:
        finished = calibrate_regions(targets, out=out, report=report, data_root=data, progress_for=progress_on_stderr, done=told)
    except KeyboardInterrupt:
        click.echo("interrupted; what is finished was kept: the same command goes on from there", err=True)
        raise click.exceptions.Exit(130) from None
    findings = sum(len(calibrated.calibration.findings) for calibrated in finished)
    if strict and findings:
        raise GateError(f"--strict: {findings} finding{'s' if findings > 1 else ''} as said above")


@cli.command()
@click.argument("region")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="Data folder to write into (default: this one).")
def new(region: str, out: Path) -> None:
    """Write a starter pack for a region of one's own: invented numbers that run, every file explained."""
    from sim.region import find_data_root
    from sim.scenario.starter import write_starter

    pack, scenarios = write_starter(region, out, find_data_root(start=out))
    _print(str(pack))
    _print(str(scenarios))
    _print(f"read {pack / 'README.md'}, then: healthsim check {scenarios / 'baseline.yaml'}")


def _overrides(settings: tuple[str, ...], draws: int | None, replications: int | None, seed: int | None) -> list[str]:
    """Settings of the command line, those with an option of their own last."""
    shortcuts = {"draws": draws, "emergency.replications": replications, "seed": seed}
    return [*settings, *(f"{key}={value}" for key, value in shortcuts.items() if value is not None)]


def _formats(words: str) -> tuple[str, ...]:
    """Formats of a report, each once, in the order given."""
    from sim.report import FORMATS

    wanted = tuple(dict.fromkeys(word.strip() for word in words.split(",")))
    for word in wanted:
        if word not in FORMATS:
            raise click.BadParameter(f"{word!r} is not one of {', '.join(FORMATS)}", param_hint="--format")
    return wanted


def _print(text: str) -> None:
    """Print to stdout; colours only on a terminal and never with NO_COLOR."""
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


if __name__ == "__main__":
    main()
