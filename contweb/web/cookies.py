"""Cookies that hold sealed bytes, and go to nobody but the site that has sent them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from werkzeug.wrappers import Request

from contweb.errors import SealError
from contweb.sealing import Sealer
from contweb.web.places import path_url


def opened(sealer: Sealer, request: Request, name: str, context: bytes) -> Iterator[bytes]:
    """What the cookies of a name hold that are ours; others may stand before them."""
    for cookie in request.cookies.getlist(name):
        try:
            data = sealer.open(urlsafe_b64decode(cookie), context)
        except (SealError, ValueError):
            continue
        yield data


def sealed(sealer: Sealer, data: bytes, context: bytes) -> str:
    """The value of a cookie that holds these bytes."""
    return urlsafe_b64encode(sealer.seal(data, context)).decode()


def attributes(request: Request) -> dict[str, Any]:
    """How each cookie is sent, and taken back."""
    path = path_url(request.root_path, "")
    return {"path": path, "secure": request.is_secure, "httponly": True, "samesite": "Lax"}
