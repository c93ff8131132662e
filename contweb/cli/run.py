"""``contweb run``: the development server."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

import click
from werkzeug.serving import is_running_from_reloader, run_simple

from contweb.cli.locate import locate
from contweb.web.debug import is_users
from contweb.web.templates import STYLE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BROKEN = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The app cannot be imported</title>
<style>{style}</style>
<main class="wide">
<h1>The app cannot be imported</h1>
<p>Mend it and reload this page.</p>
<pre>{shown}</pre>
</main>
"""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.argument("target", metavar="[MODULE:APP]", default="wsgi:app")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option("--reload/--no-reload", default=True, help="Start anew when a file changes.  [default: reload]")
@click.option("--debug/--no-debug", default=True, help="Show an error with its stack.  [default: debug]")
def run(target: str, host: str, port: int, reload: bool, debug: bool) -> None:
    """Serve an app while you work on it.

    MODULE:APP is the module and the name of the App in it, wsgi:app by default. Pages that are open in a
    browser go on working after a reload, unless the store is memory:.
    """
    if debug and host not in LOOPBACK:
        click.secho(
            f"Everybody who reaches {host} can see the program's values on errors; see --no-debug.",
            fg="yellow",
            err=True,
        )
    application = _application(target, debug, reload)
    run_simple(host, port, application, use_reloader=reload, threaded=True)


def _application(target: str, debug: bool, reload: bool) -> WSGIApplication:
    """The app; or, once the reloader watches, a page that says why it cannot be imported, until it can."""
    try:
        app = locate(target)
    except Exception as error:
        if not is_running_from_reloader():
            raise
        traceback.print_exception(error)
        return _Broken(error, debug)
    app.debug, app.rereads = debug, reload
    if reload and app.is_in_memory and not is_running_from_reloader():
        click.secho(
            "The store is in memory: open pages are lost at each reload. A file, the default, keeps them.",
            fg="yellow",
            err=True,
        )
    return app


class _Broken:
    """Answers every request with the error of an import."""

    def __init__(self, error: Exception, debug: bool) -> None:
        self._shown = _users_part(error) if debug else "See the terminal."

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("500 Internal Server Error", [("Content-Type", "text/html; charset=utf-8")])
        return [BROKEN.format(style=STYLE, shown=escape(self._shown)).encode()]


def _users_part(error: Exception) -> str:
    """The traceback of an error, without the lines of contweb and of Python's import."""
    whole = traceback.TracebackException.from_exception(error)
    at: traceback.TracebackException | None = whole
    while at is not None:
        at.stack = traceback.StackSummary.from_list(each for each in at.stack if is_users(each.filename))
        at = at.__cause__ or at.__context__
    return "".join(whole.format())
