"""``contweb keys``: make a secret key."""

from __future__ import annotations

import click

from contweb.sealing import new_key


@click.command()
def keys() -> None:
    """Print a new secret key.

    For production: export CONTWEB_SECRET_KEYS="$(contweb keys)". To change keys, put the new one before the
    old ones, separated by a comma, and drop the old ones when the pages that they sealed may end.
    """
    click.echo(new_key())
