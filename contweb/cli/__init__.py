"""The command ``contweb``: one file per command."""

from __future__ import annotations

import click

from contweb.cli.check import check
from contweb.cli.compile import compile_
from contweb.cli.keys import keys
from contweb.cli.run import run
from contweb.cli.sweep import sweep_


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contweb")
def main() -> None:
    """Multi-step web flows as one straight-line Python function."""


for command in (check, compile_, keys, run, sweep_):
    main.add_command(command)
