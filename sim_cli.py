"""The command line of healthsim: parse, call, print. No modelling here."""

from __future__ import annotations

import click

from sim import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="healthsim")
def main() -> None:
    """Health-resource allocation simulator (卫生资源配置模拟)."""


if __name__ == "__main__":
    main()
