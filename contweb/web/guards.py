"""What is looked at before a request is served, and what is said with each response."""

from __future__ import annotations

from urllib.parse import urlsplit

from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Request, Response

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


def refuse_cross_site(request: Request) -> None:
    """Refuse what another site made the visitor's browser send.

    Browsers say where a request comes from: by ``Sec-Fetch-Site``, older ones by ``Origin``. What says
        neither does
    not come from a page in a browser.

    Errors:
        Forbidden: the request changes something and comes from a page of another site.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin is None or urlsplit(origin).netloc.lower() == request.host.lower()
    if not same:
        raise Forbidden("This form was sent from a page of another site.")


def is_prefetch(request: Request) -> bool:
    """Whether a browser or a crawler asks only in case its visitor will want it."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return any("prefetch" in purpose.lower() or "preview" in purpose.lower() for purpose in purposes)


def add_headers(response: Response, *, flow: bool) -> None:
    """Say with a response what browsers and caches must know.

    Arguments:
        flow: whether it belongs to a flow, and so to one visitor.
    """
    headers = response.headers
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if flow:
        headers["Cache-Control"] = "no-store"
        headers["X-Robots-Tag"] = "noindex"
