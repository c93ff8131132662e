"""``contweb keys``: make a secret key, or put a new one before those that are there."""

from __future__ import annotations

import os
from pathlib import Path

import click

from contweb.errors import ConfigurationError
from contweb.sealing import new_key, rotated, write_key_file

VARIABLE = "CONTWEB_SECRET_KEYS"


@click.command()
@click.option("--rotate", is_flag=True, help=f"Print the keys of {VARIABLE} with a new one before them.")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rotate the keys in this file instead, as in the one beside an SQLite store.",
)
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="N",
    help="With --rotate or --file: how many of the old keys stay; all, if it is not given.",
)
def keys(rotate: bool, file: Path | None, keep: int | None) -> None:
    """Print a new secret key, or rotate the keys that are in use.

    For production: export CONTWEB_SECRET_KEYS="$(contweb keys)". The first key seals; all of them open. So
    put a new one before the old ones (--rotate does), and leave the old ones until the pages that they sealed
    may end.
    """
    try:
        if file is not None:
            write_key_file(file, rotated(file.read_text("ascii", "replace"), str(file), keep))
        elif rotate:
            known = os.environ.get(VARIABLE)
            if not known:
                raise ConfigurationError(f"{VARIABLE} is not set: there is nothing to rotate")
            click.echo(rotated(known, VARIABLE, keep))
        elif keep is not None:
            raise click.UsageError("--keep goes with --rotate or --file")
        else:
            click.echo(new_key())
    except (ConfigurationError, OSError) as error:
        raise click.ClickException(str(error)) from error
