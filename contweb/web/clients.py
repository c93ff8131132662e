"""Clients that are no plain browser: htmx and fetch get the next page with the answer's own response.

A browser that sends a form is redirected, and asks for the next page: two requests, and a reload is harmless.
A script that sends the form (``HX-Request``, or ``Accept: application/json``) gets the same page at once. The
flow and its URLs are the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

from werkzeug.wrappers import Response

from contweb.stores.base import Page
from contweb.web.current import Turn
from contweb.web.links import Printed
from contweb.web.pages import Section, draw, location_of
from contweb.web.places import base_of, url_of
from contweb.web.request import Request
from contweb.web.responses import json_response

Client = Literal["browser", "htmx", "json"]
_INVALID = 422
_VARY = ("Accept", "HX-Request")
_GET = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "CONTENT_TYPE": "", "CONTENT_LENGTH": ""}


def client_of(request: Request) -> Client:
    """What kind of client a request comes from, by what it says of itself."""
    if request.environ.get("HTTP_HX_REQUEST") == "true":
        return "htmx"
    if "json" in request.environ.get("HTTP_ACCEPT", "") and _prefers_json(request):
        return "json"
    return "browser"


def _prefers_json(request: Request) -> bool:
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def draw_for(turn: Turn, page: Page, section: Section, *, onward: bool = False) -> Response:
    """A page, as the client of this request takes it.

    Arguments:
        page: that is shown.
        section: what it shows.
        onward: whether the request was for something else, and led to it. A page that shows what is wrong
            with the answer (its template has ``errors``) is a 422 then.
    """
    client = client_of(turn.request)
    if client == "browser":
        return draw(turn, section, page.step)
    url = url_of(turn.root, page)
    with _AtItsOwnPlace(turn, page) if onward else nullcontext():
        if client == "json":
            response = _as_json(turn, page, section, url)
        else:
            response = _for_htmx(turn, page, section, url if onward else None)
    if onward and response.status_code == 200 and _errors(section):
        response.status_code = _INVALID
    if "Vary" in response.headers:
        response.vary.update(_VARY)
    else:
        response.headers.add("Vary", ", ".join(_VARY))
    return response


class _AtItsOwnPlace:
    """Lets a page that is drawn at once see the request that a browser would have made for it."""

    def __init__(self, turn: Turn, page: Page) -> None:
        place = f"{base_of(page.path)}/{page.step}~{page.token}"
        path = place.encode("utf-8", "surrogatepass").decode("latin-1")
        self._turn = turn
        self._answered = turn.environ, turn.request
        self._environ = {**turn.environ, **_GET, "PATH_INFO": path}

    def __enter__(self) -> None:
        self._turn.environ = self._environ
        self._forget()

    def __exit__(self, *_: object) -> None:
        self._forget()
        self._turn.environ, self._turn.request = self._answered

    def _forget(self) -> None:
        """Both are made when they are looked at, which most templates do not."""
        for made in ("request", "adapter"):
            self._turn.__dict__.pop(made, None)


def _for_htmx(turn: Turn, page: Page, section: Section, url: str | None) -> Response:
    """A page for htmx; ``url``: what the browser is to show as its address, if that changes."""
    away = location_of(section)
    response = draw(turn, section, page.step) if away is None else Response(headers={"HX-Redirect": away})
    if url is not None and away is None:
        response.headers["HX-Push-Url"] = url
    return response


def _as_json(turn: Turn, page: Page, section: Section, url: str) -> Response:
    """A page for a script: its URL and step, whether it can be answered, its markup, what is wrong with the
    answer, and what the flow gave for scripts as ``data``. Nothing else of what its template was given."""
    away = location_of(section)
    if away is not None:
        return json_response({"url": away, "step": None, "asks": False})
    drawn = draw(turn, section, page.step)
    if section[1] == "response":
        return drawn
    value = {"url": url, "step": page.step, "asks": page.frames is not None}
    data = section[3].get("data") if section[1] == "template" else None
    if data is not None:
        value["data"] = data
    errors = _errors(section)
    if errors:
        value["errors"] = errors
    return json_response({**value, "page": drawn.get_data(as_text=True)}, default=_plain)


def _errors(section: Section) -> Any:
    """What is wrong with an answer, as the template is told."""
    return section[1] == "template" and section[3].get("errors")


def _plain(value: object) -> object:
    """What stands in JSON for a value that JSON has no word for.

    Errors:
        TypeError: nothing does.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, date | time | Decimal | UUID | Printed):
        return str(value)
    raise TypeError(f"data= of a page holds a {type(value).__name__}, which JSON has no word for")
