"""Responses of our own, which are sent with less ado than werkzeug's: what they hold needs no correction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_NO_BODY = (204, 304)
_HTML = "text/html; charset=utf-8"


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
        headers = self.headers
        if (
            self.status_code < 200
            or self.status_code in _NO_BODY
            or any(type(part) is not bytes for part in body)
        ):
            return False
        length, location = headers.get("Content-Length"), headers.get("Location", "")
        return length == str(sum(map(len, body))) and location.isascii()


def html_response(text: str) -> PlainResponse:
    """A page."""
    body = text.encode("utf-8")
    headers = Headers((("Content-Type", _HTML), ("Content-Length", str(len(body)))))
    return PlainResponse([body], "200 OK", headers)


def see_other(url: str) -> PlainResponse:
    """Lead a browser on to another page of ours, by GET.

    Arguments:
        url: quoted.
    """
    headers = Headers((("Content-Type", _HTML), ("Content-Length", "0"), ("Location", url)))
    return PlainResponse([], "303 See Other", headers)
