"""What a visitor sees when something cannot be done: a clear page, and nothing of the program."""

from __future__ import annotations

import logging
from typing import Any

from werkzeug.exceptions import BadRequestKeyError, HTTPException, InternalServerError
from werkzeug.wrappers import Response

from contweb.errors import ClaimLostError, StoreUnavailableError
from contweb.web.current import Turn
from contweb.web.debug import debug_page
from contweb.web.places import path_url
from contweb.web.refusals import Busy, PageGone
from contweb.web.templates import POLICY, is_own

log = logging.getLogger("contweb")


def respond(turn: Turn, error: Exception) -> Response:
    """The response for whatever was raised while a request was served."""
    if isinstance(error, StoreUnavailableError | ClaimLostError):
        log.error("%s %r: %s", turn.request.method, turn.request.path, error)
        return _page(turn, Busy(seconds=5))
    if isinstance(error, HTTPException):
        return _http(turn, error)
    log.exception("%s %r", turn.request.method, turn.request.path, exc_info=error)
    if turn.app.debug:
        return _with_policy(debug_page(turn, error))
    return _page(turn, InternalServerError())


def _http(turn: Turn, error: HTTPException) -> Response:
    """An error that HTTP has a word for; or a whole response that was raised."""
    if error.response is not None or (error.code or 500) < 400:
        response = error.get_response(turn.request.environ)
        return Response(response.get_data(), response.status_code, response.headers)
    return _page(turn, error)


def _page(turn: Turn, error: HTTPException) -> Response:
    code = error.code or 500
    try:
        names = [f"contweb/{code}.html", "contweb/error.html"]
        template = turn.app.site.templates.select(turn.home, names)
        text = template.render(code=code, name=error.name, **_said(turn, error))
        own = is_own(template)
    except Exception:
        log.exception("the page for %d could not be drawn", code)
        text, own = f"<!doctype html><title>{code} {error.name}</title><h1>{error.name}</h1>", True
    response = Response(text, code, mimetype="text/html")
    headers = error.get_headers(turn.request.environ)
    response.headers.extend([(key, value) for key, value in headers if key.lower() != "content-type"])
    return _with_policy(response) if own else response


def _said(turn: Turn, error: HTTPException) -> dict[str, Any]:
    """What the page may tell of an error: words that were meant for the visitor, and where to go."""
    start = path_url(turn.root, error.start) if isinstance(error, PageGone) and error.start else None
    description = error.description if error.description != type(error).description else None
    missing = None
    if isinstance(error, BadRequestKeyError):
        description, missing = None, error.args[0] if error.args else None
    return {
        "again": path_url(turn.root, turn.request.path) if turn.answering and error.code != 410 else None,
        "description": description,
        "missing": missing,
        "why": getattr(error, "why", None),
        "start": start,
    }


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
