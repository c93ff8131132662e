"""Responses of our own, which are sent with less ado than werkzeug's: what they hold needs no correction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_NO_BODY = (204, 304)
_HTML = "text/html; charset=utf-8"
_LOCATIONS = ("location", "content-location")  # which werkzeug quotes, if need be


class PlainResponse(Response):
    """A werkzeug response. If nobody has made it into something else meanwhile, it is sent as it stands.

    Example:
        ``PlainResponse("<h1>Hello</h1>")``
    """

    default_mimetype = "text/html"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        body = self.response
        if type(body) is not list or self._on_close or not self._is_plain(body):
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def _is_plain(self, body: list[bytes]) -> bool:
        """Whether the headers are right as they are: the length is told, and the location can be sent."""
        if self.status_code < 200 or self.status_code in _NO_BODY:
            return False
        told, length = "", 0
        for name, value in self.headers:
            if name == "Content-Length":
                told = value
            elif not value.isascii() and name.lower() in _LOCATIONS:
                return False
        for part in body:
            if type(part) is not bytes:
                return False
            length += len(part)
        return told == str(length)


class KnownHeaders(Headers):
    """Headers that are known to be right: taken as they are, without a look at each."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        super().__init__()
        self._list = list(pairs)

    def know(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add more of them."""
        self._list.extend(pairs)


def html_response(text: str) -> PlainResponse:
    """A page."""
    body = text.encode("utf-8")
    return PlainResponse([body], "200 OK", _headers(len(body)))


def see_other(url: str) -> PlainResponse:
    """Lead a browser on to another page of ours, by GET.

    Arguments:
        url: quoted.
    """
    headers = _headers(0)
    headers.know((("Location", url),))
    return PlainResponse([], "303 See Other", headers)


def json_response(
    value: Any, status: int = 200, default: Callable[[Any], Any] | None = None
) -> PlainResponse:
    """A value for a script.

    Arguments:
        default: what stands for a value that JSON has no word for.
    """
    body = json.dumps(value, default=default, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return PlainResponse([body], status, _headers(len(body), "application/json"))


def _headers(length: int, kind: str = _HTML) -> KnownHeaders:
    return KnownHeaders(("Content-Type", kind), ("Content-Length", str(length)))
