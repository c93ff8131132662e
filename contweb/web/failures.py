"""What a visitor sees when something cannot be done: a clear page, and nothing of the program."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from contweb.errors import ClaimLostError, StoreUnavailableError
from contweb.web.clients import client_of
from contweb.web.current import Turn
from contweb.web.debug import debug_page
from contweb.web.pages import response_of
from contweb.web.places import logged
from contweb.web.refusals import Busy, PageGone
from contweb.web.responses import json_response
from contweb.web.templates import POLICY
from contweb.web.watching import note_asked, note_refused
from contweb.web.waysout import said

log = logging.getLogger("contweb")


def respond(turn: Turn, error: Exception) -> Response:
    """The response for whatever was raised while a request was served."""
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 500) < 400):
        return _whole(turn, error)
    _note(turn, error)
    made = _by_handler(turn, error)
    if made is not None:
        return made
    if isinstance(error, HTTPException):
        return _page(turn, error)
    if isinstance(error, StoreUnavailableError | ClaimLostError):
        log.error("%s %r: %s", turn.request.method, logged(turn.request.path), error)
        busy = Busy(seconds=5)
        return _by_handler(turn, busy) or _page(turn, busy)
    log.exception("%s %r", turn.request.method, logged(turn.request.path), exc_info=error)
    shown = _debug(turn, error)
    if shown is not None:
        return shown
    failed = InternalServerError(original_exception=error)
    return _by_handler(turn, failed) or _page(turn, failed)


def _debug(turn: Turn, error: Exception) -> Response | None:
    """The page for a developer, where one looks."""
    return _with_policy(debug_page(turn, error)) if turn.app.debug else None


def _note(turn: Turn, error: Exception) -> None:
    """Tell the watchers."""
    if isinstance(error, PageGone):
        note_asked(turn, error.why)
        note_refused(turn, 410, error.why)
    elif isinstance(error, HTTPException):
        note_refused(turn, error.code or 500, error.name.lower())
    else:
        down = isinstance(error, StoreUnavailableError | ClaimLostError)
        note_refused(turn, 503 if down else 500, "store" if down else "failed")


def _whole(turn: Turn, error: HTTPException) -> Response:
    """A whole response that was raised."""
    response = error.get_response(turn.environ)
    return Response(response.get_data(), response.status_code, response.headers)


def _by_handler(turn: Turn, error: Exception) -> Response | None:
    """The response that the app makes for an error, if it makes one. An error in its making is a 500."""
    handler = turn.app.site.around.for_failure(turn.home, error)
    if handler is None:
        return None
    try:
        return _handled(turn, handler, error)
    except Exception as failed:
        log.exception("the handler for %s failed", type(error).__name__)
        return _debug(turn, failed) or _page(turn, InternalServerError())


def _handled(turn: Turn, handler: Callable[[Any], Any], error: Exception) -> Response:
    result = handler(error)
    response = response_of(turn, result, handler.__name__)
    if not isinstance(result, Response):
        response.status_code = (error.code if isinstance(error, HTTPException) else None) or 500
        response.headers["Cache-Control"] = "no-store"
        _add_headers(turn, response, error)
    return response


def _page(turn: Turn, error: HTTPException) -> Response:
    code = error.code or 500
    told = said(turn, error)
    if client_of(turn.request) == "json":
        known = {name: value for name, value in told.items() if value}
        response: Response = json_response({"status": code, "error": error.name, **known}, code)
        return _with_policy(_add_headers(turn, response, error))
    try:
        names = [f"contweb/{code}.html", "contweb/error.html"]
        templates = turn.app.site.templates
        template = templates.select(turn.home, names)
        text = template.render(code=code, name=error.name, is_answer=turn.key is not None, **told)
        own = templates.is_own(turn.home, template)
    except Exception as failed:
        log.exception("the page for %d could not be drawn", code)
        shown = _debug(turn, failed)
        if shown is not None:
            return shown
        text, own = f"<!doctype html><title>{code} {error.name}</title><h1>{error.name}</h1>", True
    response = _add_headers(turn, Response(text, code, mimetype="text/html"), error)
    return _with_policy(response) if own else response


def _add_headers(turn: Turn, response: Response, error: Exception) -> Response:
    """What belongs to an error besides its text, such as ``Allow`` and ``Retry-After``."""
    if isinstance(error, HTTPException):
        headers = error.get_headers(turn.environ)
        response.headers.extend([(key, value) for key, value in headers if key.lower() != "content-type"])
    return response


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
