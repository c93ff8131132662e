"""What is looked at before a request is served, and what is said with each response."""

from __future__ import annotations

from urllib.parse import urlsplit

from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Request, Response

from contweb.web.responses import KnownHeaders

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_OF_ALL = (("Referrer-Policy", "same-origin"), ("X-Content-Type-Options", "nosniff"))
_OF_FLOWS = (("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex"))
_NAMES_OF_FLOWS = {name.lower() for name, _ in _OF_FLOWS}


def refuse_cross_site(request: Request) -> None:
    """Refuse what another site made the visitor's browser send.

    Browsers say where a request comes from: by ``Sec-Fetch-Site``, older ones by ``Origin``. What says
    neither does not come from a page in a browser.

    Errors:
        Forbidden: the request changes something and comes from a page of another site.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.environ.get("HTTP_SEC_FETCH_SITE")
    origin = request.environ.get("HTTP_ORIGIN")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin is None or _host_of(origin) == request.host.lower()
    if not same:
        raise Forbidden("This form was sent from a page of another site.")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def is_prefetch(request: Request) -> bool:
    """Whether a browser or a crawler asks only in case its visitor will want it."""
    purposes = (request.environ.get(name, "") for name in _PURPOSES)
    return any("prefetch" in purpose.lower() or "preview" in purpose.lower() for purpose in purposes)


def add_headers(response: Response, *, flow: bool) -> None:
    """Say with a response what browsers and caches must know.

    Arguments:
        flow: whether it belongs to a flow, and so to one visitor.
    """
    headers = response.headers
    names = {name.lower() for name, _ in headers}
    for name in _NAMES_OF_FLOWS & names if flow else ():
        headers.remove(name)
    more = [pair for pair in _OF_ALL if pair[0].lower() not in names]
    if flow:
        more += _OF_FLOWS
    if isinstance(headers, KnownHeaders):
        headers.know(more)
    else:
        headers.extend(more)
