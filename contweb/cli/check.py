"""``contweb check``: before a deploy, whether every flow compiles, and who of those inside goes on."""

from __future__ import annotations

from collections import Counter

import click

from contweb.cli.locate import locate
from contweb.errors import CompileError, ContwebError
from contweb.runtime.families import known_flows
from contweb.web.amounts import counted
from contweb.web.standing import Standing, standings


@click.command()
@click.argument("target", metavar="[MODULE:APP]", default="wsgi:app")
def check(target: str) -> None:
    """Tell how a deploy of this code would be for the people who are inside.

    Every flow is compiled, and each live continuation of the store (CONTWEB_STORE, CONTWEB_SECRET_KEYS) is
    looked for in the code that is here. The exit status is 0 if all go on, and 1 if not. Nothing is run, and
    nothing in the store is changed.
    """
    try:
        app = locate(target)
        found = standings(app.backing, app.site)
    except CompileError as error:
        raise click.ClickException(str(error)) from None
    except ContwebError as error:
        raise click.ClickException(f"the store cannot be read: {error}") from None
    packages = [part.import_name.partition(".")[0] for part, _ in app.everything()]
    click.echo(f"{counted(known_flows(packages), 'flow')} compiled.")
    if not _told(found):
        raise SystemExit(1)


def _told(found: Counter[Standing]) -> bool:
    """Print how the continuations stand; whether all go on."""
    goes_on = sum(count for standing, count in found.items() if not standing.reason)
    total = found.total()
    if not total:
        click.echo("There are no live continuations.")
        return True
    click.echo(f"{counted(total, 'live continuation')}; {goes_on} would go on.")
    for standing in sorted(found):
        if standing.reason:
            where = f" (in {standing.function})" if standing.function else ""
            click.secho(f"{found[standing]:>7} at {standing.flow}, step {standing.step}: no{where}", fg="red")
            click.echo(f"        {standing.reason}")
        else:
            click.echo(f"{found[standing]:>7} at {standing.flow}, step {standing.step}: yes")
    return goes_on == total
