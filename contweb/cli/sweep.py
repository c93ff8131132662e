"""``contweb sweep``: remove old conversations now."""

from __future__ import annotations

import click

from contweb.cli.locate import locate
from contweb.errors import ConfigurationError, ContwebError
from contweb.stores.base import Swept
from contweb.web.amounts import counted, in_bytes, seconds, size_text
from contweb.web.sweeping import Keep, sweep


@click.command("sweep")
@click.argument("target", metavar="[MODULE:APP]", default="wsgi:app")
@click.option("--older-than", metavar="AGE", help="Remove what had no step for so long, as 30d or 12h.")
@click.option("--larger-than", metavar="SIZE", help="Remove the oldest until no more than this is there.")
def sweep_(target: str, older_than: str | None, larger_than: str | None) -> None:
    """Remove old conversations from the store of an app.

    An app does so by itself while it is used; the command does it at once. Without options it removes what
    the app's own settings say (keep=, limit=). Conversations go whole, the longest unused first. Those that a
    step is running in stay, and with --larger-than those of the last hour.
    """
    app = locate(target)
    try:
        backing = app.backing
        keep = backing.sweeping.keep
        if older_than is not None or larger_than is not None:
            keep = Keep(
                None if older_than is None else seconds(older_than),
                None if larger_than is None else in_bytes(larger_than),
            )
        swept = sweep(backing.store, keep, backing.clock.now())
        size, left = backing.store.size(), backing.store.count()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    except ContwebError as error:
        raise click.ClickException(f"the store cannot be swept: {error}") from None
    click.echo(f"Removed {_told(swept)}.")
    click.echo(f"{counted(left.conversations, 'conversation')} left, {size_text(size)}.")


def _told(swept: Swept) -> str:
    parts = [counted(swept.conversations, "conversation"), counted(swept.pages, "page")]
    if swept.notes:
        parts.append(f"{counted(swept.notes, 'old source')} of flows")
    return f"{', '.join(parts)}, {size_text(swept.bytes)}"
